"""What the report of a version says: score with formula, freshness, stable keys, and lists that are bounded."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from madang.declarations.load import SHIPPED, load_standards
from madang.declarations.standard import DatasetColumn, Standard, StandardColumn
from madang.intake.problems import ProblemSink
from madang.intake.quality import check
from tests.intake.quality_helper import TODAY, checked, column, mapped

STANDARDS = load_standards(SHIPPED)
LICENCE, LIBRARY, POPULATION = (STANDARDS[id_] for id_ in ("licence", "library", "resident-population"))
SEATS = Standard(
    "seats",
    "1",
    "좌석",
    columns=(StandardColumn("n", "좌석", "integer"), StandardColumn("id", "번호", required=True)),
)


def test_the_score_shows_how_it_came_to_be(tmp_path: Path) -> None:
    """수량 8 checked 1 wrong, 필수값 8 checked 2 wrong, 중복 8 checked 0 wrong: 3 of 24 = 12.5 %; 6 of 8 filled = 75 %.

    0.8 x (100 - 12.5) + 0.2 x 75 = 85.
    """
    rows = [[n, None if n > 6 else str(n)] for n in range(1, 8)] + [[-1, None]]
    rows[6][1] = "7"
    rows[0][1] = None
    found = checked(tmp_path, mapped(SEATS, "n", "id"), rows, SEATS).quality
    assert found.total() == (24, 3)
    assert found.error_rate_percent == 12.5
    assert found.score == pytest.approx(85.0)
    assert found.formula == (
        "점수 85.0 = 0.8 × (100 − 오류율 12.50) + 0.2 × 필수 항목 완전성 75.00; 오류율 12.50% = 오류 3건 ÷ 진단 24건 × 100"
    )


def test_without_required_columns_the_score_is_the_error_rate(tmp_path: Path) -> None:
    """One date in four is before 1900; four rows are no copies: 1 of 4 is wrong, warnings are not counted."""
    days = [[date(1800, 1, 1)], [date(2000, 1, 1)], [date(2001, 1, 1)], [date(2001, 1, 1)]]
    found = checked(tmp_path, [column("날짜", "date")], days).quality
    assert found.score == 75.0
    assert found.formula == "점수 75.0 = 100 − 오류율 25.00; 오류율 25.00% = 오류 1건 ÷ 진단 4건 × 100"
    assert found.to_json()["warnings"] == 1


def test_nothing_checked_has_no_score(tmp_path: Path) -> None:
    found = checked(tmp_path, [column("이름", "text")], []).quality
    assert found.score is None
    assert found.to_json()["error_rate_percent"] is None
    assert "매기지 않았습니다" in found.formula


def test_keys_are_stable(tmp_path: Path) -> None:
    shown = checked(tmp_path, mapped(LICENCE, "licence_number"), [["1"]], LICENCE).quality.to_json()
    assert json.loads(json.dumps(shown)) == shown
    assert list(shown) == [
        "rows", "score", "formula", "checked", "wrong", "error_rate_percent", "warnings",
        "required_completeness_percent", "freshness", "kinds", "checks", "columns", "not_checked", "today",
    ]  # fmt: skip
    assert list(shown["checks"][0]) == [
        "id", "kind", "rule", "label", "columns", "severity", "checked", "wrong", "error_rate_percent",
    ]  # fmt: skip
    assert list(shown["columns"][0]) == [
        "column", "label", "filled", "rows", "completeness_percent", "required",
    ]  # fmt: skip
    assert list(shown["freshness"]) == [
        "status", "as_of", "age_days", "rhythm_days", "column", "label", "previous_as_of", "went_back",
    ]  # fmt: skip
    assert list(shown["kinds"][0]) == ["kind", "checked", "wrong", "warnings", "error_rate_percent"]


def library(days: list[date | None], tmp_path: Path, **options: Any) -> Any:
    columns = mapped(LIBRARY, "library_name", "reference_date")
    return checked(tmp_path, columns, [[str(i), day] for i, day in enumerate(days)], LIBRARY, **options)


def test_freshness_against_the_rhythm(tmp_path: Path) -> None:
    """The rhythm is a year: 2025-11-21 is 365 days before 2026-11-21, still fresh; a day earlier is late."""
    fresh = library([date(2025, 11, 21), date(2020, 1, 1), None], tmp_path).quality.freshness
    assert (fresh.status, fresh.age_days, fresh.rhythm_days) == ("fresh", 365, 365)
    late = library([date(2025, 11, 20)], tmp_path).quality.freshness
    assert (late.status, late.age_days) == ("late", 366)
    assert library([date(2025, 11, 20)], tmp_path, rhythm_days=400).quality.freshness.status == "fresh"
    unknown = library([None], tmp_path).quality.freshness
    assert (unknown.status, unknown.age_days) == ("unknown", None)


def test_a_date_in_the_future_does_not_make_data_fresh(tmp_path: Path) -> None:
    assert library([date(2024, 1, 1), date(2202, 1, 1)], tmp_path).quality.freshness.as_of == date(2024, 1, 1)


def test_a_month_stands_for_its_last_day(tmp_path: Path) -> None:
    columns = mapped(POPULATION, "month", "population_persons")
    found = checked(tmp_path, columns, [["2026-09", 1], ["2026-10", 1]], POPULATION).quality.freshness
    assert (found.as_of, found.age_days, found.status) == (date(2026, 10, 31), 21, "fresh")
    now = checked(tmp_path, columns, [["2026-11", 1]], POPULATION).quality.freshness
    assert (now.as_of, now.age_days) == (TODAY, 0)
    none = checked(tmp_path, columns, [[None, 1]], POPULATION).quality.freshness
    assert (none.as_of, none.status) == (None, "unknown")  # a month that nobody wrote is not this month


def test_older_data_than_before_is_noticed(tmp_path: Path) -> None:
    found = library([date(2025, 1, 1)], tmp_path, previous_as_of=date(2025, 6, 1))
    assert found.quality.freshness.went_back
    warned = next(p for p in found.problems if p["rule"] == "as_of_went_back")
    assert (warned["severity"], warned["value"], warned["row"]) == ("warning", "2025-01-01", None)
    assert json.loads(warned["detail"]) == {"previous": "2025-06-01"}


def test_a_long_list_is_cut_and_says_so(tmp_path: Path) -> None:
    rows = [[-n, str(n)] for n in range(1, 8)]
    found = checked(tmp_path, mapped(SEATS, "n", "id"), rows, SEATS, listed=3)
    assert found.of("수량:n") == (7, 7)
    assert found.rows("quantity_negative") == [2, 3, 4], "the first by source row"
    note = next(p for p in found.problems if p["rule"] == "rule_list_cut")
    assert note["severity"] == "info"
    assert json.loads(note["detail"]) == {"total": "7", "listed": "3", "rule": "quantity_negative"}


def test_personal_values_are_masked_in_the_list(tmp_path: Path) -> None:
    columns = mapped(LICENCE, "authority_code", "licence_number", "phone")
    found = checked(tmp_path, columns, [["3620000", "7", "010-12"]], LICENCE)
    shown = next(p for p in found.problems if p["rule"] == "number_pattern")
    assert shown["value"] == "0*****"


def test_names_and_labels_with_quotes_are_only_names(tmp_path: Path) -> None:
    columns = [column("o'clock", "percent"), column('a"b', "date")]
    found = checked(tmp_path, columns, [[120.0, date(1700, 1, 1)]])
    assert {(p["column"], p["label"]) for p in found.problems} == {("o'clock", "o'clock"), ('a"b', 'a"b')}


def test_a_column_without_a_header_is_called_as_in_the_standard(tmp_path: Path) -> None:
    unpivoted = [DatasetColumn("population_persons", "", "integer", standard="population_persons")]
    found = checked(tmp_path, unpivoted, [[-1]], POPULATION)
    assert [p["label"] for p in found.problems if p["rule"] == "quantity_negative"] == ["인구"]
    assert found.quality.to_json()["columns"][0]["label"] == "인구"


def test_a_renamed_column_still_meets_its_rules(tmp_path: Path) -> None:
    named = [
        DatasetColumn("licensed", "인허가일자", "date", standard="licensed_on"),
        DatasetColumn("closed", "폐업일자", "date", standard="closed_on"),
    ]
    rows = [[date(2020, 1, 1), date(2019, 1, 1)], [date(2019, 1, 1), date(2020, 1, 1)]]
    assert checked(tmp_path, named, rows, LICENCE, files=2).of("licensed_before_closed") == (2, 1)


def test_all_checks_run_in_one_statement(tmp_path: Path) -> None:
    """A clean table of a standard is read by one query: rules, keys, completeness and freshness together."""
    columns = mapped(LIBRARY, *(c.name for c in LIBRARY.columns))
    checked(tmp_path, columns, [[None] * len(columns)], LIBRARY)
    statements: list[str] = []

    class Counting:
        def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
            self.con = con

        def execute(self, sql: str) -> duckdb.DuckDBPyConnection:
            if "read_parquet" in sql:
                statements.append(sql)
            return self.con.execute(sql)

    optional = [c for c in columns if not LIBRARY.column(c.name).required]
    path = tmp_path / "part0.parquet"
    with duckdb.connect() as con:
        sink = ProblemSink(tmp_path / "again.parquet")
        check([path], optional, LIBRARY, Counting(con), sink, today=TODAY)  # type: ignore[arg-type]
        sink.close()
    assert len(statements) == 1
