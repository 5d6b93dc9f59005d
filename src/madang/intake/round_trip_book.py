"""A workbook that knows which version it is a copy of: sealed on its way out, read on its way back.

A hidden column names each row (its position in the version, with a check against dragging and typing), and a very hidden
sheet says dataset, version, columns and which rows were given out, under an HMAC whose key is a hash that only the bank
holds. Both survive Excel, LibreOffice and openpyxl: they are cells like any other.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from madang.bank import Version
from madang.intake.excel_guard import check_archive
from madang.intake.raw import Refused
from madang.intake.round_trip import Edits, editable, rows_of
from madang.intake.round_trip_cells import cell_text, same, still_masked, uncounted
from madang.messages import MadangError, text

SHEET = "_madang"
_CHECK = 6  # letters of a row's check
_PIECE = 30_000  # characters of a cell
_LISTED = 20  # rows of a note
_MARK = re.compile(r"(\d{1,7})-([0-9a-f]{6})")
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True)
class Copy:
    """What a sealed workbook is a copy of. `masked`: columns that were given out starred. `rows`: positions given out."""

    dataset: str
    version: int
    columns: tuple[tuple[str, str], ...]  # name and label, in order
    masked: frozenset[str]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Returned:
    """An edited workbook: the copy it was, the edits, and what is to be told (code, parameters) of what was left out."""

    copy: Copy
    edits: Edits
    notes: tuple[tuple[str, dict[str, Any]], ...] = ()


def labels_of(version: Version) -> list[tuple[str, str]]:
    """Name and header of each column of a copy; headers are told apart by a number where two are alike."""
    found: list[tuple[str, str]] = []
    taken: set[str] = set()
    for column in editable(version):
        label, number = column.label or column.name, 2
        while label in taken:
            label, number = f"{column.label or column.name} ({number})", number + 1
        taken.add(label)
        found.append((column.name, label))
    return found


def marks(version: Version, rows: Iterable[int]) -> list[str]:
    """What the hidden column says of the rows at these positions."""
    key = _key(version)
    return [f"{at}-{_check(key, version, at)}" for at in rows]


def seal(source: IO[bytes], out: IO[bytes], copy: Copy, version: Version) -> None:
    """Write the workbook `source` (of `formats.xlsx`, its last data column being the marks) to `out`, sealed."""
    said = {
        "dataset": copy.dataset,
        "version": copy.version,
        "columns": [list(each) for each in copy.columns],
        "masked": sorted(copy.masked),
        "rows": _spans(copy.rows),
    }
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    digest = hmac.new(_key(version), body.encode(), hashlib.sha256).hexdigest()
    hidden = len(copy.columns) + 1
    with (
        zipfile.ZipFile(source) as book,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as to,
    ):
        number = 1 + sum(name.startswith("xl/worksheets/") for name in book.namelist())
        for name in book.namelist():
            content = book.read(name)
            change = _CHANGES.get(name)
            if change is not None:
                content = change(content.decode("utf-8"), number).encode("utf-8")
            elif name == "xl/worksheets/sheet1.xml":
                head, mark, rest = content.partition(b"<sheetData>")
                column = f'<col min="{hidden}" max="{hidden}"'.encode()
                content = head.replace(column, column + b' hidden="1"') + mark + rest
            to.writestr(_info(name), content)
        to.writestr(_info(f"xl/worksheets/sheet{number}.xml"), _hidden_sheet(digest, body))


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


_CHANGES = {
    "[Content_Types].xml": lambda xml, n: xml.replace(
        "</Types>", f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}"/></Types>'
    ),
    "xl/_rels/workbook.xml.rels": lambda xml, n: xml.replace(
        "</Relationships>",
        f'<Relationship Id="rIdMadang" Type="{_RELATION}" Target="worksheets/sheet{n}.xml"/></Relationships>',
    ),
    "xl/workbook.xml": lambda xml, n: xml.replace(
        "</sheets>", f'<sheet name="{SHEET}" sheetId="{n}" state="veryHidden" r:id="rIdMadang"/></sheets>'
    ),
}


def _hidden_sheet(digest: str, body: str) -> str:
    pieces = [body[i : i + _PIECE] for i in range(0, len(body), _PIECE)]
    lines = [text("edit_sheet_told"), digest, *pieces]
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t xml:space="preserve">{escape(line)}</t></is></c></row>'
        for n, line in enumerate(lines, 1)
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def is_copy(path: Path) -> bool:
    """Whether a file is a workbook that was sealed here; never raises for a bad file."""
    try:
        check_archive(path)
        return SHEET in _open(path).sheet_names
    except Exception:  # whatever stands in a file that is no workbook
        return False


def read_copy(path: Path) -> tuple[Copy, str, str]:
    """What a workbook says it is a copy of, with its digest and what that is of; `returned` proves it.

    Raises MadangError: copy_broken.
    """
    try:
        check_archive(path)
        lines = [
            str(row[0]) for row in _open(path).get_sheet_by_name(SHEET).to_python() if row and row[0] != ""
        ]
        digest, body = lines[1], "".join(lines[2:])
        said = json.loads(body)
        columns = tuple((str(name), str(label)) for name, label in said["columns"])
        rows = tuple(at for a, b in said["rows"] for at in range(int(a), min(int(b), int(a) + 1_000_000) + 1))
        copy = Copy(str(said["dataset"]), int(said["version"]), columns, frozenset(said["masked"]), rows)
    except (Refused, KeyError, ValueError, TypeError, IndexError, OSError) as error:
        raise MadangError("copy_broken") from error
    except Exception as error:
        if type(error).__module__.startswith("python_calamine"):
            raise MadangError("copy_broken") from error
        raise
    return copy, digest, body


def returned(path: Path, version: Version) -> Returned:
    """What somebody changed in the workbook `path`, a copy of `version`.

    Rows may be sorted, columns moved; a row without a mark is new, a mark that is gone is a row removed. A cell counts
    as changed where it says something else, not where a program wrote the same in other digits.
    Raises MadangError: copy_broken (its hidden sheet or marks were changed), edit_too_many_rows.
    """
    copy, digest, body = read_copy(path)
    key = _key(version)
    if not hmac.compare_digest(digest, hmac.new(key, body.encode(), hashlib.sha256).hexdigest()):
        raise MadangError("copy_broken")
    header, rows, unknown = _sheet(path)
    at_of, notes = _columns(copy, header)
    mark_at = header.index(text("edit_row_label")) if text("edit_row_label") in header else None
    if mark_at is None:
        raise MadangError("copy_broken")
    reader = _Reader(copy, version, at_of, mark_at, unknown)
    for number, row in enumerate(rows):
        reader.read(number, row)
    removed = tuple(sorted(set(copy.rows) - reader.seen))
    edits = Edits(version.n, reader.cells, tuple(reader.added), removed)
    return Returned(copy, edits, (*notes, *reader.notes()))


class _Reader:
    """Goes through the rows of a returned sheet and takes down what differs."""

    def __init__(
        self, copy: Copy, version: Version, at_of: dict[str, int], mark_at: int, unknown: set[tuple[int, int]]
    ) -> None:
        self.copy, self.version, self.at_of, self.mark_at, self.unknown = (
            copy,
            version,
            at_of,
            mark_at,
            unknown,
        )
        self.key, self.base = _key(version), rows_of(version)
        self.columns = {column.name: column for column in editable(version)}
        self.cells: dict[int, dict[str, str | None]] = {}
        self.added: list[dict[str, str | None]] = []
        self.seen: set[int] = set()
        self.formulas = 0
        self.masked: list[int] = []  # the row of each starred cell that says something else

    def read(self, number: int, row: list[Any]) -> None:
        """Take down what a row says."""
        said = {
            name: row[i] if i < len(row) else ""
            for name, i in self.at_of.items()
            if (number, i) not in self.unknown
        }
        self.formulas += len(self.at_of) - len(said)
        mark = row[self.mark_at] if self.mark_at < len(row) else ""
        at = _marked(mark, self.key, self.version)
        if at is None or at in self.seen:
            new = {name: cell_text(cell) for name, cell in said.items()}
            if any(new.values()):
                self.added.append(new)
            return
        self.seen.add(at)
        changed = {
            name: cell_text(cell)
            for name, cell in said.items()
            if name not in self.copy.masked and not same(self.columns[name], self.base[at][name], cell)
        }
        for name in self.copy.masked & set(said):
            if not still_masked(self.base[at][name], said[name]):
                self.masked.append(int(self.base[at]["source_row"]))
        if changed:
            self.cells[at] = changed

    def notes(self) -> list[tuple[str, dict[str, Any]]]:
        """What is to be told of cells that were left as they are."""
        told = (("copy_masked_kept", len(self.masked)), ("copy_formulas_kept", self.formulas))
        notes: list[tuple[str, dict[str, Any]]] = [(code, {"cells": f"{n:,}"}) for code, n in told if n]
        if self.masked:
            rows = sorted(set(self.masked))
            more = " …" if len(rows) > _LISTED else ""
            notes.insert(1, ("copy_masked_rows", {"rows": ", ".join(map(str, rows[:_LISTED])) + more}))
        return notes


def _sheet(path: Path) -> tuple[list[str], list[list[Any]], set[tuple[int, int]]]:
    """The header and the rows of the sheet that holds the marks, and its formulas without a result (row from 0)."""
    book = _open(path)
    for name in book.sheet_names:
        if name == SHEET:
            continue
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        header = [str(cell) for cell in rows[0]] if rows else []
        if text("edit_row_label") in header:
            return header, rows[1:], {(row - 1, column) for row, column in uncounted(path, name)}
    raise MadangError("copy_broken")


def _open(path: Path) -> Any:
    from python_calamine import CalamineWorkbook

    with open(path, "rb") as stream:
        return CalamineWorkbook.from_filelike(stream)


def _columns(copy: Copy, header: Sequence[str]) -> tuple[dict[str, int], list[tuple[str, dict[str, Any]]]]:
    """Where each column of the copy stands now, and what is to be told of columns that are gone or new."""
    at = {label: i for i, label in reversed(list(enumerate(header)))}
    found = {name: at[label] for name, label in copy.columns if label in at}
    notes: list[tuple[str, dict[str, Any]]] = []
    gone = [label for _, label in copy.columns if label not in at]
    known = {label for _, label in copy.columns} | {text("edit_row_label"), ""}
    new = [label for label in header if label not in known]
    for code, labels in (("copy_columns_gone", gone), ("copy_columns_new", new)):
        if labels:
            notes.append((code, {"columns": ", ".join(labels)[:300]}))
    return found, notes


def _marked(cell: Any, key: bytes, version: Version) -> int | None:
    """The position a mark names; None for an empty one. Raises MadangError where it was dragged or typed."""
    if cell == "":
        return None
    found = _MARK.fullmatch(str(cell).strip())
    if not found or not hmac.compare_digest(found[2], _check(key, version, int(found[1]))):
        raise MadangError("copy_broken")
    return int(found[1])


def _key(version: Version) -> bytes:
    """Known to the bank alone: the hash of the facts of a version, with how it stands in the log (an erasure changes it)."""
    said: Mapping[str, Any] = version.commit.meta
    return hashlib.sha256(f"{said['facts']} {version.rows} {said.get('erased', '')}".encode()).digest()


def _check(key: bytes, version: Version, at: int) -> str:
    said = f"{version.dataset.id}@{version.n}:{at}"
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:_CHECK]


def _spans(rows: Sequence[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for at in sorted(rows):
        if spans and at == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], at)
        else:
            spans.append((at, at))
    return spans
