"""The cells set aside while writing: what each is, counted, and listed as problems of the deposit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from madang.declarations.standard import DatasetColumn
from madang.intake.checks import masked
from madang.intake.conform_plan import Plan
from madang.intake.place_slips import Sink
from madang.intake.problems import VALUE_LIMIT
from madang.intake.values import Reading, extract_sql, kind_sql
from madang.intake.values_kinds import KINDS, detail_case, rule_of

_PRIVATE = DatasetColumn("", "", "text", privacy="personal")
_ROWS = 100_000  # problems handed over at a time


def places_of(plan: Plan) -> list[tuple[str, str, Reading]]:
    """Column name, label of the source and reading of every place: the sources, then the wide headers."""
    places = [(s.column.name, s.column.label, s.reading) for s in plan.sources]
    if plan.wide:
        places += [(plan.wide.value.name, label, plan.wide.reading) for _, label, _ in plan.wide.headers]
    return places


def count_kinds(con: duckdb.DuckDBPyConnection, plan: Plan, folder: Path) -> dict[int, dict[str, int]]:
    """How many suspects of each kind every place has."""
    found: dict[int, dict[str, int]] = {}
    for members, reading in _by_reading(plan):
        rows = con.execute(
            f"SELECT place, kind, sum(n) FROM (SELECT place, {_kind(reading)} AS kind, n FROM"
            f" (SELECT place, x, count(*) AS n FROM {_suspects(folder, members)} GROUP BY ALL)) GROUP BY ALL"
        ).fetchall()
        for place, kind, number in rows:
            found.setdefault(place, {})[kind] = int(number)
    return found


def list_suspects(con: duckdb.DuckDBPyConnection, plan: Plan, folder: Path, sink: Sink) -> None:
    """Every suspect as a problem: row, column, label, raw text, rule, severity, detail; personal values are starred."""
    places, private = places_of(plan), _private(plan)
    for members, reading in _by_reading(plan):
        names = [places[place] for place in members]
        con.register(
            "names_of_places",
            pa.table(
                {
                    "place": pa.array(members, pa.int32()),
                    "column": [name for name, _, _ in names],
                    "label": [label for _, label, _ in names],
                    "private": [private[place] for place in members],
                }
            ),
        )
        con.register("rules_of_kinds", _rules(reading))
        try:
            for batch in _problems(con, folder, members, reading):
                sink.add_table(batch)
        finally:
            con.unregister("names_of_places")
            con.unregister("rules_of_kinds")


def _problems(
    con: duckdb.DuckDBPyConnection, folder: Path, members: list[int], reading: Reading
) -> Iterator[pa.Table]:
    detail, value = detail_case("x", "kind", reading.type), f"x[1:{VALUE_LIMIT}]"
    starred = masked(_PRIVATE, value)
    reader = con.execute(
        f'SELECT source_row AS "row", "column", label, CASE WHEN private THEN {starred} ELSE {value} END AS value,'
        f" rule, severity, CASE WHEN private THEN {_without_digits(detail)} ELSE {detail} END AS detail"
        f" FROM (SELECT *, {_kind(reading)} AS kind FROM {_suspects(folder, members)})"
        " JOIN names_of_places USING (place) JOIN rules_of_kinds USING (kind)"
    ).to_arrow_reader(_ROWS)
    for batch in reader:
        yield pa.Table.from_batches([batch])


def _private(plan: Plan) -> list[bool]:
    """Whether a place holds personal data: its column does, or another column read from the same cells."""
    cells = {source.index for source in plan.sources if source.column.privacy != "none"}
    wide = plan.wide
    headers = [wide.value.privacy != "none" or index in cells for index, _, _ in wide.headers] if wide else []
    return [source.index in cells for source in plan.sources] + headers


def _without_digits(detail: str) -> str:
    """The detail with the year, month and day of a personal date starred."""
    return rf"""regexp_replace({detail}, ':"?\d+"?', ':"*"', 'g')"""


def _kind(reading: Reading) -> str:
    if not reading.extract:
        return kind_sql("x", reading)
    part = extract_sql("x", reading)
    return f"CASE WHEN ({part}) IS NULL THEN 'not_extracted' ELSE {kind_sql(part, reading)} END"


def _rules(reading: Reading) -> pa.Table:
    return pa.table(
        {
            "kind": list(KINDS),
            "rule": [rule_of(kind, reading.type) for kind in KINDS],
            "severity": [kind.severity for kind in KINDS.values()],
        }
    )


def _suspects(folder: Path, members: list[int]) -> str:
    pattern = str(folder / "*.parquet").replace("'", "''")
    return f"(SELECT * FROM read_parquet('{pattern}') WHERE place IN ({', '.join(map(str, members))}))"


def _by_reading(plan: Plan) -> list[tuple[list[int], Reading]]:
    groups: dict[Reading, list[int]] = {}
    for place, (_, _, reading) in enumerate(places_of(plan)):
        if not reading.passes:
            groups.setdefault(reading, []).append(place)
    return [(members, reading) for reading, members in groups.items()]
