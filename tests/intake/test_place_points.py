"""Points that cannot be where they say: told with a proposed reading, and the table keeps what the file has."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake.made_up_country import (
    column,
    deposit,
    dong_at,
    evidence,
    made,
    points,
    problems,
    projected,
    write,
)
from madang.intake.placing import two_ends
from madang.workspace import Workspace

Row = tuple[str, str, str]  # 위도, 경도, 주소


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made(tmp_path_factory.mktemp("country"))


def sound(count: int = 96) -> list[Row]:
    return [(f"{lat:.7f}", f"{lon:.7f}", f"가상로 {n + 1}") for n, (lon, lat) in enumerate(points(count))]


def put(folder: Path, workspace: Workspace, name: str, rows: list[Row]) -> None:
    lines = ["번호,위도,경도,소재지주소", *(f"{n},{','.join(row)}" for n, row in enumerate(rows))]
    deposit(workspace, write(folder, f"{name}.csv", lines))


def swapped(rows: list[Row]) -> None:
    rows[5] = (rows[5][1], rows[5][0], rows[5][2])


def zero(rows: list[Row]) -> None:
    rows[5] = ("0", "0", rows[5][2])


def outside(rows: list[Row]) -> None:
    rows[5] = ("51.5007292", "-0.1246254", rows[5][2])


def in_japan(rows: list[Row]) -> None:
    rows[5] = ("35.6585805", "139.7454329", rows[5][2])


def duplicated(rows: list[Row]) -> None:
    for n in range(20, 40):
        rows[n] = ("37.4100123", "127.0100456", rows[n][2])


def dragged(rows: list[Row]) -> None:
    for n in range(20, 40):
        rows[n] = (f"{37.41 + (n - 20):.6f}", "127.0100456", rows[n][2])


CASES: list[tuple[Callable[[list[Row]], None], str, set[int]]] = [
    (swapped, "point_swapped", {7}),
    (zero, "point_zero", {7}),
    (outside, "point_outside_korea", {7}),
    (in_japan, "point_outside_korea", {7}),
    (duplicated, "point_duplicated", set(range(22, 42))),
]


NAMES = {"swapped": "바뀜", "zero": "영", "outside": "나라밖", "in_japan": "이웃나라", "duplicated": "겹침"}


@pytest.mark.parametrize(("spoil", "rule", "where"), CASES, ids=[case[0].__name__ for case in CASES])
def test_a_wrong_point_is_told_where_it_stands(
    country: Workspace, tmp_path: Path, spoil: Callable[[list[Row]], None], rule: str, where: set[int]
) -> None:
    rows = sound()
    spoil(rows)
    name = "점-" + NAMES[spoil.__name__]
    put(tmp_path, country, name, rows)
    told = problems(country, name, rule)
    assert {each["row"] for each in told} == where
    points_told = [each for each in problems(country, name) if each["rule"].startswith("point_")]
    assert {each["row"] for each in points_told} == where  # and no other row
    assert column(country, name, "위도") == [
        float(row[0]) for row in rows
    ]  # the table keeps what the file has
    assert column(country, name, "경도") == [float(row[1]) for row in rows]


def test_a_swapped_point_comes_with_the_other_reading(country: Workspace, tmp_path: Path) -> None:
    rows = sound()
    lat, lon, _ = rows[5]
    swapped(rows)
    put(tmp_path, country, "제안", rows)
    (told,) = problems(country, "제안", "point_swapped")
    assert (told["detail"]["proposed_lon"], told["detail"]["proposed_lat"]) == (lon, lat)
    assert column(country, "제안", "lon")[5] is None
    assert column(country, "제안", "dong_code")[5] is None


def test_latitudes_that_a_spreadsheet_counted_up_are_told(country: Workspace, tmp_path: Path) -> None:
    rows = sound()
    dragged(rows)
    put(tmp_path, country, "끌기", rows)
    told = {each["row"] for each in problems(country, "끌기") if each["rule"].startswith("point_")}
    assert set(range(24, 42)) <= told  # all but the first, which was typed, and what lies by chance in Korea


def test_sound_points_are_no_problem(country: Workspace, tmp_path: Path) -> None:
    put(tmp_path, country, "멀쩡", sound())
    assert problems(country, "멀쩡") == []


def test_two_pairs_that_disagree_are_told_with_their_metres(country: Workspace, tmp_path: Path) -> None:
    """The parks' files have TM and WGS84; the TM of these lies 200 m east of the degrees."""
    spots = points(120)
    metres = [(x + 200, y) for x, y in projected(spots, 5186)]
    lines = ["번호,행정동코드,X좌표,Y좌표,위도,경도"]
    for n, ((lon, lat), (x, y)) in enumerate(zip(spots, metres, strict=True)):
        lines.append(f"{n},{dong_at(lon, lat)},{x:.2f},{y:.2f},{lat:.7f},{lon:.7f}")
    receipt = deposit(country, write(tmp_path, "공원-둘.csv", lines))
    assert receipt.crs == "EPSG:4326"
    (told,) = [reason for reason in receipt.reasons if reason.code == "pairs_disagree"]
    assert 195 <= float(told.params["metres"].replace(",", "")) <= 205
    assert column(country, "공원-둘", "lon") == [pytest.approx(lon, abs=1e-6) for lon, _ in spots]


def test_two_pairs_that_agree_are_not_spoken_of(country: Workspace, tmp_path: Path) -> None:
    spots = points(120)
    lines = ["번호,행정동코드,X좌표,Y좌표,위도,경도"]
    for n, ((lon, lat), (x, y)) in enumerate(zip(spots, projected(spots, 5186), strict=True)):
        lines.append(f"{n},{dong_at(lon, lat)},{x:.2f},{y:.2f},{lat:.7f},{lon:.7f}")
    receipt = deposit(country, write(tmp_path, "공원-하나.csv", lines))
    assert receipt.reasons == ()


def test_where_something_begins_and_where_it_ends_are_two_places(country: Workspace, tmp_path: Path) -> None:
    """A row of trees 200 m long: its end is not another reading of its beginning."""
    spots = points(120)
    lines = ["번호,행정동코드,시작위도,시작경도,종료위도,종료경도"]
    for n, (lon, lat) in enumerate(spots):
        lines.append(f"{n},{dong_at(lon, lat)},{lat:.7f},{lon:.7f},{lat:.7f},{lon + 0.0022:.7f}")
    receipt = deposit(country, write(tmp_path, "가로수길.csv", lines))
    assert receipt.reasons == ()


@pytest.mark.parametrize(
    "headers", ["종료위도,종료경도,시작위도,시작경도", "endLat,endLon,startLat,startLon"]
)
def test_the_end_may_stand_before_the_beginning(country: Workspace, tmp_path: Path, headers: str) -> None:
    lines = [f"번호,행정동코드,{headers}"]
    for n, (lon, lat) in enumerate(points(120)):
        lines.append(f"{n},{dong_at(lon, lat)},{lat:.7f},{lon:.7f},{lat:.7f},{lon + 0.0022:.7f}")
    receipt = deposit(country, write(tmp_path, f"뒤집힌길{len(headers)}.csv", lines))
    assert receipt.reasons == ()


@pytest.mark.parametrize(
    ("one", "other", "two"),
    [
        ("시점X좌표", "종점X좌표", True), ("종점X좌표", "시점X좌표", True), ("start_lon", "END_LON", True),
        ("endLon", "beginLon", True), ("end1_x", "start1_x", True), ("calendar_lon", "start_lon", False),
        ("sender_lon", "begin_lon", False), ("end_lon", "restart_lon", False), ("종점경도", "종료경도", False),
        ("경도", "종점경도", False),
    ],
)  # fmt: skip
def test_words_of_beginning_and_end_are_whole_words(one: str, other: str, two: bool) -> None:
    assert two_ends(one, other) is two


def test_metres_of_one_row_in_another_system_are_told(country: Workspace, tmp_path: Path) -> None:
    spots = points(240)
    metres = projected(spots, 5186)
    metres[7] = projected([spots[7]], 5181)[0]  # 100 km to the north
    rows = [
        f"{n},{x:.2f},{y:.2f},{dong_at(*s)}" for n, ((x, y), s) in enumerate(zip(metres, spots, strict=True))
    ]
    deposit(country, write(tmp_path, "섞임.csv", ["번호,X좌표,Y좌표,행정동코드", *rows]))
    told: list[dict[str, Any]] = problems(country, "섞임")
    assert [each["row"] for each in told] == [9]


def sexagesimal(value: float) -> tuple[int, int, float]:
    minutes = (value - int(value)) * 60
    return int(value), int(minutes), round((minutes - int(minutes)) * 60, 4)


def test_columns_of_degrees_minutes_and_seconds_are_the_form_of_the_file(
    country: Workspace, tmp_path: Path
) -> None:
    spots = points(60)
    lines = ["번호,위도(도),위도(분),위도(초),경도(도),경도(분),경도(초)"]
    for n, (lon, lat) in enumerate(spots):
        lines.append(",".join(map(str, (n, *sexagesimal(lat), *sexagesimal(lon)))))
    receipt = deposit(country, write(tmp_path, "대피소.csv", lines))
    assert receipt.crs == "EPSG:4326"
    assert column(country, "대피소", "dong_code") == [dong_at(*spot) for spot in spots]
    assert column(country, "대피소", "lat") == [pytest.approx(lat, abs=1e-7) for _, lat in spots]
    assert evidence(country, "대피소", "degrees")["confidence"] == 1.0


def test_a_column_of_degree_texts_is_read_and_slips_in_it_are_not(country: Workspace, tmp_path: Path) -> None:
    spots = points(60)
    lines = ["번호,위도,경도"]
    for n, (lon, lat) in enumerate(spots):
        texts = ('{}°{}\'{}""'.format(*sexagesimal(axis)) for axis in (lat, lon))
        lines.append(f"{n}," + ",".join(f'"{text}"' for text in texts))
    lines[8] = '7,"37°75\'10""","127°1\'10"""'
    receipt = deposit(country, write(tmp_path, "도분초.csv", lines))
    assert receipt.crs == "EPSG:4326"
    found = column(country, "도분초", "dong_code")
    assert found[7] is None
    assert found[:7] + found[8:] == [dong_at(*spot) for n, spot in enumerate(spots) if n != 7]


SLIPS = [
    ('37°25\'10.5""', "degrees_dms", 37.419583),
    ("37°25.5'", "degrees_dm", 37.425),
    ("37.4195N", "degrees_marked", 37.4195),
    ('"37,4195123"', "degrees_comma", 37.4195123),
    ("37.419.5123", "degrees_two_points", 37.4195123),
]


@pytest.mark.parametrize(("cell", "rule", "proposed"), SLIPS, ids=[slip[1][8:] for slip in SLIPS])
def test_a_coordinate_that_is_no_plain_number_is_told_with_what_it_may_mean(
    country: Workspace, tmp_path: Path, cell: str, rule: str, proposed: float
) -> None:
    lines = ["번호,위도,경도", *(f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(points(96)))]
    quoted = cell if cell.startswith('"') else f'"{cell}"'
    lines[6] = f"5,{quoted},127.0312345"
    name = "표기-" + "가나다라마"[[slip[1] for slip in SLIPS].index(rule)]
    deposit(country, write(tmp_path, f"{name}.csv", lines))
    (told,) = problems(country, name)
    assert (told["rule"], told["row"], told["label"]) == (rule, 7, "위도")
    assert float(told["detail"]["proposed"]) == pytest.approx(proposed, abs=1e-6)
    assert column(country, name, "위도")[5] is None
    assert column(country, name, "lat")[5] is None


def test_a_number_that_lost_its_point_is_told_with_the_point(country: Workspace, tmp_path: Path) -> None:
    lines = ["번호,위도,경도", *(f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(points(96)))]
    lines[6] = "5,374195123,127.0312345"
    deposit(country, write(tmp_path, "빠진점.csv", lines))
    (told,) = problems(country, "빠진점", "degrees_lost_point")
    assert (told["row"], told["detail"]["proposed"]) == (7, "127.0312345, 37.4195123")
    assert problems(country, "빠진점", "point_dummy") == []
    assert column(country, "빠진점", "위도")[5] == 374195123
    assert column(country, "빠진점", "lat")[5] is None


def test_degrees_of_another_country_are_not_taken_for_metres(tmp_path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [[[-90, 40], [-80, 40], [-80, 45], [-90, 40]]]}
    feature = {"type": "Feature", "properties": {"name": "호수"}, "geometry": shape}
    path = tmp_path / "호수.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    receipt = deposit(Workspace.init(tmp_path / "w"), path)
    assert receipt.crs == "EPSG:4326"
    assert receipt.reasons == ()


def test_what_is_called_no_position_has_none_in_the_table(country: Workspace, tmp_path: Path) -> None:
    """The easting of the fifth row is 0, its address lies in the country; EPSG:5186 puts it into the sea."""
    spots = points(60)
    rows = [
        f"{n},{x:.2f},{y:.2f},{dong_at(*spot)}"
        for n, ((x, y), spot) in enumerate(zip(projected(spots, 5186), spots, strict=True))
    ]
    rows[4] = f"4,0,{projected(spots, 5186)[4][1]:.2f},{dong_at(*spots[4])}"
    rows[5] = f"5,0,0,{dong_at(*spots[5])}"
    deposit(country, write(tmp_path, "영점.csv", ["번호,X좌표,Y좌표,행정동코드", *rows]))
    assert [each["row"] for each in problems(country, "영점", "point_zero")] == [6, 7]
    assert column(country, "영점", "lon")[4:6] == [None, None]
    assert column(country, "영점", "geo_level")[3:7] == ["point", "code", "code", "point"]


def test_dragged_rows_are_points_only_where_they_may_be(country: Workspace, tmp_path: Path) -> None:
    """Both axes grow by 0.0040001 a row out of the country; the rows that stay in their own area stay points."""
    spots = points(96)
    rows = [f"{n},{lat:.7f},{lon:.7f},{dong_at(lon, lat)}" for n, (lon, lat) in enumerate(spots)]
    home = dong_at(127.001, 37.401)
    for n in range(20, 40):
        step = 0.0040001 * (n - 20)
        rows[n] = f"{n},{37.4010012 + step:.7f},{127.0010012 + step:.7f},{home}"
    deposit(country, write(tmp_path, "끌린.csv", ["번호,위도,경도,행정동코드", *rows]))
    levels, lon = column(country, "끌린", "geo_level"), column(country, "끌린", "lon")
    assert levels[20:25] == ["point"] * 5  # to 0.016 degrees: in 가람1동
    assert levels[25:40] == ["code"] * 15
    assert lon[25:40] == [None] * 15
    assert column(country, "끌린", "dong_code")[25:40] == [home] * 15


def test_points_that_both_lost_their_point_are_no_filled_in_values(
    country: Workspace, tmp_path: Path
) -> None:
    lines = ["번호,위도,경도", *(f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(points(96)))]
    lines[6] = "5,35100546,129034935"
    deposit(country, write(tmp_path, "둘다빠짐.csv", lines))
    told = [each["rule"] for each in problems(country, "둘다빠짐") if each["row"] == 7]
    assert told.count("degrees_lost_point") == 1
    assert not [rule for rule in told if rule.startswith("point_")]
