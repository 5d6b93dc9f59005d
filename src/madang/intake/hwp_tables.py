"""Which tables of a document are data, what they are called, and their rows staged as those of a worksheet are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from madang.intake.excel_stage import Grid, StageFolder, stage_grid
from madang.intake.hwp_blocks import Paragraph, Table, walk
from madang.intake.layout import TableLayout, infer_layout
from madang.intake.layout_cells import is_footnote, is_unit, kind, tidy
from madang.intake.raw import Evidence, Override, RawTable, Refused

_HEADING = 60  # characters of a heading, at most
_ABOVE = 3  # filled paragraphs above a table among which its heading is looked for
_HEADER_ROWS = 5
_TOLD = 20
_SIGNING = re.compile(
    r"^(?:결\s*재|담\s*당(?:자)?|주무관|팀\s*장|과\s*장|국\s*장|실\s*장|부\s*서\s*장|부?\s*시\s*장|부?\s*군\s*수|부?\s*구\s*청\s*장|"
    r"본부장|협\s*조(?:자)?|기\s*안(?:자)?|검\s*토(?:자)?|전\s*결|대\s*결|공람|선람|확\s*인|접\s*수)$"
)
_ITEM = re.compile(  # of a box that tells items and values side by side, as press releases and forms have
    r"^(?:보도\s*(?:시점|일시|일자)|배포(?:일시|일자|일)?|담당\s*(?:부서|자|팀)?|책임자|작성자?|성\s*명|이\s*름|생년\s*월일|주\s*소|"
    r"전화(?:번호)?|연락처|휴대\s*전화|팩스|전자\s*우편|이메일|소\s*속|직\s*위|직\s*급|부\s*서|사업\s*(?:명|비|기간|개요|내용|목적|량|위치)|"
    r"과제명|행사명|회의명|제\s*목|목\s*적|내\s*용|위\s*치|기\s*간|규\s*모|대\s*상|일\s*시|일\s*자|장\s*소|참석자?|주\s*최|주\s*관|예\s*산|"
    r"신청인|대표자|상\s*호|업체명|법인명|사업자\s*등록\s*번호|법인\s*등록\s*번호|면\s*적|구\s*조|용\s*도|근\s*거|추진\s*(?:배경|방향|근거)|비\s*고)$"
)
_MARKS = re.compile(r"^[\s□■○●◇◆▢▣◦∙·•▶▷\-–—*※<>【】\[\]〈〉]+|[\s<>【】\[\]〈〉]+$")
_NUMBERED = re.compile(r"^<?\s*표\s*[\d\-.]+\s*[>.)\]]?\s*")
_CONTINUED = re.compile(r"^[(<\[]?\s*(?:앞\s*(?:장|쪽|표)에\s*)?(?:계속|이어서)\s*[)>\]]?$")


@dataclass
class _Found:
    """A table with what stands around it."""

    table: Table
    above: list[str]  # filled paragraphs since the table before, the nearest last
    below: list[str] = field(default_factory=list)  # those that follow it directly
    grid: Grid = field(default_factory=lambda: Grid("", []))
    layouts: list[TableLayout] = field(default_factory=list)


def stage_document(
    file: str, flow: Sequence[Paragraph | Table], place: Path, override: Override, *, prefix: str
) -> list[RawTable]:
    """The tables of a document's body, staged in `place`; those that are no data are told in the evidence.

    Raises Refused("document_no_table") where none is left.
    """
    folder = StageFolder(place, prefix)
    kept: list[_Found] = []
    skipped: list[str] = []
    joined = 0
    for found in _in_order(flow):
        found.grid = _grid(found.table)
        why = _no_data(found)
        if not why:
            found.layouts = infer_layout(
                _numbered(found.grid), merges=found.grid.merges, side_by_side=True, trim=True
            )
            why = (
                ""
                if any(each.header_rows for each in found.layouts) or _titles(found.table)
                else "머리글이 없음"
            )
        if why:
            skipped.append(f"{_named(found, '표')}({why})")
        elif kept and _continues(kept[-1], found):
            _append(kept[-1], found)
            joined += 1
        else:
            kept.append(found)
    if not kept:
        raise Refused("document_no_table", file=file, frames=len(skipped))
    return _staged(kept, skipped, joined, folder, override)


def _staged(
    kept: list[_Found], skipped: list[str], joined: int, folder: StageFolder, override: Override
) -> list[RawTable]:
    tables: list[RawTable] = []
    names: Counter[str] = Counter()
    for number, found in enumerate(kept, 1):
        name = _named(found, f"표{number}")
        names[name] += 1
        found.grid.name = name if names[name] == 1 else f"{name}-{names[name]}"
        tables += _stage(found, folder, override)
    if len(tables) == 1:
        tables = [replace(tables[0], member=None)]
    if joined:
        because = f"머리글이 같은 표 {joined}개가 사이에 글 없이 이어져 한 표로 읽음"
        tables[0].evidence.append(Evidence("tables", "이어진 표", because, 0.9))
    if skipped:
        more = f" 외 {len(skipped) - _TOLD}개" if len(skipped) > _TOLD else ""
        because = "자료가 아닌 표는 뺐음: " + ", ".join(skipped[:_TOLD]) + more
        tables[0].evidence.append(Evidence("tables", f"표 {len(tables)}개", because, 0.85))
    return tables


def _in_order(flow: Sequence[Paragraph | Table]) -> list[_Found]:
    """Every table with the paragraphs above and below it."""
    found: list[_Found] = []
    since: list[str] = []
    for each in walk(list(flow)):
        if isinstance(each, Table):
            found.append(_Found(each, since[-_ABOVE:]))
            since = []
        elif words := each.text:
            since.append(words)
            if found and len(found[-1].below) < _ABOVE and len(found[-1].below) == len(since) - 1:
                found[-1].below.append(words)
    return found


def _grid(table: Table) -> Grid:
    """The table laid out: a merged cell's words stand in its first place."""
    rows = [[""] * table.columns for _ in range(table.rows)]
    merges = []
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
        if cell.high > 1 or cell.wide > 1:
            last_row, last_column = cell.row + cell.high - 1, cell.column + cell.wide - 1
            merges.append((cell.row + 1, cell.column, last_row + 1, last_column))
    return Grid("", rows, merges)


def _numbered(grid: Grid) -> list[tuple[int, list[str]]]:
    return [(number, [str(cell) for cell in row]) for number, row in enumerate(grid.rows, 1)]


def _no_data(found: _Found) -> str:
    """Why a table only gives the page its looks; "" where it may be data."""
    table = found.table
    texts = [cell.text for cell in table.cells if cell.text]
    if table.inner:
        return "다른 표를 담은 틀"
    if not texts:
        return "빈 표"
    if table.rows < 2 or table.columns < 2 or len(table.cells) < 4:
        return "글을 두른 틀"
    signing = sum(bool(_SIGNING.match(tidy(text))) for text in texts)
    if table.rows <= 5 and signing >= 2 and signing >= 0.6 * len(texts):
        return "결재란"
    if _tells_items(found.grid) and not _titles(table):
        return "항목과 값을 나란히 적은 틀"
    full = sum(sum(bool(cell) for cell in row) > 1 for row in found.grid.rows)
    return "글을 두른 틀" if full < 2 else ""


def _tells_items(grid: Grid) -> bool:
    """Whether every other column holds names of items, with their values beside them."""
    width = len(grid.rows[0])
    names = [tidy(row[at]) for row in grid.rows for at in range(0, width, 2) if row[at]]
    items = sum(bool(_ITEM.match(name)) for name in names)
    beside = sum(not _ITEM.match(tidy(row[at])) for row in grid.rows for at in range(1, width, 2))
    places = len(grid.rows) * (width // 2)
    return (
        width <= 6 and width % 2 == 0 and items >= 2 and items >= 0.6 * len(names) and beside >= 0.8 * places
    )


def _titles(table: Table) -> tuple[int, ...]:
    """The rows at the top that the document marks as its header (1-based), with what hangs down from them."""
    marked = {cell.row for cell in table.cells if cell.title}
    rows = 0
    while rows in marked:
        rows += 1
    reach = [cell.row + cell.high for cell in table.cells if cell.row < rows and cell.wide < table.columns]
    rows = max([rows, *reach]) if rows else 0
    return tuple(range(1, rows + 1)) if 0 < rows <= _HEADER_ROWS and rows < table.rows else ()


def _named(found: _Found, otherwise: str) -> str:
    """What a table is called: by its caption, else by the heading nearest above it."""
    for text in (found.table.caption_text, *reversed(found.above)):
        name = _NUMBERED.sub("", _MARKS.sub("", tidy(text)))
        if name and len(name) <= _HEADING and not is_unit(text) and not is_footnote(text):
            return name
    return otherwise


def _continues(before: _Found, after: _Found) -> bool:
    """Whether a table goes on with the one before: the same header over as many columns, no words in between."""
    if any(not _CONTINUED.match(text) for text in after.above) or after.table.caption:
        return False
    if len(before.layouts) != 1 or before.table.columns != after.table.columns:
        return False
    rows = before.layouts[0].header_rows
    if not rows or not after.layouts or rows != after.layouts[0].header_rows:
        return False
    return all(before.grid.rows[row - 1] == after.grid.rows[row - 1] for row in range(1, rows[-1] + 1))


def _append(before: _Found, after: _Found) -> None:
    """Put the rows of a table that goes on below those before; its header is told as repeated."""
    shift = len(before.grid.rows)
    before.grid.rows += after.grid.rows
    before.grid.merges += [(r0 + shift, c0, r1 + shift, c1) for r0, c0, r1, c1 in after.grid.merges]
    before.below = after.below


def _stage(found: _Found, folder: StageFolder, override: Override) -> list[RawTable]:
    """Stage one table as a worksheet's; its header as the document marks it, where the rows do not say more."""
    grid, marked = found.grid, _titles(found.table)
    inferred = found.layouts[0].header_rows if found.layouts else ()
    by_mark = override.header_rows is None and bool(marked) and not set(marked) <= set(inferred)
    if by_mark:
        override = replace(override, header_rows=marked)
    data_start = (override.header_rows or inferred or (0,))[-1] + 1
    grid.merges = [merge for merge in grid.merges if merge[0] < data_start or _is_words(grid, merge)]
    tables = stage_grid(grid, folder, override)
    if by_mark:
        note = Evidence("header", f"{len(marked)}행", "문서에서 제목 칸으로 표시함", 0.95)
        for table in tables:
            table.evidence = [note if each.decision == "header" else each for each in table.evidence]
    _note_around(found, tables)
    return tables


def _is_words(grid: Grid, merge: tuple[int, int, int, int]) -> bool:
    """Whether a merged cell holds words: a number stands once, as in a worksheet."""
    return kind(str(grid.rows[merge[0] - 1][merge[1]])) not in ("number", "digits")


def _note_around(found: _Found, tables: list[RawTable]) -> None:
    """Keep the paragraphs that belong to the table: its unit above (row 0), its notes below."""
    if not tables:
        return
    first, last = tables[0], tables[-1]
    units = [text for text in found.above[-2:] if is_unit(text)]
    notes = []
    for text in found.below:
        if not is_footnote(text):
            break
        notes.append(text)
    for table, row, what, texts in (
        (first, 0, "unit", units), (last, len(found.grid.rows) + 1, "footnote", notes),
    ):  # fmt: skip
        for text in texts:
            table.left_out.append({"row": row, "kind": what, "text": text[:500]})
            table.left_out_counts[what] = table.left_out_counts.get(what, 0) + 1
