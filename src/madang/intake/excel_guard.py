"""Looks at a workbook before anything opens it: bombs, passwords, sheets, how far their cells reach."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

from lxml import etree

from madang.intake.raw import Refused

_UNPACKED_LIMIT = 4 * 1024**3
_RATIO_LIMIT, _RATIO_FROM = 200, 100 * 1024**2
_ENTRIES = 10_000
_PART_LIMIT = 64 * 1024**2  # workbook.xml, relations, styles
_CHUNK = 1 << 20
CELL_LIMIT = 40_000_000  # positions of a sheet between its first and last cell
_ERROR_LIMIT = 10_000
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT = {
    "http://purl.oclc.org/ooxml/spreadsheetml/main": _MAIN[1:-1],
}
BROKEN = (  # what zipfile and lxml raise for a workbook that is not whole
    etree.XMLSyntaxError, zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error,
)  # fmt: skip
_IS = rb"""\s*=\s*["']\s*"""
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]{0,400}?\br" + _IS + rb"(\d+)")
_FAR = re.compile(rb"<(?:\w+:)?c\b[^<>]{0,400}?\br" + _IS + rb"([A-Za-z]+)\d")
_LOW = re.compile(rb"<(?:\w+:)?c\b[^<>]{0,400}?\br" + _IS + rb"[A-Za-z]+(\d+)")
_UNIQUE = re.compile(rb"\buniqueCount" + _IS + rb"(\d+)")
_MOST_ROWS, _MOST_COLUMNS = (
    1_048_576,
    16_384,
)  # of a worksheet; a reader given more might allocate without bound
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s+ref="([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?"')


@dataclass
class SheetFacts:
    """A worksheet of an XLSX: where it stands in the archive and how far its cells reach (0, 0: not known yet)."""

    name: str
    part: str
    hidden: bool = False
    rows: int = 0
    columns: int = 0
    size: int = 0  # bytes of its XML
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # 1-based row, 0-based column -> "#N/A"

    @property
    def area(self) -> int:
        return self.rows * self.columns


def check_archive(path: Path) -> None:
    """Refuse a zip that would grow far too large, has too many entries or paths that lead out of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("workbook_broken", file=path.name) from error
    unpacked = sum(info.file_size for info in infos)
    packed = max(1, path.stat().st_size)
    reason = None
    if len(infos) > _ENTRIES:
        reason = f"안에 든 파일 {len(infos):,}개"
    elif unpacked > _UNPACKED_LIMIT:
        reason = f"압축을 풀면 {unpacked / 1024**3:.1f} GB"
    elif unpacked > _RATIO_FROM and unpacked / packed > _RATIO_LIMIT:
        reason = f"압축률 {unpacked / packed:,.0f}배"
    elif any(i.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", i.filename) for i in infos):
        reason = "밖을 가리키는 경로"
    elif len({i.filename for i in infos}) != len(infos):
        reason = "같은 이름의 파일이 여럿"
    if reason:
        raise Refused("workbook_bomb", file=path.name, reason=reason)
    if any(info.flag_bits & 1 for info in infos):
        raise Refused("workbook_encrypted", file=path.name)


def parse_part(archive: zipfile.ZipFile, name: str) -> Any:
    """A small XML part of the archive, without network, entities or DTD; its namespaces as in the transitional form."""
    info = archive.getinfo(name)
    if info.file_size > _PART_LIMIT:
        raise Refused(
            "workbook_bomb", file=Path(archive.filename or "").name, reason=f"{name} {info.file_size:,} B"
        )
    data = archive.read(name)
    for strict, transitional in _STRICT.items():
        data = data.replace(strict.encode(), transitional.encode())
    data = data.replace(b"http://purl.oclc.org/ooxml/officeDocument/relationships", _OFFICE[1:-1].encode())
    return etree.fromstring(data, xml_parser())


def xml_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def sheet_facts(path: Path) -> list[SheetFacts]:
    """The worksheets of an XLSX in their order (chart and dialogue sheets left out), their reach by their dimension."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_strings(archive)
            book = parse_part(archive, "xl/workbook.xml")
            relations = parse_part(archive, "xl/_rels/workbook.xml.rels")
            targets = {r.get("Id"): r for r in relations}
            found = []
            for sheet in book.iter(f"{_MAIN}sheet"):
                relation = targets.get(sheet.get(f"{_OFFICE}id"))
                if relation is None or not str(relation.get("Type")).endswith("/worksheet"):
                    continue
                part = _part_name(relation.get("Target"))
                hidden = sheet.get("state", "visible") != "visible"
                facts = SheetFacts(sheet.get("name"), part, hidden, size=archive.getinfo(part).file_size)
                with archive.open(part) as stream:
                    _dimension(stream.read(65_536), facts)
                found.append(facts)
            return found
    except (KeyError, *BROKEN) as error:
        raise Refused("workbook_broken", file=path.name) from error


def check_strings(archive: zipfile.ZipFile) -> None:
    """Refuse shared strings that claim to be more than their bytes can hold: a reader makes room for as many."""
    for info in archive.infolist():
        if not info.filename.lower().endswith("sharedstrings.xml"):
            continue
        with archive.open(info) as stream:
            claim = _UNIQUE.search(stream.read(65_536))
        if claim and int(claim[1][:30]) > info.file_size:
            name = Path(archive.filename or "").name
            raise Refused("workbook_bomb", file=name, reason=f"{info.filename} {claim[1][:30].decode()}")


def _part_name(target: str) -> str:
    name = unquote(target).replace("\\", "/")
    return name.lstrip("/") if name.startswith("/") else f"xl/{name.removeprefix('./')}"


def _dimension(head: bytes, facts: SheetFacts) -> None:
    match = _DIMENSION.search(head)
    if match and match[3]:
        facts.columns, facts.rows = column_number(match[3].decode()), int(match[4])


def column_number(letters: str) -> int:
    """A -> 1, Z -> 26, AA -> 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def scan_reach(path: Path, facts: SheetFacts) -> None:
    """Set `rows` and `columns` from the cells themselves (a dimension may lie), and collect formula errors.

    One pass over the XML of the sheet. Raises Refused where cells lie so far apart that no reader could hold the
    area, or where no worksheet has cells.
    """
    errors = False
    try:
        with zipfile.ZipFile(path) as archive, archive.open(facts.part) as stream:
            rest = b""
            letters: set[bytes] = set()
            digits: set[bytes] = set()
            while chunk := stream.read(_CHUNK):
                data = rest + chunk
                letters.update(_FAR.findall(data))
                digits.update(_ROW.findall(data), _LOW.findall(data))
                errors = errors or b't="e"' in data
                rest = data[-256:]
    except BROKEN as error:
        raise Refused("workbook_broken", file=path.name) from error
    far = max((column_number(name.decode().upper()) for name in letters if len(name) < 5), default=0)
    low = max((int(number) for number in digits if len(number) < 9), default=0)
    outside = any(len(name) > 4 for name in letters) or any(len(number) > 8 for number in digits)
    if outside or low > _MOST_ROWS or far > _MOST_COLUMNS:
        raise Refused("workbook_sheet_broken", file=path.name, sheet=facts.name)
    facts.rows, facts.columns = (low, far) if low and far else (0, 0)
    if facts.area > CELL_LIMIT and facts.area > 2 * facts.size:
        reason = f"'{facts.name}' 시트의 칸이 {facts.rows:,}행 {facts.columns:,}열에 흩어져 있음"
        raise Refused("workbook_bomb", file=path.name, reason=reason)
    if errors:
        with zipfile.ZipFile(path) as archive, archive.open(facts.part) as stream:
            facts.errors = _errors(stream)


def _errors(stream: IO[bytes]) -> dict[tuple[int, int], str]:
    """Cells of formula errors: place -> what Excel shows, the first 10,000."""
    found: dict[tuple[int, int], str] = {}
    for _, cell in etree.iterparse(
        stream, tag="{*}c", resolve_entities=False, no_network=True, huge_tree=False
    ):
        if cell.get("t") == "e":
            match = re.match(r"([A-Z]{1,3})(\d+)$", cell.get("r") or "")
            shown = next((v.text for v in cell if str(v.tag).endswith("}v")), None)
            if match and len(found) < _ERROR_LIMIT:
                found[int(match[2]), column_number(match[1]) - 1] = shown or "#ERROR"
        cell.clear()
        parent = cell.getparent()
        if parent is not None:
            while cell.getprevious() is not None:
                del parent[0]
    return found
