"""The door: whose earlier deposit a file repeats, what one bad table does to the others, what may be asked."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from madang.intake.raw import Override
from madang.intake.receipt import Receipt, Stopped
from madang.intake.settle import Settler
from madang.messages import MadangError
from madang.workspace import Workspace

ROWS = "번호,이름\n1,가\n2,나\n3,다\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.init(tmp_path / "w")


def csv(folder: Path, name: str = "lib.csv", content: str = ROWS) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def workbook(folder: Path, *sheets: str) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, name in enumerate(sheets):
        sheet = book.create_sheet(name)
        for row in (["번호", f"값{number}"], *([i, i * (number + 1)] for i in range(1, 5))):
            sheet.append(row)
    book.save(folder / "책.xlsx")
    return folder / "책.xlsx"


def codes(receipt: Receipt) -> list[str]:
    return [reason.code for reason in receipt.reasons]


def test_the_same_bytes_under_another_name_are_another_dataset(workspace: Workspace, tmp_path: Path) -> None:
    path = csv(tmp_path)
    (old,) = workspace.deposit(path, "lib-old")
    (new,) = workspace.deposit(path, "lib")
    assert [(r.dataset, r.verdict, r.version) for r in (old, new)] == [
        ("lib-old", "accepted", 1),
        ("lib", "accepted", 1),
    ]
    assert [workspace.deposit(path, name)[0].verdict for name in ("lib", "lib-old")] == ["unchanged"] * 2


def failing_at(monkeypatch: pytest.MonkeyPatch, table_id: str, error: Exception) -> None:
    settle = Settler.settle

    def planted(self: Settler, table: Any, id_: str, reading: Any) -> Any:
        if id_ == table_id:
            raise error
        return settle(self, table, id_, reading)

    monkeypatch.setattr(Settler, "settle", planted)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ZeroDivisionError("planted"), "own_failure"),
        (MadangError("type_unknown", type="x", types="text"), "type_unknown"),
    ],
)
def test_one_bad_table_does_not_lose_the_others(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    path = workbook(tmp_path, "하나", "둘", "셋")
    failing_at(monkeypatch, "책-둘", error)
    receipts = workspace.deposit(path)
    assert [(r.dataset, r.verdict) for r in receipts] == [
        ("책-하나", "accepted"),
        ("책-둘", "refused"),
        ("책-셋", "accepted"),
    ]
    assert codes(receipts[1]) == [code]
    assert "책" not in workspace.bank
    assert bool(list((workspace.folder / "bank").glob("책-둘/deposits/*/failure.txt"))) == (
        code == "own_failure"
    )


def test_a_full_disk_at_the_second_table_keeps_the_first_receipt(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, "하나", "둘")
    failing_at(monkeypatch, "책-둘", OSError(28, "No space left on device"))
    with pytest.raises(Stopped) as caught:
        workspace.deposit(path)
    again = pickle.loads(pickle.dumps(caught.value))  # as it comes back from another process
    for error in (caught.value, again):
        assert error.code == "disk_full"
        assert error.about_the_machine
        assert [(r.dataset, r.verdict) for r in error.receipts] == [("책-하나", "accepted")]


def test_a_workbook_with_a_refused_table_is_remembered_whole(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, "하나", "둘")
    with monkeypatch.context() as patch:
        failing_at(patch, "책-둘", MadangError("type_unknown", type="x", types="text"))
        workspace.deposit(path)
    for _ in range(2):  # the receipt of a repetition is remembered as well
        again = workspace.deposit(path, again=False)
        assert [(r.dataset, r.verdict) for r in again] == [("책-하나", "unchanged"), ("책-둘", "refused")]


@pytest.mark.parametrize("code", ["other_columns", "became_empty", "own_failure", "file_changing"])
def test_a_refusal_that_may_pass_is_not_remembered(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    path = csv(tmp_path)
    with monkeypatch.context() as patch:
        failing_at(patch, "lib", MadangError(code))
        assert codes(workspace.deposit(path, again=False)[0]) == [code]
    assert workspace.deposit(path, again=False)[0].verdict == "accepted"


@pytest.mark.parametrize(
    ("override", "code"),
    [
        (Override(encoding="cp99999"), "encoding_unknown"),
        (Override(encoding="hex"), "encoding_unknown"),
        (Override(delimiter=""), "delimiter_unusable"),
        (Override(delimiter="123456789"), "delimiter_unusable"),
        (Override(header_rows=(0, 2)), "header_rows_unusable"),
        (Override(header_rows=(3, 2)), "header_rows_unusable"),
        (Override(header_rows=(2, 2)), "header_rows_unusable"),
        (Override(types={"번호": "varchar"}), "type_unknown"),
        (Override(standard="없음"), "standard_missing"),
    ],
)
def test_what_cannot_be_wished_is_wrong_use_and_leaves_no_trace(
    workspace: Workspace, tmp_path: Path, override: Override, code: str
) -> None:
    with pytest.raises(MadangError) as caught:
        workspace.deposit(csv(tmp_path), override=override)
    assert caught.value.code == code
    assert workspace.bank.datasets() == []


@pytest.mark.parametrize(
    ("override", "code"),
    [
        (Override(header_rows=(9,)), "header_rows_beyond"),
        (Override(header_rows=(1, 99)), "header_rows_beyond"),
        (Override(types={"없는 열": "text"}), "type_column_missing"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_the_file_does_not_have_is_refused(
    workspace: Workspace, tmp_path: Path, override: Override, code: str, kind: str
) -> None:
    path = csv(tmp_path) if kind == "csv" else workbook(tmp_path, "하나")
    (receipt,) = workspace.deposit(path, override=override)
    assert (receipt.verdict, codes(receipt)) == ("refused", [code])


def test_wishes_that_can_be_followed_are(workspace: Workspace, tmp_path: Path) -> None:
    override = Override(encoding="utf-8", delimiter=",", header_rows=(1,), types={"번호": "text"})
    assert workspace.deposit(csv(tmp_path), override=override)[0].verdict == "accepted"
    two = csv(tmp_path, "둘.csv", "구분,구분,인원\n번호,이름,수\n1,가,3\n2,나,4\n")
    assert workspace.deposit(two, override=Override(header_rows=(1, 2)))[0].rows == 2
    assert workspace.deposit(two, "셋", override=Override(header_rows=()))[0].rows == 4
