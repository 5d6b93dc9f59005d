"""Two people at a round at once: whatever either did is kept, or they are told; and files nobody should open."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from madang.access import Person
from madang.messages import MadangError
from madang.web.rounds import actions, actions_part, door
from madang.workspace import Workspace
from web.round_helper import BAD, GOOD, RoundOfTwo, xlsx
from web_page import Page

pytestmark = pytest.mark.slow

CHUL = Person("chul", roles=frozenset({"official"}), departments=frozenset({"도로과"}))
LONG = "가" * 200


@pytest.fixture
def two(own_city: Workspace, signed_in: Any) -> RoundOfTwo:
    made = RoundOfTwo(signed_in)
    made.chul.post(
        f"{made.at('도로과')}file/", {"file": xlsx([*BAD, ["하천위원회", "셋", "2001-05-05", "법정"]])}
    )
    return made


@pytest.fixture
def ws(own_city: Workspace) -> Workspace:
    return Workspace.open(own_city.folder)


def cells_of(ws: Workspace, two: RoundOfTwo) -> dict[str, Any]:
    import pyarrow.parquet as pq

    table = two.part("도로과").uploads.get().tables[0]
    version = door.bank_of(ws, two.round)[table["dataset"]].version(table["version"])
    return {row["name"]: row["members"] for row in pq.read_table(version.files[0]).to_pylist()}


def test_of_two_who_correct_the_same_table_at_once_the_second_is_told(
    two: RoundOfTwo, ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second begins while the first one's table is being read: what he wrote is not kept silently over hers."""
    upload = two.part("도로과").uploads.get()
    real, done = door.take, []

    def meanwhile(*args: Any, **said: Any) -> Any:
        if not done:
            done.append(True)
            actions_part.mend(ws, two.part("도로과"), {(upload.pk, 0, 4, "members"): "3"}, by=CHUL)
        return real(*args, **said)

    monkeypatch.setattr(door, "take", meanwhile)
    with pytest.raises(MadangError) as caught:
        actions_part.mend(ws, two.part("도로과"), {(upload.pk, 0, 3, "members"): "11"}, by=CHUL)
    assert caught.value.code == "round_moved"
    assert cells_of(ws, two) == {"도로명주소위원회": 7, "교통안전위원회": None, "하천위원회": 3}
    assert two.part("도로과").errors == 1


def test_a_cell_that_reads_otherwise_than_the_page_showed_is_left_alone(
    two: RoundOfTwo, ws: Workspace
) -> None:
    upload = two.part("도로과").uploads.get()
    field = f"cell-{upload.pk}-0-3-members"
    two.chul.post(f"{two.at('도로과')}mend/", {field: "11", f"was-{field}": "열하나"})
    late = two.chul.post(f"{two.at('도로과')}mend/", {field: "12", f"was-{field}": "열하나"}, follow=True)
    assert "그 사이에 다른 사람이" in Page(late).text
    assert cells_of(ws, two)["교통안전위원회"] == 11


def test_headers_mapped_by_two_people_are_both_mapped(two: RoundOfTwo, ws: Workspace) -> None:
    two.chul.post(
        f"{two.at('도로과')}file/",
        {"file": xlsx(GOOD, ["모임 이름", "사람", "설치일", "종류"]), "mode": "replace"},
    )
    first, second = (two.part("도로과").uploads.get(current=True) for _ in range(2))
    actions_part.map_columns(ws, first, {"모임 이름": "name"}, by=CHUL)
    actions_part.map_columns(ws, second, {"사람": "members"}, by=CHUL)
    upload = two.part("도로과").uploads.get(current=True)
    assert upload.mapping == {"모임 이름": "name", "사람": "members"}
    assert (two.part("도로과").state, two.part("도로과").errors) == ("ready", 0)


def test_a_file_that_was_replaced_while_it_was_checked_does_not_come_back(
    two: RoundOfTwo, ws: Workspace, tmp_path: Path
) -> None:
    part = two.part("도로과")
    first = actions_part.receive(part, "a.xlsx", 10, by=CHUL, replace=True)
    actions_part.receive(two.part("도로과"), "b.xlsx", 10, by=CHUL, replace=True)
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx(GOOD).read())
    actions_part.check_upload(ws, first, path, by=CHUL)
    assert [each.file for each in two.part("도로과").uploads.filter(current=True)] == ["b.xlsx"]


def test_nothing_is_handed_in_to_a_round_that_was_closed_meanwhile(two: RoundOfTwo, ws: Workspace) -> None:
    two.chul.post(f"{two.at('도로과')}file/", {"file": xlsx(GOOD), "mode": "replace"})
    stale = two.part("도로과")
    two.alice.post(f"{two.url}close/")
    assert two.round.state == "closed"
    for late in (
        lambda: actions_part.submit(stale, by=CHUL),
        lambda: actions_part.say_nothing(stale, by=CHUL),
        lambda: actions_part.receive(stale, "c.xlsx", 10, by=CHUL),
    ):
        with pytest.raises(MadangError) as caught:
            late()
        assert caught.value.code == "round_fixed"
    assert not two.part("도로과").contributions.exists()


def test_what_was_sent_back_in_one_window_is_not_accepted_in_another(two: RoundOfTwo) -> None:
    alice = Person("alice", roles=frozenset({"steward"}), posts=frozenset({"기획과 데이터팀"}))
    two.chul.post(f"{two.at('도로과')}file/", {"file": xlsx(GOOD), "mode": "replace"})
    two.chul.post(f"{two.at('도로과')}submit/")
    one, other = two.part("도로과"), two.part("도로과")
    actions.send_back(one, by=alice, why="숫자가 다릅니다")
    with pytest.raises(MadangError) as caught:
        actions.accept(other, by=alice)
    assert caught.value.code == "round_move"
    assert two.part("도로과").state == "returned"


def test_a_round_is_opened_once(own_city: Workspace, signed_in: Any, ws: Workspace) -> None:
    from madang.web.rounds.models import Round

    two = RoundOfTwo(signed_in)
    alice = Person("alice", roles=frozenset({"steward"}), posts=frozenset({"기획과 데이터팀"}))
    stale = two.round
    Round.objects.filter(pk=stale.pk).update(state="draft")
    first, second = two.round, two.round
    actions.open_round(ws, first, by=alice)
    secrets = list(first.parts.values_list("link_secret", flat=True))
    with pytest.raises(MadangError):
        actions.open_round(ws, second, by=alice)
    assert list(first.parts.values_list("link_secret", flat=True)) == secrets


@pytest.mark.parametrize("name", [f"{LONG}.xlsx", f"{LONG}/{LONG}.xlsx", "..\\..\\.xlsx", "가\n나.xlsx"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_long_korean_name_is_taken_mapped_mended_and_handed_in(
    two: RoundOfTwo, monkeypatch: pytest.MonkeyPatch, name: str, at_once: bool, ws: Workspace
) -> None:
    from madang.web.rounds import jobs, views_part

    if not at_once:
        monkeypatch.setattr(views_part, "_AT_ONCE", 0)
    file = xlsx([BAD[1]], ["모임 이름", "위원수(명)", "설치일", "구분"])
    file.name = None  # Django's own setter shortens
    file._name = name
    sent = two.chul.post(f"{two.at('도로과')}file/", {"file": file, "mode": "replace"})
    assert sent.status_code == 302, Page(sent).text
    upload = two.part("도로과").uploads.get(current=True)
    assert len(upload.file.encode()) <= 240
    if not at_once:
        place = jobs.waiting_place(ws, two.round, upload)
        (waits,) = place.iterdir()
        actions_part.check_upload(ws, upload, waits, by=CHUL)
    assert (
        two.chul.post(f"{two.at('도로과')}map/{upload.number}/", {"map-모임 이름": "위원회명"}).status_code
        == 302
    )
    field = f"cell-{upload.pk}-0-2-members"
    assert (
        two.chul.post(f"{two.at('도로과')}mend/", {field: "11", f"was-{field}": "열하나"}).status_code == 302
    )
    assert two.chul.post(f"{two.at('도로과')}submit/").status_code == 302
    assert two.part("도로과").state == "submitted"


def test_a_round_with_a_long_title_is_merged(two: RoundOfTwo, ws: Workspace) -> None:
    from madang.web.rounds.models import Round

    two.chul.post(f"{two.at('도로과')}file/", {"file": xlsx(GOOD), "mode": "replace"})
    two.chul.post(f"{two.at('도로과')}submit/")
    Round.objects.filter(pk=two.round.pk).update(title="위" * 120)
    assert two.alice.post(f"{two.url}merge/").status_code == 302
    assert ws.bank["위원회-현황"].latest is not None


def bomb(where: str) -> bytes:
    """A workbook of a megabyte with a sheet called as the mark of a form is, that would fill the machine."""
    head = '<?xml version="1.0"?>'
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    cell = '<c r="XFD1048576" t="s"><v>0</v></c>' if where == "cell" else '<c r="A1" t="s"><v>0</v></c>'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'{head}<workbook {main} xmlns:r="{office}"><sheets><sheet name="_madang" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        relation = f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'{head}<worksheet {main}><sheetData><row r="1">{cell}</row></sheetData></worksheet>',
        )
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as strings:
            strings.write(f'{head}<sst {main} count="1" uniqueCount="1"><si><t>'.encode())
            for _ in range(300 if where == "strings" else 0):
                strings.write(b" " * (1 << 20))
            strings.write(b"madang-round</t></si></sst>")
        for number in range(10_001 if where == "entries" else 0):
            archive.writestr(f"xl/media/{number}", b"")
    return held.getvalue()


@pytest.mark.parametrize("where", ["strings", "entries", "cell"])
def test_a_bomb_is_not_opened_before_the_guard_has_looked(
    two: RoundOfTwo, monkeypatch: pytest.MonkeyPatch, where: str, tmp_path: Path
) -> None:
    import python_calamine

    def opened(*_: Any, **__: Any) -> Any:
        raise AssertionError("a workbook was opened in the process of the site")

    monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_path", opened, raising=False)
    sent = two.chul.post(
        f"{two.at('도로과')}file/", {"file": SimpleUploadedFile("폭탄.xlsx", bomb(where)), "mode": "replace"}
    )
    assert sent.status_code == 302
    assert two.part("도로과").rows == 0
    assert two.part("도로과").uploads.order_by("-number")[0].failure


def test_the_mark_of_a_form_is_read_whoever_saved_it(two: RoundOfTwo, tmp_path: Path) -> None:
    """openpyxl writes shared strings; an inline one is what other programs write."""
    import openpyxl

    from madang.intake.excel_mark import first_row

    form = two.bora.get(f"{two.at('복지과')}form.xlsx").content
    part = str(two.part("복지과").pk)
    path = tmp_path / "form.xlsx"
    path.write_bytes(form)
    assert first_row(path, "_madang") == ["madang-round", two.round.key, part]
    openpyxl.load_workbook(io.BytesIO(form)).save(path)
    assert first_row(path, "_madang") == ["madang-round", two.round.key, part]
    book = openpyxl.Workbook(write_only=True)
    book.create_sheet("_madang").append(["madang-round", "x", 3])
    book.save(path)
    assert first_row(path, "_madang") == ["madang-round", "x", "3"]
    assert first_row(path, "작성") == []
