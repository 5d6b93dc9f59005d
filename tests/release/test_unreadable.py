"""One edition whose records are lost or broken stops no other, and nobody reads what cannot be judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.cli import main
from madang.messages import MadangError
from madang.release import OpenBank, Releases, Treatment, decisions
from madang.release.publish import ground_of, notices
from madang.workspace import Workspace
from release.city import decision, deposit, made, published
from release.test_exposed import find_personal

KEEP = Treatment()
BROKEN = ["{", "{}", "[]", "", '{"columns": {"a": 1}}']


@pytest.fixture
def city(tmp_path: Path) -> tuple[Workspace, Releases]:
    """가게 with 별칭 and 수량, both open in the edition 가게; the edition 나 shows its 수량 alone."""
    ws, releases = made(tmp_path / "city")
    deposit(ws, "가게", ["별칭", "수량"], [(f"가람{n}", 10 * n) for n in range(1, 10)])
    releases.decide(decision("가게", "가게", columns=dict.fromkeys(names(ws), KEEP), rhythm="automatic"))
    releases.decide(decision("나", "가게", columns={names(ws)[1]: KEEP}))
    return ws, releases


def names(ws: Workspace) -> list[str]:
    return [column.name for column in ws.bank["가게"].latest.columns]


def public(ws: Workspace) -> list[str]:
    return [each.id for each in OpenBank(ws.folder / "open").datasets()]


def test_a_first_decision_that_could_not_be_written_stops_nothing(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, releases = city

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    wish = decision("둘째", "가게", columns={names(ws)[1]: KEEP})
    with monkeypatch.context() as broken:
        broken.setattr(decisions, "write_json", full)
        with pytest.raises(MadangError) as error:
            releases.decide(wish)
    assert error.value.code == "disk_full"
    assert (releases.folder / "둘째").is_dir()
    assert [each.decision.edition for each in releases.editions()] == ["가게", "나"]
    assert releases.unreadable() == {}
    ws.erase("가게", column=names(ws)[0], value="가람3", ground="본인 요청", by="t")
    assert public(ws) == ["가게", "나"]
    assert releases.decide(wish).n == 1
    find_personal(ws, "가게", names(ws)[:1])
    assert public(ws) == ["나", "둘째"]


@pytest.mark.parametrize("said", BROKEN)
def test_an_unreadable_decision_shuts_its_own_edition_and_no_other(
    city: tuple[Workspace, Releases], said: str
) -> None:
    ws, releases = city
    (releases.folder / "나" / "1.json").write_text(said)
    deposit(ws, "가게", ["별칭", "수량"], [("새로", 1)])
    assert public(ws) == ["가게"]
    assert len(published(releases, "가게")) == 1  # followed by itself
    assert [each.decision.edition for each in releases.editions()] == ["가게"]
    assert {edition: each.code for edition, each in releases.unreadable().items()} == {
        "나": "release_unreadable"
    }
    told = notices(releases.open_bank)
    assert [(each["edition"], each["kind"], each["document"], each["post"]) for each in told] == [
        ("나", "unreadable", "자치행정과-1234", "자치행정과 통계팀")
    ]
    assert "되살리는 동안" in ground_of(told[0])
    with pytest.raises(MadangError) as error:
        releases.edition("나")
    assert error.value.code == "release_unreadable"


def test_beside_an_unreadable_decision_a_column_found_personal_is_shut(
    city: tuple[Workspace, Releases],
) -> None:
    ws, releases = city
    (releases.folder / "나" / "1.json").write_text("{")
    find_personal(ws, "가게", names(ws)[:1])
    assert public(ws) == []
    assert {each["edition"]: each["kind"] for each in notices(releases.open_bank)} == {
        "가게": "personal", "나": "unreadable"
    }  # fmt: skip


def test_with_its_record_restored_the_edition_opens_again_as_it_was(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    path = releases.folder / "나" / "1.json"
    kept = path.read_text()
    path.write_text("{")
    releases.follow("가게")
    assert public(ws) == ["가게"]
    path.write_text(kept)
    releases.follow("가게")
    assert public(ws) == ["가게", "나"]
    assert notices(releases.open_bank) == []
    found = releases.edition("나")
    assert (found.state, found.version, found.trouble) == ("open", 1, "")


def test_records_of_the_dataset_that_cannot_be_read_shut_what_shows_it(
    city: tuple[Workspace, Releases],
) -> None:
    """Whether a column is personal by now, nobody can tell."""
    ws, releases = city
    deposit(ws, "주차장", ["주차장명", "면수"], [("하나", 1)])
    kept = {column.name: KEEP for column in ws.bank["주차장"].latest.columns}
    releases.decide(decision("주차장", "주차장", columns=kept))
    dataset = ws.bank["가게"]
    (dataset.deposit_folder(dataset.versions[0].deposit_id) / "facts.json").write_text("{")
    releases.follow("주차장")
    assert public(ws) == ["주차장"]


def test_an_erasure_reaches_what_is_open_by_an_unreadable_decision(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    for edition in ("가게", "나"):
        (releases.folder / edition / "1.json").write_text("{")
    ws.erase("가게", column=names(ws)[0], value="가람3", ground="본인 요청", by="t")
    assert public(ws) == []
    assert releases.open_bank.datasets() == []  # the data are gone too
    left = b"".join(path.read_bytes() for path in releases.open_bank.folder.rglob("*") if path.is_file())
    assert "가람3".encode() not in left


def test_the_list_tells_of_it(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    (releases.folder / "나" / "1.json").write_text("{")
    asked = ["-w", str(ws.folder), "release", "list"]
    shown = CliRunner().invoke(main, asked)
    assert shown.exit_code == 0
    assert "나: '나'의 기록을 읽을 수 없어" in shown.output
    told = json.loads(CliRunner().invoke(main, [*asked, "--json"]).output)
    assert [(each["edition"], each["state"]) for each in told] == [("가게", "open"), ("나", "unreadable")]
