"""Rows of totals compared with what they sum: the arithmetic behind `layout_totals`, in DuckDB over a staged table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from madang.engine.duck import connect
from madang.intake.raw import RawTable

STRONG = ("합계", "소계", "총계", "계", "누계", "총합계", "합", "중계")
WEAK = (
    "전체",
    "평균",
    "전국",
    "총합",
    "total",
    "Total",
    "TOTAL",
    "subtotal",
    "Subtotal",
    "Grand Total",
    "sum",
    "Sum",
)
SUFFIXES = (" 전체", " 합계", " 소계", " 총계", " 계", " 평균", " 요약")
_MEAN = ("평균",)
RATE = re.compile(
    r"율|률|비율|비중|평균|지수|단가|순위|밀도|%|당\b|당\s*[(\[]|연번|번호|코드|연도|년도|^년$|위도|경도|좌표"
)


@dataclass(frozen=True)
class Shape:
    """Columns of a table by their part: labels name a row, keys are number columns among them, measures are summed."""

    labels: list[int]
    keys: list[int]
    measures: list[int]


@dataclass
class Found:
    """Totals of one pattern: rows to take out, rows suspected, and mismatches (row, column, value, sum, children)."""

    out: list[int]
    suspected: list[int]
    mismatches: list[tuple[int, int, float, float, int]]


def _word(column: str) -> str:
    return f"regexp_replace({column}, '[\\s\u3000()\\[\\]<>]', '', 'g')"


def _is_total(column: str) -> str:
    exact = ", ".join(f"'{word}'" for word in dict.fromkeys(w.replace(" ", "") for w in STRONG + WEAK))
    ends = " OR ".join(f"ends_with({column}, '{suffix}')" for suffix in SUFFIXES)
    return f"({_word(column)} IN ({exact}) OR {ends})"


def _strength(column: str) -> str:
    strong = ", ".join(f"'{word}'" for word in STRONG)
    return f"({_word(column)} IN ({strong}))"


def _number(column: str) -> str:
    """A cell as a number: separators, △ and brackets of minus signs understood; else NULL."""
    plain = f"regexp_replace(regexp_replace({column}, '[,\\s%]', '', 'g'), '^[△▲−(]', '-')"
    return f"TRY_CAST(rtrim({plain}, ')') AS DOUBLE)"


def search(table: RawTable, shape: Shape) -> Found:
    import pyarrow.dataset as ds  # takes long to import, and few tables have totals

    with connect(temp_dir=table.stage.parent / "spill") as con:
        con.register("staged", ds.dataset(table.stage, format="ipc"))
        _prepare(con, table, shape)
        found = Found([], [], [])
        width = len(shape.labels)
        patterns = con.execute(
            "SELECT mask, count(*) n FROM marked WHERE mask <> 0 GROUP BY mask ORDER BY n DESC LIMIT 64"
        ).fetchall()
        for mask, _ in patterns:
            wild = [i for k, i in enumerate(shape.labels) if mask >> k & 1]
            empty = [i for k, i in enumerate(shape.labels) if mask >> (width + k) & 1]
            _judge(con, table, shape, mask, wild, empty, found)
    return found


def _prepare(con: duckdb.DuckDBPyConnection, table: RawTable, shape: Shape) -> None:
    """A table `marked`: source_row, labels l<i> (filled down), measures m<i>, and the mask of words of totals."""
    gaps = con.execute(
        "SELECT "
        + ", ".join(f"avg(CASE WHEN c{i} = '' THEN 1 ELSE 0 END)" for i in shape.labels)
        + " FROM staged"
    ).fetchone()
    assert gaps is not None
    down = {i for i, share in zip(shape.labels[:-1], gaps, strict=False) if share and 0.2 < share < 1}
    parts = ["source_row"]
    for i in [*shape.labels, *shape.keys]:
        filled = f"last_value(nullif(c{i}, '') IGNORE NULLS) OVER (ORDER BY source_row)"
        parts.append(f"coalesce({filled}, '') AS l{i}" if i in down else f"trim(c{i}) AS l{i}")
    for i in shape.measures:
        parts.append(f"{_number(f'c{i}')} AS m{i}")
        parts.append(f"(c{i} NOT IN ('', '-') AND {_number(f'c{i}')} IS NULL) AS x{i}")
    bits = [f"(CASE WHEN {_is_total(f'c{i}')} THEN {1 << k} ELSE 0 END)" for k, i in enumerate(shape.labels)]
    parts.append(f"({' + '.join(bits)}) AS words")
    width = len(shape.labels)
    blank = [f"(CASE WHEN c{i} = '' THEN {1 << (width + k)} ELSE 0 END)" for k, i in enumerate(shape.labels)]
    parts.append(f"(CASE WHEN words = 0 THEN 0 ELSE words + {' + '.join(blank)} END)::BIGINT AS mask")
    hits = " OR ".join(_strength(f"c{i}") for i in shape.labels)
    con.execute(f"CREATE TABLE marked AS SELECT {', '.join(parts)}, ({hits}) AS strong FROM staged")


def _judge(
    con: duckdb.DuckDBPyConnection,
    table: RawTable,
    shape: Shape,
    mask: int,
    wild: list[int],
    empty: list[int],
    found: Found,
) -> None:
    """Decide on the totals of one pattern: words of totals in the columns `wild`, nothing in those of `empty`."""
    same = [i for i in shape.labels if i not in wild and i not in empty]
    comparisons = _compare(con, shape, mask, wild, same)
    additive = _additive(comparisons, {i: table.columns[i].label for i in shape.measures})
    for total in comparisons:
        if total.strong or total.borne_out(additive):
            found.out.append(total.row)
            if not total.mean:
                found.mismatches += total.mismatches(additive)
        else:
            found.suspected.append(total.row)


def _compare(
    con: duckdb.DuckDBPyConnection, shape: Shape, mask: int, wild: list[int], same: list[int]
) -> list[_Compared]:
    """The totals of one pattern beside the sums of the rows without totals that have the same other labels."""
    keys = [*same, *shape.keys]
    equal = [f"(t.l{i} = s.l{i}" + (f" OR t.l{i} = '')" if i in shape.keys else ")") for i in keys]
    group = "".join(f", l{i}" for i in keys)
    sums = "".join(
        f", sum(m{i}) AS s{i}, min(m{i}) AS lo{i}, max(m{i}) AS hi{i}, avg(m{i}) AS a{i}, count_if(x{i}) AS x{i}"
        for i in shape.measures
    )
    shown = "".join(
        f", t.m{i}, sum(s.s{i}), min(s.lo{i}), max(s.hi{i}), avg(s.a{i}), sum(s.x{i})" for i in shape.measures
    )
    words = " || ' ' || ".join(f"t.l{i}" for i in wild)
    rows = con.execute(
        f"SELECT t.source_row, t.strong, {words}, sum(s.n){shown} FROM marked t JOIN "
        f"(SELECT count(*) AS n{group}{sums} FROM marked WHERE mask = 0 GROUP BY ALL) s "
        f"ON {' AND '.join(equal) or 'true'} WHERE t.mask = {mask} AND s.n > 0 "
        "GROUP BY ALL ORDER BY t.source_row"
    ).fetchall()
    return [_Compared(row, shape.measures) for row in rows]


class _Compared:
    """A row of totals beside what the rows under it add up to."""

    def __init__(self, row: Sequence[Any], measures: Sequence[int]) -> None:
        self.row: int = row[0]
        self.strong: bool = row[1]
        self.mean = any(word in row[2] for word in _MEAN)
        self.children = int(row[3])
        self.cells = {i: row[4 + 6 * k : 10 + 6 * k] for k, i in enumerate(measures)}

    def comparable(self, measure: int) -> bool:
        value, total, *_, unreadable = self.cells[measure]
        return value is not None and total is not None and not unreadable and self.children > 1

    def sums(self, measure: int) -> bool:
        value, total, *_ = self.cells[measure]
        return bool(abs(value - total) <= 0.51 * self.children * step(value, total) + 1e-9 * abs(total))

    def beyond(self, measure: int) -> bool:
        """Whether the value lies outside its rows' range, as a sum does and a mean or rate does not."""
        value, _, low, high, *_ = self.cells[measure]
        return bool(value > high or value < low)

    def borne_out(self, additive: set[int]) -> bool:
        if self.mean:
            near = [i for i in self.cells if self.comparable(i) and not self.beyond(i)]
            return bool(near) and any(
                abs(self.cells[i][0] - self.cells[i][4]) <= 0.01 * abs(self.cells[i][4]) + 1e-9 for i in near
            )
        return any(self.comparable(i) and self.sums(i) and self.cells[i][1] for i in additive)

    def mismatches(self, additive: set[int]) -> list[tuple[int, int, float, float, int]]:
        return [
            (self.row, i, self.cells[i][0], self.cells[i][1], self.children)
            for i in sorted(additive)
            if self.comparable(i) and not self.sums(i)
        ]


def step(value: float, total: float) -> float:
    """The last decimal in which rounding may show: 0 for whole numbers."""
    if value == int(value) and total == int(total):
        return 0.0
    text = f"{value:.10f}".rstrip("0").split(".")[1]
    return float(10.0 ** -len(text)) if text else 1.0


def _additive(totals: Sequence[_Compared], labels: dict[int, str]) -> set[int]:
    """Measures that are sums: most totals agree, or none of several is a rate by name and all lie beyond their rows."""
    found = set()
    for i, label in labels.items():
        seen = [t for t in totals if t.comparable(i) and not t.mean]
        agree = sum(t.sums(i) for t in seen)
        if not seen:
            continue
        if 2 * agree >= len(seen) or (not RATE.search(label) and all(t.beyond(i) for t in seen)):
            found.add(i)
    return found
