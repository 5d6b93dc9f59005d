"""Where a query has places for values, and where a colon is something else."""

from __future__ import annotations

from datetime import date

import pytest

from madang.messages import MadangError
from madang.web.sql.parameters import bound, parameters_of


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT * FROM t WHERE d = :day", [("day", "date")]),
        ("WHERE m = :기준월 AND n > :최소수", [("기준월", "month"), ("최소수", "number")]),
        ("WHERE a = :name AND b = :name", [("name", "text")]),
        ("WHERE d BETWEEN :since::date AND :until", [("since", "date"), ("until", "date")]),
        ("LIMIT :k::INTEGER", [("k", "number")]),
        ("SELECT a::int, b[1:2], l[x:y], 'a:b :c', \"q :d\", {'k':v} -- :e\n/* :f */", []),
        ("SELECT $$ :a $$, $t$ :b $t$", []),
        ("SELECT ':a''', :b", [("b", "text")]),
    ],
)
def test_the_parameters_of_a_text(sql: str, found: list[tuple[str, str]]) -> None:
    assert [(each.name, each.kind) for each in parameters_of(sql)] == found


def test_a_text_keeps_its_length_when_its_parameters_are_bound() -> None:
    text, values = bound(
        "SELECT :기준월, ':x', :day, :n::INT", {"기준월": "2026-06", "day": "2026-06-30", "n": "3"}
    )
    assert text == "SELECT $기준월, ':x', $day, $n::INT"
    assert values == {"기준월": "2026-06", "day": date(2026, 6, 30), "n": 3}


@pytest.mark.parametrize(
    ("value", "code"), [("", "sql_value_missing"), ("2026-02-30", "sql_value"), ("x", "sql_value")]
)
def test_a_value_that_is_none(value: str, code: str) -> None:
    with pytest.raises(MadangError) as error:
        bound("SELECT :day", {"day": value})
    assert error.value.code == code
