"""Tables are recognised by their headers, their values decide what headers leave open, and strangers stay generic."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pytest

from madang.declarations.load import SHIPPED, load_standards
from madang.declarations.standard import Standard, StandardColumn
from madang.intake.raw import Override
from madang.intake.recognise import Recognition, recognise
from madang.messages import MadangError
from tests.declarations.public_forms import (
    BUS_SHELTERS,
    CHILDREN_CENTRES,
    COMMON_ONLY,
    LIBRARY,
    LIBRARY_30,
    LICENCE_NEW,
    LICENCE_NEWEST,
    LICENCE_OLD,
    PARKING,
    TOILET,
    TOILET_OLDER,
    headers,
)

STANDARDS = load_standards(SHIPPED)


def table(columns: dict[int, list[str]] | None = None, width: int = 60, rows: int = 2) -> pa.Table:
    given = columns or {}
    rows = max([rows, *(len(cells) for cells in given.values())])
    padded = {i: [*cells, *[""] * (rows - len(cells))] for i, cells in given.items()}
    return pa.table({f"c{i}": pa.array(padded.get(i, [""] * rows), pa.string()) for i in range(width)})


def seen(text: str, cells: dict[str, list[str]] | None = None) -> Recognition:
    labels = headers(text)
    return recognise(labels, table({labels.index(k): v for k, v in (cells or {}).items()}), STANDARDS)


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        (LIBRARY, "library"),
        (LIBRARY_30, "library"),
        (PARKING, "parking"),
        (TOILET, "public-toilet"),
        (TOILET_OLDER, "public-toilet"),
        (LICENCE_OLD, "licence"),
        (LICENCE_NEW, "licence"),
        (LICENCE_NEWEST, "licence"),
    ],
)
def test_every_generation_is_recognised_and_mapped_whole(text: str, id_: str) -> None:
    found = seen(text)
    assert found.standard is not None
    assert found.standard.id == id_
    assert found.confidence > 0.9
    assert len(found.mapping) == len(headers(text))
    assert found.missing_required == ()
    assert found.evidence[0].decision == "standard"


@pytest.mark.parametrize("text", [CHILDREN_CENTRES, BUS_SHELTERS, COMMON_ONLY])
def test_other_public_forms_stay_generic(text: str) -> None:
    found = seen(text)
    assert found.standard is None
    assert found.mapping == {}
    assert found.evidence[0].value == "generic"


@pytest.mark.parametrize("labels", [[], [""], ["", "", ""], ["a", "b"], ["이름", "주소", "전화번호"]])
def test_a_table_of_nothing_in_particular_is_generic(labels: list[str]) -> None:
    assert recognise(labels, table(), STANDARDS).standard is None


def test_without_any_standard_everything_is_generic() -> None:
    assert recognise(headers(LIBRARY), table(), {}).standard is None


def test_headers_written_differently_are_the_same() -> None:
    """Decomposed, with a line break, full width, with a unit, as two joined levels."""
    labels = headers(TOILET_OLDER)
    labels[1] = unicodedata.normalize("NFD", labels[1])
    labels[5] = "남성용_대변기수(개)"
    labels[6] = "남성용\n소변기수"
    labels[18] = "ＷＧＳ８４위도 "
    found = recognise(labels, table(), STANDARDS)
    names = [column.name for column in found.mapping.values()]
    assert found.standard is STANDARDS["public-toilet"]
    assert len(names) == 21
    assert [names[i] for i in (1, 5, 6, 18)] == [
        "toilet_name",
        "men_toilets_count",
        "men_urinals_count",
        "latitude",
    ]


def test_order_and_columns_of_the_officer_do_not_matter() -> None:
    """Columns shuffled, five optional ones gone, three of the office's own added: those stay generic."""
    labels = ["점검자", *reversed(headers(LIBRARY)[:23]), "비고", "올해 예산(천원)", "데이터기준일자"]
    found = recognise(labels, table(), STANDARDS)
    assert found.standard is STANDARDS["library"]
    assert [labels[i] for i in range(len(labels)) if i not in found.mapping] == [
        "점검자",
        "비고",
        "올해 예산(천원)",
    ]


def test_a_missing_required_column_is_named() -> None:
    labels = [header for header in headers(LIBRARY) if header != "도서관유형"]
    found = recognise(labels, table(), STANDARDS)
    assert [column.label for column in found.missing_required] == ["도서관유형"]
    assert "도서관유형" in found.evidence[0].because


def test_of_two_headers_for_one_column_the_values_decide() -> None:
    """전화번호 and 소재지전화 are both names of the licence's phone; 폐업일 holds dates, 폐업일자 does not."""
    labels = [*headers(LICENCE_NEW), "폐업일"]
    index = labels.index("폐업일자")
    cells = {index: ["모름", "모름"], len(labels) - 1: ["2020-01-02", "20210304"]}
    found = recognise(labels, table(cells), STANDARDS)
    assert found.mapping[len(labels) - 1].name == "closed_on"
    assert index not in found.mapping


def test_of_two_standards_with_the_same_headers_the_values_decide() -> None:
    def standard(id_: str, values: tuple[str, ...]) -> Standard:
        columns = (
            StandardColumn("kind", "시설종별", required=True, aliases=("시설종별",), values=values),
            StandardColumn("opened", "설립형태", required=True, aliases=("설립형태",)),
        )
        return Standard(id_, "1", id_, columns=columns)

    both = {"school": standard("school", ("초", "중", "고")), "ward": standard("ward", ("병원", "의원"))}
    assert recognise(["시설종별", "설립형태"], table({0: ["병원", "의원"]}), both).standard is both["ward"]
    assert recognise(["시설종별", "설립형태"], table({0: ["초", "고"]}), both).standard is both["school"]


def test_a_person_may_say_what_it_is() -> None:
    told = recognise(["도서관명", "x"], table(), STANDARDS, Override(standard="library"))
    assert told.standard is STANDARDS["library"]
    assert told.confidence == 1.0
    assert [column.name for column in told.mapping.values()] == ["library_name"]
    assert recognise(headers(LIBRARY), table(), STANDARDS, Override(standard="generic")).standard is None
    with pytest.raises(MadangError, match="cinema"):
        recognise(["x"], table(), STANDARDS, Override(standard="cinema"))


def wide(found: Recognition) -> list[tuple[int, str | None, str | None, str | None, str | None, str | None]]:
    assert found.wide is not None
    keys = ("month", "sex", "age", "age_from", "age_to")
    return [(h.index, *(h.values[key] for key in keys)) for h in found.wide.headers]  # type: ignore[misc]


def test_population_by_single_years_becomes_long() -> None:
    labels = ["행정구역", "2023년12월_계_총인구수", "2023년12월_계_연령구간인구수", "2023년12월_계_0세",
              "2023년12월_남_99세", "2023년12월_여_100세 이상"]  # fmt: skip
    found = recognise(labels, table({0: ["서울특별시  (1100000000)"]}), STANDARDS)
    assert found.standard is STANDARDS["resident-population"]
    assert wide(found) == [
        (1, "2023-12", "계", "계", None, None),
        (2, "2023-12", "계", "연령구간계", None, None),
        (3, "2023-12", "계", "0세", "0", "0"),
        (4, "2023-12", "남", "99세", "99", "99"),
        (5, "2023-12", "여", "100세 이상", "100", None),
    ]
    assert found.mapping[0].name == "area_name"
    assert [(each.column.name, each.index) for each in found.derived] == [("area_code", 0)]
    assert found.wide is not None
    assert found.wide.value.name == "population_persons"
    assert found.missing_required == ()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("2021년07월_계_0~4세", ("2021-07", "계", "0~4세", "0", "4")),
        ("2021년 07월_남_ 10 ~ 19세", ("2021-07", "남", "10~19세", "10", "19")),
        ("2021년07월_여_100세이상", ("2021-07", "여", "100세 이상", "100", None)),
        ("２０２１년07월_거주자_총 인구수", ("2021-07", "거주자", "계", None, None)),
        ("2021년07월 계 연령구간인구수", ("2021-07", "계", "연령구간계", None, None)),
    ],
)
def test_five_and_ten_year_headers_and_blanks(header: str, expected: tuple[str | None, ...]) -> None:
    labels = ["행정기관코드", "행정기관", "2020년01월_계_0세", "2020년01월_계_1세", header]
    found = recognise(labels, table(), STANDARDS)
    assert wide(found)[-1][1:] == expected
    assert found.derived == (), "the code has its own header here"


def test_headers_that_look_wide_but_are_not_stay_columns() -> None:
    labels = [
        "행정구역",
        "2021년07월_계_0세",
        "2021년07월_계_1세",
        "2021년07월_계_2세",
        "2021년07월_계_세대수",
    ]
    found = recognise(labels, table(), STANDARDS)
    assert [index for index, *_ in wide(found)] == [1, 2, 3]
    assert 4 not in found.mapping
    few = recognise(["행정구역", "2021년07월_계_0세"], table(), STANDARDS)
    assert few.standard is None
