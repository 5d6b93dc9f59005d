"""The problem list of a version, without personal values."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from madang.bank.describe import explain, problems_file
from madang.messages import Language, MadangError
from madang.web.api.door import Asked
from madang.web.shell.masking import masked_problem

_BATCH = 4_096


def problems_of(
    found: Asked, limit: int, offset: int, language: Language
) -> tuple[int, list[dict[str, Any]]]:
    """How many there are, and `limit` of them. Raises MadangError("api_own_rows") for who sees only own rows: a problem
    does not say whose row it is."""
    version = found.version
    if found.view.own_rows:
        raise MadangError("api_own_rows", dataset=version.dataset.id)
    path = problems_file(version.dataset, version.n)
    if path is None:
        return 0, []
    hidden = {n for c in found.columns if c.name in found.view.masked for n in (c.name, c.label) if n}
    with pq.ParquetFile(path) as file:
        rows = _some(file, limit, offset)
        return int(file.metadata.num_rows), [_said(row, hidden, language) for row in rows]


def _some(file: pq.ParquetFile, limit: int, offset: int) -> list[dict[str, Any]]:
    parts, skip = [], offset
    for batch in file.iter_batches(_BATCH):
        if skip >= batch.num_rows:
            skip -= batch.num_rows
            continue
        parts.append(batch.slice(skip))
        skip = 0
        if sum(part.num_rows for part in parts) >= limit:
            break
    return pa.Table.from_batches(parts, file.schema_arrow).slice(0, limit).to_pylist() if parts else []


def _said(row: dict[str, Any], hidden: set[str], language: Language) -> dict[str, Any]:
    detail = json.loads(row["detail"]) if row["detail"] else {}
    safe = masked_problem(row, detail, hidden)
    return explain({**safe, "detail": json.dumps(detail, ensure_ascii=False)}, language)
