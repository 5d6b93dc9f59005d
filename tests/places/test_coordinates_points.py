"""Points that cannot be where they say."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from madang.places.coordinates_points import check_points, near_areas, near_boxes

JUNG_GU = near_boxes({"26110": (129.01, 35.09, 129.06, 35.12)})  # about 부산 중구
NAN = float("nan")


def rules(lon: list[float], lat: list[float], **options: object) -> list[tuple[int, str]]:
    found = check_points(np.array(lon), np.array(lat), **options)  # type: ignore[arg-type]
    return list(zip(found["row"].to_pylist(), found["rule"].to_pylist(), strict=True))


def one(lon: float, lat: float) -> list[dict[str, object]]:
    found = check_points(np.array([lon]), np.array([lat]), claimed=pa.array(["26110"]), near=JUNG_GU)
    return found.drop_columns(["row"]).to_pylist()


def test_a_good_point_and_a_missing_one_are_left_alone() -> None:
    assert one(129.0351337, 35.11087216) == []
    assert one(NAN, NAN) == []


def test_a_swapped_pair_is_proposed_the_right_way_round() -> None:
    assert one(35.11087216, 129.0351337) == [
        {"rule": "point_swapped", "lon": 129.0351337, "lat": 35.11087216}
    ]


def test_one_digit_typed_wrong_is_proposed_where_only_one_change_fits() -> None:
    [found] = one(129.0351337, 25.113508)
    assert found["rule"] == "point_digit"
    assert (found["lon"], found["lat"]) == (129.0351337, pytest.approx(35.113508, abs=1e-9))


def test_no_digit_is_proposed_where_several_would_do() -> None:
    """35.1 to 35.3 lie in this area: 35.9 may have been each of them."""
    tall = near_boxes({"1": (129.0, 35.05, 129.1, 35.35)})
    found = check_points(np.array([129.05]), np.array([35.92345]), claimed=pa.array(["1"]), near=tall)
    assert found["rule"].to_pylist() == ["point_outside_claim"]
    assert found["lon"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("lon", "lat", "rule"),
    [
        (0.0, 0.0, "point_zero"),
        (0.0, 35.1, "point_zero"),
        (123.1234567, 34.1234567, "point_dummy"),
        (127.0, 37.1, "point_dummy"),
        (126.9999999, 37.51, "point_dummy"),
        (126.111111, 37.222222, "point_dummy"),
        (126.111111, 37.51, "point_dummy"),
        (129.2, 35.21, "point_outside_claim"),
        (-3.7, 40.41, "point_outside_korea"),
        (float("inf"), 35.1, "point_outside_korea"),
    ],
)
def test_other_points_are_named_without_a_proposal(lon: float, lat: float, rule: str) -> None:
    assert one(lon, lat) == [{"rule": rule, "lon": None, "lat": None}]


def test_six_equal_decimals_may_be_chance() -> None:
    """One value in 50,000 ends so, and a place in metres becomes any degrees."""
    assert rules([125.333333], [35.604217]) == []
    metres = (np.array([48981.4522992]), np.array([239965.761221]))
    assert rules([125.3333333], [35.604217]) == [(0, "point_dummy")]
    assert rules([125.3333333], [35.604217], projected=metres) == []


def test_zero_metres_are_zero_although_they_lie_in_the_sea_as_degrees() -> None:
    """(0, 0) of EPSG:5174 is (124.849, 33.478), inside the box of Korea."""
    metres = (np.array([0.0, 198022.1]), np.array([0.0, 451579.8]))
    assert rules([124.849, 126.9784], [33.478, 37.5665], projected=metres) == [(0, "point_zero")]


def test_two_hundred_metres_beyond_the_border_are_forgiven() -> None:
    """One degree of longitude at 35.1 degrees north is 91.1 km: 0.0021 degrees are 191 m, 0.0023 are 210 m."""
    claimed = pa.array(["26110", "26110", "99999", None])
    found = rules([129.0621, 129.0623, 127.51, 127.52], [35.1017] * 4, claimed=claimed, near=JUNG_GU)
    assert found == [(1, "point_outside_claim")]


def test_an_area_is_judged_by_its_shape_not_its_box() -> None:
    corner = shapely.Polygon([(129.0, 35.0), (129.1, 35.0), (129.0, 35.1)])
    near = near_areas(pa.array(["1"]), np.array([corner]))
    found = near(np.array([129.02, 129.08]), np.array([35.02, 35.08]), pa.array(["1", "1"]))
    assert found.tolist() == [True, False]


def test_a_northing_of_some_metres_is_that_of_jeju() -> None:
    metres = (np.array([156_527.26, 155_951.67, 156_000.0]), np.array([-51.95, 613.43, 0.0]))
    assert rules([126.52, 126.51, 126.51], [33.49, 33.50, 33.49], projected=metres) == [(2, "point_zero")]


def test_the_cells_of_a_grid_row_by_row_are_not_dragged() -> None:
    """Cells of 250 m in EPSG:5179, as degrees: each column of the grid repeats the step of the others."""
    up, across = np.arange(15) % 5, np.arange(15) // 5
    lon = 127.0911235 + 0.0028411 * across - 0.000012053 * up
    lat = 37.5392617 + 0.0000091 * across + 0.002253301 * up
    assert rules(lon, lat) == []


def test_values_dragged_down_a_spreadsheet() -> None:
    lon = [127.123457, 128.123457, 129.123457, 129.5, 128.7]
    lat = [35.223457, 36.223457, 37.223457, 35.2, 35.9]
    assert rules(lon, lat) == [(1, "point_dragged"), (2, "point_dragged")]
    fine_lon, fine_lat = [127.123457 + i * 1e-6 for i in range(3)], [35.223457 + i * 1e-6 for i in range(3)]
    assert rules(fine_lon, fine_lat) == [(1, "point_dragged"), (2, "point_dragged")]


def test_a_grid_and_coarse_values_are_not_dragged() -> None:
    assert rules([127.1234571 + i * 0.01 for i in range(5)], [35.2234571] * 5) == []
    assert rules([127.12, 127.13, 127.14], [35.21, 35.22, 35.23]) == []


def test_one_point_for_many_addresses_is_named() -> None:
    lon, lat = [126.93456712] * 5 + [127.2] * 5, [35.13456712] * 5 + [35.31] * 5
    addresses = pa.array(["가로 1", "나로 2", "다로 3", "라로 4", "마로 5"] + ["바로 6"] * 5)
    assert rules(lon, lat, addresses=addresses) == [(row, "point_duplicated") for row in range(5)]
    assert rules(lon, lat) == []


def test_values_that_are_no_numbers_disturb_no_others() -> None:
    infinite, nan = float("inf"), NAN
    lon, lat = [infinite, infinite, nan, 127.31], [35.1, -infinite, nan, 35.11]
    found = rules(lon, lat, addresses=pa.array(["가로 1"] * 4))
    assert found == [(0, "point_outside_korea"), (1, "point_outside_korea")]
    assert rules([], []) == []


def test_metres_near_nothing_are_a_position_where_the_point_lies_as_it_should() -> None:
    """백령면 has an easting of some hundred metres in EPSG:5174, 제주시 a northing of 0."""
    metres = (np.array([312.4, 312.4, 156_000.0, 12.0]), np.array([500_412.7, 500_412.7, 0.0, 7.0]))
    lon, lat = [124.71, 124.72, 126.51, 124.85], [37.95, 37.96, 33.49, 33.48]
    placed = np.array([True, False, True, True])
    assert rules(lon, lat, projected=metres, placed=placed) == [(1, "point_zero"), (3, "point_zero")]


def test_floors_and_spellings_of_one_lot_are_one_place() -> None:
    lot = [
        "서울 양천구 목동 919-7번지 홈에버 1층",
        "서울 양천구 목동 919-7번지 2층",
        "서울 양천구 목동 919-0007번지",
    ]
    addresses = pa.array([lot[i % 3] for i in range(6)] + [f"서울 양천구 목동 {i}-1" for i in range(10, 16)])
    lon, lat = [126.8761234] * 6 + [126.8654321] * 6, [37.5261234] * 6 + [37.5265432] * 6
    assert rules(lon, lat, addresses=addresses) == [(row, "point_duplicated") for row in range(6, 12)]
