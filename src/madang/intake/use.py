"""What may be asked of the door: a file that is there, a name that can be, and wishes that can be followed."""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from madang.bank.ids import is_valid_id
from madang.declarations.standard import STORAGE, Standard
from madang.intake.raw import Override, RawTable, Refused
from madang.intake.recognise import GENERIC
from madang.messages import MadangError

_DELIMITER = 8  # letters of a delimiter at most


MOST_COLUMNS = 5_000  # a wider table would not be checked within the memory of a session


def check_use(path: Path, dataset: str | None, override: Override, standards: Mapping[str, Standard]) -> None:
    """Raises MadangError for what is wrong whatever stands in the file; nothing has been recorded by then."""
    if not path.exists():
        raise MadangError("file_missing", path=path)
    if not path.is_file():
        raise MadangError("file_not_regular", file=path)
    if not os.access(path, os.R_OK):
        raise MadangError("file_unreadable", file=path)
    if dataset is not None and not is_valid_id(dataset):
        raise MadangError("dataset_id_invalid", dataset=dataset)
    check_wishes(override, standards)


def check_wishes(override: Override, standards: Mapping[str, Standard]) -> None:
    """Raises MadangError for a wish that no file could fulfil."""
    if override.standard not in (None, GENERIC, *standards):
        raise MadangError("standard_missing", standard=override.standard)
    if override.encoding is not None and not _is_encoding(override.encoding):
        raise MadangError("encoding_unknown", encoding=override.encoding)
    if override.delimiter is not None and not 1 <= len(override.delimiter) <= _DELIMITER:
        raise MadangError("delimiter_unusable", delimiter=override.delimiter, most=_DELIMITER)
    rows = override.header_rows or ()
    if any(row < 1 for row in rows) or any(a >= b for a, b in pairwise(rows)):
        raise MadangError("header_rows_unusable", rows=_listed(rows))
    for kind in override.types.values():
        if kind not in STORAGE:
            raise MadangError("type_unknown", type=kind, types=", ".join(STORAGE))


def check_labels(tables: Sequence[RawTable], file: str, override: Override) -> None:
    """Raises Refused where a type is given to a column that no table of the file has."""
    known = {column.label: None for table in tables for column in table.columns if column.label}
    for label in override.types:
        if label not in known:
            raise Refused("type_column_missing", file=file, column=label, columns=", ".join(known)[:300])


def check_columns(table: RawTable, file: str, override: Override) -> None:
    """Raises Refused for a table without columns (header rows were told that it does not have), or with too many."""
    told = override.header_rows
    if told and (not table.columns or not set(told) <= set(table.header_rows)):
        raise Refused("header_rows_beyond", file=file, rows=_listed(told))
    if not table.columns:
        raise Refused("no_table", file=file)
    if len(table.columns) > MOST_COLUMNS:
        raise Refused("csv_too_many_columns", file=file, limit=f"{MOST_COLUMNS:,}")


def _is_encoding(name: str) -> bool:
    """Whether Python knows it as an encoding of text (as it also knows hex and zip)."""
    try:
        "".encode(codecs.lookup(name).name)
    except (LookupError, ValueError):
        return False
    return True


def _listed(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows))
