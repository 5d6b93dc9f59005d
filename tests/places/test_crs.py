"""Coordinate systems against the published figures of Seoul City Hall, and against each other."""

import numpy as np
import pyproj
import pytest

from madang.places.crs import (
    CANDIDATES,
    UnknownCrs,
    from_lonlat,
    is_known,
    label,
    normal,
    short,
    to_lonlat,
    transform,
)

CITY_HALL = (126.9784, 37.5665)
# Computed with PROJ 9.5.1 from the EPSG definitions and rounded to 0.1 m (a table of its own, not our output);
# the KATEC line by the seven-parameter text that navigation makers publish.
GOLDEN = {
    "EPSG:5174": (198022.1, 451579.8),
    "EPSG:2097": (198277.4, 451579.8),
    "EPSG:5181": (198091.7, 451885.0),
    "EPSG:5186": (198091.7, 551885.0),
    "EPSG:5179": (953936.5, 1952031.9),
    "EPSG:5185": (374794.6, 553725.1),
    "EPSG:5187": (21388.2, 553806.4),
    "EPSG:4326": CITY_HALL,
}


@pytest.mark.parametrize("crs", GOLDEN)
def test_city_hall_is_where_the_tables_say(crs: str) -> None:
    x, y = from_lonlat(*CITY_HALL, crs)
    assert (float(x), float(y)) == pytest.approx(GOLDEN[crs], abs=0.06)


@pytest.mark.parametrize("crs", [candidate.crs for candidate in CANDIDATES])
def test_there_and_back_is_the_same_place_to_a_centimetre(crs: str) -> None:
    lon, lat = np.array([126.0, 127.5, 129.3]), np.array([33.3, 36.1, 38.2])
    again = to_lonlat(*from_lonlat(lon, lat, crs), crs)
    assert np.abs(again[0] - lon).max() < 1e-7
    assert np.abs(again[1] - lat).max() < 1e-7


@pytest.mark.parametrize(("read_as", "low", "high"), [("EPSG:2097", 255, 268), ("EPSG:5181", 313, 317)])
def test_5174_read_as_its_neighbours_is_off_by_the_known_metres(read_as: str, low: int, high: int) -> None:
    lon, lat = np.array([126.3, 126.98, 128.9]), np.array([34.7, 37.56, 37.8])
    x, y = from_lonlat(lon, lat, "EPSG:5174")
    there = transform(*to_lonlat(x, y, read_as), "EPSG:4326", "EPSG:5179")
    here = transform(lon, lat, "EPSG:4326", "EPSG:5179")
    off = np.hypot(there[0] - here[0], there[1] - here[1])
    assert off.min() > low - 5
    assert off.max() < high + 5


def test_bessel_degrees_are_about_360_m_off() -> None:
    x, y = to_lonlat(*CITY_HALL, "EPSG:4162")
    east, north = transform([CITY_HALL[0], x], [CITY_HALL[1], y], "EPSG:4326", "EPSG:5179")
    assert float(np.hypot(east[1] - east[0], north[1] - north[0])) == pytest.approx(362, abs=10)


def test_the_epsg_code_agrees_with_the_seven_parameters_by_hand() -> None:
    seven = (
        'PROJCS["x",GEOGCS["x",DATUM["x",SPHEROID["Bessel 1841",6377397.155,299.1528128],'
        "TOWGS84[-115.80,474.99,674.11,1.16,-2.31,-1.63,6.43]],"
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["latitude_of_origin",38],PARAMETER["central_meridian",127.0028902777778],'
        'PARAMETER["scale_factor",1],PARAMETER["false_easting",200000],PARAMETER["false_northing",500000],'
        'UNIT["metre",1]]'
    )
    by_code, by_hand = from_lonlat(*CITY_HALL, "EPSG:5174"), from_lonlat(*CITY_HALL, seven)
    assert float(np.hypot(by_code[0] - by_hand[0], by_code[1] - by_hand[1])) < 0.1


def test_what_is_not_a_place_is_nan_in_both_and_spoils_no_neighbour() -> None:
    lon, lat = to_lonlat(
        [198022.1, np.nan, np.inf, 1e12, 5.0], [451579.8, 1.0, 2.0, 1e12, np.nan], "EPSG:5174"
    )
    assert np.isnan(lon[1:]).all()
    assert np.isnan(lat[1:]).all()
    assert (lon[0], lat[0]) == pytest.approx(CITY_HALL, abs=1e-6)


def test_the_zero_point_of_5174_falls_into_the_sea_off_mokpo() -> None:
    assert [float(axis) for axis in to_lonlat(0, 0, "EPSG:5174")] == pytest.approx(
        [124.849, 33.478], abs=0.001
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("5174", "EPSG:5174"),
        ("epsg:5174", "EPSG:5174"),
        ("EPSG::5174", "EPSG:5174"),
        ("urn:ogc:def:crs:EPSG::5186", "EPSG:5186"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("katec", "KATEC"),
    ],
)
def test_one_system_has_one_name(text: str, meant: str) -> None:
    assert normal(text) == meant


@pytest.mark.parametrize(
    "text", ["nonsense", "EPSG:99999999", "+init=/etc/passwd", "+proj=longlat", "GEOGCS["]
)
def test_a_text_that_names_no_system_is_an_error_of_its_own(text: str) -> None:
    with pytest.raises(UnknownCrs):
        to_lonlat(1.0, 2.0, text)


def test_people_read_a_name_beside_the_number() -> None:
    assert label("EPSG:5181") == "GRS80 중부원점 (EPSG:5181)"


def test_a_text_that_could_name_files_is_no_system() -> None:
    assert is_known("EPSG:5174")
    assert is_known("KATEC")
    assert not is_known("+proj=pipeline +step +proj=hgridshift +grids=/etc/passwd")
    assert not is_known("EPSG:999999")


def test_the_text_of_a_prj_is_named_by_its_number_where_it_has_one() -> None:
    wkt = pyproj.CRS.from_epsg(5186).to_wkt("WKT1_ESRI")
    assert short(wkt) == "EPSG:5186"
    assert short("KATEC") == "KATEC"
    assert (
        short('GEOGCS["Mine",DATUM["Mine",SPHEROID["Mine",6378137,300]],PRIMEM["G",0],UNIT["d",0.0174]]')
        == "Mine"
    )
