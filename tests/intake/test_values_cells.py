"""Outer blanks go, whichever they are; an empty cell is null; nothing else changes."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.intake.values import Reading
from madang.intake.values_cells import read_cells, tidy
from madang.intake.values_text import BLANKS

CELLS = [
    (["a", "b"], ["a", "b"]),
    (["a", "", "c"], ["a", None, "c"]),
    (["", ""], [None, None]),
    ([" "], [None]),
    ([" a", "b\t", "\n"], ["a", "b", None]),
    (["\u00a0가", "나\u3000", "\ufeff다\u200b"], ["가", "나", "다"]),
    (["쀀", "가 나", "…", "㈜마당"], ["쀀", "가 나", "…", "㈜마당"]),
    ([None, "", "a"], [None, None, "a"]),
    ([], []),
]


@pytest.mark.parametrize(("cells", "expected"), CELLS)
def test_tidied(cells: list[str | None], expected: list[str | None]) -> None:
    assert tidy(pa.array(cells, pa.string())).to_pylist() == expected


def test_a_slice_of_a_batch_is_tidied_alike() -> None:
    assert tidy(pa.array(["a", "b ", "", "d"]).slice(1, 2)).to_pylist() == ["b", None]


@given(st.lists(st.text(alphabet=f"{BLANKS}a1가ⓒ㈜쀀.-", max_size=5), max_size=8))
def test_tidied_as_python_strips(cells: list[str]) -> None:
    assert tidy(pa.array(cells, pa.string())).to_pylist() == [cell.strip(BLANKS) or None for cell in cells]


def test_usual_and_odd_forms_of_one_column_keep_their_places() -> None:
    cells = [pa.array(["1", None, "△2", "없음"]), pa.array(["3,000", "△2"])]
    read = read_cells(duckdb.connect(config={"threads": 1}), cells, Reading("integer"))
    assert read.to_pylist() == [1, None, -2, None, 3000, -2]
