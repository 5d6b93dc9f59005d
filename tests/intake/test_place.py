"""Rows get their place: from points of any coordinate system, with the evidence; from codes, names and addresses."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from intake.made_up_country import (
    CODES,
    DONGS,
    column,
    deposit,
    dong_at,
    evidence,
    full_name,
    live,
    made,
    points,
    problems,
    projected,
    write,
)
from madang.intake.raw import Override
from madang.workspace import Workspace


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made(tmp_path_factory.mktemp("country"), "boundaries", "relation", "legal")


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made(tmp_path_factory.mktemp("addressed"), "boundaries", "relation", "legal", "addresses")


def table_of(folder: Path, name: str, header: str, rows: list[str]) -> Path:
    return write(folder, f"{name}.csv", [header, *rows])


@pytest.mark.slow
@pytest.mark.parametrize("crs", [5174, 5181, 5186, 5179, 2097])
def test_the_system_of_metres_is_named_by_the_areas_that_rows_claim(
    country: Workspace, tmp_path: Path, crs: int
) -> None:
    spots = points(240)
    rows = [
        f"{n},{x:.4f},{y:.4f},{dong_at(*spot)}"
        for n, (spot, (x, y)) in enumerate(zip(spots, projected(spots, crs), strict=True))
    ]
    name = "시설-" + "가나다라마"[[5174, 5181, 5186, 5179, 2097].index(crs)]
    receipt = deposit(country, table_of(tmp_path, name, "번호,X좌표,Y좌표,행정동코드", rows))
    assert receipt.crs == f"EPSG:{crs}"
    assert receipt.located_share == 1.0
    assert f"(EPSG:{crs})" in evidence(country, name, "crs")["value"]
    assert column(country, name, "dong_code") == [dong_at(*spot) for spot in spots]
    assert set(column(country, name, "geo_level")) == {"point"}
    for lon, lat, spot in zip(column(country, name, "lon"), column(country, name, "lat"), spots, strict=True):
        assert math.hypot((lon - spot[0]) * 88_000, (lat - spot[1]) * 111_000) < 0.1


def test_degrees_are_named_and_placed(country: Workspace, tmp_path: Path) -> None:
    spots = points()
    rows = [f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(spots)]
    receipt = deposit(country, table_of(tmp_path, "정류장", "번호,위도,경도", rows))
    assert receipt.crs == "EPSG:4326"
    assert column(country, "정류장", "dong_code") == [dong_at(*spot) for spot in spots]


CODED = [
    ("행정동코드", [dong[0] for dong in DONGS], [dong[0] for dong in DONGS]),
    ("행정동코드8", [dong[0][:8] for dong in DONGS], [dong[0] for dong in DONGS]),
    # 가람동 lies in two 행정동: which of them is not guessed
    ("법정동코드", [dong[2] for dong in DONGS], [None, None, *CODES[2:]]),
]


@pytest.mark.parametrize(("label", "codes", "expected"), CODED)
def test_codes_lead_to_the_dong_they_name(
    country: Workspace, tmp_path: Path, label: str, codes: list[str], expected: list[str | None]
) -> None:
    header = label.rstrip("8")
    name = f"코드별{label}"
    deposit(country, table_of(tmp_path, name, f"번호,{header}", [f"{n},{c}" for n, c in enumerate(codes)]))
    assert column(country, name, "dong_code") == expected
    assert column(country, name, "geo_level") == ["code" if code else None for code in expected]


def test_a_code_of_a_sigungu_names_no_dong(country: Workspace, tmp_path: Path) -> None:
    codes = ["41910", "41930", "11810", "11830"] * 3
    rows = [f"{n},{code}" for n, code in enumerate(codes)]
    receipt = deposit(country, table_of(tmp_path, "시군구별", "번호,시군구코드", rows))
    assert set(column(country, "시군구별", "dong_code")) == {None}
    assert receipt.located_share == 0.0


def test_names_lead_to_the_dong_where_they_mean_one(country: Workspace, tmp_path: Path) -> None:
    rows = [f"{n}," + full_name(n).replace(" ", ",") for n in range(12)]
    deposit(country, table_of(tmp_path, "이름별", "번호,시도명,시군구명,행정동명", rows))
    assert column(country, "이름별", "dong_code") == list(CODES)
    assert set(column(country, "이름별", "geo_level")) == {"name"}


def test_a_name_of_several_places_is_not_guessed(country: Workspace, tmp_path: Path) -> None:
    rows = [f"{n},{dong[1]}" for n, dong in enumerate(DONGS)]
    deposit(country, table_of(tmp_path, "동이름", "번호,행정동", rows))
    found = column(country, "동이름", "dong_code")
    assert [found[7], found[10]] == [None, None]  # 중앙동 of 다온구 and of 미르구
    assert [code for n, code in enumerate(found) if n not in (7, 10)] == [
        code for n, code in enumerate(CODES) if n not in (7, 10)
    ]


ADDRESSES = [
    "경기도 새빛시 가람로 3",  # building of 가람1동
    "경기도 새빛시 가람로 15",  # building of 가람2동
    "경기도 새빛시 가람동 4",  # lot, in 가람1동
    "서울특별시 다온구 다온길 99",  # no such number, but the whole street lies in 다온동
    "서울특별시 다온구 중앙동 12-3",  # a lot that is not listed: its legal dong is one 행정동
    "경기도 새빛시 가람로 10",
    "경기도 한솔군 들말면 윗말리 8",
]


def test_addresses_are_found_in_the_register_of_addresses(addressed: Workspace, tmp_path: Path) -> None:
    rows = [f"{n},{address}" for n, address in enumerate(ADDRESSES)]
    receipt = deposit(addressed, table_of(tmp_path, "상점", "번호,소재지주소", rows))
    expected = [CODES[0], CODES[1], CODES[0], CODES[6], CODES[7], CODES[0], CODES[4]]
    assert column(addressed, "상점", "dong_code") == expected
    levels = ["building", "building", "lot", "road", "name", "building", "name"]
    assert column(addressed, "상점", "geo_level") == levels
    assert receipt.located_share == 1.0


def test_without_a_register_of_addresses_the_dong_named_is_all_that_is_known(
    country: Workspace, tmp_path: Path
) -> None:
    rows = [f"{n},{address}" for n, address in enumerate(ADDRESSES)]
    deposit(country, table_of(tmp_path, "가게", "번호,소재지주소", rows))
    # 가람동 is two 행정동; road addresses name no dong
    expected = [None, None, None, None, CODES[7], None, CODES[4]]
    assert column(country, "가게", "dong_code") == expected


def test_what_a_row_says_does_not_move_its_point(country: Workspace, tmp_path: Path) -> None:
    """A point in 나래동 of a row that says 하늘동: the dong is that of the point, and the row is told."""
    spots = points()
    rows = [f"{n},{lat:.7f},{lon:.7f},{dong_at(lon, lat)}" for n, (lon, lat) in enumerate(spots)]
    rows[2] = f"2,37.4500000,127.0100000,{CODES[11]}"
    deposit(country, table_of(tmp_path, "엇갈림", "번호,위도,경도,행정동코드", rows))
    assert column(country, "엇갈림", "dong_code")[2] == CODES[2]
    (told,) = problems(country, "엇갈림", "point_outside_claim")
    assert told["row"] == 4
    assert told["detail"]["area"] == "서울특별시 미르구"


def test_without_a_register_rows_have_points_and_no_dong(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    rows = [f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(points(30))]
    receipt = deposit(workspace, table_of(tmp_path, "정류장", "번호,위도,경도", rows))
    assert [reason.code for reason in receipt.reasons] == ["no_register"]
    assert set(column(workspace, "정류장", "dong_code")) == {None}
    assert column(workspace, "정류장", "lon")[0] == pytest.approx(points(30)[0][0], abs=1e-7)
    assert receipt.located_share == 0.0


def test_what_a_person_says_of_the_system_is_obeyed(country: Workspace, tmp_path: Path) -> None:
    spots = points(60)
    rows = [f"{n},{x:.2f},{y:.2f}" for n, (x, y) in enumerate(projected(spots, 5181))]
    path = table_of(tmp_path, "말한좌표", "번호,X좌표,Y좌표", rows)
    receipt = deposit(country, path, Override(crs="EPSG:5174"))
    assert receipt.crs == "EPSG:5174"
    assert evidence(country, "말한좌표", "crs")["confidence"] == 1.0


def test_a_wide_table_is_placed_row_by_row_before_it_is_made_long(country: Workspace, tmp_path: Path) -> None:
    header = "행정동코드,행정동명," + ",".join(f"2024년 {month}월" for month in range(1, 7))
    rows = [
        f"{dong[0]},{dong[1]}," + ",".join(str(n * 7 + m) for m in range(6)) for n, dong in enumerate(DONGS)
    ]
    deposit(country, table_of(tmp_path, "월별", header, rows))
    found = column(country, "월별", "dong_code")
    repeats = len(found) // 12
    assert found == [code for code in CODES for _ in range(repeats)]
    assert live(country, "월별").facts["located"]["rows"] == 12


def test_a_system_that_the_rows_speak_against_is_obeyed_told_and_not_remembered(
    country: Workspace, tmp_path: Path
) -> None:
    spots = points(240)
    rows = [
        f"{n},{x:.4f},{y:.4f},{dong_at(*spot)}"
        for n, (spot, (x, y)) in enumerate(zip(spots, projected(spots, 5186), strict=True))
    ]
    path = table_of(tmp_path, "틀린말", "번호,X좌표,Y좌표,행정동코드", rows)
    for verdict in ("accepted_with_problems", "unchanged"):
        receipt = deposit(country, path, Override(crs="EPSG:5185"))
        assert (receipt.verdict, receipt.crs) == (verdict, "EPSG:5185")
        assert not (country.folder / "content" / "sources" / "틀린말.toml").exists()
    (told,) = [each for each in live(country, "틀린말").receipt["reasons"] if each["code"] == "crs_told_off"]
    # two degrees of longitude at 37.43 north
    assert 176_000 <= float(told["params"]["metres"].replace(",", "")) <= 178_000
    assert told["params"]["system"] == "EPSG:5186"
    assert "기억" in told["text"]
    right = deposit(country, path, Override(crs="EPSG:5186"))
    assert "crs_told_off" not in {reason.code for reason in right.reasons}
    assert (country.folder / "content" / "sources" / "틀린말.toml").exists()
