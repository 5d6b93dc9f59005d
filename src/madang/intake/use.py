"""What may be asked of the door: a file that is there, a name that can be, and wishes that can be followed."""

from __future__ import annotations

import codecs
import json
import os
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from madang.bank.ids import is_valid_id
from madang.declarations import DatasetColumn
from madang.declarations.standard import STORAGE, Standard
from madang.intake.raw import MOST_COLUMNS, Override, RawTable, Refused
from madang.intake.receipt import Reason
from madang.intake.recognise import GENERIC, Recognition
from madang.messages import MadangError, text

_DELIMITER = 8  # letters of a delimiter at most
_SHOWN = 300  # letters of a list in a sentence at most
_CRS_CODE = re.compile(r"(?:EPSG|ESRI):\d{4,6}")


def check_use(path: Path, dataset: str | None, override: Override, standards: Mapping[str, Standard]) -> None:
    """Raises MadangError for what is wrong whatever stands in the file; nothing has been recorded by then."""
    if not path.exists():
        raise MadangError("file_missing", path=path)
    if not path.is_file():
        raise MadangError("file_not_regular", file=path, quoted=shlex.quote(str(path)))
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
        if kind not in STORAGE or kind == "geometry":
            types = ", ".join(f"{each}({text(f'type_{each}')})" for each in STORAGE if each != "geometry")
            raise MadangError("type_unknown", type=kind, types=types)
    if override.crs is not None:
        _check_crs(override.crs)
    _check_mapping(override, standards)


def _check_crs(crs: str) -> None:
    """Raises MadangError where `crs` is no code of a system of places on the map."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    from madang.places.crs import CANDIDATES

    if crs in {each.crs for each in CANDIDATES}:
        return
    try:
        known = CRS.from_user_input(crs) if _CRS_CODE.fullmatch(crs) else None
    except CRSError:
        known = None
    if known is None or not (known.is_projected or known.is_geographic):
        raise MadangError("crs_unusable", crs=crs)


def _check_mapping(override: Override, standards: Mapping[str, Standard]) -> None:
    """Raises MadangError for a column that no standard has, or that two headers are mapped to."""
    wanted = {label: name for label, name in override.mapping.items() if name}
    if wanted and (override.text or override.standard == GENERIC):
        raise MadangError("mapping_without_standard", column=next(iter(wanted)))
    named = standards.get(override.standard or "")
    chosen = [named] if named else list(standards.values())
    known = {column.name: column.label for standard in chosen for column in standard.columns}
    seen: dict[str, str] = {}
    for label, name in wanted.items():
        if name not in known:
            near = _near(name, known) if len(chosen) > 1 else _columns(known)
            if not near:
                raise MadangError("mapping_target_nowhere", column=name, label=label)
            raise MadangError("mapping_target_unknown", column=name, label=label, columns=near)
        if name in seen:
            raise MadangError("mapping_twice", column=name, first=seen[name], second=label)
        seen[name] = label


def _columns(known: Mapping[str, str]) -> str:
    return ", ".join(f"{name}({label})" for name, label in known.items())[:_SHOWN]


def _near(name: str, known: Mapping[str, str]) -> str:
    """Columns that are called or headed much like `name`, of all standards."""
    names = {**{label: each for each, label in known.items()}, **{each: each for each in known}}
    near = dict.fromkeys(names[each] for each in get_close_matches(name, names, 8, 0.5))
    return _columns({each: known[each] for each in near})


def check_labels(tables: Sequence[RawTable], file: str, override: Override) -> None:
    """Raises Refused where a type or a column is given to a header that no table of the file has."""
    known = {column.label: None for table in tables for column in table.columns if column.label}
    for code, labels in (
        ("type_column_missing", override.types),
        ("mapping_column_missing", override.mapping),
    ):
        for label in labels:
            if label not in known:
                raise Refused(code, file=file, column=label, columns=", ".join(known)[:_SHOWN])


def check_mapped(table: RawTable, recognition: Recognition, told: Mapping[str, str]) -> None:
    """Raises Refused where a header of the table could not be mapped as `told`: the standard has no such column."""
    labels = {column.label for column in table.columns}
    mapped = {column.name for column in recognition.mapping.values()}
    for label, name in told.items():
        if not name or label not in labels or name in mapped:
            continue
        standard = recognition.standard
        if standard is None:
            raise Refused("mapping_needs_standard", label=label, column=name)
        columns = _columns({column.name: column.label for column in standard.columns})
        raise Refused(
            "mapping_other_standard", label=label, column=name, standard=standard.id, columns=columns
        )


def hardly_fits(standard: Standard | None, present: Collection[str], headers: int) -> dict[str, str]:
    """What is to be said of a standard that a person named for a table with so many headers, of whose columns only
    those `present` are there; nothing where it may be meant. It hardly fits where required columns are missing and
    fewer than half of the headers are columns of it."""
    missing = standard.missing(present) if standard else ()
    if standard is None or not missing or 2 * len(present) >= headers:
        return {}
    named = ", ".join(column.label for column in missing)[:_SHOWN]
    return {
        "standard": standard.label,
        "headers": str(headers),
        "mapped": str(len(present)),
        "missing": named,
    }


def tell_named(table: RawTable, recognition: Recognition, named: str | None) -> None:
    """List as a problem that the standard that was `named` hardly fits the table."""
    fits = named is None or recognition.standard is None or recognition.wide is not None
    told = {} if fits else hardly_fits(recognition.standard, recognition.present, _headers(table))
    if told:
        detail = json.dumps(told, ensure_ascii=False)
        table.problems.add("standard_hardly_fits", severity="warning", detail=detail)


def named_reasons(
    table: RawTable, standard: Standard | None, columns: Sequence[DatasetColumn], told: bool
) -> tuple[Reason, ...]:
    """What the receipt says where `tell_named` listed that problem; where the standard was `told` now, that it is
    not remembered."""
    if "standard_hardly_fits" not in table.problems.by_rule:
        return ()
    present = {column.standard for column in columns if column.standard}
    reason = Reason("standard_hardly_fits", hardly_fits(standard, present, _headers(table)))
    return (reason, Reason("standard_not_learned")) if told else (reason,)


def _headers(table: RawTable) -> int:
    return sum(1 for column in table.columns if column.label.strip())


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
