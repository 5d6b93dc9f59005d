"""Choosing problems by rule: the rules a standard declares stand each under its own name."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from madang.intake.problems import ProblemSink
from madang.messages import ko
from madang.web.desk.problems import _by_rule, _rules
from madang.web.shell import words

CLOSED = '{"rule": "closed_no_date", "label": "폐업인데 폐업일자가 없습니다"}'
ORDER = '{"rule": "open_close", "label": "여는 시각이 닫는 시각보다 늦습니다"}'


@pytest.fixture
def problems(tmp_path: Path):  # type: ignore[no-untyped-def]
    sink = ProblemSink(tmp_path / "problems.parquet")
    for row, detail in enumerate((CLOSED, CLOSED, ORDER), 2):
        sink.add("row_rule", row=row, column="closed_on", label="폐업일자", detail=detail)
    sink.add("cell_not_date", row=9, column="closed_on", label="폐업일자", value="2021.13.05")
    sink.close()
    return pq.read_table(sink.path)


def test_each_declared_rule_is_a_choice(problems) -> None:  # type: ignore[no-untyped-def]
    choices = {choice.id: (choice.label, choice.count) for choice in _rules(problems)}
    assert choices == {
        "row_rule:closed_no_date": ("폐업인데 폐업일자가 없습니다", 2),
        "row_rule:open_close": ("여는 시각이 닫는 시각보다 늦습니다", 1),
        "cell_not_date": ("날짜가 아닌 칸", 1),
    }


def test_a_declared_rule_filters_its_own_problems(problems) -> None:  # type: ignore[no-untyped-def]
    assert _by_rule(problems, "row_rule:closed_no_date")["row"].to_pylist() == [2, 3]
    assert _by_rule(problems, "cell_not_date")["row"].to_pylist() == [9]
    assert _by_rule(problems, "row_rule:none").num_rows == 0


def test_every_named_rule_is_in_the_vocabulary() -> None:
    assert set(words.RULES) <= set(ko.TEXTS)
