"""Where in a grid of text the tables stand: rows above, header, data, notes below; with evidence, never in silence.

A pure function over small samples. A reader hands over the first rows of a file or sheet (about 200), the last ones
(about 50) and, where it knows of them, rows around blank lines or changes of width: rows carry their physical number, so
a sample may have gaps. The answer is a list of `TableLayout`, in the order in which the tables stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from madang.intake import layout_header as header
from madang.intake.layout_body import Row, filled, footnotes, next_table, strip_blank
from madang.intake.layout_cells import is_unit, tidy
from madang.intake.layout_labels import Merge, join
from madang.intake.raw import Evidence


@dataclass(frozen=True)
class TableLayout:
    """One table of a file or sheet.

    Rows are 1-based physical rows, columns 0-based and inclusive. `data_end` is None where the data runs to the end
    (a header alone has ``data_start > data_end`` or no row after the header). `header_lines` holds the header as
    written, level by level, cut to the table's columns: a later row equal to one of them repeats the header.
    `left_out` lists rows that are not data, as in `RawTable.left_out`. `confidence` is that of the weakest decision.
    """

    first_column: int
    last_column: int
    header_rows: tuple[int, ...]
    labels: tuple[str, ...]
    data_start: int
    data_end: int | None
    header_lines: tuple[tuple[str, ...], ...] = ()
    left_out: tuple[dict[str, Any], ...] = ()
    title: str = ""
    unit: str = ""
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 1.0

    @property
    def width(self) -> int:
        return self.last_column - self.first_column + 1

    def repeats_header(self, cells: Sequence[str]) -> bool:
        """Whether a row (cut to the table's columns) is one of the header's lines again."""
        return any(_same(cells, line) for line in self.header_lines)


def infer_layout(
    head: Sequence[Row],
    tail: Sequence[Row] = (),
    *,
    merges: Sequence[Merge] = (),
    override_header_rows: tuple[int, ...] | None = None,
    side_by_side: bool = False,
    trim: bool = False,
) -> list[TableLayout]:
    """The tables of a grid of text.

    `head` and `tail` are rows ``(physical row, cells)``; they may overlap and may have gaps. `merges` are merged
    areas of a sheet: a header cell among them names all its columns. `override_header_rows` fixes the header
    (``()``: there is none), and the grid is then taken as one table. `side_by_side` looks for tables parted by
    empty columns too, `trim` leaves out empty columns left and right of the table (both for sheets only: in delimited
    text an empty column is a column). A grid without a filled cell gives [].
    """
    by_row = {number: list(cells) for number, cells in [*tail, *head]}
    rows: list[Row] = [(number, by_row[number]) for number in sorted(by_row)]
    width = max((len(cells) for _, cells in rows), default=0)
    used = [i for i in range(width) if any(i < len(cells) and cells[i].strip() for _, cells in rows)]
    if not used:
        return []
    blocks = column_blocks(rows) if side_by_side and override_header_rows is None else []
    if not blocks:
        blocks = [(used[0], used[-1]) if trim else (0, width - 1)]
    found: list[TableLayout] = []
    for first, last in blocks:
        part: list[Row] = [(number, cells[first : last + 1]) for number, cells in rows]
        shifted = [
            (r0, max(c0, first) - first, r1, min(c1, last) - first)
            for r0, c0, r1, c1 in merges
            if c1 >= first and c0 <= last
        ]
        found += _stacked(part, shifted, override_header_rows, first, trim)
    return found


def column_blocks(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Column ranges of tables that stand side by side; [] where the grid is one table.

    Empty columns part two tables only if something else says so too: the header's words come again in the next
    block, or the blocks begin or end in different rows. Otherwise an empty column is a spacer of one table.
    """
    width = max((len(cells) for _, cells in rows), default=0)
    used = [any(i < len(cells) and cells[i].strip() for _, cells in rows) for i in range(width)]
    blocks: list[tuple[int, int]] = []
    for index, in_use in enumerate(used):
        if in_use and blocks and blocks[-1][1] == index - 1:
            blocks[-1] = (blocks[-1][0], index)
        elif in_use:
            blocks.append((index, index))
    if len(blocks) < 2 or any(last == first for first, last in blocks):
        return []
    return blocks if _blocks_differ(rows, blocks) else []


def _blocks_differ(rows: Sequence[Row], blocks: Sequence[tuple[int, int]]) -> bool:
    spans: list[tuple[int, int]] = []
    words: list[set[str]] = []
    for first, last in blocks:
        parts = [(number, [c for c in map(tidy, cells[first : last + 1]) if c]) for number, cells in rows]
        full = [(number, part) for number, part in parts if len(part) >= max(2, (last - first + 1) * 0.6)]
        if len(full) < 2:
            return False
        spans.append((full[0][0], full[-1][0]))
        words.append(set(full[0][1]))
    again = all(len(a & b) >= 0.5 * min(len(a), len(b)) for a, b in zip(words, words[1:], strict=False))
    return again or len(set(spans)) == len(spans)


def _stacked(
    rows: list[Row], merges: Sequence[Merge], override: tuple[int, ...] | None, first_column: int, trim: bool
) -> list[TableLayout]:
    """The tables of one block of columns, from top to bottom."""
    found: list[TableLayout] = []
    rest = strip_blank(rows)
    while rest:
        layout, cut = _one_table(rest, merges, override, trim)
        found.append(
            replace(layout, first_column=first_column, last_column=first_column + layout.last_column)
        )
        if cut is None:
            break
        rest = strip_blank([row for row in rest if row[0] >= cut])
    if len(found) > 1:
        note = Evidence("tables", str(len(found)), "머리글이 새로 시작하는 곳에서 표를 나눔", 0.85)
        found = [replace(t, evidence=(*t.evidence, note), confidence=min(t.confidence, 0.85)) for t in found]
    return found


def _one_table(
    rows: list[Row], merges: Sequence[Merge], override: tuple[int, ...] | None, trim: bool
) -> tuple[TableLayout, int | None]:
    """The first table of `rows`, and the row where the next one begins (None: there is no other)."""
    notes = footnotes(rows)
    inner = [row for row in rows if not notes or row[0] < notes[0][0]]
    choice = header.find(inner, merges) if override is None else header.fixed(inner, override)
    body = [row for row in inner if row[0] >= choice.data_start]
    cut = next_table(rows, [row for row in body if filled(row[1])], choice) if override is None else None
    if cut is not None:
        body = [row for row in body if row[0] < cut]
        notes = footnotes(body)
        body = [row for row in body if not notes or row[0] < notes[0][0]]
    above = [row for row in inner if row[0] < choice.data_start and filled(row[1])]
    body = [row for row in body if filled(row[1])]
    width = _reach(choice, body) if trim else _width(choice, body)
    return _layout(choice, merges, above, body, notes, cut, width), cut


def _layout(
    choice: header.Choice,
    merges: Sequence[Merge],
    above: list[Row],
    body: list[Row],
    notes: list[Row],
    cut: int | None,
    width: int,
) -> TableLayout:
    """Put together what was found: rows above, header, data and notes of one table."""
    lines = tuple(tuple(cells[:width]) for _, cells in choice.lines)
    left_out = _left_out(choice, above, notes)
    left_out += [
        _entry(r, "repeated_header") for r in body if any(_same(r[1][:width], line) for line in lines)
    ]
    title, unit = _title_and_unit(left_out)
    evidence = (*_evidence(choice, left_out), *choice.evidence)
    return TableLayout(
        first_column=0,
        last_column=max(width, 1) - 1,
        header_rows=tuple(number for number, _ in choice.lines),
        labels=join(choice.lines, width, merges),
        data_start=choice.data_start,
        data_end=_data_end(choice, body, notes, cut),
        header_lines=lines,
        left_out=tuple(left_out),
        title=title,
        unit=unit,
        evidence=evidence,
        confidence=min((e.confidence for e in evidence), default=1.0),
    )


def _entry(row: Row, what: str) -> dict[str, Any]:
    return {"row": row[0], "kind": what, "text": " ".join(filter(None, map(tidy, row[1])))[:500]}


def _left_out(choice: header.Choice, above: list[Row], notes: list[Row]) -> list[dict[str, Any]]:
    """Rows that are not data: above the table, numbering its columns, and the notes below."""
    heading = {number for number, _ in choice.lines}
    found = []
    for row in above:
        if row[0] in choice.numbering:
            found.append(_entry(row, "column_numbers"))
        elif row[0] not in heading:
            found.append(_entry(row, "unit" if any(is_unit(c) for c in row[1]) else "preamble"))
    return found + [_entry(row, "footnote") for row in notes]


def _data_end(choice: header.Choice, body: list[Row], notes: list[Row], cut: int | None) -> int | None:
    """The last data row where anything that is not data follows; None where the data runs to the end."""
    if notes:
        return notes[0][0] - 1
    if cut is None:
        return None
    return body[-1][0] if body else choice.data_start - 1


def _width(choice: header.Choice, body: list[Row]) -> int:
    """Columns of the table: those of the header, or of most data rows where they have more."""
    lengths = Counter(len(cells) for _, cells in body[:500])
    usual = lengths.most_common(1)[0][0] if lengths else 0
    written = max((len(cells) for _, cells in choice.lines), default=0)
    return max(usual, written)


def _reach(choice: header.Choice, body: list[Row]) -> int:
    """Columns of a table on a sheet: up to the last one with anything in it."""
    used = (j + 1 for _, cells in [*choice.lines, *body] for j, c in enumerate(cells) if c.strip())
    return max(used, default=0)


def _title_and_unit(left_out: list[dict[str, Any]]) -> tuple[str, str]:
    above = [entry["text"] for entry in left_out if entry["kind"] in ("preamble", "unit")]
    title = next((entry["text"] for entry in left_out if entry["kind"] == "preamble"), "")
    unit = next((text for text in above if is_unit(text)), "")
    return title, unit


def _evidence(choice: header.Choice, left_out: list[dict[str, Any]]) -> list[Evidence]:
    found = []
    above = sum(entry["kind"] in ("preamble", "unit") for entry in left_out)
    notes = sum(entry["kind"] == "footnote" for entry in left_out)
    if above:
        usual = median([filled(cells) for _, cells in choice.sample] or [0])
        because = f"표의 행은 보통 {usual:g}칸이 차 있으나 위의 {above}행은 그렇지 않음"
        found.append(Evidence("layout", f"표 위의 {above}행은 제목·단위·안내", because, 0.9))
    if notes:
        because = "표 아래의 '주:', '자료:', '※' 같은 설명 행이거나 빈 행 뒤의 한 칸짜리 행"
        found.append(Evidence("layout", f"표 아래의 {notes}행은 각주", because, 0.9))
    return found


def _same(cells: Sequence[str], line: Sequence[str]) -> bool:
    ours, theirs = [tidy(c) for c in cells], [tidy(c) for c in line]
    while ours and not ours[-1]:
        ours.pop()
    while theirs and not theirs[-1]:
        theirs.pop()
    return bool(ours) and ours == theirs
