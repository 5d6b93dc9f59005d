"""The rules of the standards of facilities, statistics and codes: a row that breaks each, one that keeps it, one it does not ask."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from madang.declarations.load import SHIPPED, load_standards
from tests.intake.quality_helper import checked, mapped

STANDARDS = load_standards(SHIPPED)
WRONG, RIGHT, NOT_ASKED = (1, 1), (1, 0), (0, 0)
EARLY, LATE = date(2026, 1, 1), date(2026, 2, 1)
_COMMON = """labour office tax clothing training vehicle other_overhead cleaning guard disinfection lift network repair facility
safety_check disaster_prevention consignment""".split()
_INDIVIDUAL = """heating_shared heating_private hot_water_shared hot_water_private gas_shared gas_private electricity_shared
electricity_private water_shared water_private tv septic waste residents_council building_insurance election_commission
other""".split()


def fees(total: str, amount: int, items: list[str], each: int) -> dict[str, Any]:
    """One complex and month: its total and every item at `each` won."""
    return {total: amount} | {f"{item}_fee_krw": each for item in items}


CASES: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
    # 17 items of 1,000 won are 17,000 won; 1 % of 17,170 is 171.7, so 170 won too much are let pass and 180 are not
    ("apartment-fee.common_items_make_total", fees("common_total_krw", 17_000, _COMMON, 1_000), RIGHT),
    ("apartment-fee.common_items_make_total", fees("common_total_krw", 17_170, _COMMON, 1_000), RIGHT),
    ("apartment-fee.common_items_make_total", fees("common_total_krw", 17_180, _COMMON, 1_000), WRONG),
    ("apartment-fee.common_items_make_total", fees("common_total_krw", 17_000, _COMMON, 0), NOT_ASKED),
    ("apartment-fee.individual_items_make_total", fees("individual_total_krw", 34_000, _INDIVIDUAL, 2_000), RIGHT),
    ("apartment-fee.individual_items_make_total", fees("individual_total_krw", 30_000, _INDIVIDUAL, 2_000), WRONG),
    ("apartment-fee.only_total_filled", fees("common_total_krw", 17_000, _COMMON, 0), WRONG),
    ("apartment-fee.only_total_filled", fees("common_total_krw", 0, _COMMON, 0), NOT_ASKED),
    ("apartment.sizes_make_households", {"households_to_60m2_count": 60, "households_to_85m2_count": 50,
     "households_to_135m2_count": None, "households_over_135m2_count": None, "households_count": 100}, WRONG),
    ("apartment.sizes_make_households", {"households_to_60m2_count": 60, "households_to_85m2_count": 40,
     "households_to_135m2_count": 0, "households_over_135m2_count": 0, "households_count": 100}, RIGHT),
    ("apartment.fee_area_within_floor_area", {"fee_area_m2": 200.0, "floor_area_m2": 100.0}, WRONG),
    ("apartment.private_area_within_floor_area", {"private_area_m2": 200.0, "floor_area_m2": 100.0}, WRONG),
    ("apartment.private_area_within_floor_area", {"private_area_m2": 200.0, "floor_area_m2": 0.0}, NOT_ASKED),
    ("bike-rack.no_pump_no_type", {"has_air_pump": False, "air_pump_type": "수동"}, WRONG),
    ("bike-rack.no_pump_no_type", {"has_air_pump": True, "air_pump_type": "수동"}, NOT_ASKED),
    ("cctv.cameras_at_least_one", {"cameras_count": 0}, WRONG),
    ("cctv.kept_at_most_a_year", {"kept_days": 366}, WRONG),
    ("cctv.kept_at_most_a_year", {"kept_days": 30}, RIGHT),
    ("child-zone.no_cctv_means_none", {"has_cctv": False, "cctv_count": 1}, WRONG),
    ("child-zone.no_cctv_means_none", {"has_cctv": False, "cctv_count": 0}, RIGHT),
    ("child-zone.no_cctv_means_none", {"has_cctv": True, "cctv_count": 1}, NOT_ASKED),
    ("child-zone.cctv_means_some", {"has_cctv": True, "cctv_count": None}, WRONG),
    ("child-zone.road_width_order", {"road_width_min_m": 8.0, "road_width_max_m": 6.0}, WRONG),
    ("child-zone.road_width_order", {"road_width_min_m": 6.0, "road_width_max_m": 8.0}, RIGHT),
    ("city-park.area_is_positive", {"area_m2": 0.0}, WRONG),
    ("civil-defence-shelter.designated_before_released", {"designated_on": LATE, "released_on": EARLY}, WRONG),
    ("civil-defence-shelter.designated_before_released", {"designated_on": LATE, "released_on": None}, NOT_ASKED),
    # 660 m2 hold 800 people at 0.825 m2 each
    ("civil-defence-shelter.capacity_is_area", {"area_m2": 660.0, "capacity_persons": 660}, WRONG),
    ("civil-defence-shelter.capacity_is_area", {"area_m2": 660.0, "capacity_persons": 800}, RIGHT),
    ("civil-defence-shelter.capacity_fits_area", {"area_m2": 660.0, "capacity_persons": 881}, WRONG),
    ("civil-defence-shelter.capacity_fits_area", {"area_m2": 660.0, "capacity_persons": 880}, RIGHT),
    ("earthquake-shelter.capacity_fits_area", {"area_m2": 660.0, "capacity_persons": 4_105_106}, WRONG),
    ("crosswalk.no_light_no_green", {"has_pedestrian_light": False, "green_seconds": 20.0}, WRONG),
    ("crosswalk.walkable_in_green", {"green_seconds": 10.0, "length_m": 20.0}, WRONG),
    ("crosswalk.walkable_in_green", {"green_seconds": 27.0, "length_m": 20.0}, RIGHT),
    ("district-shops.shops_add_up",
     {"shops_count": 100, "franchises_count": 20, "independents_count": 70}, WRONG),
    ("district-shops.shops_add_up",
     {"shops_count": 100, "franchises_count": 20, "independents_count": 80}, RIGHT),
    ("dong-relation.created_before_abolished", {"created_on": LATE, "abolished_on": EARLY}, WRONG),
    ("dong-relation.codes_form", {"hjd_code": "1111051500", "bjd_code": "111101010"}, WRONG),
    ("dong-relation.codes_form", {"hjd_code": "1111051500", "bjd_code": "1111010100"}, RIGHT),
    ("legal-dong-code.bjd_code_form", {"bjd_code": "11110"}, WRONG),
    ("election-votes.voters_within_electors", {"voters_persons": 11, "electors_persons": 10}, WRONG),
    ("election-votes.valid_and_invalid_make_voters",
     {"valid_count": 6572, "invalid_count": 68, "voters_persons": 6640}, RIGHT),
    ("election-votes.valid_and_invalid_make_voters",
     {"valid_count": 6572, "invalid_count": 60, "voters_persons": 6640}, WRONG),
    ("election-votes.voters_and_abstentions_make_electors",
     {"voters_persons": 6640, "abstentions_persons": 2066, "electors_persons": 8706}, RIGHT),
    ("election-votes.voters_and_abstentions_make_electors",
     {"voters_persons": 6640, "abstentions_persons": 2060, "electors_persons": 8706}, WRONG),
    ("epidemic-daily.deaths_within_confirmed", {"deaths_persons": 2, "confirmed_persons": 1}, WRONG),
    ("epidemic-daily.released_within_confirmed", {"released_persons": 2, "confirmed_persons": 1}, WRONG),
    ("ev-charger.no_fast_means_none", {"has_fast_charging": False, "fast_chargers_count": 1}, WRONG),
    ("ev-charger.no_slow_means_none", {"has_slow_charging": False, "slow_chargers_count": 0}, RIGHT),
    ("festival.festival_order", {"starts_on": LATE, "ends_on": EARLY}, WRONG),
    ("festival.festival_within_a_year", {"starts_on": EARLY, "ends_on": date(2027, 6, 1)}, WRONG),
    ("festival.festival_within_a_year", {"starts_on": EARLY, "ends_on": LATE}, RIGHT),
    ("heat-shelter.shelter_season_order", {"opens_on": LATE, "closes_on": EARLY}, WRONG),
    ("letters.received_before_answered",
     {"received_at": datetime(2026, 2, 1), "answered_at": datetime(2026, 1, 1)}, WRONG),
    ("letters.received_before_due", {"received_at": datetime(2026, 2, 1, 9), "due_on": date(2026, 1, 31)}, WRONG),
    ("letters.received_before_due", {"received_at": datetime(2026, 2, 1, 9), "due_on": date(2026, 2, 1)}, RIGHT),
    ("letters.satisfaction_of_five", {"satisfaction": 9}, WRONG),
    ("letters.satisfaction_of_five", {"satisfaction": 5}, RIGHT),
    ("letters.answered_has_moment", {"status": "답변완료", "answered_at": None}, WRONG),
    ("letters.answered_has_moment", {"status": "처리중", "answered_at": None}, NOT_ASKED),
    ("letters-monthly.letters_received_adds_up",
     {"received_count": 9, "carried_over_count": 3, "new_count": 5}, WRONG),
    ("letters-monthly.letters_handled_adds_up",
     {"handled_count": 6, "answered_count": 5, "moved_count": 1, "withdrawn_count": 1}, WRONG),
    ("letters-monthly.letters_pending_adds_up",
     {"pending_count": 2, "received_count": 9, "handled_count": 6}, WRONG),
    ("lifelong-course.course_order", {"starts_on": LATE, "ends_on": EARLY}, WRONG),
    ("lifelong-course.application_order", {"applies_from": LATE, "applies_to": EARLY}, WRONG),
    ("lifelong-course.applied_before_course", {"applies_from": LATE, "starts_on": EARLY}, WRONG),
    ("lifelong-course.course_hours_order", {"start_time": "14:00", "end_time": "12:00"}, WRONG),
    ("candidate-site.parcel_code_form", {"parcel_code": "9911010100301230004"}, WRONG),
    ("candidate-site.parcel_code_form", {"parcel_code": "9911010100101230004"}, RIGHT),
    ("candidate-site.site_area_is_positive", {"area_m2": 0.0}, WRONG),
    ("lifelong-course.capacity_is_positive", {"capacity_persons": 0}, WRONG),
    ("museum.child_fee_not_above_adult", {"child_fee_krw": 2000, "adult_fee_krw": 1000}, WRONG),
    ("no-smoking-area.fine_is_plausible", {"fine_krw": 100_000}, RIGHT),
    ("no-smoking-area.fine_is_plausible", {"fine_krw": 10_000_000}, WRONG),
    ("public-facility.weekend_hours_order", {"weekend_open_time": "18:00", "weekend_close_time": "09:00"}, WRONG),
    ("public-facility.free_means_no_fee", {"is_charged": False, "fee_krw": 1000}, WRONG),
    ("public-facility.paid_means_fee", {"is_charged": True, "fee_krw": None}, WRONG),
    ("rain-gauge.rain_plausible", {"rain_mm": 20.5}, WRONG),
    ("rain-gauge.rain_plausible", {"rain_mm": 3.5}, RIGHT),
    ("river-gauge.level_zero", {"level_m": 0.0}, WRONG),
    ("river-gauge.level_zero", {"level_m": 0.5}, RIGHT),
    ("traffic-speed.speed_plausible", {"speed_kmh": 131.0}, WRONG),
    ("traffic-speed.speed_plausible", {"speed_kmh": 60.0}, RIGHT),
    ("traffic-speed.jam_is_slow", {"state": "정체", "speed_kmh": 31.0}, WRONG),
    ("traffic-speed.jam_is_slow", {"state": "원활", "speed_kmh": 9.0}, WRONG),
    ("traffic-speed.jam_is_slow", {"state": "원활", "speed_kmh": 31.0}, RIGHT),
    ("parking-availability.cars_within_spaces", {"occupied_count": 11, "spaces_count": 10}, WRONG),
    ("parking-availability.cars_within_spaces", {"occupied_count": 10, "spaces_count": 10}, RIGHT),
    ("parking-availability.spaces_add_up", {"occupied_count": 4, "spaces_count": 10, "available_count": 5}, WRONG),
    ("parking-availability.spaces_add_up", {"occupied_count": 4, "spaces_count": 10, "available_count": 6}, RIGHT),
    ("parking-availability.spaces_add_up", {"occupied_count": -1, "spaces_count": 10, "available_count": 5}, NOT_ASKED),
    ("observation-site.levels_rise", {"attention_level_m": 1.0, "warning_level_m": 2.0, "alarm_level_m": 1.5,
     "serious_level_m": 4.0}, WRONG),
    ("observation-site.levels_rise", {"attention_level_m": 1.0, "warning_level_m": 2.0, "alarm_level_m": 3.0,
     "serious_level_m": 4.0}, RIGHT),
    ("observation-site.river_has_levels", {"site_kind": "수위", "attention_level_m": 1.0, "warning_level_m": None,
     "alarm_level_m": 3.0}, WRONG),
    ("observation-site.river_has_levels", {"site_kind": "강우", "attention_level_m": None, "warning_level_m": None,
     "alarm_level_m": None}, NOT_ASKED),
    ("river-level.not_a_fault_value", {"value": -990.0}, WRONG),
    ("river-level.not_a_fault_value", {"value": -2679.07}, RIGHT),
    ("river-level.level_zero", {"measure": "수위", "value": 0.0}, WRONG),
    ("river-level.level_zero", {"measure": "유량", "value": 0.0}, NOT_ASKED),
    ("road-address.address_id_form", {"address_id": "11110101310000100000100000"}, RIGHT),
    ("road-address.address_id_form", {"address_id": "1.11101E+25"}, WRONG),
    ("road-address.road_in_sigungu", {"road_code": "111103100012", "bjd_code": "1111010100"}, RIGHT),
    ("road-address.road_in_sigungu", {"road_code": "111403100012", "bjd_code": "1111010100"}, WRONG),
    ("security-light.lights_at_least_one", {"lights_count": 0}, WRONG),
    ("shops.industry_codes_nest", {"industry_large_code": "I2", "industry_small_code": "I20102"}, RIGHT),
    ("shops.industry_codes_nest", {"industry_large_code": "Q", "industry_small_code": "Q12A01"}, RIGHT),
    ("shops.industry_codes_nest", {"industry_large_code": "I2", "industry_small_code": "Q12A01"}, WRONG),
    ("shops.parcel_number_form", {"parcel_number": "1168010100107360005"}, RIGHT),
    ("shops.parcel_number_form", {"parcel_number": "1.16801E+18"}, WRONG),
    ("speed-camera.speed_limit_plausible", {"speed_limit_kmh": 130}, WRONG),
    ("speed-camera.speed_limit_plausible", {"speed_limit_kmh": 0}, NOT_ASKED),
    ("traditional-market.opening_cycle_pattern", {"opening_cycle": "매일"}, RIGHT),
    ("traditional-market.opening_cycle_pattern", {"opening_cycle": "2일+7일"}, RIGHT),
    ("traditional-market.opening_cycle_pattern", {"opening_cycle": "가끔"}, WRONG),
    ("weather-daily.temperature_order", {"min_temperature_c": 5.0, "max_temperature_c": 4.0}, WRONG),
    ("weather-daily.mean_within_range",
     {"mean_temperature_c": 5.0, "min_temperature_c": 1.0, "max_temperature_c": 4.0}, WRONG),
    ("weather-daily.mean_within_range",
     {"mean_temperature_c": 0.2, "min_temperature_c": -4.9, "max_temperature_c": 4.6}, RIGHT),
    ("weather-daily.temperature_plausible", {"min_temperature_c": -50.0, "max_temperature_c": 4.0}, WRONG),
    ("weather-hourly.temperature_plausible", {"temperature_c": 50.0}, WRONG),
    ("child-zone.address_present", {"road_address": None, "lot_address": None}, WRONG),
    ("road-node.node_id_form", {"node_id": "990000010"}, WRONG),
    ("road-node.node_id_form", {"node_id": "9900000100"}, RIGHT),
    ("road-link.link_id_form", {"link_id": "9900000100A"}, WRONG),
    ("road-link.link_between_two_nodes", {"from_node_id": "9900000100", "to_node_id": "9900000100"}, WRONG),
    ("road-link.speed_limit_plausible", {"speed_limit_kmh": 35}, WRONG),
    ("road-link.speed_limit_plausible", {"speed_limit_kmh": 30}, RIGHT),
    ("road-link.lanes_plausible", {"lanes_count": 0}, WRONG),
    ("building.building_id_form", {"building_id": "991101010010001000000001"}, WRONG),
    ("building.building_in_legal_dong", {"building_id": "9911010100100010000000001", "bjd_code": "9911010200"}, WRONG),
    ("building.building_in_legal_dong", {"building_id": "9911010100100010000000001", "bjd_code": "9911010100"}, RIGHT),
    # 100 m2 on three storeys and a basement hold 400 m2, and 5 % more are let pass
    ("building.floors_hold_the_area",
     {"building_area_m2": 100.0, "floor_area_m2": 420.0, "floors_above_count": 3, "floors_below_count": 1}, RIGHT),
    ("building.floors_hold_the_area",
     {"building_area_m2": 100.0, "floor_area_m2": 421.0, "floors_above_count": 3, "floors_below_count": 1}, WRONG),
    ("building.flats_have_homes", {"main_use": "공동주택", "households_count": None}, WRONG),
    ("building.flats_have_homes", {"main_use": "공장", "households_count": 0}, NOT_ASKED),
    ("card-sales.sales_need_approvals", {"sales_krw": 10, "approvals_count": 0}, WRONG),
    ("card-sales.sales_need_approvals", {"sales_krw": None, "approvals_count": 0}, NOT_ASKED),
    ("card-sales.small_cells_are_hidden", {"card_shops_count": 2, "sales_krw": 5_000_000}, WRONG),
    ("card-sales.small_cells_are_hidden", {"card_shops_count": 2, "sales_krw": None}, RIGHT),
    ("card-sales.small_cells_are_hidden", {"card_shops_count": 3, "sales_krw": 5_000_000}, RIGHT),
    ("card-sales.ticket_within_reason", {"sales_krw": 499, "approvals_count": 1}, WRONG),
    ("card-sales.ticket_within_reason", {"sales_krw": 5_000_000, "approvals_count": 1}, RIGHT),
    ("card-sales-summary.months_make_quarter",
     {"first_month_sales_million_krw": 10, "second_month_sales_million_krw": 20, "third_month_sales_million_krw": 30,
      "quarter_sales_million_krw": 63}, WRONG),
    ("card-sales-summary.months_make_quarter",
     {"first_month_sales_million_krw": 10, "second_month_sales_million_krw": 20, "third_month_sales_million_krw": 30,
      "quarter_sales_million_krw": 62}, RIGHT),
    ("support-shops.applied_before_paid", {"applied_on": date(2025, 8, 2), "paid_on": date(2025, 8, 1)}, WRONG),
    ("museum.holiday_hours_order", {"holiday_open_time": "18:00", "holiday_close_time": "09:00"}, WRONG),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "row", "expected"), CASES)
def test_a_rule(tmp_path: Path, rule: str, row: dict[str, Any], expected: tuple[int, int]) -> None:
    standard = STANDARDS[rule.split(".")[0]]
    found = checked(tmp_path, mapped(standard, *row), [list(row.values())], standard)
    assert found.of(rule.split(".")[1]) == expected


def test_sizes_of_households_make_their_total(tmp_path: Path) -> None:
    standard = STANDARDS["households-by-size"]
    names = ("period", "sigungu_name", "dong_name", "household_size", "fewest_persons", "households_count")
    rows = [
        ["2017.12", "종로구", "사직동", "계", None, 10],
        ["2017.12", "종로구", "사직동", "1인", 1, 6],
        ["2017.12", "종로구", "사직동", "2인", 2, 4],
        ["2017.12", "종로구", "삼청동", "계", None, 10],
        ["2017.12", "종로구", "삼청동", "1인", 1, 6],
    ]
    assert checked(tmp_path, mapped(standard, *names), rows, standard).of("sizes_make_total") == (2, 1)


def test_ages_and_nationalities_make_their_totals(tmp_path: Path) -> None:
    standard = STANDARDS["population-by-nationality"]
    names = (
        "period",
        "sigungu_name",
        "dong_name",
        "nationality",
        "age",
        "age_from",
        "age_to",
        "population_persons",
    )
    rows = [
        ["2020.2/4", "종로구", "사직동", kind, age, age_from, age_to, count]
        for kind, total, young, old in (("계", 10, 4, 6), ("한국인", 8, 3, 5), ("외국인", 2, 1, 2))
        for age, age_from, age_to, count in (
            ("계", None, None, total),
            ("0~4세", 0, 4, young),
            ("5~9세", 5, 9, old),
        )
    ]
    found = checked(tmp_path, mapped(standard, *names), rows, standard)
    assert found.of("ages_make_total") == (3, 1)  # foreigners: 1 + 2 are not 2
    assert found.of("nationalities_make_total") == (3, 1)  # 5 to 9: 5 + 2 are not 6
