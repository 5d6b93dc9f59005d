"""What an officer corrected once is applied the next time, shown as such, and can be forgotten."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from madang.bank.durable import SEOUL
from madang.declarations.source import load_source
from madang.intake.learned import forget
from madang.intake.raw import Override
from madang.intake.receipt import Receipt, Stopped
from madang.messages import MadangError
from madang.workspace import Workspace

DAY = datetime(2026, 11, 20, 10, 0, tzinfo=SEOUL)
PREAMBLE = "기준: 2026년 11월\n담당: 공원과\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.init(tmp_path / "w")
    made.clock = lambda: DAY
    return made


def rows(start: int = 1) -> str:
    return "".join(f"{i:05d},공원{i},{i * 10}\n" for i in range(start, start + 12))


def deposit(
    workspace: Workspace, content: str | bytes, name: str = "parks.csv", once: bool = False, **told: Any
) -> Receipt:
    path = workspace.folder.parent / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (receipt,) = workspace.deposit(path, override=Override(**told), by="김담당", once=once)
    return receipt


def reasons(receipt: Receipt) -> dict[str, str]:
    return {reason.code: reason.text() for reason in receipt.reasons}


def types(workspace: Workspace, dataset: str = "parks") -> dict[str, str]:
    live = workspace.bank[dataset].latest
    assert live is not None
    return {column.label: column.type for column in live.columns}


def evidence(workspace: Workspace, decision: str) -> list[tuple[str, str]]:
    live = workspace.bank["parks"].latest
    assert live is not None
    return [(e["value"], e["because"]) for e in live.facts["evidence"] if e["decision"] == decision]


def test_a_type_told_once_is_kept_for_the_next_file(workspace: Workspace) -> None:
    first = deposit(workspace, "번호,이름,면적\n" + rows(), types={"면적": "text"})
    assert reasons(first)["learned_now"].startswith("다음에도 이렇게 읽습니다: '면적' 열의 자료형 text.")
    second = deposit(workspace, "번호,이름,면적\n" + rows(20), "parks_20261201.csv")
    assert types(workspace)["면적"] == "text"
    assert reasons(second) == {
        "learned_applied": "지난번에 고친 대로 읽었습니다: '면적' 열의 자료형 text (2026-11-20, 김담당)."
    }
    live = workspace.bank["parks"].latest
    assert live is not None
    assert {c.label: c.because for c in live.columns}["면적"] == "지난번에 고친 대로 (2026-11-20, 김담당)"
    assert evidence(workspace, "type:면적") == [("text", "지난번에 고친 대로 (2026-11-20, 김담당)")]


def test_the_same_bytes_under_what_was_learned_are_unchanged(workspace: Workspace) -> None:
    content = "번호,이름,면적\n" + rows()
    deposit(workspace, content, types={"면적": "text"})
    assert deposit(workspace, content).verdict == "unchanged"
    assert deposit(workspace, content, types={"면적": "text"}).verdict == "unchanged"


def test_new_standards_do_not_make_a_version_of_the_same_outcome(workspace: Workspace) -> None:
    content = "번호,이름,면적\n" + rows()
    deposit(workspace, content, types={"면적": "text"})
    standard = 'id = "x"\nversion = "1"\nlabel = "엑스"\n[[columns]]\nname = "x"\nlabel = "엑스축"\nrequired = true\n'
    (workspace.folder / "content/standards/x.toml").write_text(standard, encoding="utf-8")
    again = Workspace.open(workspace.folder)
    assert deposit(again, content).verdict == "unchanged"


def test_once_is_not_remembered(workspace: Workspace) -> None:
    receipt = deposit(workspace, "번호,이름,면적\n" + rows(), once=True, types={"면적": "text"})
    assert reasons(receipt) == {}
    assert load_source(workspace.sources, "parks") is None
    deposit(workspace, "번호,이름,면적\n" + rows(20))
    assert types(workspace)["면적"] == "integer"


def test_told_again_without_once_it_is_remembered_though_nothing_changed(workspace: Workspace) -> None:
    content = "번호,이름,면적\n" + rows()
    deposit(workspace, content, once=True, types={"면적": "text"})
    assert deposit(workspace, content, types={"면적": "text"}).verdict == "unchanged"
    source = load_source(workspace.sources, "parks")
    assert source is not None
    assert (source.types, source.labels) == ({"면적": "text"}, ("번호", "이름", "면적"))


def test_what_is_said_goes_before_what_was_learned_and_is_learned_in_turn(workspace: Workspace) -> None:
    deposit(workspace, "번호,이름,면적\n" + rows(), types={"면적": "text", "이름": "text"})
    deposit(workspace, "번호,이름,면적\n" + rows(20), types={"면적": "number"})
    source = load_source(workspace.sources, "parks")
    assert source is not None
    assert source.types == {"면적": "number", "이름": "text"}
    told = [(c.by, c.setting, c.header, c.value, c.file) for c in source.history]
    assert told == [
        ("김담당", "types", "면적", "text", "parks.csv"),
        ("김담당", "types", "이름", "text", "parks.csv"),
        ("김담당", "types", "면적", "number", "parks.csv"),
    ]
    live = workspace.bank["parks"].latest
    assert live is not None
    assert source.history[-1].deposit == live.deposit_id


def test_all_as_text_ends_what_was_said_of_columns_and_the_other_way_round(workspace: Workspace) -> None:
    header = "번호,이름,면적\n"
    deposit(workspace, header + rows(), types={"면적": "number"})
    deposit(workspace, header + rows(20), text=True)
    assert set(types(workspace).values()) == {"text"}
    deposit(workspace, header + rows(40))
    assert set(types(workspace).values()) == {"text"}
    deposit(workspace, header + rows(60), types={"번호": "text"})
    assert types(workspace)["면적"] == "integer"
    source = load_source(workspace.sources, "parks")
    assert source is not None
    assert (source.text, source.types) == (False, {"번호": "text"})
    assert [(c.setting, c.value) for c in source.history] == [
        ("types", "number"), ("types", None), ("text", "예"), ("text", None), ("types", "text"),
    ]  # fmt: skip


def test_a_refused_deposit_teaches_nothing(workspace: Workspace) -> None:
    receipt = deposit(workspace, "번호,이름,면적\n" + rows(), types={"없음": "text"})
    assert receipt.verdict == "refused"
    assert not workspace.sources.exists()


def test_header_rows_are_applied_while_the_headers_are_the_same(workspace: Workspace) -> None:
    deposit(workspace, PREAMBLE + "번호,이름,면적\n" + rows(), header_rows=(3,))
    receipt = deposit(workspace, PREAMBLE + "번호,이름,넓이\n" + rows(20))
    assert receipt.header_rows == (3,)
    assert "머리글 행 3" in reasons(receipt)["learned_applied"]
    assert ("3", "지난번에 고친 대로 (2026-11-20, 김담당)") in evidence(workspace, "header")


def test_header_rows_that_moved_are_found_again_and_that_is_said(workspace: Workspace) -> None:
    deposit(workspace, PREAMBLE + "번호,이름,면적\n" + rows(), header_rows=(3,))
    receipt = deposit(workspace, "번호,이름,면적\n" + rows(20))
    assert (receipt.header_rows, receipt.rows) == ((1,), 12)
    assert receipt.verdict == "accepted_with_problems"
    assert "머리글이 맞지 않아 새로 알아보았습니다: 머리글 행 3" in reasons(receipt)["learned_not_fitting"]
    back = deposit(workspace, PREAMBLE + "번호,이름,면적\n" + rows(40))
    assert back.header_rows == (3,)
    assert "learned_applied" in reasons(back)


def test_header_rows_beyond_a_shorter_file_do_not_refuse_it(workspace: Workspace) -> None:
    above = "".join(f"안내 {i}\n" for i in range(1, 21))
    deposit(workspace, above + "번호,이름,면적\n" + rows(), header_rows=(21,))
    receipt = deposit(workspace, "번호,이름,면적\n" + rows(20)[:100])
    assert receipt.accepted
    assert receipt.header_rows == (1,)


def test_an_encoding_that_makes_nonsense_of_a_file_is_not_applied(workspace: Workspace) -> None:
    content = "번호,이름,면적\n" + rows()
    deposit(workspace, content.encode("cp949"), encoding="cp949")
    receipt = deposit(workspace, ("번호,이름,면적\n" + rows(20)).encode())
    assert types(workspace).keys() == {"번호", "이름", "면적"}
    assert receipt.encoding == "utf-8"
    assert "문자 인코딩 cp949" in reasons(receipt)["learned_not_fitting"]


def test_a_delimiter_that_the_file_no_longer_has_is_not_applied(workspace: Workspace) -> None:
    deposit(workspace, ("번호,이름,면적\n" + rows()).replace(",", "^"), delimiter="^")
    receipt = deposit(workspace, "번호,이름,면적\n" + rows(20))
    assert (receipt.delimiter, receipt.columns) == (",", 3)
    assert "구분자 ^" in reasons(receipt)["learned_not_fitting"]


def test_a_file_without_header_stays_without(workspace: Workspace) -> None:
    deposit(workspace, rows(), header_rows=())
    receipt = deposit(workspace, rows(20))
    assert (receipt.header_rows, receipt.rows) == ((), 12)
    assert "머리글 행 없음" in reasons(receipt)["learned_applied"]


def test_a_header_that_vanished_is_told_with_what_to_do(workspace: Workspace) -> None:
    deposit(workspace, "번호,이름,면적\n" + rows(), types={"면적": "text"})
    receipt = deposit(workspace, "번호,이름,넓이\n" + rows(20))
    assert receipt.verdict == "accepted_with_problems"
    told = reasons(receipt)["learned_header_gone"]
    assert "`madang source forget parks --header '면적'`" in told


def test_a_header_is_quoted_in_the_command_that_forgets_it(workspace: Workspace) -> None:
    header = "면적$(touch x)"
    deposit(workspace, f"번호,이름,{header}\n" + rows(), types={header: "text"})
    receipt = deposit(workspace, "번호,이름,넓이\n" + rows(20))
    told = reasons(receipt)["learned_header_gone"]
    assert "`madang source forget parks --header '면적$(touch x)'`" in told


def test_a_mapping_is_learned_and_where_it_no_longer_holds_that_is_said(workspace: Workspace) -> None:
    header = "연번,이름,면적\n"
    standard = (
        'id = "yards"\nversion = "1"\nlabel = "마당"\n[[columns]]\nname = "yard_name"\nlabel = "마당명"\n'
        "required = true\n"
    )
    (workspace.folder / "content/standards/yards.toml").write_text(standard, encoding="utf-8")
    deposit(workspace, header + rows(), standard="yards", mapping={"이름": "yard_name"})
    receipt = deposit(workspace, header + rows(20))
    assert receipt.standard == "yards"
    live = workspace.bank["parks"].latest
    assert live is not None
    (name,) = (c for c in live.columns if c.standard == "yard_name")
    assert (name.label, name.because) == ("이름", "지난번에 고친 대로 (2026-11-20, 김담당)")
    other = deposit(workspace, header + rows(40), standard="library", once=True)
    assert "learned_idle" in reasons(other)


def test_a_coordinate_system_is_learned(workspace: Workspace) -> None:
    deposit(workspace, "번호,이름,면적\n" + rows(), crs="EPSG:5174")
    deposit(workspace, "번호,이름,면적\n" + rows(20))
    live = workspace.bank["parks"].latest
    assert live is not None
    assert live.facts["reading"]["override"]["crs"] == "EPSG:5174"
    assert evidence(workspace, "crs") == [("EPSG:5174", "지난번에 고친 대로 (2026-11-20, 김담당)")]


def test_the_sheets_of_a_workbook_share_what_was_told_of_it(workspace: Workspace) -> None:
    def book(start: int) -> list[Receipt]:
        made = openpyxl.Workbook()
        for name in ("남구", "북구"):
            sheet = made.create_sheet(name)
            sheet.append(["코드", f"{name}값"])
            for i in range(start, start + 10):
                sheet.append([i, i * 2])
        del made["Sheet"]
        made.save(workspace.folder.parent / "book.xlsx")
        told = Override(types={"북구값": "text"} if start == 1 else {})
        return workspace.deposit(workspace.folder.parent / "book.xlsx", override=told, by="a")

    assert [receipt.dataset for receipt in book(1)] == ["book-남구", "book-북구"]
    assert load_source(workspace.sources, "book") is not None
    book(20)
    assert types(workspace, "book-북구") == {"코드": "text", "북구값": "text"}
    assert types(workspace, "book-남구")["남구값"] == "integer"


def test_another_dataset_learns_for_itself(workspace: Workspace) -> None:
    deposit(workspace, "번호,이름,면적\n" + rows(), types={"면적": "text"})
    deposit(workspace, "번호,이름,면적\n" + rows(20), "yards.csv")
    assert types(workspace, "yards")["면적"] == "integer"


def test_forgotten_things_are_inferred_again_and_the_history_says_so(workspace: Workspace) -> None:
    deposit(workspace, "번호,이름,면적\n" + rows(), types={"면적": "text", "이름": "text"}, crs="EPSG:5186")
    gone = forget(workspace.sources, "parks", by="나중", at=DAY, headers=["면적"])
    assert gone == ["'면적' 열의 자료형 text"]
    deposit(workspace, "번호,이름,면적\n" + rows(20))
    assert types(workspace)["면적"] == "integer"
    forget(workspace.sources, "parks", by="나중", at=DAY)
    source = load_source(workspace.sources, "parks")
    assert source is not None
    assert source.empty
    assert [(c.by, c.value) for c in source.history[-3:]] == [("나중", None)] * 3
    with pytest.raises(MadangError) as error:
        forget(workspace.sources, "parks", by="나중", at=DAY)
    assert error.value.code == "source_nothing_to_forget"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('id = "parks"\nheader_rows = "3"', "'header_rows'의 값 3이 맞지 않습니다"),
        ('id = "parks"\ncrs = "중부원점"', "좌표계 '중부원점'을 알 수 없습니다"),
        ('id = "parks"\nstandard = "없는표준"', "'없는표준' 표준이 없습니다"),
    ],
)
def test_a_broken_source_stops_the_deposit_before_anything(
    workspace: Workspace, content: str, said: str
) -> None:
    """Going on without it would make a wrongly read file the live version, with nobody looking."""
    workspace.sources.mkdir()
    file = workspace.sources / "parks.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(MadangError) as error:
        deposit(workspace, "번호,이름,면적\n" + rows())
    assert said in str(error.value)
    assert str(file) in str(error.value)
    assert "parks" not in workspace.bank


def test_what_cannot_be_remembered_is_told_after_the_receipt(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("madang.intake.learned.write_text", full)
    with pytest.raises(Stopped) as stopped:
        deposit(workspace, "번호,이름,면적\n" + rows(), types={"면적": "text"})
    assert stopped.value.code == "disk_full"
    assert [receipt.verdict for receipt in stopped.value.receipts] == ["accepted"]
