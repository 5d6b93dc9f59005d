"""Read JSON as portals and services hand it out: lists of records wherever they stand, JSON Lines, columns, rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from madang.intake.json_choose import Choice, choose, excerpt, value_of
from madang.intake.json_lines import is_lines, read_lines
from madang.intake.json_outline import Node, Outline, outline
from madang.intake.json_parse import Elements
from madang.intake.json_said import only_record, said_instead, said_nothing, told_count
from madang.intake.json_table import RecordTable
from madang.intake.json_text import TextSource
from madang.intake.layout import infer_layout
from madang.intake.raw import Evidence, Override, Progress, RawColumn, RawTable, Refused, no_progress
from madang.messages import text

_DOUBLED = re.compile(rb'\s*"?\s*[\[{]\s*(?:[\[{]\s*)?""[^"]')
_BEFORE = re.compile(rb"[\s\w.$=(;]*")  # `callback(`, `var data =`
_SMALL = 1 << 20
_AROUND = 1 << 16  # bytes before and after the records in which their number may be told
_REREAD = 64 << 20  # bytes of a file that is read once more for what stands behind its records
_SAMPLE = 200
_MOSTLY = 0.5


def read_json(
    path: Path, stage_dir: Path, override: Override, progress: Progress = no_progress
) -> list[RawTable]:
    """The tables of a JSON file, staged below `stage_dir`.

    Read are lists of records at any depth (one table each; `member` is the key), JSON Lines, objects of records (their
    key becomes a column), lists of rows and columns of values. Rows are numbered by record, in JSON Lines by line.
    Numbers keep the text of the source. Memory is bounded by some blocks of 4 MB and the longest record.
    Raises Refused: file_empty, csv_undecodable, json_not, json_cut_off, json_unmatched, json_nested_too_deep,
    json_record_too_long, json_too_many_columns, json_no_records, service_said, service_empty.
    """
    source = TextSource.of(path, override)
    try:
        head = source.settled(lambda: next(source.blocks(), b""))
        if not head.strip():
            raise Refused("file_empty")
        source.doubled = bool(_DOUBLED.match(head))
        if is_lines(head):
            return [source.settled(lambda: read_lines(source, stage_dir, progress))]
        found = source.settled(lambda: outline(source, progress))
        return _tables(source, found, stage_dir, progress)
    except Refused as refused:
        raise Refused(refused.code, **{"file": path.name, **refused.params}) from refused


def _tables(source: TextSource, found: Outline, stage_dir: Path, progress: Progress) -> list[RawTable]:
    if not found.roots or not _BEFORE.fullmatch(found.before):
        raise Refused("json_not")
    joined = found.count > 1
    if joined:
        found = _joined(found, source)
    choices = choose(found, source)
    if [choice.shape for choice in choices] == ["single"] and said_nothing(value_of(source, found.roots[0])):
        choices = []  # `record: {total: 0}` of an answer without any
    tables: list[RawTable] = []
    for choice in choices:
        name = f"json-{len(tables) + 1}"
        table = _Reading(source, choice, stage_dir, name, progress).table()
        if table is not None:
            tables.append(table)
    if not tables:
        tables = [_only_record(source, found.roots[0], stage_dir, progress)]
    if len(tables) == len(choices) == 1 and not joined:
        _tell_missing(source, choices[0].node, found.roots[0], tables[0])
    tables = [replace(tables[0], member=None)] if len(tables) == 1 else tables
    source.tell(tables[0].problems)
    return tables


def _tell_missing(source: TextSource, records: Node, root: Node, table: RawTable) -> None:
    """Say where the text tells another number of records than it has, as one page of an answer of several does."""
    before = excerpt(source, max(0, records.start - _AROUND), records.start)
    small = source.size <= _REREAD
    after = excerpt(source, records.end, min(root.end, records.end + _AROUND)) if small else b""
    told = told_count(before, after)
    if told and told != table.rows:
        detail = json.dumps({"told": f"{told:,}", "rows": f"{table.rows:,}"})
        table.problems.add("json_count_differs", row=None, severity="warning", detail=detail)


def _only_record(source: TextSource, root: Node, stage_dir: Path, progress: Progress) -> RawTable:
    """The table of a text that is one record. Raises Refused where it is none: what a service said, or nothing."""
    value = value_of(source, root) if root.size <= _SMALL else None
    if said := said_instead(value):
        raise Refused("service_said", said=said[:300])
    table = None
    if only_record(value):
        table = _Reading(source, Choice("single", root), stage_dir, "json-1", progress).table()
    if table is None:
        raise Refused("service_empty" if said_nothing(value) else "json_no_records")
    return table


def _joined(found: Outline, source: TextSource) -> Outline:
    """Values that stand one behind another, as if they stood in one array."""
    total = sum(map(len, source.blocks()))
    whole = Node("array", "", -1, 1, 0, total + 1, found.count, children=found.roots)
    return Outline([whole], 1)


class _Reading:
    """The reading of one table of a file."""

    def __init__(
        self, source: TextSource, choice: Choice, stage_dir: Path, name: str, progress: Progress
    ) -> None:
        self.source, self.choice, self.node = source, choice, choice.node
        self.stage_dir, self.name, self.progress = stage_dir, name, progress
        keys = _field_ids(source, self.node) if choice.shape == "records" else []
        self.staged = RecordTable(stage_dir, name, keys)

    def table(self) -> RawTable | None:
        """The table, or None where there are no columns of one length or no record after all."""
        shape = self.choice.shape
        if shape == "rows":
            return self._rows()
        if shape == "columns":
            return self._columns()
        if shape == "single":
            value = value_of(self.source, self.node)
            self.staged.add([value] if isinstance(value, dict) and value else [], range(1, 2))
        else:
            self._records()
        return self._finish() if self.staged.columns else None

    def _records(self) -> None:
        node = self.node
        elements = Elements(self.source, (node.start, node.end), node.level, node.kind)
        for first, found in elements:
            records = _keyed(found) if self.choice.shape == "members" else found
            numbers = range(first, first + len(records))
            if any(not isinstance(record, dict) for record in records):
                self._tell_others(records, numbers, {number for number, _, _ in elements.broken})
                kept = [(n, r) for n, r in zip(numbers, records, strict=True) if isinstance(r, dict)]
                self.staged.add([record for _, record in kept], [number for number, _ in kept])
            else:
                self.staged.add(records, numbers)
            self.progress((self.source.size + 2 * self.source.done) // 3, self.source.size)
        for number, line, piece in elements.broken:
            self.staged.problems.add(
                "json_record_broken", row=number, value=piece, detail=f'{{"line": {line}}}', severity="error"
            )
        if elements.broken_count > _MOSTLY * elements.done:
            _, line, piece = elements.broken[0]
            raise Refused("json_records_broken", broken=elements.broken_count, line=line, text=piece[:80])

    def _tell_others(self, records: list[Any], numbers: Iterable[int], broken: set[int]) -> None:
        for number, record in zip(numbers, records, strict=True):
            if not isinstance(record, dict) and number not in broken:
                self.staged.tell("json_not_a_record", number, value=str(record))

    def _rows(self) -> RawTable | None:
        """Lists of plain values: a header among them as in a sheet, or in a list of column names beside them."""
        node = self.node
        elements = Elements(self.source, (node.start, node.end), node.level, node.kind, pairs=True)
        chunks = ([(first + i, row) for i, row in enumerate(found)] for first, found in elements)
        rows = ((number, row) for number, row in chain.from_iterable(chunks) if isinstance(row, list))
        sample = list(islice(rows, _SAMPLE))
        names = _column_names(self.source, node)
        grid = [(number, [_cell(value) for value in row]) for number, row in sample]
        layouts = infer_layout(grid, override_header_rows=() if names else None)
        if not layouts:
            return None
        layout = layouts[0]
        every = chain(sample, rows)
        while batch := list(islice(every, 10_000)):
            kept = [(number, row) for number, row in batch if number >= layout.data_start]
            self.staged.add(
                [{str(i): value for i, value in enumerate(row)} for _, row in kept], [n for n, _ in kept]
            )
            self.progress((self.source.size + 2 * self.source.done) // 3, self.source.size)
        table = self._finish(*layout.evidence)
        labels = dict(enumerate(names or layout.labels))
        table.columns = [RawColumn(c.index, labels.get(int(c.label), ""), c.native) for c in table.columns]
        return replace(
            table,
            header_rows=layout.header_rows,
            left_out=list(layout.left_out),
            left_out_counts={kind: sum(e["kind"] == kind for e in layout.left_out) for kind in
                             {e["kind"] for e in layout.left_out}},
        )  # fmt: skip

    def _columns(self) -> RawTable | None:
        """An object of lists (or of numbered values) of one length: a column each."""
        found = value_of(self.source, self.node)
        if not isinstance(found, dict):
            return None
        lists = {
            key: list(value.values()) if isinstance(value, dict) else value
            for key, value in found.items()
            if isinstance(value, dict | list)
        }
        lengths = set(map(len, lists.values()))
        if len(lengths) != 1 or len(lists) < 2 or 0 in lengths:
            return None
        (rows,) = lengths
        records = [dict(zip(lists, cells, strict=True)) for cells in zip(*lists.values(), strict=True)]
        self.staged.add(records, range(1, rows + 1))
        return self._finish()

    def _finish(self, *more: Evidence) -> RawTable:
        path = ".".join(self.node.path) or "(전체)"
        because = text(f"because_json_{self.choice.shape}", path=path)
        evidence = [self.source.encoding.evidence(), Evidence("records", path, because, 0.95), *more]
        member = self.node.key or self.name
        return self.staged.finish(member, evidence, encoding=self.source.encoding.codec)


def _keyed(found: list[Any]) -> list[Any]:
    """Members of an object as records, their key in a column of its own."""
    keyed = []
    for member in found:
        if not isinstance(member, dict):
            keyed.append(member)
            continue
        for key, record in member.items():
            name = "키" if not isinstance(record, dict) or "키" not in record else "키_"
            keyed.append({name: key, **record} if isinstance(record, dict) else record)
    return keyed


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _beside(source: TextSource, node: Node, *names: str) -> list[Any]:
    """The list that stands beside a value under one of some keys."""
    beside = node.parent.children if node.parent and node.parent.kind == "object" else []
    for child in beside:
        if (
            child.key.lower() in names
            and child.kind == "array"
            and child is not node
            and child.size <= _SMALL
        ):
            found = value_of(source, child)
            return found if isinstance(found, list) else []
    return []


def _field_ids(source: TextSource, node: Node) -> list[str]:
    """The names of columns that a standard-data file lists before its records."""
    fields = _beside(source, node, "fields")
    ids = [str(field["id"]) for field in fields if isinstance(field, dict) and "id" in field]
    return list(dict.fromkeys(ids))


def _column_names(source: TextSource, node: Node) -> list[str]:
    names = _beside(source, node, "columns", "fields", "header", "headers")
    named = [each.get("id") or each.get("name") if isinstance(each, dict) else each for each in names]
    return [str(name) for name in named] if named and all(isinstance(n, str) for n in named) else []
