"""Every class of handbook B4 on tables small enough to count by hand."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from madang.declarations.load import SHIPPED, load_standards
from madang.declarations.standard import DatasetColumn, Rule, Standard, StandardColumn
from madang.messages import text
from tests.intake.quality_helper import checked, column, mapped

STANDARDS = load_standards(SHIPPED)
LICENCE, PARKING, POPULATION = (STANDARDS[id_] for id_ in ("licence", "parking", "resident-population"))


def single(type_: str, **told: object) -> tuple[Standard, list[DatasetColumn]]:
    """A standard of one column `v` and the dataset column mapped to it."""
    declared = StandardColumn("v", "값", type_, **told)  # type: ignore[arg-type]
    standard = Standard("one", "1", "하나", columns=(declared,))
    return standard, mapped(standard, "v")


@pytest.mark.parametrize(
    ("type_", "told", "values", "kind", "rule", "wrong_rows"),
    [
        # today is 2026-11-21: dates up to 2036-11-21
        ("date", {}, [date(1899, 12, 31), date(1900, 1, 1), date(2036, 11, 21), date(2036, 11, 22), None],
         "날짜", "date_out_of_range", [2, 5]),
        ("datetime", {}, [datetime(1899, 1, 1), datetime(2036, 11, 21, 23, 59), datetime(2036, 11, 22)],
         "날짜", "date_out_of_range", [2, 4]),
        ("month", {}, ["1899-12", "1900-01", "2036-11", "2036-12"], "날짜", "date_out_of_range", [2, 5]),
        ("year", {}, [1899, 1900, 2036, 2037], "날짜", "date_out_of_range", [2, 5]),
        ("integer", {"unit": "원"}, [-1, 0, 1, None], "금액", "amount_negative", [2]),
        ("integer", {"unit": "천원"}, [-1, 0], "금액", "amount_negative", [2]),
        ("number", {"unit": "㎡"}, [-0.5, 0.0, 3.5], "수량", "quantity_negative", [2]),
        ("integer", {}, [3, -3], "수량", "quantity_negative", [3]),
        ("percent", {}, [-0.1, 0.0, 100.0, 100.1], "율", "percent_out_of_range", [2, 5]),
        ("text", {"values": ("공영", "민영")}, ["공영", "공용", "민영", None], "코드", "code_not_listed", [3]),
        ("text", {"format": "phone"},
         ["02-123-4567", "031-1234-5678", "010-1234-5678", "1588-0000", "0212345678", "0507-1234-5678", "123-4567",
          "000-0000-0000", "054-000-0000", "02-12-4567"], "번호", "number_pattern", [8, 9, 10, 11]),
        ("text", {"format": "phone"}, ["02-120", "1588-1234", "02-753-4075~6", "02-2144-0116,0136", "국번없이 120",
          "031-8075-1000(내선 12)", "02-123-4567, 02-123-4568", "02-1234"], "번호", "number_pattern", [9]),
        ("text", {"format": "phone_local"}, ["251-1255", "062-251-1255", "51-1255"], "번호", "number_pattern", [4]),
        ("text", {"format": "postcode"}, ["61157", "500-110", "6115"], "번호", "number_pattern", [4]),
        # 124-81-00998 and 120-81-47521 are valid; one digit changed is not
        ("text", {"format": "business_number"}, ["124-81-00998", "1208147521", "124-81-00997", "12-3"],
         "번호", "number_pattern", [4, 5]),
        ("text", {"format": "area_code"}, ["1111000000", "11110"], "코드", "number_pattern", [3]),
    ],
)  # fmt: skip
def test_values_of_each_class(
    tmp_path: Path, type_: str, told: dict[str, object], values: list[object], kind: str, rule: str,
    wrong_rows: list[int],
) -> None:  # fmt: skip
    standard, columns = single(type_, **told)
    found = checked(tmp_path, columns, [[value] for value in values], standard)
    filled = sum(value is not None for value in values)
    assert found.of(f"{kind}:v") == (filled, len(wrong_rows))
    assert found.rows(rule) == wrong_rows


def test_a_signed_column_may_be_negative(tmp_path: Path) -> None:
    standard, columns = single("integer", unit="원", signed=True)
    assert checked(tmp_path, columns, [[-5]], standard).of("금액:v") == (1, 0)


def test_cells_that_could_not_be_read_are_checked_and_wrong(tmp_path: Path) -> None:
    """Three dates, of which one is out of range, and two cells that were no dates: 5 checked, 3 wrong."""
    standard, columns = single("date")
    days = [[date(2020, 1, 1)], [date(1800, 1, 1)], [date(2021, 1, 1)], [None], [None]]
    found = checked(tmp_path, columns, days, standard, unreadable={"v": 2})
    assert found.of("날짜:v") == (5, 3)
    assert found.rows("date_out_of_range") == [3], "what conform has listed is not listed again"


def test_unreadable_cells_come_from_the_facts_of_the_column(tmp_path: Path) -> None:
    told = DatasetColumn("좌석", "좌석", "integer", facts={"unreadable": 1})
    assert checked(tmp_path, [told], [[1], [None]]).of("수량:좌석") == (2, 1)


def test_required_and_completeness(tmp_path: Path) -> None:
    columns = mapped(PARKING, "parking_number", "parking_name", "phone")
    rows = [["1-1", "가", None], ["1-2", None, "02-123-4567"], ["1-3", None, None], ["1-4", "라", None]]
    found = checked(tmp_path, columns, rows, PARKING)
    assert found.of("필수값:parking_name") == (4, 2)
    assert found.rows("required_missing") == [3, 4]
    percents = {each.column: each.percent for each in found.quality.completeness}
    assert (percents["parking_number"], percents["parking_name"], percents["phone"]) == (100, 50, 25)
    absent = [p["label"] for p in found.problems if p["rule"] == "required_column_missing"]
    assert absent == ["주차장구분", "주차장유형", "주차구획수", "요금정보", "데이터기준일자"]
    # required: 4 + 2 filled of 7 columns x 4 rows
    assert found.quality.required_completeness_percent == pytest.approx(100 * 6 / 28)


def test_a_date_of_the_data_in_the_future(tmp_path: Path) -> None:
    columns = mapped(PARKING, "parking_number", "reference_date")
    rows = [["1", date(2026, 11, 21)], ["2", date(2026, 11, 22)], ["3", None]]
    found = checked(tmp_path, columns, rows, PARKING)
    assert found.of("기준일:reference_date") == (2, 1)
    assert found.rows("as_of_in_future") == [3]


def test_coordinates_outside_korea_warn_and_exchanged_ones_are_told(tmp_path: Path) -> None:
    columns = mapped(PARKING, "latitude", "longitude")
    rows = [[37.5, 127.0], [127.0, 37.5], [0.0, 0.0], [34.1, 123.1], [None, None]]
    found = checked(tmp_path, columns, rows, PARKING)
    assert found.of("공간:latitude") == (4, 2)
    assert found.of("공간:longitude") == (4, 3)
    assert found.rows("coordinate_swapped") == [3, 3]
    assert found.rows("coordinate_outside") == [4, 4, 5]
    assert {p["severity"] for p in found.problems if p["rule"].startswith("coordinate")} == {"warning"}
    assert found.of("수량:latitude") == (4, 0), "degrees may be negative, they only have to be numbers"


def test_rules_over_one_row(tmp_path: Path) -> None:
    """Closed without a date: wrong. Closed before it was licensed: wrong. Open: not asked."""
    columns = mapped(LICENCE, "licence_number", "licensed_on", "status_code", "status_name", "closed_on")
    rows = [
        ["1", date(2010, 1, 1), "03", "폐업", date(2020, 1, 1)],
        ["2", date(2010, 1, 1), "03", "폐업", None],
        ["3", date(2010, 1, 1), "03", "폐업", date(2009, 1, 1)],
        ["4", date(2010, 1, 1), "01", "영업/정상", None],
        ["5", None, "01", "폐업", None],
    ]
    found = checked(tmp_path, columns, rows, LICENCE)
    assert found.of("closed_has_date") == (3, 1)
    assert found.of("licensed_before_closed") == (2, 1)
    assert found.of("status_code_and_name") == (5, 1)
    assert {p["row"] for p in found.problems if p["rule"] == "row_rule"} == {3, 4, 6}
    shown = next(p for p in found.problems if p["rule"] == "row_rule" and p["row"] == 4)
    assert shown["value"] == "인허가일자 2010-01-01, 폐업일자 2009-01-01"
    sentence = text("row_rule", column=shown["label"], value=shown["value"], **json.loads(shown["detail"]))
    assert sentence.startswith("인허가일자가 폐업일자보다 늦습니다.")


def test_free_parking_costs_nothing(tmp_path: Path) -> None:
    names = ("parking_number", "fee_type", "base_fee_krw", "extra_unit_fee_krw", "day_pass_fee_krw",
             "monthly_pass_fee_krw")  # fmt: skip
    rows = [["1", "무료", 0, None, 0, None], ["2", "무료", 1000, 0, 0, 0], ["3", "유료", 500, None, None, None],
            ["4", "유료", 0, 0, None, None]]  # fmt: skip
    found = checked(tmp_path, mapped(PARKING, *names), rows, PARKING)
    assert found.of("free_means_no_fee") == (2, 1)
    assert found.of("paid_means_fee") == (2, 1)


CAMERA = Standard(
    "camera", "1", "CCTV",
    columns=(StandardColumn("has_cctv", "CCTV설치여부", "boolean"), StandardColumn("cctv_count", "CCTV설치대수", "integer")),
    rules=(Rule("none_means_zero", "논리관계", "CCTV가 없다는데 대수가 0이 아닙니다", "cctv_count <> 0",
                ("cctv_count",), "NOT has_cctv AND cctv_count IS NOT NULL"),),
)  # fmt: skip


def test_no_camera_means_none(tmp_path: Path) -> None:
    rows = [[False, 0], [False, 2], [True, 3], [None, 1], [False, None]]
    found = checked(tmp_path, mapped(CAMERA, "has_cctv", "cctv_count"), rows, CAMERA)
    assert found.of("none_means_zero") == (2, 1)
    assert found.of("여부:has_cctv") == (4, 0)


def test_a_rule_that_cannot_run_is_named(tmp_path: Path) -> None:
    """One column is absent, or was kept as text because too little of it could be read."""
    found = checked(tmp_path, mapped(CAMERA, "has_cctv"), [[True]], CAMERA)
    assert [(s.id, s.because) for s in found.quality.not_checked] == [
        ("none_means_zero", "'CCTV설치대수' 열이 없음")
    ]
    columns = [
        mapped(CAMERA, "has_cctv")[0],
        DatasetColumn("cctv_count", "대수", "text", standard="cctv_count"),
    ]
    kept = checked(tmp_path, columns, [[False, "두 대"]], CAMERA)
    assert [s.id for s in kept.quality.not_checked] == ["none_means_zero"]
    assert "정수" in kept.quality.not_checked[0].because


def test_a_column_that_only_the_condition_asks_for_may_be_absent(tmp_path: Path) -> None:
    """The file has the code of the state but not its name: closed by code 03 is still closed."""
    columns = mapped(LICENCE, "licence_number", "status_code", "closed_on")
    rows = [["1", "03", None], ["2", "03", date(2020, 1, 1)], ["3", None, None]]
    assert checked(tmp_path, columns, rows, LICENCE).of("closed_has_date") == (2, 1)


def test_numbers_that_differ_in_two_places_are_no_duplicates(tmp_path: Path) -> None:
    """DuckDB's own hash() of these two texts is the same."""
    numbers = [["9911011100100110002000783"], ["9911011000100110002000713"]]
    found = checked(tmp_path, mapped(load_standards(SHIPPED)["building"], "building_id"), numbers, load_standards(SHIPPED)["building"])  # fmt: skip
    assert found.of("중복:key") == (2, 0)
    assert found.of("중복:row") == (2, 0)
    generic = checked(tmp_path, [column("번호", "text")], [*numbers, numbers[0]])
    assert generic.of("중복:row") == (3, 1)


def test_the_same_key_and_the_same_row_twice(tmp_path: Path) -> None:
    columns = mapped(PARKING, "parking_number", "parking_name")
    rows = [["1", "가"], ["2", "나"], ["1", "다"], ["2", "나"], ["1", "가"], [None, None], [None, None]]
    found = checked(tmp_path, columns, rows, PARKING)
    assert found.of("중복:key") == (5, 3)
    assert found.rows("key_duplicate") == [4, 5, 6]
    assert found.of("중복:row") == (5, 2), "empty rows are no copies of one another"
    assert found.rows("row_duplicate") == [5, 6]
    last = next(p for p in found.problems if p["rule"] == "key_duplicate" and p["row"] == 6)
    assert (last["value"], json.loads(last["detail"])) == ("1", {"first": 2})


POPULATION_NAMES = ("area_code", "area_name", "month", "sex", "age", "age_from", "population_persons")


def people(sex: str, age: str, age_from: int | None, persons: int | None) -> list[object]:
    return ["1111000000", "종로구", "2021-07", sex, age, age_from, persons]


def test_sums_of_ages_and_of_sexes(tmp_path: Path) -> None:
    """0세 5 + 1세 6 = 11 but the total says 12; 남 6 + 여 6 = 12 is right, 남 3 + 여 2 = 5 is right."""
    rows = [
        people("계", "계", None, 12), people("계", "연령구간계", None, 12),
        people("계", "0세", 0, 5), people("계", "1세", 1, 6),
        people("남", "계", None, 6), people("여", "계", None, 6),
        people("남", "0세", 0, 3), people("여", "0세", 0, 2),
        people("남", "1세", 1, 9), people("여", "1세", 1, None),
    ]  # fmt: skip
    found = checked(tmp_path, mapped(POPULATION, *POPULATION_NAMES), rows, POPULATION)
    assert found.of("ages_make_range_total") == (1, 1)
    assert found.of("sexes_make_total") == (2, 0), "계 and 0세; 1세 has an unknown part"
    problem = next(p for p in found.problems if p["rule"] == "sum_mismatch")
    assert problem["row"] == 3
    detail = json.loads(problem["detail"])
    assert (detail["total"], detail["parts"], detail["difference"]) == (12, 11, 1)
    assert "12" in text("sum_mismatch", column=problem["label"], value=problem["value"], **detail)


def test_a_file_without_sexes_has_no_sum_of_sexes(tmp_path: Path) -> None:
    rows = [people("계", "계", None, 12), people("남", "계", None, 6)]
    found = checked(tmp_path, mapped(POPULATION, *POPULATION_NAMES), rows, POPULATION)
    assert found.of("sexes_make_total") == (0, 0)


def test_a_generic_table_is_checked_by_its_types(tmp_path: Path) -> None:
    """No standard: numbers may be negative, percents beyond 100 and copies only warn, a rate of change may be anything."""
    columns = [column("날짜", "date"), column("증감", "integer"), column("비율", "percent"), column("증감률", "percent"),
               column("위도", "number")]  # fmt: skip
    row = [date(2020, 1, 1), -5, 120.0, 300.0, 37.5]
    found = checked(tmp_path, columns, [row, row, [date(1800, 1, 1), 1, 50.0, -50.0, 127.0]])
    wrong = {r.check.id: (r.wrong, r.check.severity) for r in found.quality.checks if r.wrong}
    assert wrong == {
        "날짜:날짜": (1, "error"),
        "율범위:비율": (2, "warning"),
        "공간:위도": (1, "warning"),
        "중복:row": (1, "warning"),
    }
