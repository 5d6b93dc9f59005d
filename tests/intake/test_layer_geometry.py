"""The type geometry: staged shapes become WKB in longitude and latitude, by the coordinate system that is known."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import CRS

from madang.engine.duck import connect
from madang.intake.conform import Conformed, conform
from madang.intake.conform_plan import plan_of
from madang.intake.profile import profile
from madang.intake.raw import Override, RawTable
from madang.intake.values_shapes import read_shapes
from madang.messages import MadangError
from madang.workspace import Workspace
from tests.intake.layer_helper import SQUARE, dbf, feature, geojson, packed, point, problems, read, shp

LON, LAT = 126.9784, 37.5665  # Seoul City Hall, and where published conversions put it
CITY_HALL = {
    "EPSG:5174": (198_022.1, 451_579.8),
    "EPSG:5186": (198_091.7, 551_885.0),
    "EPSG:5179": (953_936.5, 1_952_031.9),
}


def _hexed(*shapes: object) -> pa.Array:
    return pa.array(
        [None if each is None else shapely.to_wkb(each, hex=True) for each in shapes], pa.string()
    )


def _settled(table: RawTable, tmp_path: Path, override: Override | None = None) -> Conformed:
    con = connect(temp_dir=tmp_path)
    return conform(table, plan_of(profile(table, con, override)), tmp_path / "out", con)


def _stored(conformed: Conformed) -> list[str | None]:
    cells = pa.concat_tables([pq.read_table(file) for file in conformed.files])["geometry"].to_pylist()
    return [None if each is None else shapely.from_wkb(each).wkt for each in cells]


@pytest.mark.parametrize("crs", CITY_HALL)
def test_shapes_are_moved_from_their_system_to_degrees(crs: str) -> None:
    found = read_shapes(_hexed(shapely.Point(*CITY_HALL[crs]), None), crs)
    assert found.type == pa.binary()
    moved = shapely.from_wkb(found[0].as_py())
    np.testing.assert_allclose(
        [moved.x, moved.y], [LON, LAT], atol=2e-6
    )  # 0.2 m: the published ones have 0.1 m
    assert found[1].as_py() is None


def test_shapes_in_degrees_stay_as_they_are_to_the_last_bit() -> None:
    ring = shapely.Polygon([(126.1, 37.2), (127.3, 37.2), (127.3, 38.1)])
    assert read_shapes(_hexed(ring), None).to_pylist() == [shapely.to_wkb(ring, byte_order=1)]
    assert read_shapes(_hexed(ring), "EPSG:4326").to_pylist() == [shapely.to_wkb(ring, byte_order=1)]


def test_what_cannot_be_a_place_on_earth_is_null() -> None:
    texts = pa.array(
        [*_hexed(shapely.Point(197_100, 550_722), shapely.Point(float("nan"), 1)).to_pylist(), "0101", "가"]
    )
    assert read_shapes(texts, None).null_count == 4
    assert read_shapes(texts, "EPSG:999999").null_count == 4


def test_the_shapes_of_a_layer_become_a_column_of_the_version(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.json",
        [feature({"type": "Polygon", "coordinates": SQUARE}, 이름="가", Geometry="글")],
    )
    (table,) = read(path, tmp_path / "s")
    conformed = _settled(table, tmp_path)
    assert [(c.name, c.label, c.type) for c in conformed.columns] == [
        ("이름", "이름", "text"),
        ("Geometry_source", "Geometry", "text"),  # a property of that name gives way
        ("geometry", "geometry", "geometry"),
    ]
    assert _stored(conformed) == ["POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))"]


def test_a_layer_without_a_known_system_gives_no_degrees_until_a_person_says_which(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.json", [feature(point(*CITY_HALL["EPSG:5186"]), 이름="시청")])
    (table,) = read(path, tmp_path / "s")
    assert _stored(_settled(table, tmp_path / "1")) == [None]
    assert ("cell_not_geometry", 1) in problems(table)
    (table,) = read(path, tmp_path / "t")
    (stored,) = _stored(_settled(table, tmp_path / "2", Override(crs="EPSG:5186")))
    assert str(stored).startswith("POINT (126.978")


def test_a_layer_keeps_its_shapes_where_every_other_column_is_wanted_as_text(tmp_path: Path) -> None:
    (table,) = read(geojson(tmp_path / "a.json", [feature(point(1, 2), a=1)]), tmp_path / "s")
    conformed = _settled(table, tmp_path, Override(text=True))
    assert [c.type for c in conformed.columns] == ["text", "geometry"]


def test_a_shapefile_is_deposited_by_its_shp_or_its_folder_with_all_its_parts(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    folder = tmp_path / "구"
    folder.mkdir()
    main, index = shp([CITY_HALL["EPSG:5174"], (200_000.0, 450_000.0)])
    names = dbf([(b"NAME", b"C", 10)], [b" " + "소계".encode("cp949").ljust(10), b" " + b"B".ljust(10)])
    prj = CRS("EPSG:5174").to_wkt("WKT1_ESRI").encode()
    for suffix, data in ((".shp", main), (".shx", index), (".dbf", names), (".prj", prj)):
        (folder / f"구{suffix}").write_bytes(data)
    (receipt,) = workspace.deposit(folder)
    assert (receipt.file, receipt.dataset, receipt.version, receipt.rows) == ("구.shp", "구", 1, 2)
    with zipfile.ZipFile(workspace.bank.snapshots.path(str(receipt.sha256))) as kept:
        assert kept.namelist() == ["구.dbf", "구.prj", "구.shp", "구.shx"]
        assert kept.read("구.dbf") == names
    version = workspace.bank["구"].latest
    assert version is not None
    stored = pq.read_table(version.files[0])["geometry"]
    assert shapely.from_wkb(stored[0].as_py()).distance(shapely.Point(LON, LAT)) < 2e-6
    (again,) = workspace.deposit(folder / "구.shp")
    assert again.verdict == "unchanged"
    assert not list(workspace.bank.workshop.glob(".shapefile-*"))


def test_a_folder_of_other_things_is_still_no_file(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    packed(tmp_path / "a.zip", {"x": b"1"})
    with pytest.raises(MadangError) as error:
        workspace.deposit(tmp_path)
    assert error.value.code == "file_not_regular"


@pytest.mark.parametrize("kind", ["07", "06"])
def test_a_deep_nest_of_shapes_is_never_handed_to_the_library_that_would_follow_it(kind: str) -> None:
    seoul = shapely.to_wkb(shapely.Point(LON, LAT), hex=True)
    nest = f"01{kind}00000001000000" * 1_000 + seoul
    assert read_shapes(
        pa.array([nest, seoul, None, "0g" * 9_000], pa.string()), None
    ).is_null().to_pylist() == [
        True,
        False,
        True,
        True,
    ]
