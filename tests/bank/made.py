"""Versions made by hand, without the intake: what the bank's own tests stand on."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from madang.bank import Bank, Version
from madang.bank.durable import SEOUL
from madang.intake.problems import ProblemSink

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=SEOUL)

LIBRARIES = [
    {"source_row": 2, "name": "중앙도서관", "seats": 120, "phone": "062-960-0001"},
    {"source_row": 3, "name": "첨단도서관", "seats": 80, "phone": "062-960-0002"},
    {"source_row": 4, "name": "수완도서관", "seats": 200, "phone": "062-960-0003"},
]


def parquet(folder: Path, rows: list[dict[str, Any]]) -> Path:
    path = folder / f"{secrets.token_hex(4)}.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def make_version(
    bank: Bank,
    dataset: str,
    rows: list[dict[str, Any]],
    *,
    at: datetime | None = None,
    by: str = "kim",
    key: tuple[str, ...] = (),
    content: bytes | None = None,
    columns: dict[str, dict[str, str]] | None = None,
    facts: dict[str, Any] | None = None,
) -> Version:
    """Commit `rows` (dicts with source_row) as the next version; `content` are the bytes of the "file".

    `columns` overrides what is known of a column (label, standard), `facts` adds to the facts.
    """
    at = at or NOON + timedelta(days=len(bank[dataset].versions) if dataset in bank else 0)
    with bank.bench() as place:
        (place / "file.csv").write_bytes(content if content is not None else repr(rows).encode())
        sha256 = bank.snapshots.put(place / "file.csv")
        sink = ProblemSink(place / "problems.parquet")
        for row in rows:
            sink.add("no_rows", row=row["source_row"], value=str(row))
        sink.close()
        names = [name for name in rows[0] if name != "source_row"] if rows else []
        return bank.commit(
            dataset,
            [parquet(place, rows)],
            receipt={
                "file": "file.csv", "member": None, "sha256": sha256, "verdict": "accepted", "rows": len(rows),
                "columns": len(names), "problems": 0, "at": at.isoformat(),
            },
            facts={
                "columns": [{"name": n, "label": n, "type": "text", **(columns or {}).get(n, {})} for n in names],
                "key": list(key), **(facts or {}),
            },
            problems=sink.path,
            by=by,
            at=at,
        )  # fmt: skip


def read(version: Version) -> list[dict[str, Any]]:
    return sorted(
        pa.concat_tables(pq.read_table(p) for p in version.files).to_pylist(), key=lambda r: r["source_row"]
    )
