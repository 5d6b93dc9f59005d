"""Which coordinate system rows and layers are in, told by the areas they claim, on a made-up city and on real files."""

from __future__ import annotations

import csv
import json
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
import shapely
from numpy.typing import NDArray

from madang.places.codes import Sido
from madang.places.crs import CANDIDATES, METRES, WGS84, from_lonlat, transform
from madang.places.crs_evidence import decide_points
from madang.places.crs_layers import decide_layer
from madang.places.crs_verdict import luck
from madang.places.register import Areas, Register
from madang.places.register_build import AreaLayer, CodeList, build_register
from shared_data import shared

SIDOS = (Sido("서울특별시", "서울", "11", "11"), Sido("경기도", "경기", "41", "31"))
Lonlat = tuple[NDArray[np.float64], NDArray[np.float64]]
EMPTY = Register(Areas.none(), Areas.none())


@cache
def city() -> Register:
    """144 dongs of about one square kilometre around Seoul City Hall, in four districts of two provinces."""
    frame = shapely.box(126.9, 37.5, 127.04, 37.61)
    sites = np.random.default_rng(5).uniform((126.9, 37.5), (127.04, 37.61), (144, 2))
    cells = shapely.intersection(
        shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(sites))), frame
    )
    centres = shapely.centroid(cells)
    east, north = shapely.get_x(centres) > 126.97, shapely.get_y(centres) > 37.555
    codes, names = [], []
    for at in range(144):
        upper = f"{41 if east[at] else 11}{110 + 30 * int(north[at])}"
        codes.append(f"{upper}{500 + at:03}00")
        names.append(f"{'경기도' if east[at] else '서울특별시'} {upper}구 {at}동")
    shapes = pa.array(shapely.to_wkb(cells).tolist())
    layer = AreaLayer("city@1", None, shapes, {"code": pa.array(codes), "name": pa.array(names)})
    return build_register([layer], [], SIDOS)


def rows(number: int, seed: int, digits: int, wrong: float = 0.05) -> tuple[Lonlat, list[str]]:
    """Points anywhere in the city with the digits of the area they lie in; so many claim another area than theirs."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform((126.901, 37.501), (127.039, 37.609), (number, 2)).T
    claims = city().dong_code(lon, lat).to_pylist()
    for at in np.flatnonzero(rng.uniform(size=number) < wrong):
        claims[at] = claims[rng.integers(number)]
    return (lon, lat), [(claim or "")[:digits] for claim in claims]


@pytest.mark.slow
@pytest.mark.parametrize("crs", [candidate.crs for candidate in CANDIDATES])
def test_every_system_is_named_from_the_dongs_that_rows_claim(crs: str) -> None:
    (lon, lat), claims = rows(400, 1, 10)
    x, y = from_lonlat(lon, lat, crs)
    verdict = decide_points(x, y, claims, city())
    assert (verdict.crs, verdict.exchanged) == (crs, False)
    exchanged = decide_points(y, x, claims, city())
    assert (exchanged.crs, exchanged.exchanged) == (crs, True)
    assert "북쪽" in exchanged.because


@pytest.mark.slow
def test_over_many_files_none_is_named_wrong_and_those_that_cannot_be_told_are_left_open() -> None:
    told: dict[tuple[int, int], list[str]] = {}
    for seed in range(12):
        for number in (30, 100, 1000):
            for digits in (5, 10):
                truth = ("EPSG:5174", "EPSG:5181", "EPSG:2097", "EPSG:5186")[seed % 4]
                (lon, lat), claims = rows(number, seed, digits)
                verdict = decide_points(*from_lonlat(lon, lat, truth), claims, city())
                assert verdict.crs in (truth, None)
                assert truth in (verdict.crs, *verdict.candidates)
                told.setdefault((number, digits), []).append("open" if verdict.crs is None else "right")
    assert told[1000, 10] == told[1000, 5] == ["right"] * 12
    assert told[100, 10].count("right") == 12
    assert told[30, 10].count("right") >= 6


def test_without_claims_three_systems_fit_and_a_person_is_asked_once() -> None:
    (lon, lat), _ = rows(300, 2, 10)
    verdict = decide_points(*from_lonlat(lon, lat, "EPSG:5181"), None, city())
    assert verdict.crs is None
    assert {"EPSG:5174", "EPSG:2097", "EPSG:5181"} <= set(verdict.candidates)
    assert "EPSG:4162" not in verdict.candidates


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:5179"])
@pytest.mark.parametrize("register", ["city", "none"])
def test_degrees_and_utm_k_need_no_claims(crs: str, register: str) -> None:
    (lon, lat), _ = rows(300, 2, 10)
    known = city() if register == "city" else EMPTY
    assert decide_points(*from_lonlat(lon, lat, crs), None, known).crs == crs


def test_points_of_elsewhere_do_not_make_degrees_a_riddle() -> None:
    lon, lat = np.random.default_rng(0).uniform((126.2, 34.5), (129.0, 37.5), (200, 2)).T
    assert decide_points(lon, lat, None, city()).crs == "EPSG:4326"


def test_what_is_declared_stands_unless_the_claims_speak_against_it() -> None:
    (lon, lat), claims = rows(600, 3, 5)
    x, y = from_lonlat(lon, lat, "EPSG:5174")
    stands = decide_points(x, y, None, city(), declared="epsg:5174")
    assert (stands.crs, stands.declared_off_m, stands.warning) == ("EPSG:5174", pytest.approx(0), "")
    told = decide_points(x, y, claims, city(), declared="EPSG:5181")
    assert told.crs == "EPSG:5174"
    assert told.declared_off_m == pytest.approx(314, abs=4)
    assert "31" in told.warning
    assert "EPSG:5181" in told.warning


def test_a_system_that_is_none_of_the_known_ones_is_not_named() -> None:
    (lon, lat), claims = rows(2000, 4, 10, wrong=0)
    east, north = transform(lon, lat, WGS84, METRES)
    moved = transform(east - 150, north + 280, METRES, WGS84)
    verdict = decide_points(*from_lonlat(*moved, "EPSG:5186"), claims, city())
    assert verdict.crs is None
    assert "m쯤" in verdict.because


def test_rows_whose_place_is_known_decide_though_they_scatter() -> None:
    (lon, lat), _ = rows(120, 6, 10)
    x, y = from_lonlat(lon, lat, "EPSG:2097")
    noise = np.random.default_rng(0).normal(0, 100, (2, 120))
    known = np.where(np.arange(120) % 3 == 0, np.nan, lon), lat
    verdict = decide_points(x + noise[0], y + noise[1], None, city(), known=known)
    assert verdict.crs == "EPSG:2097"
    assert "80행" in verdict.because


def test_empty_nan_and_far_numbers_end_in_a_verdict() -> None:
    for x, y in (
        ([], []),
        ([np.nan], [np.inf]),
        ([0.0] * 9, [0.0] * 9),
        ([1e12] * 9, [1e300] * 9),
        ([200.0], [-95.0]),
    ):
        verdict = decide_points(x, y, None, city(), declared="nonsense")
        assert (verdict.crs, verdict.confidence) == (None, 0.0)
        assert verdict.because


def test_the_coin_of_mcnemar_by_hand() -> None:
    assert luck(0, 0) == 1.0
    assert luck(5, 0) == pytest.approx(1 / 32)
    assert luck(3, 1) == pytest.approx(5 / 16)  # (4 + 1) of 16 throws
    assert luck(900, 500) < 1e-9
    assert luck(700, 690) == pytest.approx(0.41, abs=0.02)


def shapes_in(crs: str, shift_m: float = 0) -> list[bytes]:
    def turned(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = from_lonlat(points[:, 0], points[:, 1], crs)
        return np.column_stack((x + shift_m, y + shift_m))

    shapes: list[bytes] = shapely.to_wkb(shapely.transform(city().polygons, turned)).tolist()
    return shapes


@pytest.mark.slow
@pytest.mark.parametrize(
    "crs", ["EPSG:5174", "EPSG:2097", "EPSG:5181", "EPSG:5186", "EPSG:4162", "EPSG:5178", "KATEC"]
)
def test_a_layer_of_areas_tells_its_system_and_how_far_the_declared_one_is_off(crs: str) -> None:
    verdict = decide_layer(shapes_in(crs), None, city(), declared="EPSG:5181")
    assert verdict.crs == crs
    assert (verdict.warning == "") == (crs == "EPSG:5181")
    assert "100 %" in verdict.because


@pytest.mark.slow
def test_a_layer_of_other_shapes_is_judged_by_the_areas_its_shapes_claim() -> None:
    (lon, lat), claims = rows(300, 7, 10)
    x, y = from_lonlat(lon, lat, "EPSG:5174")
    parks = shapely.buffer(shapely.points(x, y), 40)
    assert decide_layer(parks, claims, city()).crs == "EPSG:5174"
    assert decide_layer(shapely.boundary(parks), claims, city()).crs == "EPSG:5174"


def test_broken_and_missing_shapes_end_in_a_verdict() -> None:
    nothing = [None, b"\x00", shapely.to_wkb(shapely.Point()), shapely.to_wkb(shapely.box(0, 0, np.nan, 1))]
    assert decide_layer(nothing, None, city()).crs is None
    bow_tie = shapely.to_wkb(
        shapely.Polygon([(126.91, 37.51), (126.95, 37.55), (126.95, 37.51), (126.91, 37.55)])
    )
    assert decide_layer([bow_tie] * 9, None, city()).crs == "EPSG:4326"


@cache
def seoul() -> Register:
    """행정동 of Seoul, as a public body hands them out."""
    features = json.loads(shared("boundaries", "hangjeongdong_서울특별시.geojson").read_text("utf-8"))[
        "features"
    ]
    shapes = [shapely.to_wkb(shapely.geometry.shape(feature["geometry"])) for feature in features]
    columns = {
        name: pa.array([str(feature["properties"][name]) for feature in features])
        for name in ("adm_nm", "adm_cd2")
    }
    return build_register([AreaLayer("seoul@1", None, pa.array(shapes), columns)], list[CodeList](), SIDOS)


@pytest.mark.slow
@pytest.mark.parametrize(("claim", "least"), [("행정동_코드", 0.94), ("시군구_코드", 0.98)])
def test_the_shopping_districts_of_seoul_are_in_5181(claim: str, least: float) -> None:
    path = shared("commercial", "서울시 우리마을가게 상권분석서비스(상권영역).csv")
    with path.open(encoding="cp949", newline="") as file:
        cells = list(csv.DictReader(file))
    x, y = ([float(row[name]) for row in cells] for name in ("엑스좌표_값", "와이좌표_값"))
    verdict = decide_points(x, y, [row[claim] for row in cells], seoul(), declared="EPSG:5174")
    assert verdict.crs == "EPSG:5181"
    assert verdict.confidence > least
    assert verdict.declared_off_m == pytest.approx(314, abs=4)


@pytest.mark.slow
def test_the_layer_whose_prj_names_no_datum_is_5174_and_360_m_off_as_declared() -> None:
    import pyogrio

    path = shared("boundaries", "seoul_submunicipalities_2013_bessel", "seoul_submunicipalities.shp")
    shapes = pyogrio.raw.read(path, encoding="cp949")[2]
    verdict = decide_layer(shapes, None, seoul(), declared=path.with_suffix(".prj").read_text())
    assert verdict.crs == "EPSG:5174"
    assert verdict.declared_off_m == pytest.approx(362, abs=5)
    assert "362 m 어긋납니다" in verdict.warning


@pytest.mark.slow
def test_schools_without_a_crs_member_are_in_5186_metres() -> None:
    features = json.loads(shared("standard", "유치원_초중고_위치데이터_원본.geojson").read_text("utf-8"))[
        "features"
    ]
    x, y = np.array([feature["geometry"]["coordinates"][:2] for feature in features], dtype=float).T
    assert decide_points(x, y, None, seoul(), declared="EPSG:4326").crs == "EPSG:5186"
