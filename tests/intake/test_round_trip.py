"""Edits of a copy: what changed, merged with what is live, committed as a version; every answer is planted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from madang.bank import Version
from madang.intake.round_trip import Edits, Merged, merge, table_of
from madang.intake.round_trip_commit import commit_edits
from madang.messages import MadangError
from madang.workspace import Workspace

ROWS = [
    "번호,이름,수량,비율,날짜,위도,경도",
    "1,가람,3,0.1,2026-01-01,37.41,127.02",
    "2,나루,4,0.30000000000000004,2026-01-02,37.42,127.03",
    "3,다온,5,1e-7,2026-01-03,37.43,127.04",
    "4,라온,6,2.5,2026-01-04,37.44,127.05",
]


def made(folder: Path) -> Workspace:
    ws = Workspace.init(folder / "w")
    put(ws, folder, ROWS)
    return ws


def put(ws: Workspace, folder: Path, rows: list[str], name: str = "물품.csv") -> None:
    (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    ws.deposit(folder / name, "물품")


def live(ws: Workspace) -> Version:
    found = ws.bank["물품"].latest
    assert found is not None
    return found


def merged(ws: Workspace, base: int = 1, **said: Any) -> Merged:
    return merge(ws.bank["물품"].version(base), live(ws), Edits(base, **said))


def commit(ws: Workspace, found: Merged, *ids: str) -> Version:
    return commit_edits(
        ws.bank, "물품", found, set(ids or found.clean), standards=ws.standards, registers=ws.registers,
        by="김담당", why="현장 확인", at=ws.clock(),
    )  # fmt: skip


def column(version: Version, name: str) -> list[Any]:
    return list(table_of(version)[name].to_pylist())


def code(call: Any) -> str:
    with pytest.raises(MadangError) as raised:
        call()
    return raised.value.code


def test_a_changed_an_added_and_a_removed_row_become_a_version(tmp_path: Path) -> None:
    ws = made(tmp_path)
    before = table_of(live(ws))
    found = merged(
        ws,
        cells={1: {"수량": "1,044", "날짜": "2026.2.3"}},
        added=[{"번호": "5", "이름": "마루", "수량": "7"}],
        removed=[2],
    )
    assert [(line.id, line.kind, line.key) for line in found.lines] == [
        ("c1", "changed", ("2",)), ("r2", "removed", ("3",)), ("a0", "added", ("5",)),
    ]  # fmt: skip
    assert [(c.label, c.before, c.after) for c in found.lines[0].cells] == [
        ("수량", "4", "1044"), ("날짜", "2026-01-02", "2026-02-03"),
    ]  # fmt: skip
    version = commit(ws, found)
    assert (version.n, version.kind, version.by) == (2, "edit", "김담당")
    assert column(version, "번호") == [1, 2, 4, 5]
    assert column(version, "수량") == [3, 1044, 6, 7]
    after = table_of(version)
    for at, was in ((0, 0), (2, 3)):  # rows nobody touched, to the last bit
        assert after.slice(at, 1).equals(before.slice(was, 1))
    assert after.schema == before.schema
    assert version.facts["edit"] == {
        "of": 1, "base": 1, "by": "김담당", "why": "현장 확인", "changed": 1, "added": 1, "removed": 1, "cells": 2,
    }  # fmt: skip
    assert (version.receipt["rows"], version.facts["rows"]) == (4, 4)
    diff = ws.diff("물품", 1, 2)
    assert (diff.added, diff.removed, diff.changed) == (1, 1, 1)


def test_an_edited_place_is_found_anew_and_the_others_stay(tmp_path: Path) -> None:
    ws = made(tmp_path)
    version = commit(ws, merged(ws, cells={0: {"위도": "37.5"}}))
    assert column(version, "lat") == [37.5, 37.42, 37.43, 37.44]
    assert column(version, "lon") == [127.02, 127.03, 127.04, 127.05]


def test_what_says_the_same_is_no_change(tmp_path: Path) -> None:
    ws = made(tmp_path)
    found = merged(ws, cells={0: {"수량": "3", "비율": "0.10"}, 1: {"날짜": "2026/01/02"}})
    assert found.lines == ()
    assert code(lambda: commit(ws, found)) == "edit_nothing"


@pytest.mark.parametrize(
    ("column_", "typed", "rule"),
    [
        ("수량", "세 개", "cell_not_integer"),
        ("날짜", "2026-13-05", "cell_no_such_month"),
        ("날짜", "내일", "cell_not_date"),
        ("비율", "많음", "cell_not_number"),
        ("이름", "900101-1234568", "edit_resident_number"),
    ],
)
def test_a_text_that_is_no_value_says_why_and_is_not_taken(
    tmp_path: Path, column_: str, typed: str, rule: str
) -> None:
    ws = made(tmp_path)
    found = merged(ws, cells={0: {column_: typed}})
    (cell,) = found.lines[0].cells
    assert cell.wrong is not None
    assert cell.wrong.code == rule
    assert column_ in cell.wrong.text()
    assert found.clean == ()
    assert code(lambda: commit(ws, found, "c0")) == "edit_not_readable"


def test_a_version_in_between_is_merged_cell_by_cell(tmp_path: Path) -> None:
    """Somebody else: row 1 수량 3 -> 9, row 2 gone, row 3 이름, row 5 new. Mine: all four rows of the first version."""
    ws = made(tmp_path)
    theirs = [
        ROWS[0],
        ROWS[1].replace(",3,", ",9,"),
        ROWS[3].replace("다온", "두리"),
        ROWS[4],
        "5,바다,1,1,2026-01-05,37.4,127",
    ]
    put(ws, tmp_path, theirs)
    found = merged(
        ws,
        cells={
            0: {"수량": "8", "이름": "가온"},  # 수량 changed by both, 이름 by me alone
            1: {"수량": "40"},  # gone
            3: {"수량": "60"},  # mine alone
        },
        removed=[2],  # changed by them
        added=[{"번호": "5", "이름": "마루"}, {"번호": "6", "이름": "보라"}],
    )  # fmt: skip
    assert (found.moved, found.key) == (True, ("번호",))
    assert {line.id: line.conflict for line in found.lines} == {
        "c0": "cells", "c1": "gone", "c3": "", "r2": "changed", "a0": "key", "a1": "",
    }  # fmt: skip
    cells = {c.column: (c.base, c.before, c.after, c.conflict) for c in found.lines[0].cells}
    assert cells == {"수량": ("3", "9", "8", True), "이름": ("가람", "가람", "가온", False)}
    assert found.clean == ("c3", "a1")
    version = commit(ws, found, "c0", "c3", "a1")
    assert column(version, "번호") == [1, 3, 4, 5, 6]
    assert column(version, "수량") == [8, 5, 60, 1, None]
    assert column(version, "이름") == ["가온", "두리", "라온", "바다", "보라"]
    assert code(lambda: commit(ws, found, "c1")) == "edit_not_readable"
    assert code(lambda: commit(ws, found, "c3")) == "conflict_moved"


def test_a_mended_cell_is_a_problem_no_more(tmp_path: Path) -> None:
    ws = Workspace.init(tmp_path / "w")
    rows = [f"{n},2026-01-{n % 28 + 1:02d}" for n in range(40)]
    put(ws, tmp_path, ["번호,날짜", *rows, "40,2026-13-01", "41,어제"])
    first = live(ws)
    assert first.receipt["problems"] == 2
    score = first.facts["quality"]["score"]
    version = commit(ws, merged(ws, cells={40: {"날짜": "2026-12-01"}}))
    kept = pq.read_table(version.problems_path)
    assert (kept["row"].to_pylist(), version.receipt["problems"]) == ([43], 1)
    assert version.facts["quality"]["score"] > score
    (dates,) = [c for c in version.facts["columns"] if c["name"] == "날짜"]
    assert dates["facts"]["unreadable"] == 1


def test_the_file_deposited_again_takes_the_edit_back(tmp_path: Path) -> None:
    ws = made(tmp_path)
    commit(ws, merged(ws, cells={0: {"수량": "8"}}))
    (receipt,) = ws.deposit(tmp_path / "물품.csv", "물품")
    assert (receipt.verdict, receipt.version) == ("accepted", 3)
    assert column(live(ws), "수량") == [3, 4, 5, 6]


def test_names_of_people_make_a_column_personal(tmp_path: Path) -> None:
    ws = made(tmp_path)
    cells = {n: {"이름": f"010-1234-56{n}8"} for n in range(4)}
    version = commit(ws, merged(ws, cells=cells))
    assert {c.name: c.privacy for c in version.columns}["이름"] == "personal"


def test_columns_that_are_gone_are_told(tmp_path: Path) -> None:
    ws = made(tmp_path)
    put(ws, tmp_path, [",".join(row.split(",")[:3] + row.split(",")[4:]) for row in ROWS])
    assert code(lambda: merged(ws, cells={0: {"비율": "1"}})) == "edit_columns_changed"
    assert code(lambda: merged(ws, cells={9: {"수량": "1"}})) == "edit_row_unknown"


SWAPPED = ["번호,이름,위도,경도", *(f"{n},이름{n},37.{40 + n},127.{10 + n}" for n in range(1, 31))]


def points(version: Version) -> tuple[Any, int]:
    listed = pq.read_table(version.problems_path)["rule"].to_pylist()
    assert version.facts["problems_by_rule"].get("point_swapped", 0) == listed.count("point_swapped")
    return version.facts["located"]["points"].get("point_swapped", 0), listed.count("point_swapped")


def test_points_that_were_mended_are_not_told_any_more_and_new_ones_are(tmp_path: Path) -> None:
    ws = Workspace.init(tmp_path / "w")
    put(ws, tmp_path, [*SWAPPED[:5], "5,이름5,127.15,37.45", *SWAPPED[6:]])
    assert points(live(ws)) == (1, 1)
    mended = commit(ws, merged(ws, cells={4: {"위도": "37.45", "경도": "127.15"}}))
    assert points(mended) == (0, 0)
    assert column(mended, "lon")[4] == pytest.approx(127.15)
    again = commit(ws, merged(ws, base=2, added=[{"번호": "31", "위도": "127.2", "경도": "37.5"}]))
    assert points(again) == (1, 1)
