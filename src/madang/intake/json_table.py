"""Records staged as a table: nested ones flattened, late keys as late columns, numbers as they are written."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from madang.intake.excel_cells import CELL_LIMIT
from madang.intake.problems import ProblemSink
from madang.intake.raw import Evidence, RawColumn, RawTable, Refused, StageWriter
from madang.messages import text

_LEVELS = 4  # objects inside one another that become columns; deeper ones stay JSON text
_INNER_KEYS = 300  # of nested objects that become columns
_COLUMNS = 5_000
_CELLS, _FILLED = 20_000_000, 0.02  # of so many cells of one stretch that share at least is filled
_LISTED = 1_000


class Number(str):
    """A number as it is written in the source."""

    __slots__ = ()


class NotANumber(str):
    """NaN, Infinity or -Infinity as it is written in the source."""

    __slots__ = ()


class Doubled(dict[str, Any]):
    """An object in which keys come twice; `again` has the values that were overwritten."""

    again: list[tuple[str, Any]]


@dataclass
class _Column:
    index: int
    label: str
    native: Counter[str] = field(default_factory=Counter)


class RecordTable:
    """Stages records (dicts) batch by batch.

    Values may be text, `Number`, `NotANumber`, booleans, None, dicts and lists. A key that is missing and null are
    both the empty cell. Nested objects become columns `outer_inner` (their value under "" is `outer` itself), lists of plain values are joined by "+", what is
    deeper is kept as JSON text. `keys` fixes the first columns.
    """

    def __init__(self, folder: Path, name: str, keys: Sequence[str] = ()) -> None:
        self.folder, self.name = folder, name
        self.problems = ProblemSink(folder / f"{name}.problems.parquet")
        self.columns: dict[tuple[str, ...], _Column] = {}
        self.kept_as_text: dict[str, None] = {}
        self.joined: dict[str, None] = {}
        self._parts: list[StageWriter] = []
        self._listed: Counter[str] = Counter()
        for key in keys:
            self._column((key,))

    def add(self, records: Sequence[dict[str, Any]], rows: Sequence[int] | range) -> None:
        """Stage records that stand in `rows` of the source."""
        if not records:
            return
        self._tell_doubled(records, rows)
        texts = {column.index: cells for column, cells in self._flat((), records, rows) if cells is not None}
        if not self._parts or len(self._parts[-1].schema) - 1 < len(self.columns):
            self._next_part()
        empty = pa.array([""] * len(records), pa.string())
        arrays = [texts.get(index, empty) for index in range(len(self.columns))]
        self._parts[-1].write(pa.array(rows, pa.int64()), arrays)

    def tell(self, rule: str, row: int | None, label: str | None = None, value: str | None = None) -> None:
        """List a problem; of one rule so many rows at most."""
        self._listed[rule] += 1
        if self._listed[rule] <= _LISTED:
            self.problems.add(rule, row=row, label=label, value=value, severity="warning")

    def _tell_doubled(self, records: Sequence[Any], rows: Sequence[int] | range) -> None:
        if Doubled not in set(map(type, records)):
            return
        for row, record in zip(rows, records, strict=True):
            if type(record) is Doubled:
                for key, value in record.again:
                    self.tell("json_key_twice", row, key, json_text(value))

    def finish(self, member: str | None, evidence: Iterable[Evidence], **known: Any) -> RawTable:
        """Close the stage and hand the table over."""
        if not self._parts:
            self._next_part()
        self._parts[-1].close()
        stage = self._merged()
        columns = [RawColumn(c.index, c.label, dict(c.native)) for c in self.columns.values()]
        return RawTable(
            member=member,
            stage=stage,
            columns=columns,
            rows=sum(part.rows for part in self._parts),
            header_rows=(),
            problems=self.problems,
            evidence=[*evidence, *self._told()],
            **known,
        )

    def _told(self) -> Iterable[Evidence]:
        if self.joined:
            yield Evidence("lists", ", ".join(self.joined)[:300], text("because_lists_joined"), 0.9)
        if self.kept_as_text:
            kept = ", ".join(self.kept_as_text)[:300]
            yield Evidence("nested", kept, text("because_nested_text"), 0.9)

    def _next_part(self) -> None:
        if self._parts:
            self._parts[-1].close()
        path = self.folder / f"{self.name}-{len(self._parts) + 1}.part"
        self._parts.append(StageWriter(path, len(self.columns)))

    def _merged(self) -> Path:
        """One file of all parts, of which the later ones may have more columns."""
        stage = self.folder / f"{self.name}.arrow"
        if len(self._parts) == 1:
            self._parts[0].path.replace(stage)
            return stage
        writer = StageWriter(stage, len(self.columns))
        for part in self._parts:
            with pa.OSFile(str(part.path)) as file, pa.ipc.open_file(file) as reader:
                for number in range(reader.num_record_batches):
                    rows, *cells = reader.get_batch(number).columns
                    empty = pa.array([""] * len(rows), pa.string())
                    writer.write(rows, [*cells, *[empty] * (len(self.columns) - len(cells))])
            part.path.unlink()
        writer.close()
        return stage

    def _column(self, path: tuple[str, ...]) -> _Column:
        found = self.columns.get(path)
        if found is None:
            if len(self.columns) >= _COLUMNS:
                raise Refused("json_too_many_columns", limit=f"{_COLUMNS:,}")
            label = unicodedata.normalize("NFC", "_".join(" ".join(key.split()) for key in path if key))
            found = self.columns[path] = _Column(len(self.columns), label)
        return found

    def _flat(
        self, path: tuple[str, ...], records: Sequence[dict[str, Any]], rows: Sequence[int] | range
    ) -> list[tuple[_Column, pa.Array]]:
        """The columns of the records and their cells; those of nested objects stand where the objects stand."""
        found: list[tuple[_Column, pa.Array]] = []
        for key, values in _by_key(records):
            here = (*path, key)
            types = Counter(map(type, values))
            inner = types[dict] + types[Doubled]
            if inner and len(here) < _LEVELS:
                self._tell_doubled(values, rows)
                objects = [value if isinstance(value, dict) else {} for value in values]
                keys = set(chain.from_iterable(objects))
                if len(keys) <= _INNER_KEYS:
                    inside = (
                        [{k: v for k, v in each.items() if k} for each in objects] if "" in keys else objects
                    )
                    found += self._flat(here, inside, rows)
                    if inner + types[type(None)] == len(values) and "" not in keys:
                        continue
                    values = [value.get("") if isinstance(value, dict) else value for value in values]
                    types = Counter(map(type, values))
            column = self._column(here)
            found.append((column, self._cells(column, values, types, rows)))
        return found

    def _cells(
        self, column: _Column, values: Sequence[Any], types: Counter[type], rows: Sequence[int] | range
    ) -> pa.Array:
        column.native["number"] += types[Number]
        column.native["boolean"] += types[bool]
        column.native = +column.native
        if types[NotANumber]:
            self._not_numbers(column, values, rows)
        if types.keys() - {str, Number, type(None)}:
            values = [v if type(v) is str else self._text(v, column.label) for v in values]
        try:
            cells = pa.array(values, pa.string())
        except UnicodeEncodeError:  # halves of characters, written as \ud83d alone
            cells = pa.array([_whole(value) for value in values], pa.string())
        cells = cells.fill_null("")
        longest = max(map(len, filter(None, values)), default=0)
        return self._cut(column, cells, rows) if longest > CELL_LIMIT else cells

    def _not_numbers(self, column: _Column, values: Sequence[Any], rows: Sequence[int] | range) -> None:
        for row, value in zip(rows, values, strict=True):
            if type(value) is NotANumber:
                self.tell("json_not_a_number", row, column.label, value)

    def _cut(self, column: _Column, cells: pa.Array, rows: Sequence[int] | range) -> pa.Array:
        texts = cells.to_pylist()
        for row, cell in zip(rows, texts, strict=True):
            if len(cell) > CELL_LIMIT:
                detail = f'{{"length": {len(cell)}, "kept": {CELL_LIMIT}}}'
                self.problems.add("cell_cut", row=row, label=column.label, value=cell[:500], detail=detail)
        return pa.array([cell[:CELL_LIMIT] for cell in texts], pa.string())

    def _text(self, value: Any, label: str) -> str | None:
        """A value that is not plain text as the text of its cell."""
        if value is None or type(value) is NotANumber:
            return None
        if type(value) is list and not any(isinstance(each, dict | list) for each in value):
            self.joined[label] = None
            return "+".join(plain for each in value if (plain := _plain(each)))
        if isinstance(value, dict | list):
            self.kept_as_text[label] = None
            return json_text(value)
        return _plain(value)


def _by_key(records: Sequence[dict[str, Any]]) -> Iterable[tuple[str, Sequence[Any]]]:
    """The values of each key, in the order in which keys come first."""
    orders = dict.fromkeys(map(tuple, records))
    if len(orders) == 1:
        (order,) = orders
        return zip(order, zip(*(record.values() for record in records), strict=True), strict=True)
    keys = dict.fromkeys(chain.from_iterable(orders))
    cells = len(keys) * len(records)
    if len(keys) > _COLUMNS or (cells > _CELLS and sum(map(len, records)) < _FILLED * cells):
        raise Refused("json_too_many_columns", limit=f"{min(len(keys) - 1, _COLUMNS):,}")
    return ((key, [record.get(key) for record in records]) for key in keys)


def _plain(value: Any) -> str:
    if value is None or type(value) is NotANumber:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _whole(value: str | None) -> str | None:
    return value and value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def json_text(value: Any) -> str:
    """A value as JSON text, its numbers as they were written."""
    if isinstance(value, dict):
        inside = (f"{json.dumps(key, ensure_ascii=False)}: {json_text(each)}" for key, each in value.items())
        return "{" + ", ".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    if isinstance(value, Number):
        return str(value)
    if value is None or isinstance(value, NotANumber):
        return "null"
    return json.dumps(value, ensure_ascii=False)
