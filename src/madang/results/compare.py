"""Two results side by side: sentences piece by piece, pictures on one scale, tables cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from madang.results.charts import Axis, Picture
from madang.results.result import Column, Table
from madang.results.said import Part

BEFORE, AFTER = "before", "after"
_KEYS = ("text", "code", "date", "month")
_ROW = "row"
_WORD = re.compile(r"\s+|\S+")

Marked = tuple[tuple[Part, bool], ...]


@dataclass(frozen=True)
class Difference:
    """How a table differs from another of the same name. `rows` are those that differ: the `keys`, and for each of the
    `columns` two, "name:before" and "name:after"; `changed`, `gone` and `new` count them, `same` the others."""

    table: str
    title: str
    keys: tuple[Column, ...]
    columns: tuple[Column, ...]
    rows: pa.Table
    same: int
    changed: int
    gone: int
    new: int


def compared(before: Table, after: Table) -> Difference | None:
    """The rows of two tables side by side, told apart by their first columns of words; None where nothing tells them apart
    in both, or they have no column in common beside it."""
    there = {each.name for each in before.columns}
    common = [each for each in after.columns if each.name in there]
    keys = _keys(before.rows, after.rows, common)
    if keys is None:
        return None
    columns = tuple(each for each in common if each not in keys)
    names = [each.name for each in keys] or [_ROW]
    left, right = (_keyed(each.rows, keys, side) for each, side in ((before, BEFORE), (after, AFTER)))
    joined = left.join(right, names, join_type="full outer")
    joined = joined.sort_by([(AFTER, "ascending"), (BEFORE, "ascending")])
    pairs = [tuple(each.rows[column.name].take(joined[side]) for each, side in ((before, BEFORE), (after, AFTER))) for column in columns]  # fmt: skip
    changed = reduce(pc.or_, (_differ(one, other) for one, other in pairs), pa.repeat(False, joined.num_rows))
    gone, new = pc.is_null(joined[AFTER]), pc.is_null(joined[BEFORE])
    alone = pc.or_(gone, new)
    shown = {name: joined[name] for name in names}
    for column, pair in zip(columns, pairs, strict=True):
        shown |= {f"{column.name}:{side}": values for side, values in zip((BEFORE, AFTER), pair, strict=True)}
    counts = [pc.sum(each).as_py() or 0 for each in (pc.and_(changed, pc.invert(alone)), gone, new)]
    rows = pa.table(shown).filter(pc.or_(changed, alone))
    return Difference(after.id, after.title, keys, columns, rows, joined.num_rows - sum(counts), *counts)


def _keys(before: pa.Table, after: pa.Table, common: list[Column]) -> tuple[Column, ...] | None:
    """The fewest leading columns of words that no two rows have alike; none at all where each table is one row."""
    words = [each for each in common if each.kind in _KEYS]
    for count in range(len(words) + 1):
        names = [each.name for each in words[:count]]
        if all(_tells_apart(table, names) for table in (before, after)):
            return tuple(words[:count])
    return None


def _tells_apart(table: pa.Table, names: list[str]) -> bool:
    kinds = table.select(names).group_by(names).aggregate([]).num_rows if names else 1
    return bool(kinds >= table.num_rows)


def _keyed(table: pa.Table, keys: tuple[Column, ...], side: str) -> pa.Table:
    """Keys as texts, an empty one as such, and the place of each row."""
    count = table.num_rows
    made = {each.name: pc.fill_null(table[each.name].cast(pa.string()), "") for each in keys}
    made = made or {_ROW: pa.repeat("1", count)}
    return pa.table({**made, side: pa.array(range(count), pa.int64())})


def _differ(before: pa.ChunkedArray, after: pa.ChunkedArray) -> pa.ChunkedArray:
    if before.type != after.type or pa.types.is_null(before.type):
        before, after = before.cast(pa.string()), after.cast(pa.string())
    empty = pc.xor(pc.is_null(before), pc.is_null(after))
    return pc.or_(empty, pc.fill_null(pc.not_equal(before, after), False))


def marked(before: Sequence[Part], after: Sequence[Part]) -> tuple[Marked, Marked]:
    """Two sentences in words and numbers, each with whether the other has it not. A number is the same where it is of the
    same column and reads the same."""
    one, other = (tuple(_pieces(each)) for each in (before, after))
    places = [[at for at, part in enumerate(each) if part.text.strip()] for each in (one, other)]
    keys = [_key(one[at]) for at in places[0]], [_key(other[at]) for at in places[1]]
    alike: tuple[set[int], set[int]] = (set(), set())
    for first, second, size in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_matching_blocks():
        alike[0].update(places[0][first : first + size])
        alike[1].update(places[1][second : second + size])
    return _flagged(one, alike[0]), _flagged(other, alike[1])


def _pieces(parts: Sequence[Part]) -> Iterator[Part]:
    for each in parts:
        yield from (each,) if each.cell else map(Part, _WORD.findall(each.text))


def _key(part: Part) -> tuple[str, ...]:
    return (part.cell.table, part.cell.column, part.text) if part.cell else (part.text,)


def _flagged(pieces: Sequence[Part], alike: set[int]) -> Marked:
    """A space is marked between two that are."""
    differs = [bool(part.text.strip()) and at not in alike for at, part in enumerate(pieces)]
    between = [False, *(one and other for one, other in zip(differs, differs[2:], strict=False)), False]
    return tuple(
        (part, own or (not part.text.strip() and beside))
        for part, own, beside in zip(pieces, differs, between, strict=False)
    )


def on_one_scale(one: Picture, other: Picture) -> tuple[Picture, Picture] | None:
    """Two pictures of one chart, their numbers and times from the same to the same and their series in the same colours; None
    where they draw different things."""
    if [each.kind for each in one.marks] != [each.kind for each in other.marks]:
        return None
    x, y = _joined(one.x, other.x), _joined(one.y, other.y)
    if x is None or y is None:
        return None
    series = tuple(dict.fromkeys((*one.series, *other.series)))
    return replace(one, x=x[0], y=y[0], series=series), replace(other, x=x[1], y=y[1], series=series)


def _joined(one: Axis, other: Axis) -> tuple[Axis, Axis] | None:
    if one.side != other.side or not _is_same(one.column, other.column):
        return None
    low, high = min(one.low, other.low), max(one.high, other.high)
    return replace(one, low=low, high=high), replace(other, low=low, high=high)


def _is_same(one: Column, other: Column) -> bool:
    return (one.name, one.kind, one.unit) == (other.name, other.kind, other.unit)
