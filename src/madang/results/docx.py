"""A result as a document for Word: A4, Korean fonts by name, real tables whose head stands on every page, pictures said in words."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt, RGBColor
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
    report,
    widths,
)
from madang.results.result import Result

_FONT, _LATIN_NAME = (
    "맑은 고딕",
    "Malgun Gothic",
)  # the second is what the font is called on systems in English
_HIGHEST = Mm(140)  # of a picture, so that the first stands under the answer
_NAME = Mm(42)  # that the names of facts take
_MARGIN, _ROOM = Mm(20), Mm(170)
_QUIET, _LINE_COLOUR, _GROUND, _ACCENT = "58616A", "CDD1D5", "F4F5F6", "256EF4"
_ANSWER = "Answer"
_HEADS = {1: 20, 2: 15, 3: 12}  # points


def report_docx(result: Result, about: About, language: Language = "ko") -> bytes:
    """The bytes of the document: everything that the HTML report says, in its order."""
    document = Document()
    _page(document, about, language)
    for block in report(result, about, language, rows=MOST_ROWS, columns=MOST_COLUMNS):
        _put(document, block)
    held = BytesIO()
    document.save(held)
    return held.getvalue()


# the frame --------------------------------------------------------------------------------------------------


def _page(document: Any, about: About, language: Language) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    _number(section.footer.paragraphs[0])
    told = document.core_properties
    told.title, told.author, told.subject = clean(about.title), clean(about.by), clean(about.question)
    told.keywords, told.comments, told.language = about.key, "", {"ko": "ko-KR", "en": "en-US"}[language]
    told.created = told.modified = datetime.fromisoformat(about.at).replace(tzinfo=SEOUL).astimezone(UTC)
    told.last_modified_by = clean(about.by)
    _fonts(document)


def _fonts(document: Any) -> None:
    """One font for everything, by its Korean name, with the name under which systems in English know it."""
    styles = document.styles
    normal = styles["Normal"]
    normal.font.size = Pt(10.5)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.3
    told = normal.element.get_or_add_pPr()
    for code in ("autoSpaceDE", "autoSpaceDN"):  # 3년, not 3 년
        told.insert_element_before(
            parse_xml(f'<w:{code} {nsdecls("w")} w:val="0"/>'), "w:spacing", "w:ind", "w:jc"
        )
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "Footer"):
        style = styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            del fonts.attrib[key]
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), _FONT)
    for depth, size in _HEADS.items():
        head = styles[f"Heading {depth}"]
        head.font.size, head.font.bold, head.font.color.rgb = Pt(size), True, RGBColor.from_string("1E2124")
        head.paragraph_format.space_before = Pt({1: 0, 2: 22, 3: 14}[depth])
        head.paragraph_format.space_after = Pt(6)
    _answer(styles)
    for default in styles.element.iter(qn("w:lang")):
        default.set(qn("w:eastAsia"), "ko-KR")
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = _font_table(part.blob)


def _answer(styles: Any) -> None:
    """How the answer looks: larger, on grey, behind a blue line."""
    style = styles.add_style(_ANSWER, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles["Normal"]
    style.font.size = Pt(13)
    told = style.element.get_or_add_pPr()
    told.append(parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="36" w:space="8" w:color="{_ACCENT}"/></w:pBdr>'
    ))  # fmt: skip
    told.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{_GROUND}"/>'))
    style.paragraph_format.left_indent = Mm(4)
    style.paragraph_format.space_after = Pt(0)


def _font_table(known: bytes) -> bytes:
    """The fonts that the document knows, and ours with its other name."""
    told = etree.fromstring(known)
    told.append(parse_xml(
        f'<w:font {nsdecls("w")} w:name="{_FONT}"><w:altName w:val="{_LATIN_NAME}"/><w:charset w:val="81"/>'
        '<w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
    ))  # fmt: skip
    return etree.tostring(told, xml_declaration=True, encoding="UTF-8", standalone=True)


def _number(footer: Any) -> None:
    """ "3 / 12" at the foot of every page."""
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for before, code in (("", "PAGE"), (" / ", "NUMPAGES")):
        footer.add_run(before)
        field = f'<w:fldSimple {nsdecls("w")} w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        footer._p.append(parse_xml(field))


# what is said -----------------------------------------------------------------------------------------------


def _put(document: Any, block: Block) -> None:
    match block:
        case Words(words, 0, quiet):
            _paragraph(document, words, quiet=quiet)
        case Words(words, head):
            document.add_heading(clean(words), head)
        case Answer(lines):
            for line in lines:
                _runs(document.add_paragraph(style=_ANSWER), line)
        case Listed(lines):
            for line in lines:
                _runs(document.add_paragraph(style="List Bullet"), line)
        case Figure():
            _figure(document, block)
        case Grid():
            _grid(document, block)
        case Facts():
            _facts(document, block)


def _paragraph(document: Any, words: str, *, quiet: bool = False) -> Any:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(clean(words))
    if quiet:
        run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(_QUIET)
    return paragraph


def _runs(paragraph: Any, line: Line) -> None:
    """A sentence, its numbers in bold."""
    for part in line:
        paragraph.add_run(clean(part.text)).bold = True if part.cell else None


def _figure(document: Any, figure: Figure) -> None:
    title = _paragraph(document, figure.title)
    title.runs[0].bold = True
    title.paragraph_format.keep_with_next = True
    title.paragraph_format.space_before = Pt(10)
    body, high = png(figure)
    drawn = document.add_picture(BytesIO(body), width=Emu(int(min(_ROOM, _HIGHEST / high))))
    for told in drawn._inline.iter(qn("wp:docPr"), qn("pic:cNvPr")):
        told.set("descr", clean(figure.alt))
        told.set("name", clean(figure.title))
    if figure.cut:
        _paragraph(document, figure.cut, quiet=True)


def _facts(document: Any, facts: Facts) -> None:
    """A line for each value, the name before the first."""
    for name, values in facts.pairs:
        for at, each in enumerate(values):
            paragraph = _paragraph(document, "" if at else name, quiet=True)
            paragraph.add_run("\t" + clean(each.text))
            quiet = paragraph.add_run(clean(f" {each.quiet}" if each.quiet else ""))
            quiet.font.size, quiet.font.color.rgb = Pt(9), RGBColor.from_string(_QUIET)
            told = paragraph.paragraph_format
            told.left_indent, told.first_line_indent, told.space_after = _NAME, -_NAME, Pt(2)
            told.tab_stops.add_tab_stop(_NAME)


# tables -----------------------------------------------------------------------------------------------------


def _grid(document: Any, grid: Grid) -> None:
    lines = [[clean(each) for each in line] for line in grid.texts()]
    heads = [clean(label_of(each)) for each in grid.columns]
    right = [each.kind in NUMBERS for each in grid.columns]
    size = 18 if len(heads) < 7 else 15  # half points
    shares = widths(grid, lines, _ROOM.twips, _ROOM.pt / (0.62 * size / 2))
    body = "".join(_row(line, shares, right, size) for line in lines)
    columns = "".join(f'<w:gridCol w:w="{share}"/>' for share in shares)
    edges = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{_LINE_COLOUR}"/>'
                    for side in ("top", "left", "bottom", "right", "insideH", "insideV"))  # fmt: skip
    _before_end(document, (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(shares)}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:firstRow="1"/><w:tblCaption w:val="{escape(grid.table.title)}"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>'
        f"{_row(heads, shares, right, size, head=True)}{body}</w:tbl>"
    ))  # fmt: skip
    _paragraph(document, " ".join(grid.notes), quiet=True).paragraph_format.space_before = Pt(3)


def _row(line: list[str], shares: list[int], right: list[bool], size: int, *, head: bool = False) -> str:
    told = f"<w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>"
    ground = f'<w:shd w:val="clear" w:color="auto" w:fill="{_GROUND}"/>' if head else ""
    bold = "<w:b/>" if head else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{share}" w:type="dxa"/>{ground}</w:tcPr><w:p><w:pPr><w:spacing w:before="20" w:after="20" w:line="240" '
        f'w:lineRule="auto"/><w:jc w:val="{"right" if number else "left"}"/></w:pPr><w:r><w:rPr>{bold}<w:sz w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(words)}</w:t></w:r></w:p></w:tc>'
        for words, share, number in zip(line, shares, right, strict=True)
    )  # fmt: skip
    return f"<w:tr>{told}{cells}</w:tr>"


def _before_end(document: Any, xml: str) -> None:
    """Put an element behind everything else of the body: before what says how its pages are."""
    document.element.body.insert_element_before(parse_xml(xml), "w:sectPr")
