"""A column may be called like anything, also like a name that our own SQL uses; a member of an archive is named like a
file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.bank.describe import problem_rows
from madang.cli import main
from madang.workspace import Workspace

NAMES = (
    "h", "H2", "nth", "first", "row", "value", "n", "t", "s", "x", "place", "total", "parts", "first_row", "rows", "rule",
    "severity", "detail", "label", "column", "count", "hash", "mask", "words", "strong", "staged", "marked", "key", "a", "b",
    "c0", "l0", "m0",
)  # fmt: skip


def table(names: tuple[str, ...]) -> str:
    """Rows 2 to 5 of the file: the fourth repeats the second."""
    rows = [[f"가{number}{i}" for i in range(len(names))] for number in (1, 2, 1, 3)]
    return "\n".join(",".join(cells) for cells in [list(names), *rows]) + "\n"


@pytest.mark.parametrize("names", [("번호", "H", "값"), NAMES, tuple(name.upper() for name in NAMES)])
def test_columns_named_like_our_own(tmp_path: Path, names: tuple[str, ...]) -> None:
    workspace = Workspace.init(tmp_path / "w")
    path = tmp_path / "표.csv"
    path.write_text(table(names), encoding="utf-8")
    (receipt,) = workspace.deposit(path)
    assert (receipt.verdict, [r.code for r in receipt.reasons]) == ("accepted_with_problems", [])
    assert (receipt.rows, receipt.columns) == (4, len(names))
    assert [(p["row"], p["rule"]) for p in problem_rows(workspace.bank["표"])] == [(4, "row_duplicate")]
    path.write_text(table(names) + ",".join(["나"] * len(names)) + "\n", encoding="utf-8")
    (second,) = workspace.deposit(path)
    assert (second.version, second.rows) == (2, 5)

    told = ["-w", str(workspace.folder), "export", "표", "--version", "1", "--format", "csv-utf8"]
    out = CliRunner().invoke(main, told, catch_exceptions=False)
    assert out.stdout == table(names)


def test_members_of_an_archive_are_named_without_their_dates(tmp_path: Path) -> None:
    """Next month's archive brings the next versions; members that differ in nothing but the date keep it."""
    workspace = Workspace.init(tmp_path / "w")
    members = ("점포수_데이터_2021.csv", "2021-10/인구_202110_동별.csv", "공원_2020.csv", "공원_2021.csv")
    with zipfile.ZipFile(tmp_path / "구청제출_202610.zip", "w") as archive:
        for number, member in enumerate(members):
            archive.writestr(member, f"이름,수{number}\n가,1\n나,2\n")
    receipts = workspace.deposit(tmp_path / "구청제출_202610.zip")
    assert {receipt.member: receipt.dataset for receipt in receipts} == {
        "점포수_데이터_2021.csv": "구청제출-점포수-데이터",
        "2021-10/인구_202110_동별.csv": "구청제출-2021-10-인구-동별",
        "공원_2020.csv": "구청제출-공원-2020",
        "공원_2021.csv": "구청제출-공원-2021",
    }
