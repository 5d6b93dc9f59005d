"""Whole answers to take away, in the formats of the bank."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from madang.formats import export
from madang.messages import MadangError
from madang.web.sql.answers import bank_columns
from madang.web.sql.models import Asked

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "csv-utf8": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
_BLOCK = 1 << 18


def written(kept: Path, asked: Asked, form: str, source: str) -> Iterator[bytes]:
    """The bytes of a kept answer in `form`, a block at a time. Raises MadangError: sql_answer_missing, format_unknown."""
    if form not in FORMS:
        raise MadangError("format_unknown", format=form, formats=", ".join(FORMS))
    if not kept.is_file():
        raise MadangError("sql_answer_missing")
    held = TemporaryFile()  # noqa: SIM115 - closed by the generator
    try:
        day = asked.at.date().isoformat()
        export([kept], bank_columns(asked.columns), form, held, as_of=day, source=source, places=False)
    except BaseException:
        held.close()
        raise
    return _blocks(held)


def _blocks(held: IO[bytes]) -> Iterator[bytes]:
    with held:
        held.seek(0)
        while block := held.read(_BLOCK):
            yield block
