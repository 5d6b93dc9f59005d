"""Small counts of people in the tables of a result: which rows show no numbers, given all that is public.

A result has tables of any form. A column that counts people is protected as a table of counts is (`joint`): by what
names its rows, as if everybody knew its totals, and together with all that was published of its population; so is what
is left of a column without another that is part of it. Where one of its cells is hidden, no number of that row is shown, as others are made
of it; nor of rows of the same name elsewhere, nor of those that list it among others: what is said of several is made of each.
A difference of two counts is none itself, and a verdict on the numbers of a row is hidden with them.

What an indicator counts has no unit: where its declaration says that few are to be hidden (`least`), or is gone, its parts
count people wherever they are counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from madang.declarations.indicator import Indicator
from madang.engine.duck import connect
from madang.messages import MadangError
from madang.release import joint, ledger
from madang.release.cube import _TOTALS, TOTAL, UNKNOWN, cube
from madang.release.decision import Decision, Dim, Measure, TableRule
from madang.release.joint import Again
from madang.release.pieces import Relations
from madang.release.result_decision import ResultDecision
from madang.release.space import Bools
from madang.release.tables import Table as Counted
from madang.results import Column, Table
from madang.runs.declared import INDICATORS
from madang.runs.indicator_words import AREA_SERIES, AREAS, LATEST, SERIES

UNITS = ("명", "인", "사람", "세대", "가구")  # what is counted in them is people
NUMBERS = ("integer", "number", "percent", "money")
_WORDS = ("text", "code")
MOST_ROWS = 3_000  # of a table that counts people: more cannot be protected in reasonable time
PARTS = ("numerator", "denominator", "rows")  # of an indicator
NO_INDICATORS: Mapping[str, Indicator] = MappingProxyType({})
_COUNTS = re.compile(r"\bcount\s*\(", re.IGNORECASE)  # an aggregate of rows
_EARLIER = (
    "before",
    "last_year",
)  # columns of the newest period of an indicator that are values of earlier ones
_EVERY = (SERIES, AREA_SERIES)  # tables of an indicator that sum over its periods: no sums of the newest
_UNTIL = "~"  # before the period of such a table in what is kept of it: its counts are of all time until then
_WISHED = ("target", "low", "high")  # columns of an indicator that count nobody, whatever their unit
_SUMS = {
    (LATEST, "missed_areas"): (AREAS, AREA_SERIES)
}  # columns that count verdicts on rows of other tables
_PLACE = "dong_code"
_ROW = "row"
_APART = "\x1f"
_LEFT = " - "  # between a column and what is taken from it


@dataclass(frozen=True)
class Small:
    """`hidden`: by table which of its rows show no numbers. `counted`: what was published, for the ledger."""

    hidden: Mapping[str, Bools]
    counted: tuple[tuple[str, Counted], ...]


@dataclass(frozen=True)
class Around:
    """What small counts are protected with: what was published before, how areas overlap, which indicators are declared."""

    published: Sequence[ledger.Entry]
    again: Again
    relations: Relations
    period: str
    workshop: Path
    indicators: Mapping[str, Indicator]


def tells(column: Column) -> bool:
    """Whether the cells of a column say something of the numbers in their rows: they are numbers, or a verdict on them."""
    return column.kind in NUMBERS or column.meaning == "verdict"


def sums_of(hidden: Mapping[str, Bools]) -> frozenset[tuple[str, str]]:
    """Columns (table, name) that would tell of hidden rows of another table by those of it that are shown."""
    return frozenset(
        cell for cell, those in _SUMS.items() if any(hidden[of].any() for of in those if of in hidden)
    )


def counts_of(
    table: Table, decision: ResultDecision, analysis: str, indicators: Mapping[str, Indicator] = NO_INDICATORS
) -> dict[str, str]:
    """The columns of a table that count people, each with its population. `indicators`: those declared now, by id."""
    parts = _parts(analysis, indicators)
    nobody = _WISHED if analysis.startswith(INDICATORS) else ()
    found = {}
    for column in table.columns:
        told = decision.people.get(f"{table.id}.{column.name}", "")
        counts = (
            column.name in parts and _is_count(table, column.name) if parts else column.unit.strip() in UNITS
        ) and column.meaning != "difference"
        if column.kind in NUMBERS and (told or (counts and column.name not in nobody)):
            found[column.name] = told or f"{analysis}/{table.id}/{column.name}"
    return found


def _parts(analysis: str, indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    """The columns of an indicator that count people; () where it tells of things, or is none.

    The rows do where they are counted, and not where people are added up: a row is then no person.
    """
    if not analysis.startswith(INDICATORS):
        return ()
    declared = indicators.get(analysis.removeprefix(INDICATORS))
    if declared is None or (
        declared.least and _COUNTS.search(f"{declared.numerator} {declared.denominator}")
    ):
        return PARTS
    return PARTS[:2] if declared.least else ()


def _is_count(table: Table, name: str) -> bool:
    values = np.nan_to_num(_values(table, name))
    return bool(((values >= 0) & (values == np.round(values))).all())


def _counted(
    tables: Sequence[Table], decision: ResultDecision, analysis: str, indicators: Mapping[str, Indicator]
) -> dict[str, tuple[Table, dict[str, str]]]:
    """The tables that count people. Raises MadangError("release_result_uncounted") of one of an indicator that should."""
    found = {each.id: (each, counts_of(each, decision, analysis, indicators)) for each in tables}
    for table, counts in found.values():
        if not counts and _parts(analysis, indicators):
            raise MadangError("release_result_uncounted", table=table.title)
    return {of: each for of, each in found.items() if each[1]}


def small(tables: Sequence[Table], decision: ResultDecision, analysis: str, around: Around) -> Small:
    """Which rows show no numbers. Raises MadangError: release_unprotectable, release_disagree, release_negative,
    release_result_large, release_result_uncounted."""
    counted = _counted(tables, decision, analysis, around.indicators)
    cubes: dict[str, tuple[tuple[str, ...], Any, dict[str, Counted]]] = {}
    with TemporaryDirectory(prefix="madang-result-") as place, connect(temp_dir=around.workshop) as con:
        for table, counts in counted.values():
            if table.rows.num_rows > MOST_ROWS:
                raise MadangError("release_result_large", table=table.title, most=f"{MOST_ROWS:,}")
            now = [name for name in counts if not analysis.startswith(INDICATORS) or name not in _EARLIER]
            counts |= _left(table, {name: counts[name] for name in now}, decision.least)
            keys, rule = _rule(table, counts, decision.least)
            path = Path(place) / f"{table.id}.parquet"
            pq.write_table(_plain(table, keys, counts), path)
            like = Decision(
                decision.edition, "run", by=decision.by, post=decision.post, at=decision.at, document=decision.document,
                ground=decision.ground, licence=decision.licence, table=rule, number=decision.number,
            )  # fmt: skip
            made = cube(con, [path], like)
            every = analysis.startswith(INDICATORS) and table.id in _EVERY
            period = f"{_UNTIL}{around.period}" if every else around.period
            cubes[table.id] = (keys, made, ledger.tables_of(made, like, period))
    named = [(of, name, each) for of, (_, _, found) in cubes.items() for name, each in found.items()]
    done = joint.hide([each for _, _, each in named], around.published, around.again, around.relations)
    masks: dict[str, Bools] = {each.id: np.zeros(each.rows.num_rows, bool) for each in tables}
    for (of, name, _), each in zip(named, done, strict=True):
        keys, made, _ = cubes[of]
        assert each.hidden is not None
        found = _of_rows(_keys(counted[of][0], keys), _cube_keys(made.rows, keys), each.hidden)
        if analysis.startswith(
            INDICATORS
        ):  # nothing is counted of the next period, nor of the year before the first
            found &= ~np.isnan(_values(counted[of][0], name))
        masks[of] |= found
    for of, (keys, _, _) in cubes.items():
        _spread(counted[of][0], keys, masks, tables)
    for of in cubes:
        _listed(counted[of][0], masks, tables)
    if analysis.startswith(INDICATORS):
        _earlier(masks, {each.id: each for each in tables})
    return Small(masks, tuple((name, each) for (_, name, _), each in zip(named, done, strict=True)))


def _rule(table: Table, counts: Mapping[str, str], least: int) -> tuple[tuple[str, ...], TableRule]:
    """What names the rows: codes first, then texts, as few as make them different; else their number."""
    texts = [each.name for each in table.columns if not tells(each)]
    texts.sort(key=lambda name: (name != _PLACE, table.column(name).kind != "code"))
    keys: list[str] = []
    for name in texts:
        if _distinct(table, keys) == table.rows.num_rows:
            break
        if _distinct(table, [*keys, name]) > _distinct(table, keys):
            keys.append(name)
    if not keys or _distinct(table, keys) < table.rows.num_rows:
        keys = [_ROW]
    dims = tuple(
        Dim(name, "area", name="area", system="행정동") if name == _PLACE else Dim(name) for name in keys
    )
    measures = tuple(Measure(name, population=population) for name, population in counts.items())
    return tuple(keys), TableRule(dims, measures, least=least)


def _distinct(table: Table, keys: Sequence[str]) -> int:
    return len(np.unique(_keys(table, keys))) if keys else min(1, table.rows.num_rows)


def _plain(table: Table, keys: Sequence[str], counts: Mapping[str, str]) -> pa.Table:
    columns = {name: pa.array(_texts(table, name)) for name in keys}
    numbers = {name: _values(table, name) for name in counts}
    return pa.table({**columns, **{name: pa.array(each, from_pandas=True) for name, each in numbers.items()}})


def _values(table: Table, name: str) -> Any:
    """The values of a column that counts people, or of what is left of one without another."""
    whole, _, part = name.partition(_LEFT)
    found = table.rows.column(whole).cast(pa.float64()).to_numpy()
    return found - table.rows.column(part).cast(pa.float64()).to_numpy() if part else found


def _left(table: Table, counts: Mapping[str, str], least: int) -> dict[str, str]:
    """What anybody can subtract: people of one column who are not in another that is part of it, where they are few."""
    found = {}
    for whole, part in permutations(counts, 2):
        name = f"{whole}{_LEFT}{part}"
        left = _values(table, name)
        if (np.nan_to_num(left) >= 0).all() and ((left > 0) & (left < least)).any():
            found[name] = f"{counts[whole]}{_LEFT}{counts[part]}"
    return found


def _texts(table: Table, name: str) -> list[str]:
    """What names the rows in a column, as the cube calls it: an empty one is unknown."""
    if name == _ROW and name not in table.rows.column_names:
        return [str(number) for number in range(1, table.rows.num_rows + 1)]
    return [
        UNKNOWN if each is None else str(each)
        for each in table.rows.column(name).cast(pa.string()).to_pylist()
    ]


def _keys(table: Table, keys: Sequence[str]) -> Any:
    """One text for each row; a total is called as the cube calls its own."""
    parts = [
        np.asarray([TOTAL if each.strip().lower() in _TOTALS else each for each in _texts(table, name)], object).astype(str)
        for name in keys
    ]  # fmt: skip
    return _joined(parts, table.rows.num_rows)


def _cube_keys(rows: pa.Table, keys: Sequence[str]) -> Any:
    parts = [np.asarray(rows.column(name).to_pylist(), object).astype(str) for name in keys]
    return _joined(parts, rows.num_rows)


def _joined(parts: Sequence[Any], count: int) -> Any:
    if not count or not parts:
        return np.empty(count, "U1")
    whole = parts[0]
    for part in parts[1:]:
        whole = np.char.add(np.char.add(whole, _APART), part)
    return whole


def _of_rows(rows: Any, cells: Any, hidden: Bools) -> Bools:
    """Which rows stand in a hidden cell; a row that is in no cell is hidden."""
    if not len(cells):
        return np.ones(len(rows), bool)
    order = np.argsort(cells)
    at = np.minimum(np.searchsorted(cells[order], rows), len(cells) - 1)
    there = cells[order][at] == rows
    found: Bools = ~there | hidden[order][at]
    return found


def _spread(table: Table, keys: Sequence[str], masks: Mapping[str, Bools], tables: Sequence[Table]) -> None:
    """Hide the rows of other tables that are called as a hidden row of this one is."""
    if keys == (_ROW,) or not masks[table.id].any():
        return
    names = np.unique(_keys(table, keys)[masks[table.id]])
    for other in tables:
        if other.id != table.id and set(keys) <= set(other.rows.column_names):
            masks[other.id][np.isin(_keys(other, keys), names)] = True


def _listed(table: Table, masks: Mapping[str, Bools], tables: Sequence[Table]) -> None:
    """Hide the rows of other tables a text of which is what a hidden row of this one is called, alone or in a list."""
    names: set[str] = set()
    for column in table.columns:
        texts = _texts(table, column.name) if column.kind in _WORDS and not tells(column) else []
        if 1 < len(set(texts)) == len(texts):
            names |= {texts[n] for n in np.flatnonzero(masks[table.id])}
    names -= {UNKNOWN, "", *_TOTALS}
    for other in tables if names else ():
        for column in other.columns if other.id != table.id else ():
            if column.kind in _WORDS:
                texts = _texts(other, column.name)
                masks[other.id][:] |= [not names.isdisjoint((each, *each.split(", "))) for each in texts]


def _earlier(masks: Mapping[str, Bools], tables: Mapping[str, Table]) -> None:
    """Hide the newest period of an indicator where it says the value of an earlier one that is hidden."""
    if not {LATEST, SERIES} <= set(tables):
        return
    gone = _values(tables[SERIES], "value")[masks[SERIES]]
    said = [_values(tables[LATEST], name) for name in _EARLIER]
    masks[LATEST][:] |= np.isin(said, gone[~np.isnan(gone)]).any(axis=0)
