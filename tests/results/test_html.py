"""The one renderer: numbers lead back, words are escaped, a report needs nothing else."""

from __future__ import annotations

import re

import pyarrow as pa
from lxml import html

from madang.results import Cell, Column, Table
from madang.results.html import figure_html, report_html, sentence_html, table_html
from results.shown import ABOUT, result
from results.test_charts import BARS


def why(cell: Cell) -> str:
    return f"/why?{cell.table}&{cell.column}&{cell.row}"


def test_every_number_of_a_sentence_leads_to_its_cell() -> None:
    made = result()
    first, second = (
        html.fromstring(f"<p>{sentence_html(each, made, why)}</p>") for each in made.findings[:2]
    )
    assert first.text_content() == "제과점이 80.0\u202f%로 가장 오래 버팁니다."
    assert [each.get("href") for each in first.iter("a")] == ["/why?trades&trade&1", "/why?trades&alive&1"]
    link = next(second.iter("a"))
    assert (link.text, link.get("title")) == ("12.3만\u202f곳", "123,456\u202f곳 · 이 숫자는 왜?")


def test_a_table_has_units_in_its_head_and_numbers_that_lead_back() -> None:
    table = html.fromstring(table_html(result().tables[0], why))
    assert [each.text_content() for each in table.iter("th") if each.get("scope") == "col"] == [
        "업종", "3년 생존율 (%)", "가게 (곳)",
    ]  # fmt: skip
    rows = [[cell.text_content() for cell in row] for row in table.xpath(".//tbody/tr")]
    assert rows == [["카페", "40.0", "123,456"], ["제과점", "80.0", "900"], ["<약국>", "자료 없음", "12"]]
    assert len(table.xpath(".//td[@class='number']/a")) == 5  # the empty one leads nowhere
    assert not html.fromstring(table_html(result().tables[1], why)).xpath(".//a")  # no origins
    assert "적은 업종은 조심하십시오." in table_html(result().tables[0])


def test_a_long_table_is_cut_and_says_so() -> None:
    cut = table_html(result().tables[0], shown=2)
    assert "<약국>" not in html.fromstring(cut).text_content()
    assert "모두 3행 가운데 앞의 2행입니다." in cut
    assert "The first 2 of 3 rows." in table_html(result().tables[0], None, "en", 2)


def test_a_table_without_rows_says_so_and_a_head_without_words_is_none() -> None:
    shown = html.fromstring(table_html(_empty()))
    assert [each.text_content() for each in shown.xpath(".//tbody//td")] == ["해당하는 것이 없습니다."]
    assert [each.text_content() for each in shown.xpath(".//thead//th")] == ["가"]


def _empty() -> Table:
    columns = (Column("a", "가"), Column("b", "", "integer"))
    return Table(
        "t", "표", pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.int64())}), columns
    )


def test_a_report_needs_nothing_else_and_has_everything() -> None:
    made = report_html(result(BARS), ABOUT)
    assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import|<script", made)
    text = html.fromstring(made).text_content()
    for words in ("몇 해를 버팁니까?", "80.0\u202f%로", "모두 세 업종입니다.", "업종별 생존", "개별 가게를 평가하지",
                  "인허가 업종만", "카플란-마이어", "카페 & 빵", "cafes@2", "2026-06-30 기준", "김주무", "ab12", "<약국>"):  # fmt: skip
        assert words in text, words
    assert made.count("<svg") == 2
    assert "Why" not in made


def test_a_picture_that_cannot_be_drawn_is_no_picture() -> None:
    made = result({"mark": "arc"})
    assert figure_html(made.charts[0], made) == ""
