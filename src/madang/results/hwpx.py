"""A result as a document for 한글 (HWPX, KS X 6101): the same in the same order as every other report.

The package, its styles and pictures are written by python-hwpx; cells of tables are filled in its tree, as cell by cell
through the library a long table takes minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from madang.messages import Language
from madang.results.chart_png import png
from madang.results.charts import NUMBERS
from madang.results.report import (
    MOST_COLUMNS,
    MOST_ROWS,
    SEOUL,
    About,
    Answer,
    Block,
    Facts,
    Figure,
    Grid,
    Line,
    Listed,
    Words,
    clean,
    label_of,
    line_text,
    report,
    sentences,
    widths,
)
from madang.results.result import Result
from madang.results.said import Part

_P = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"
_HEAD_SPACE = "{http://www.hancom.co.kr/hwpml/2011/head}"
_BATANG, _DOTUM = "함초롬바탕", "함초롬돋움"  # come with 한글
_INSTEAD = {_BATANG: "바탕", _DOTUM: "맑은 고딕"}  # where 한글 is not
_MILLIMETRES, _UNITS = 170, 48189  # across the text; 7200 units an inch
_HIGHEST = 140  # millimetres of a picture, so that the first stands under the answer
_NAME = 42  # millimetres that the names of facts take
_QUIET, _LINE_COLOUR, _GROUND, _ACCENT = "#58616A", "#B1B8BE", "#F4F5F6", "#256EF4"


@dataclass(frozen=True)
class _Look:
    """How a kind of paragraph looks: its letters, and what `apply_paragraph_format` takes."""

    font: str = _BATANG
    size: float = 10.5
    bold: bool = False
    colour: str = "#1E2124"
    shape: dict[str, Any] = field(default_factory=dict)
    bullet: bool = False


_LOOKS = {
    "text": _Look(shape={"spacing_after_pt": 4}),
    "quiet": _Look(_DOTUM, 9, colour=_QUIET, shape={"spacing_after_pt": 4}),
    "1": _Look(_DOTUM, 20, True, shape={"line_spacing_percent": 130, "spacing_after_pt": 6}),
    "2": _Look(_DOTUM, 15, True, shape={"spacing_before_pt": 20, "spacing_after_pt": 6, "keep_with_next": True}),
    "3": _Look(_DOTUM, 12, True, shape={"spacing_before_pt": 12, "spacing_after_pt": 4, "keep_with_next": True}),
    "answer": _Look(_DOTUM, 13, shape={
        "indent_left_mm": 4,
        "border": {"sides": ("left",), "color": _ACCENT, "width": "1.5 mm", "offset_mm": (3, 0, 1, 1), "connect": True},
    }),
    "listed": _Look(shape={"spacing_after_pt": 3}, bullet=True),
    "title": _Look(_DOTUM, 10.5, True, shape={"spacing_before_pt": 8, "keep_with_next": True}),
    "fact": _Look(size=10, shape={
        "indent_left_mm": _NAME, "first_line_indent_mm": -_NAME, "tab_stops": [{"pos_mm": _NAME}], "spacing_after_pt": 1,
    }),
    "cell": _Look(_DOTUM, 9, shape={"line_spacing_percent": 120}),
    "number": _Look(_DOTUM, 9, shape={"line_spacing_percent": 120, "alignment": "RIGHT"}),
    "small cell": _Look(_DOTUM, 7.5, shape={"line_spacing_percent": 120}),
    "small number": _Look(_DOTUM, 7.5, shape={"line_spacing_percent": 120, "alignment": "RIGHT"}),
}  # fmt: skip


def report_hwpx(result: Result, about: About, language: Language = "ko") -> bytes:
    """The bytes of the document: everything that the HTML report says, in its order."""
    made = _Document(about)
    for block in report(result, about, language, rows=MOST_ROWS, columns=MOST_COLUMNS):
        made.put(block)
    return made.written([line_text(each) for each in sentences(result)[:2]])


class _Document:
    """A document that is being written."""

    def __init__(self, about: About) -> None:
        from hwpx import HwpxDocument  # 0.5 s

        self._document = HwpxDocument.new()
        self._known: dict[str, str] = {}  # ids of letters and shapes by look
        self._fresh = True  # the paragraph that every document has is not used yet
        self._document.page.setup(
            paper_size="A4", margin_left_mm=20, margin_right_mm=20, margin_top_mm=20, margin_bottom_mm=15,
            header_margin_mm=0, footer_margin_mm=10,
        )  # fmt: skip
        self._begun()
        self._told(about)

    def _begun(self) -> None:
        """Number the pages where they are set up, which is in the first paragraph; fonts have another for where they are not."""
        first = self._document.paragraphs[0].element
        run, *others = first.findall(f"{_P}run")
        for each in (*others, *first.findall(f"{_P}linesegarray")):
            first.remove(each)
        number = etree.SubElement(etree.SubElement(run, f"{_P}ctrl"), f"{_P}pageNum")
        number.attrib.update({"pos": "BOTTOM_CENTER", "formatType": "DIGIT", "sideChar": "-"})
        for header in self._document.parts.headers:
            for font in header.element.iter(f"{_HEAD_SPACE}font"):
                if instead := _INSTEAD.get(font.get("face", "")):
                    other = etree.Element(f"{_HEAD_SPACE}substFont")
                    other.attrib.update(
                        {"face": instead, "type": "TTF", "isEmbedded": "0", "binaryItemIDRef": ""}
                    )
                    font.insert(0, other)

    def _told(self, about: About) -> None:
        at = (
            datetime.fromisoformat(about.at)
            .replace(tzinfo=SEOUL)
            .astimezone(UTC)
            .strftime("%Y-%m-%dT%H:%M:%SZ")
        )
        self._document.parts.clear_document_metadata(keep=("language",), timestamp=at)
        self._document.parts.set_document_metadata(
            title=clean(about.title),
            creator=clean(about.by),
            subject=clean(about.question),
            keyword=about.key,
        )
        self._document.parts.clear_preview()

    def written(self, answer: list[str]) -> bytes:
        """The whole package; `answer` is what is seen of it before it is opened."""
        self._document.package.set_part("Preview/PrvText.txt", clean("\r\n".join(answer)).encode())
        body: bytes = self._document.to_bytes()
        return body

    # what is said -------------------------------------------------------------------------------------------

    def put(self, block: Block) -> None:
        match block:
            case Words(words, 0, quiet):
                self._line((Part(words),), "quiet" if quiet else "text")
            case Words(words, head):
                self._line((Part(words),), str(head))
            case Answer(lines):
                for line in lines:
                    self._line(line, "answer")
            case Listed(lines):
                for line in lines:
                    self._line(line, "listed")
            case Figure():
                self._figure(block)
            case Grid():
                self._grid(block)
            case Facts():
                self._facts(block)

    def _line(self, line: Line, look: str) -> None:
        """A sentence, its numbers in bold."""
        paragraph = self._paragraph(look)
        for part in line:
            if part.text:
                paragraph.add_run(clean(part.text), char_pr_id_ref=self._letters(look, bold=bool(part.cell)))

    def _facts(self, facts: Facts) -> None:
        for name, values in facts.pairs:
            for at, each in enumerate(values):
                paragraph = self._paragraph("fact")
                label = paragraph.add_run(clean("" if at else name), char_pr_id_ref=self._letters("quiet"))
                (said,) = label.element.iter(f"{_P}t")
                etree.SubElement(said, f"{_P}tab", width="4000", leader="0", type="1")
                paragraph.add_run(clean(each.text), char_pr_id_ref=self._letters("fact"))
                if each.quiet:
                    paragraph.add_run(clean(f" {each.quiet}"), char_pr_id_ref=self._letters("quiet"))

    def _figure(self, figure: Figure) -> None:
        self._line((Part(figure.title),), "title")
        body, high = png(figure)
        wide = min(_MILLIMETRES, _HIGHEST / high)
        drawn = self._document.add_picture(body, "png", width_mm=wide, height_mm=wide * high)
        (comment,) = drawn.element.iter(f"{_P}shapeComment")
        comment.text = clean(figure.alt)
        if figure.cut:
            self._line((Part(figure.cut),), "quiet")

    # tables -------------------------------------------------------------------------------------------------

    def _grid(self, grid: Grid) -> None:
        lines = [[clean(each) for each in line] for line in grid.texts()]
        heads = [clean(label_of(each)) for each in grid.columns]
        fill = self._document.styles.ensure_border_fill(border_color=_LINE_COLOUR)
        table = self._document.add_table(
            len(lines) + 1, len(heads), width=_UNITS, border_fill_id_ref=fill
        ).element
        table.set("repeatHeader", "1")
        table.find(f"{_P}pos").set("treatAsChar", "0")  # a table on a line of its own breaks over pages
        small = "small " if len(heads) > 6 else ""
        looks = [f"{small}{'number' if each.kind in NUMBERS else 'cell'}" for each in grid.columns]
        shares = widths(grid, lines, _UNITS, _UNITS / 100 / (0.62 * _LOOKS[looks[0]].size))
        for at, (row, line) in enumerate(zip(table.iter(f"{_P}tr"), [heads, *lines], strict=True)):
            for cell, words, look, share in zip(row.iter(f"{_P}tc"), line, looks, shares, strict=True):
                self._cell(cell, words, look, share, head=at == 0)
        if grid.notes:
            self._line((Part(" ".join(grid.notes)),), "quiet")

    def _cell(self, cell: Any, words: str, look: str, width: int, *, head: bool) -> None:
        next(cell.iter(f"{_P}t")).text = words
        cell.find(f"{_P}cellSz").set("width", str(width))
        next(cell.iter(f"{_P}p")).set("paraPrIDRef", self._shape(look))
        next(cell.iter(f"{_P}run")).set("charPrIDRef", self._letters(look, bold=head))
        if head:
            cell.set("header", "1")
            cell.set("borderFillIDRef", self._ground())

    def _ground(self) -> str:
        if "ground" not in self._known:
            made = self._document.styles.ensure_border_fill(border_color=_LINE_COLOUR, fill_color=_GROUND)
            self._known["ground"] = str(made)
        return self._known["ground"]

    # looks --------------------------------------------------------------------------------------------------

    def _paragraph(self, look: str) -> Any:
        shape = self._shape(look)
        if self._fresh:
            self._fresh = False
            first = self._document.paragraphs[0]
            first.element.set("paraPrIDRef", shape)
            return first
        return self._document.add_paragraph(
            para_pr_id_ref=shape, char_pr_id_ref=self._letters(look), include_run=False, inherit_style=False
        )

    def _letters(self, look: str, *, bold: bool = False) -> str:
        """The letters of a look in the document, made where they are not there yet."""
        known = f"letters {look} {bold}"
        if known not in self._known:
            told = _LOOKS[look]
            self._known[known] = str(self._document.styles.ensure_run(
                bold=bold or told.bold, font=told.font, size=told.size, color=told.colour
            ))  # fmt: skip
        return self._known[known]

    def _shape(self, look: str) -> str:
        """The paragraph of a look in the document: made on a paragraph that is taken away again."""
        if look not in self._known:
            told, document = _LOOKS[look], self._document
            draft = document.add_paragraph("", inherit_style=False)
            if told.bullet:
                document.styles.apply_list_format(
                    paragraph_index=len(document.paragraphs) - 1, bullet_char="•"
                )
            document.styles.apply_paragraph_format(paragraphs=[draft], **{"alignment": "LEFT"} | told.shape)
            self._known[look] = str(draft.element.get("paraPrIDRef"))
            draft.remove()
        return self._known[look]
