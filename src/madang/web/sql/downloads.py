"""Whole answers to take away, in the formats of the bank."""

from __future__ import annotations

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


def written(kept: Path, asked: Asked, form: str, source: str) -> IO[bytes]:
    """A kept answer in `form`, as an open file that is nowhere else. Raises MadangError: sql_answer_missing, format_unknown."""
    if form not in FORMS:
        raise MadangError("format_unknown", format=form, formats=", ".join(FORMS))
    if not kept.is_file():
        raise MadangError("sql_answer_missing")
    held = TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        day = asked.at.date().isoformat()
        export([kept], bank_columns(asked.columns), form, held, as_of=day, source=source, places=False)
        held.seek(0)
    except BaseException:
        held.close()
        raise
    return held
