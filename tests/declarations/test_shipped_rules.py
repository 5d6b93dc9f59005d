"""The rules of the shipped standards, each with a row that breaks it, one that keeps it and one it does not ask."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from madang.declarations.load import SHIPPED, load_standards
from tests.intake.quality_helper import checked, mapped

STANDARDS = load_standards(SHIPPED)
WRONG, RIGHT, NOT_ASKED = (1, 1), (1, 0), (0, 0)
_GROUPS = {
    column.name: 1.0
    for column in STANDARDS["present-population"].columns
    if column.name.startswith(("male_", "female_"))
}


@pytest.mark.parametrize(
    ("rule", "row", "expected"),
    [
        ("library.weekday_hours_order", {"weekday_open_time": "18:00", "weekday_close_time": "09:00"}, WRONG),
        ("library.weekday_hours_order", {"weekday_open_time": "09:00", "weekday_close_time": "18:00"}, RIGHT),
        ("library.weekday_hours_order", {"weekday_open_time": "09:00", "weekday_close_time": "24:00"}, RIGHT),
        ("library.weekday_hours_order", {"weekday_open_time": "09:00", "weekday_close_time": "00:00"}, NOT_ASKED),
        ("library.weekday_hours_order", {"weekday_open_time": "09:00", "weekday_close_time": None}, NOT_ASKED),
        ("library.saturday_hours_order", {"saturday_open_time": "13:00", "saturday_close_time": "09:00"}, WRONG),
        ("library.holiday_hours_order", {"holiday_open_time": "13:00", "holiday_close_time": "09:00"}, WRONG),
        ("library.building_area_plausible", {"site_area_m2": 10.0, "building_area_m2": 101.0}, WRONG),
        ("library.building_area_plausible", {"site_area_m2": 10.0, "building_area_m2": 100.0}, RIGHT),
        ("library.building_area_plausible", {"site_area_m2": 0.0, "building_area_m2": 100.0}, NOT_ASKED),
        ("parking.address_present", {"road_address": None, "lot_address": None}, WRONG),
        ("parking.address_present", {"road_address": None, "lot_address": "중구 1"}, RIGHT),
        ("parking.weekday_hours_order", {"weekday_open_time": "22:00", "weekday_close_time": "06:00"}, WRONG),
        ("parking.saturday_hours_order", {"saturday_open_time": "22:00", "saturday_close_time": "06:00"}, WRONG),
        ("parking.holiday_hours_order", {"holiday_open_time": "22:00", "holiday_close_time": "06:00"}, WRONG),
        ("public-toilet.address_present", {"road_address": None, "lot_address": None}, WRONG),
        ("public-toilet.bell_place_without_bell", {"has_emergency_bell": False, "emergency_bell_place": "여"}, WRONG),
        ("public-toilet.bell_place_without_bell", {"has_emergency_bell": False, "emergency_bell_place": None}, RIGHT),
        ("public-toilet.bell_place_without_bell", {"has_emergency_bell": True, "emergency_bell_place": "여"}, NOT_ASKED),
        ("public-toilet.diaper_place_without_table", {"has_diaper_table": False, "diaper_table_place": "남"}, WRONG),
        ("public-toilet.installed_before_remodelled", {"installed_month": "2020-02", "remodelled_month": "2020-01"},
         WRONG),
        ("public-toilet.installed_before_remodelled", {"installed_month": "2020-01", "remodelled_month": "2020-01"},
         RIGHT),
        ("public-toilet.some_toilet_exists",
         {"men_toilets_count": 0, "men_urinals_count": 0, "women_toilets_count": 0}, WRONG),
        ("public-toilet.some_toilet_exists",
         {"men_toilets_count": 0, "men_urinals_count": 1, "women_toilets_count": 0}, RIGHT),
        ("licence.open_has_no_closing_date", {"status_code": "01", "closed_on": date(2020, 1, 1)}, WRONG),
        ("licence.open_has_no_closing_date", {"status_code": "03", "closed_on": date(2020, 1, 1)}, NOT_ASKED),
        ("licence.suspension_order", {"suspended_from": date(2020, 2, 1), "suspended_to": date(2020, 1, 1)}, WRONG),
        ("licence.licensed_before_suspended", {"licensed_on": date(2020, 2, 1), "suspended_from": date(2020, 1, 1)},
         WRONG),
        ("licence.address_present", {"lot_address": None, "road_address": None}, WRONG),
        ("resident-population.age_order", {"age_from": 9, "age_to": 5}, WRONG),
        ("resident-population.age_order", {"age_from": 100, "age_to": None}, NOT_ASKED),
        ("migration.between_two_dongs", {"from_hjd_code": "9911051000", "to_hjd_code": "9911051000"}, WRONG),
        ("migration.between_two_dongs", {"from_hjd_code": None, "to_hjd_code": "9911051000"}, NOT_ASKED),
        ("grid-population.ages_make_population",
         {"age_0_14_persons": 5, "age_15_64_persons": 20, "age_65_over_persons": 6, "population_persons": 32}, WRONG),
        ("grid-population.ages_make_population",
         {"age_0_14_persons": None, "age_15_64_persons": 20, "age_65_over_persons": 6, "population_persons": 32}, NOT_ASKED),
        ("population-report.sexes_make_population",
         {"male_persons": 10, "female_persons": 12, "population_persons": 23}, WRONG),
        ("population-report.sexes_make_population",
         {"male_persons": 10, "female_persons": 12, "population_persons": 22}, RIGHT),
        ("present-population.groups_make_total", {"present_persons": 28.5, **_GROUPS}, WRONG),
        ("present-population.groups_make_total", {"present_persons": 28.001, **_GROUPS}, RIGHT),
        ("present-population.groups_make_total",
         {"present_persons": 28.5, **_GROUPS, "male_0_9_persons": None}, NOT_ASKED),
        ("tong-boundary.tong_in_dong", {"tong_id": "9911051000-001", "hjd_code": "9911052000"}, WRONG),
        ("tong-boundary.tong_in_dong", {"tong_id": "9911051000-001", "hjd_code": "9911051000"}, RIGHT),
        ("tong-boundary.tong_number_positive", {"tong_number": 0}, WRONG),
        ("tong-boundary.area_positive", {"area_m2": 0.0}, WRONG),
        ("land-cover.area_positive", {"area_m2": -1.0}, WRONG),
        ("stream-line.length_positive", {"length_m": 0.0}, WRONG),
        ("elevation.elevation_plausible", {"elevation_m": -9999.0}, WRONG),
        ("elevation.elevation_plausible", {"elevation_m": -0.4}, RIGHT),
        ("elevation.elevation_plausible", {"elevation_m": None}, NOT_ASKED),
    ],
)  # fmt: skip
def test_a_rule(tmp_path: Path, rule: str, row: dict[str, Any], expected: tuple[int, int]) -> None:
    standard = STANDARDS[rule.split(".")[0]]
    found = checked(tmp_path, mapped(standard, *row), [list(row.values())], standard)
    assert found.of(rule.split(".")[1]) == expected


def test_every_rule_is_tried_here_or_with_quality() -> None:
    """A rule nobody has seen broken is a rule nobody knows to work."""
    here = Path(__file__)
    sources = [here, here.with_name("test_standard_rules.py"), here.parents[1] / "intake/test_quality.py"]
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    rules = [(s.id, rule.id) for s in STANDARDS.values() for rule in (*s.rules, *s.sums)]
    assert [(id_, rule) for id_, rule in rules if rule not in text] == []
