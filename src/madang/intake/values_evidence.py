"""What a sample of a staged table says about each column: how many cells read as which type, and their shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.declarations.standard import Type
from madang.intake import values_dates, values_numbers
from madang.intake.raw import RawTable
from madang.intake.values import ONE_ZERO, PAIRS, Reading
from madang.intake.values_cells import read_cells, tidy
from madang.intake.values_text import TOKENS, literals, matches, plain

ALL_ROWS = 200_000  # a table up to so many rows is looked at whole
SAMPLE_ROWS = 100_000  # of a longer one so many, from BATCHES places spread over it
BATCHES = 8
PEEK = 200  # cells of each column that decide which types are worth counting
_MISSING = tuple(token for tokens in TOKENS.values() for token in tokens)


@dataclass
class Evidence:
    """The cells of one column in the sample. `reads` has the types that were worth counting."""

    cells: int = 0  # not empty
    missing: int = 0  # of those: tokens for "no value"
    reads: dict[Type, int] = field(default_factory=dict)
    shapes: dict[str, int] = field(default_factory=dict)  # by name of _SHAPES; also shortest, longest
    pair: int | None = None  # index into PAIRS when every value belongs to one pair
    both_sides: bool = False  # yes and no both occur

    @property
    def values(self) -> int:
        return self.cells - self.missing

    @property
    def day_first(self) -> bool | None:
        """18/02/2018: True when the first number cannot be a month, False when the second; None: undecided."""
        day, month = self.shapes.get("day_over", 0), self.shapes.get("month_over", 0)
        return None if day == month else day > month


# A cheap first look, applied to the peek: which texts may be of a type at all (RE2, searched).
_NUMBERLIKE = r"^[-+−–△▲▽▼(]?\s*[0-9０-９.,]+(?:[eE][-+]?[0-9]+)?[\s)(per%％0-9]*$"
_DAYLIKE = r"^'?[0-9０-９]{1,4}\s?[-./년]\s?[0-9０-９]{1,2}\s?[-./월]\s?[0-9０-９]|^(?:18|19|20)[0-9]{6}$"
_LOOSE: dict[Type, str] = {
    "integer": _NUMBERLIKE,
    "number": _NUMBERLIKE,
    "percent": r"[%％]$",
    "date": _DAYLIKE,
    "datetime": rf"{_DAYLIKE}|^(?:19|20)[0-9]{{10}}(?:[0-9]{{2}})?$",
    "time": r"^(?:오전|오후)?\s*[0-9０-９]{1,2}\s*[:：시][^~∼-]*$|^(?:[01][0-9]|2[0-4])[0-5][0-9]$",
    "month": r"^(?:18|19|20)[0-9]{2}\s*[-./년]\s*[0-9]{1,2}|^(?:18|19|20)[0-9]{4}$",
    "year": r"^(?:18|19|20)[0-9]{2}(?:\.0+)?\s*(?:년도?)?$",
}
_DMY_FIRST = r"(?:1[3-9]|2[0-9]|3[01])[./-][0-9]{1,2}[./-](?:18|19|20)[0-9]{2}"
_DMY_SECOND = r"[0-9]{1,2}[./-](?:1[3-9]|2[0-9]|3[01])[./-](?:18|19|20)[0-9]{2}"
_SHAPES: dict[str, str] = {
    "leading_zero": values_numbers.LEADING_ZERO,
    "too_long": values_numbers.LONG,
    "suffix": values_numbers.SUFFIXED,
    "percent": r".*[0-9.]\s*%",
    "digits": r"[0-9]+",
    "point": r"[^.]*[0-9]\.[0-9]*",
    "serial": values_dates.SERIAL,
    "day": rf"(?:{values_dates.YMD}|{values_dates.COMPACT})",
    "year_first": values_dates.YY,
    "day_or_month_first": values_dates.DMY,
    "day_over": _DMY_FIRST,
    "month_over": _DMY_SECOND,
}
_HEAD = 10  # characters of hexadecimal WKB: byte order and kind


@dataclass(frozen=True)
class Sample:
    """Tidied cells of every column (by position, in pieces) and how many rows they come from."""

    columns: list[list[pa.Array]]
    rows: int

    def table(self, rows: int = 2_000) -> pa.Table:
        """So many rows spread over the sample, as text columns c0 … cN: what `recognise` looks at."""
        chosen = pa.array(np.linspace(0, self.rows - 1, min(rows, self.rows), dtype=np.int64))
        columns = [pa.chunked_array(pieces, pa.string()).take(chosen) for pieces in self.columns]
        return pa.table({f"c{index}": column for index, column in enumerate(columns)})


def sample(table: RawTable) -> Sample:
    """All rows of a table up to 200,000 rows; of a longer one 100,000 from places spread over it.

    Of a shape only how it begins, which says what kind it is.
    """
    shapes = table.layer.column if table.layer else None
    pieces: list[list[pa.Array]] = [[] for _ in table.columns]
    rows = 0
    with pa.OSFile(str(table.stage)) as source, pa.ipc.open_file(source) as reader:
        count = reader.num_record_batches
        whole = table.rows <= ALL_ROWS
        wanted = range(count) if whole else _spread(count, BATCHES)
        share = SAMPLE_ROWS // max(len(wanted), 1)
        for index in wanted:
            batch = reader.get_batch(index)
            if not whole and batch.num_rows > share:  # a copy, so that the batch can go
                batch = batch.take(pa.array(np.linspace(0, batch.num_rows - 1, share, dtype=np.int64)))
            rows += batch.num_rows
            for column, kept in enumerate(pieces):
                cells = batch.column(column + 1)
                kept.append(tidy(pc.utf8_slice_codeunits(cells, 0, _HEAD) if column == shapes else cells))
    return Sample(pieces, rows)


def _spread(count: int, places: int) -> list[int]:
    return sorted({int(i) for i in np.linspace(0, count - 1, min(places, count))})


def weigh(
    con: duckdb.DuckDBPyConnection,
    pieces: Sequence[Sequence[pa.Array]],
    declared: Set[int] = frozenset(),
    text: Set[int] = frozenset(),
) -> list[Evidence]:
    """Evidence of every column: a peek says which types are worth counting, the whole sample counts them.

    `declared`: positions whose type is given, only their shapes are counted; `text`: positions that are text anyway.
    """
    texts = [pa.chunked_array(column, pa.string()).drop_null().combine_chunks() for column in pieces]
    peeks = [_peek(column) for column in texts]
    worth, shaped = _worth_counting(peeks)
    worth = {kind: columns - declared - text for kind, columns in worth.items()}
    found = _count(con, texts, worth, (shaped - text) | declared)
    for evidence, column, peek in zip(found, texts, peeks, strict=True):
        _pairs(evidence, column, peek)
    return found


def _worth_counting(peeks: Sequence[pa.Array]) -> tuple[dict[Type, set[int]], set[int]]:
    """Which columns look like each type in at least half of their values; and which have shapes worth counting."""
    starts = np.concatenate([[0], np.cumsum([len(peek) for peek in peeks])]).astype(int)
    cells = pa.concat_arrays(peeks) if peeks else pa.array([], pa.string())
    missing = _per_column(pc.is_in(cells, value_set=pa.array(_MISSING)), starts)
    values = np.diff(starts) - missing
    worth: dict[Type, set[int]] = {}
    for kind, loose in _LOOSE.items():
        hits = _per_column(pc.match_substring_regex(cells, loose), starts)
        worth[kind] = {int(i) for i in np.flatnonzero((hits > 0) & (2 * hits >= values))}
    turned = _per_column(pc.match_substring_regex(cells, f"^(?:{values_dates.DMY})$"), starts)
    tokens_only = (values == 0) & (missing > 0)
    shaped = set().union(*worth.values()) | {int(i) for i in np.flatnonzero((turned > 0) | tokens_only)}
    return worth, shaped


def _per_column(flags: pa.Array, starts: np.ndarray) -> np.ndarray:
    total = np.concatenate([[0], np.cumsum(flags.to_numpy(zero_copy_only=False))]).astype(np.int64)
    counts: np.ndarray = total[starts[1:]] - total[starts[:-1]]
    return counts


def _peek(cells: pa.Array) -> pa.Array:
    if len(cells) <= PEEK:
        return cells
    return cells.take(pa.array(np.linspace(0, len(cells) - 1, PEEK, dtype=np.int64)))


def _count(
    con: duckdb.DuckDBPyConnection,
    texts: Sequence[pa.Array],
    worth: dict[Type, set[int]],
    shaped: Iterable[int],
) -> list[Evidence]:
    found = [Evidence(cells=len(column)) for column in texts]
    for index, counts in _shape_counts(con, texts, sorted(shaped)).items():
        found[index].missing = counts.pop("missing")
        found[index].shapes = counts
    for kind, columns in worth.items():
        chosen = [i for i in sorted(columns) if len(texts[i])]
        values = read_cells(con, [texts[i] for i in chosen], Reading(kind)) if chosen else None
        start = 0
        for i in chosen:
            part = values.slice(start, len(texts[i]))  # type: ignore[union-attr]
            found[i].reads[kind] = len(part) - part.null_count
            start += len(texts[i])
    return found


def _shape_counts(
    con: duckdb.DuckDBPyConnection, texts: Sequence[pa.Array], columns: Sequence[int]
) -> dict[int, dict[str, int]]:
    chosen = [i for i in columns if len(texts[i])]
    if not chosen:
        return {}
    index = pa.array(np.repeat(np.array(chosen, np.int32), [len(texts[i]) for i in chosen]))
    cells = pa.chunked_array([texts[i] for i in chosen], pa.string())
    con.register("cells_to_weigh", pa.table({"c": index, "x": cells}))
    counts = ", ".join(f"sum(n) FILTER ({matches('p', shape)}) AS {name}" for name, shape in _SHAPES.items())
    try:
        rows = con.execute(
            f"SELECT c, coalesce(sum(n) FILTER (p IN ({literals(_MISSING)})), 0) AS missing,"
            f" min(length(p)) AS shortest, max(length(p)) AS longest, {counts}"
            f" FROM (SELECT c, {plain('x')} AS p, count(*) AS n FROM cells_to_weigh GROUP BY ALL) GROUP BY c"
        ).to_arrow_table()
    finally:
        con.unregister("cells_to_weigh")
    return {row.pop("c"): {name: int(value or 0) for name, value in row.items()} for row in rows.to_pylist()}


def _pairs(evidence: Evidence, cells: pa.Array, peek: pa.Array) -> None:
    """Whether every value of the column belongs to one pair of words for yes and no."""
    words = set(peek.unique().to_pylist())
    for index, (yes, no) in enumerate(PAIRS):
        known = {*yes, *no}
        if words & known and words <= known | set(_MISSING):
            words = set(cells.unique().to_pylist())
            values = words if "X" in known else words - set(_MISSING)
            if words <= known | set(_MISSING) and values & known:
                evidence.pair = index
                evidence.both_sides = bool(values & set(yes)) and bool(values & set(no))
            return


def may_be_boolean(evidence: Evidence) -> bool:
    """Whether the values belong to one pair that can be guessed (1 and 0 cannot)."""
    return evidence.pair is not None and evidence.pair != ONE_ZERO
