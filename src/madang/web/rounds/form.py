"""The form of a round: its columns, and the standard that is written for them into the workspace."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from madang.declarations import Standard
from madang.declarations.headers import normalise, without_unit
from madang.declarations.load import load_standard
from madang.intake.forms import read_tables
from madang.intake.merge import ORIGIN, OWN_COLUMNS
from madang.intake.raw import Override, RawTable, Refused, no_progress
from madang.messages import MadangError, text
from madang.workspace import Workspace

TYPES = ("text", "integer", "number", "percent", "boolean", "date", "month", "year", "time")
MOST_COLUMNS = 60
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_BRACKET = re.compile(r"(.+?)\s*[(\[（]([^()\[\]（）]{1,12})[)\]）]\s*")
_LABEL = 80
_TEXT = 300


@dataclass(frozen=True)
class FormColumn:
    """A column as the officer asks for it. Rejects nonsense when made: MadangError ``round_column_*``."""

    name: str
    label: str
    type: str = "text"
    required: bool = False
    key: bool = False  # tells rows apart, alone or with other such columns
    unit: str = ""
    values: tuple[str, ...] = ()
    example: str = ""
    help: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.label.strip() or len(self.label) > _LABEL or "\n" in self.label:
            raise MadangError("round_column_label", label=self.label[:_LABEL])
        if not _NAME.fullmatch(self.name):
            raise MadangError("round_column_name", label=self.label, name=self.name)
        if self.type not in TYPES:
            raise MadangError("round_column_type", label=self.label, type=self.type)
        own = {normalise(text(code)) for code in OWN_COLUMNS.values()} | {normalise(ORIGIN)}
        if self.name in OWN_COLUMNS or normalise(self.label) in own:
            raise MadangError("round_column_reserved", label=self.label)

    @property
    def shown(self) -> str:
        """The header as the form prints it, with its unit."""
        return f"{self.label}({self.unit})" if self.unit else self.label

    def to_json(self) -> dict[str, Any]:
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FormColumn:
        known = {field.name for field in fields(cls)}
        said: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known
        }
        return cls(**said)


def columns_of(stored: Sequence[Mapping[str, Any]]) -> list[FormColumn]:
    """The columns that a round keeps."""
    return [FormColumn.from_json(each) for each in stored]


def check_columns(columns: Sequence[FormColumn]) -> None:
    """Raises MadangError: round_no_columns, round_too_many_columns, round_column_twice."""
    if not columns:
        raise MadangError("round_no_columns")
    if len(columns) > MOST_COLUMNS:
        raise MadangError("round_too_many_columns", count=len(columns), limit=MOST_COLUMNS)
    for what in ("name", "label"):
        seen: set[str] = set()
        for column in columns:
            said = normalise(column.label) if what == "label" else column.name
            if said in seen:
                raise MadangError("round_column_twice", label=column.label)
            seen.add(said)


def of_standard(standard: Standard) -> list[FormColumn]:
    """The columns of a declared standard as a form asks for them; shapes and derived columns are not asked for."""
    return [
        FormColumn(
            name=each.name,
            label=each.label,
            type=each.type if each.type in TYPES else "text",
            required=each.required,
            key=each.name in standard.key,
            unit=each.unit or "",
            values=each.values,
            help=each.description,
        )
        for each in standard.columns
        if each.type != "geometry" and not each.derived_from
    ]


def named(labels: Sequence[str]) -> list[str]:
    """Names for columns that have only a label: what is Latin in it, else column_1 …"""
    names: list[str] = []
    for number, label in enumerate(labels, 1):
        latin = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
        name = latin if _NAME.fullmatch(latin) and latin == label.lower() else f"column_{number}"
        names.append(name if name not in names else f"{name[:50]}_{number}")
    return names


def of_file(path: Path, name: str) -> list[FormColumn]:
    """The columns of an uploaded form: its headers, with units set apart and the first row under them as examples.

    Raises MadangError("round_form_unreadable").
    """
    with TemporaryDirectory(prefix="madang-") as place:
        labels, first = _header(path, name, Path(place))
    kept = [
        (" ".join(label.split()), value) for label, value in zip(labels, first, strict=False) if label.strip()
    ]
    if not kept:
        raise MadangError("round_form_unreadable", file=name)
    kept = kept[:MOST_COLUMNS]
    split = [_unit_apart(label[:_LABEL]) for label, _ in kept]
    names = named([label for label, _ in split])
    return [
        FormColumn(each, label, _likely(value, unit), unit=unit, example=value[:_TEXT])
        for each, (label, unit), (_, value) in zip(names, split, kept, strict=True)
    ]


def _unit_apart(label: str) -> tuple[str, str]:
    """ "면적(㎡)" as label and unit."""
    found = _BRACKET.fullmatch(label)
    if found and normalise(found[1]) == without_unit(label) != normalise(label):
        return found[1].strip(), found[2].strip()
    return label, ""


def _likely(value: str, unit: str) -> str:
    """The type that an example looks like; text where nothing says otherwise."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return "date"
    if unit and re.fullmatch(r"[\d,]+", value):
        return "integer"
    return "number" if unit and re.fullmatch(r"[\d,.]*", value) else "text"


def _header(path: Path, name: str, place: Path) -> tuple[list[str], list[str]]:
    """Headers and first row of the form's table: that of the first sheet, else the widest of the file."""
    tables: list[RawTable] = []
    with suppress(Refused):
        tables = [t for t in read_tables(path, name, place, Override(), no_progress) if t.refused is None]
    kind = path.suffix.lower()
    if kind in (".xlsx", ".xls", ".xlsm"):
        sheet, rows = _first_sheet(path, name)
        tables = [table for table in tables if table.sheet == sheet]
    elif kind == ".hwpx" and not tables:
        rows = _first_hwpx(path, name)
    else:
        rows = []
    best = max(tables, key=lambda table: len(table.columns), default=None)
    if best is not None:
        found: list[dict[str, Any]] = next(
            (batch.slice(0, 1).to_pylist() for batch in best.batches() if batch.num_rows), []
        )
        cells = [str(value or "") for value in list(found[0].values())[1:]] if found else []
        return [c.label for c in best.columns], cells or [""] * len(best.columns)
    for row in rows:
        if sum(1 for cell in row if cell) >= 2:
            return row, [""] * len(row)
    raise MadangError("round_form_unreadable", file=name)


def _first_sheet(path: Path, name: str) -> tuple[str, list[list[str]]]:
    """The first sheet's name and first rows: a form may have a header and nothing under it."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        rows = workbook.get_sheet_by_index(0).to_python(nrows=50)
    except (CalamineError, OSError, ValueError) as error:
        raise MadangError("round_form_unreadable", file=name) from error
    return workbook.sheet_names[0], [[str(cell).strip() for cell in row] for row in rows]


def _first_hwpx(path: Path, name: str) -> list[list[str]]:
    """The first row of each table of a document."""
    from hwpx import HwpxDocument

    try:
        made = HwpxDocument.open(path)
        with closing(made):
            tables = sorted(made.tables, key=lambda table: -table.column_count)
            return [[table.cell(0, c).text.strip() for c in range(table.column_count)] for table in tables]
    except Exception as error:  # whatever is wrong with the file, it is no form
        raise MadangError("round_form_unreadable", file=name) from error


def write_standard(ws: Workspace, id_: str, label: str, columns: Sequence[FormColumn]) -> Standard:
    """Write the standard of a form into the workspace, and read it back. Raises MadangError ``standard_*``."""
    folder = ws.folder / "content" / "standards"
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{id_}.{secrets.token_hex(4)}"
    beside.mkdir()
    try:
        draft = beside / f"{id_}.toml"
        draft.write_text(standard_toml(id_, label, columns), encoding="utf-8")
        standard = load_standard(draft)
        os.replace(draft, folder / f"{id_}.toml")
    finally:
        for left in beside.iterdir():
            left.unlink()
        beside.rmdir()
    return standard


def standard_toml(id_: str, label: str, columns: Sequence[FormColumn]) -> str:
    """The TOML of a standard with these columns."""
    key = [column.name for column in columns if column.key]
    lines = [
        f"id = {_said(id_)}",
        'version = "1"',
        f"label = {_said(label)}",
        f"source = {_said('취합 서식')}",
    ]
    if key:
        lines.append(f"key = [{', '.join(map(_said, key))}]")
    lines += ["", "columns = [", *(f"  {_column(column)}," for column in columns), "]", ""]
    return "\n".join(lines)


def _column(column: FormColumn) -> str:
    said: list[str] = [f"name = {_said(column.name)}", f"label = {_said(column.label)}"]
    if column.type != "text":
        said.append(f"type = {_said(column.type)}")
    if column.unit:
        said.append(f"unit = {_said(column.unit)}")
    if column.required or column.key:
        said.append("required = true")
    for name in ("values", "aliases"):
        if given := getattr(column, name):
            said.append(f"{name} = [{', '.join(map(_said, given))}]")
    if column.help:
        said.append(f"description = {_said(column.help)}")
    return f"{{ {', '.join(said)} }}"


def _said(value: str) -> str:
    """A text as TOML writes it: JSON strings are TOML strings, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
