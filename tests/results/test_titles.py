"""Titles of pictures have numbers of cells as sentences have: said, checked, kept, and withheld where their cell is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from madang.messages import MadangError
from madang.release.result_story import let_out
from madang.results import Cell, Chart, keep, kept, titled
from madang.runs import Run
from results.shown import result
from results.test_charts import BARS

TITLED = Chart("{kind}{이} 가장 오래 버팁니다", "trades", BARS, "막대 셋: {kind} {alive}",
               {"kind": Cell("trades", "trade", 1), "alive": Cell("trades", "alive", 1)})  # fmt: skip


def test_the_title_and_the_words_of_a_picture_are_made_of_cells(tmp_path: Path) -> None:
    made = replace(result(), charts=(TITLED,)).check()
    assert titled(TITLED, made) == ("제과점이 가장 오래 버팁니다", "막대 셋: 제과점 80.0\u202f%")
    (drawn,) = made.figures
    assert (drawn.title, drawn.alt) == titled(TITLED, made)
    keep(made, tmp_path)
    assert kept(tmp_path).charts == (TITLED,)


def test_the_rows_at_the_ends_of_a_column_are_found_and_empty_ones_are_none() -> None:
    trades, curve = result().tables
    assert trades.extremes("alive") == (1, 0)  # 80, 40, and one that is empty
    assert trades.extremes("shops") == (0, 2)
    assert replace(curve, rows=curve.rows.slice(3, 1)).extremes("alive") is None


def test_a_cell_that_is_not_there_is_told() -> None:
    wrong = replace(TITLED, cells={**TITLED.cells, "alive": Cell("trades", "alive", 3)})
    with pytest.raises(MadangError) as told:
        replace(result(), charts=(wrong,)).check()
    assert told.value.code == "result_cell"


def test_a_title_with_a_number_that_stays_inside_does_not_leave() -> None:
    made = replace(result(), charts=(TITLED,))
    run = Run("k", "a", "t", {}, (), 0, "c", "lee", "2026-01-01T00:00:00+09:00", 0.1, Path("."))
    hidden = {"trades": np.array([False, True, False]), "curve": np.zeros(6, bool)}
    (left,) = let_out(made, (), hidden, (), {}, run)[0].charts
    assert (left.title, left.alt, left.cells) == ("업종별 생존", "", {})
    (left,) = let_out(made, (), {**hidden, "trades": np.zeros(3, bool)}, (), {}, run)[0].charts
    assert left == TITLED
