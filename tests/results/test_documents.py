"""Reports as DOCX and HWPX, read by their own libraries and by the readers of deposits: the same sentences in the same order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hwpx import HwpxDocument
from hwpx.tools.package_validator import validate_editor_open_safety, validate_package
from lxml import etree, html

from intake.archive_helper import rows_of
from madang.intake.hwpx_read import read_hwpx
from madang.intake.raw import Override
from madang.results import Column, Finding, Result, table_of
from madang.results.docx import report_docx
from madang.results.html import report_html
from madang.results.hwpx import report_hwpx
from madang.results.report import MOST_COLUMNS, MOST_ROWS
from results.shown import ABOUT, result
from results.test_charts import BARS

P = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"
TRADES = [["업종", "3년 생존율 (%)", "가게 (곳)"], ["카페", "40.0", "123,456"], ["제과점", "80.0", "900"], ["<약국>", "자료 없음", "12"]]  # fmt: skip


@pytest.fixture(scope="module")
def word() -> Any:
    return Document(io.BytesIO(report_docx(result(BARS), ABOUT)))


@pytest.fixture(scope="module")
def hangul() -> bytes:
    return report_hwpx(result(BARS), ABOUT)


def section(body: bytes) -> Any:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(body)).read("Contents/section0.xml"))


def texts_docx(document: Any) -> Iterator[str]:
    for paragraph in document.element.body.iter(qn("w:p")):
        yield "".join("\t" if each.tag == qn("w:tab") else each.text or "" for each in paragraph.iter(qn("w:t"), qn("w:tab"))
                      if each.getparent().tag == qn("w:r"))  # fmt: skip


def texts_hwpx(body: bytes) -> Iterator[str]:
    for paragraph in section(body).iter(f"{P}p"):
        if paragraph.find(f"{P}run/{P}tbl") is None:
            yield "".join("".join(each.itertext()) + "\t" * (each.find(f"{P}tab") is not None) for each in paragraph.iter(f"{P}t"))  # fmt: skip


def texts_html(page: str) -> Iterator[str]:
    main = html.fromstring(page).find(".//main")
    for each in main.iter("p", "h1", "h2", "h3", "li", "figcaption", "th", "td", "dt", "dd"):
        if not each.findall(".//li") and not each.findall(".//a"):
            yield each.text_content().strip()


def test_all_three_say_the_same_in_the_same_order(word: Any, hangul: bytes) -> None:
    page = [each for each in texts_html(report_html(result(BARS), ABOUT)) if each]
    docx, hwpx = list(texts_docx(word)), list(texts_hwpx(hangul))
    for told in (docx, hwpx):
        flat = "\n".join(told).replace("\t", "\n")
        at = 0
        for words in page:
            at = flat.find(words, at)
            assert at >= 0, words
            at += len(words)
    assert [each for each in docx if each] == [each for each in hwpx if each]


def test_a_page_is_a4_upright_numbered_and_in_a_korean_font_by_name(word: Any) -> None:
    (page,) = word.sections
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert "PAGE" in page.footer._element.xml
    normal = word.styles["Normal"].element.rPr.rFonts
    assert {normal.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia")} == {"맑은 고딕"}
    fonts = next(
        each.blob for each in word.part.package.iter_parts() if each.partname == "/word/fontTable.xml"
    )
    assert 'w:altName w:val="Malgun Gothic"' in fonts.decode()
    told = word.core_properties
    assert (told.title, told.author, told.language) == ("가게의 생존", "김주무", "ko-KR")
    assert f"{told.created:%Y-%m-%d %H:%M}" == "2026-11-22 06:00"  # 15:00 in Seoul


def test_tables_of_word_have_a_head_on_every_page_and_numbers_to_the_right(word: Any) -> None:
    trades = word.tables[0]
    assert [[cell.text for cell in row.cells] for row in trades.rows] == TRADES
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in trades.rows] == [
        True,
        False,
        False,
        False,
    ]
    sides = [[cell.paragraphs[0].alignment.name for cell in row.cells] for row in trades.rows]
    assert {tuple(each) for each in sides} == {("LEFT", "RIGHT", "RIGHT")}
    assert sum(int(each.get(qn("w:w"))) for each in trades._tbl.tblGrid) == round(170 / 25.4 * 1440)


def test_pictures_are_said_in_words(word: Any, hangul: bytes) -> None:
    (shape,) = word.inline_shapes
    assert shape._inline.docPr.get("descr") == "말로 한 그림"
    assert round(shape.width.mm) == 170
    (picture,) = section(hangul).iter(f"{P}pic")
    assert picture.findtext(f"{P}shapeComment") == "말로 한 그림"
    package = zipfile.ZipFile(io.BytesIO(hangul))
    (image,) = [name for name in package.namelist() if name.startswith("BinData/")]
    assert package.read(image).startswith(b"\x89PNG")


def test_the_numbers_of_a_sentence_are_bold(word: Any) -> None:
    (first, *_) = [each for each in word.paragraphs if each.style.name == "Answer"]
    assert [run.text for run in first.runs if run.bold] == ["제과점", "80.0\u202f%"]


def test_a_document_for_hangul_opens_again_is_valid_and_tells_its_title(hangul: bytes) -> None:
    opened = HwpxDocument.open(io.BytesIO(hangul))
    assert not opened.validate().issues
    assert validate_package(io.BytesIO(hangul)).ok
    assert validate_editor_open_safety(hangul).ok
    told = zipfile.ZipFile(io.BytesIO(hangul)).read("Contents/content.hpf").decode()
    assert "<opf:title>가게의 생존</opf:title>" in told
    assert '<opf:meta name="creator" content="text">김주무</opf:meta>' in told
    assert "2026-11-22T06:00:00Z" in told
    page = next(section(hangul).iter(f"{P}pagePr"))
    assert (round(int(page.get("width")) / 7200 * 25.4), round(int(page.get("height")) / 7200 * 25.4)) == (
        210,
        297,
    )
    assert len(list(section(hangul).iter(f"{P}pageNum"))) == 1


def test_tables_for_hangul_are_read_back_by_the_reader_of_deposits(hangul: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.hwpx").write_bytes(hangul)
    (tmp_path / "staged").mkdir()
    trades, curve = read_hwpx(tmp_path / "a.hwpx", tmp_path / "staged", Override())
    assert (trades.member, curve.member) == ("업종별 생존", "곡선")
    assert [[column.label for column in trades.columns], *(row[1:] for row in rows_of(trades))] == TRADES
    assert len(rows_of(curve)) == 6
    (first, *_) = section(hangul).iter(f"{P}tbl")
    assert first.get("repeatHeader") == "1"
    assert [{cell.get("header") for cell in row.iter(f"{P}tc")} for row in first.iter(f"{P}tr")][:2] == [
        {"1"},
        {"0"},
    ]


@pytest.mark.slow
def test_long_and_wide_tables_are_cut_and_say_where_all_of_it_stands() -> None:
    columns = [Column(f"c{n}", f"열{n}", "integer") for n in range(MOST_COLUMNS + 2)]
    rows = [{each.name: n for each in columns} for n in range(MOST_ROWS + 7)]
    made = Result(
        (Finding("한 문장."),),
        (table_of("t", "표", rows, columns), table_of("none", "없음", [], columns[:2])),
    )
    word = Document(io.BytesIO(report_docx(made, ABOUT)))
    long, none = word.tables
    assert (len(long.rows), len(long.columns)) == (MOST_ROWS + 1, MOST_COLUMNS)
    text = "\n".join(texts_docx(word))
    assert "모두 47행 가운데 앞의 40행입니다. 모든 행은 엑셀(XLSX) 보고서에 있습니다." in text
    assert "항목 12개 가운데 앞의 10개입니다." in text
    assert [cell.text for cell in none.rows[1].cells] == ["해당하는 것이 없습니다.", ""]
    assert "모두 47행" in "\n".join(texts_hwpx(report_hwpx(made, ABOUT)))


def test_what_xml_cannot_hold_is_left_out_and_the_rest_is_escaped() -> None:
    made = Result(
        (Finding("한 <문장> & 둘\x08."),),
        (table_of("t", 'ㄱ"ㄴ', [{"a": "가\x01<나>&"}], [Column("a", "<가>")]),),
    )
    told = replace(ABOUT, title="제목 & <제목>\x02")
    word = Document(io.BytesIO(report_docx(made, told)))
    assert word.tables[0].cell(1, 0).text == "가<나>&"
    assert word.core_properties.title == "제목 & <제목>"
    hangul = report_hwpx(made, told)
    assert {"한 <문장> & 둘.", "가<나>&", "<가>"} <= set(texts_hwpx(hangul))
    assert validate_package(io.BytesIO(hangul)).ok
