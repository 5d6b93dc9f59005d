"""Problems: one row for every defect of a deposit, written as they are found, never held whole in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.privacy import POLICY, mask, outright, redact
from madang.privacy.patterns import SEARCHED

if TYPE_CHECKING:  # a process that only reads does without the declarations
    from madang.declarations.standard import DatasetColumn

Severity = Literal["error", "warning", "info"]

# row: 1-based physical row in the source file or sheet (null where the whole table is meant)
# column: our column name; label: the header as in the source; value: the raw text, cut at 500 characters
# rule: a code of messages ("cell_not_date" …); detail: JSON object with further parameters of its sentence
SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("column", pa.string()),
        ("label", pa.string()),
        ("value", pa.string()),
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("detail", pa.string()),
    ]
)
VALUE_LIMIT = 500
NEVER_STORED = tuple(kind for kind in SEARCHED if POLICY[kind].action in ("refuse", "mask"))
_BATCH = 20_000


class ProblemSink:
    """Collects the problems of one table and writes them to one Parquet file in batches.

    `add` takes one problem, `add_table` an Arrow table of SCHEMA (from a query). Personal numbers are masked. `count` counts errors and
    warnings, `by_rule` every rule (info too). `resident`: whether a resident number was found in what is told of the
    table outside its cells (`hide`). `close` writes the file, also when there are none.
    A closed sink can be pickled: whoever gets it may add to it, the rows of before stand first in the new file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.by_rule: dict[str, int] = {}
        self.count = 0
        self.resident = False
        self._rows: list[dict[str, object]] = []
        self._writer: pq.ParquetWriter | None = None
        self._taken_over = False  # whether another process wrote rows that are in the file at `path`

    def __getstate__(self) -> dict[str, object]:
        told = {"path": self.path, "by_rule": self.by_rule, "count": self.count, "resident": self.resident}
        return {**told, "_rows": self._rows, "_writer": None, "_taken_over": True}

    def add(
        self,
        rule: str,
        *,
        row: int | None = None,
        column: str | None = None,
        label: str | None = None,
        value: str | None = None,
        severity: Severity = "error",
        detail: str | None = None,
    ) -> None:
        self._rows.append(
            {
                "row": row,
                "column": column,
                "label": label,
                "value": None if value is None else self._line(value, column or label)[:VALUE_LIMIT],
                "rule": rule,
                "severity": severity,
                "detail": detail,
            }
        )
        self._tally(rule, severity, 1)
        if len(self._rows) >= _BATCH:
            self._flush()

    def hide(self, said: str) -> str:
        """`said` of the table (a title, a header, a name) without numbers that may not be stored."""
        self.resident = self.resident or outright([said])
        return redact(said, NEVER_STORED)

    def add_table(self, table: pa.Table) -> None:
        """Add problems found by a query: an Arrow table whose columns are those of SCHEMA, in any order."""
        table = table.select(SCHEMA.names).cast(SCHEMA)
        groups = table.group_by(["rule", "severity"]).aggregate([([], "count_all")])
        for group in groups.to_pylist():
            self._tally(group["rule"], group["severity"], group["count_all"])
        self._flush()
        self._write(table)

    def close(self) -> None:
        """Write what is left; nothing may be added afterwards."""
        self._flush()
        self._open().close()

    def _line(self, value: str, column: str | None) -> str:
        """What stands in no column is searched as it is told; the cells of a column are judged together."""
        return value if column else self.hide(value)

    def _tally(self, rule: str, severity: str, number: int) -> None:
        self.by_rule[rule] = self.by_rule.get(rule, 0) + number
        if severity != "info":
            self.count += number

    def _open(self) -> pq.ParquetWriter:
        if self._writer is None:
            before = self.path.with_name(f".{self.path.name}")
            if self._taken_over:
                self.path.replace(before)
            self._writer = pq.ParquetWriter(self.path, SCHEMA, compression="zstd")
            if self._taken_over:
                with pq.ParquetFile(before) as file:
                    for batch in file.iter_batches(_BATCH):
                        self._writer.write_batch(batch)
                before.unlink()
        return self._writer

    def _flush(self) -> None:
        if self._rows:
            self._write(pa.Table.from_pylist(self._rows, SCHEMA))
            self._rows = []

    def _write(self, table: pa.Table) -> None:
        """Numbers that may not be kept are not kept here either."""
        for name in ("value", "detail", "label"):
            at = SCHEMA.get_field_index(name)
            table = table.set_column(at, SCHEMA.field(at), mask(table[name], NEVER_STORED))
        self._open().write_table(table)


def hide_lines(path: Path, columns: Sequence[DatasetColumn]) -> None:
    """Take the value out of the problems of whole lines in a closed problem file, where `columns` hold personal data.

    A reader tells what it repaired before it is known what a column holds: such a problem has a row, but no column.
    Its value stays only where its label is that of a column without personal data. One batch is held at a time.
    """
    if all(column.privacy == "none" for column in columns):
        return
    private = {column.label for column in columns if column.privacy != "none"}
    shown = pa.array(sorted({column.label for column in columns if column.label} - private), pa.string())
    beside = path.with_name(f".{path.name}")
    with pq.ParquetFile(path) as file, pq.ParquetWriter(beside, SCHEMA, compression="zstd") as writer:
        for batch in file.iter_batches(_BATCH):
            of_line = pc.and_(pc.is_valid(batch["row"]), pc.is_null(batch["column"]))
            hidden = pc.and_(of_line, pc.invert(pc.is_in(batch["label"], shown)))
            values = pc.if_else(hidden, pa.scalar(None, pa.string()), batch["value"])
            at = SCHEMA.get_field_index("value")
            writer.write_batch(batch.set_column(at, SCHEMA.field(at), values))
    beside.replace(path)
