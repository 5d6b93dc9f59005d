"""The ground of the sample city: borders without gaps, water that runs down, hollows that a computation of one's own finds."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from pyproj import Transformer

from madang.samplecity.city import City, Setting
from madang.samplecity.layers import ground, grown
from madang.samplecity.layers.ground.model import COVERS, Ground
from madang.samplecity.paper import Defect

SMALL = Setting(seed=7, scale=0.05)


class Written:
    """A small city and the files of its ground."""

    def __init__(self, folder: Path, setting: Setting) -> None:
        self.city: City = grown(setting, "ground")
        self.ground = self.city.get(Ground)
        self.folder = folder
        self.defects: list[tuple[int, Defect]] = []
        for delivery in self.city.deliveries:
            for paper in ground.papers(self.city, delivery):
                for defect in paper.write(folder / str(delivery.number)):
                    self.defects.append((delivery.number, defect))

    def path(self, stem: str, delivery: int = 1) -> Path:
        return next(
            each
            for each in sorted((self.folder / str(delivery)).rglob(f"{stem}_*"))
            if each.suffix in (".csv", ".shp", ".geojson", ".xlsx")
        )

    def rows_of(self, stem: str) -> list[list[str]]:
        with self.path(stem).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(tmp_path_factory.mktemp("ground"), SMALL)


def test_borders_leave_no_gap_and_no_overlap(small: Written) -> None:
    found = small.ground
    for shapes in (found.dongs.shape, found.tongs.shape, found.tongs_later.shape, found.legal.shape):
        assert shapely.coverage_is_valid(shapes)
        assert shapely.area(shapes).sum() == pytest.approx(found.districts.shape[0].area)
    assert found.districts.shape[0].area == pytest.approx(60e6 * 0.05, rel=0.02)
    assert {shape.geom_type for shape in found.dongs.shape} == {"Polygon"}
    assert [len(shape.interiors) for shape in found.dongs.shape] == [0] * 21


def test_every_tong_lies_in_its_dong_and_is_named_after_it(small: Written) -> None:
    tongs, dongs = small.ground.tongs, small.ground.dongs
    outside = shapely.area(shapely.difference(tongs.shape, dongs.shape[tongs.dong]))
    assert outside.max() < 0.01
    assert all(
        name.startswith(dongs.code[dong]) for name, dong in zip(tongs.id, tongs.dong.tolist(), strict=True)
    )
    assert np.bincount(tongs.dong, minlength=21).min() >= 1


def test_sizes_go_with_the_kind_of_dong(small: Written) -> None:
    dongs = small.ground.dongs
    kind, km2 = np.array(dongs.kind), dongs.area_km2
    assert dongs.people.sum() == pytest.approx(20_000, rel=0.01)
    assert km2[kind == "farm"].min() > 2 * km2[kind == "apartments"].max()
    density = dongs.people / km2
    assert density[kind == "apartments"].min() > 3 * density[kind == "hill"].max()


def test_people_live_on_dry_land_and_work_in_the_city(small: Written) -> None:
    found = small.ground
    inside = found.dong >= 0
    assert np.bincount(found.dong[inside], found.homes[inside]) == pytest.approx(np.ones(21), abs=1e-4)
    assert found.homes[~inside].sum() == 0
    assert found.homes[found.cover == COVERS.index("물")].sum() < 0.01
    assert found.jobs.sum() == pytest.approx(1, abs=1e-3)
    works = found.jobs[found.cover == COVERS.index("공업지")].mean()
    assert works > 5 * found.jobs[found.cover == COVERS.index("논")].mean()


def test_cells_and_shapes_say_the_same_dong(small: Written) -> None:
    found = small.ground
    x, y = found.grid.centres()
    dong = found.dongs_at(x.ravel(), y.ravel())
    assert (dong == found.dong.ravel()).all()
    inside = dong >= 0
    points = shapely.points(x.ravel()[inside], y.ravel()[inside])
    point, tong = shapely.STRtree(found.tongs.shape).query(points, predicate="intersects")
    assert (found.tongs.dong[tong] == dong[inside][point]).mean() > 0.999
    assert len(np.unique(point)) == len(points)


def test_streams_fall_from_source_to_mouth(small: Written) -> None:
    profiles = ground.truths(small.city)["stream_profiles"].to_pydict()
    names, heights = np.array(profiles["stream"]), np.array(profiles["height_m"])
    assert list(dict.fromkeys(profiles["stream"])) == ["여울강", "은솔천", "돌샘천", "버들개울"]
    for name in np.unique(names).tolist():
        assert (np.diff(heights[names == name]) < 0).all(), name
    river = small.ground.streams[0].shape
    mouths = [shapely.get_point(each.shape, -1) for each in small.ground.streams[1:]]
    assert shapely.distance(river, mouths).max() < 1
    assert river.coords[0][0] > river.coords[-1][0]  # from the east to the west


def test_from_every_cell_but_the_hollows_water_finds_lower_ground(small: Written) -> None:
    found = small.ground
    height = found.elevation_m
    low = np.full(height.shape, np.inf)
    for row in (-1, 0, 1):
        for column in (-1, 0, 1):
            if row or column:
                low = np.minimum(low, np.roll(height, (row, column), (0, 1)))
    x, y = found.grid.centres()
    out = shapely.contains_xy(found.river.buffer(25), x, y)
    out[[0, -1]] = out[:, [0, -1]] = True
    for hollow in found.hollows:
        out |= shapely.contains_xy(hollow.shape.buffer(45), x, y)
    assert (low < height)[~out].all()


def _filled(height: np.ndarray) -> np.ndarray:
    """Planchon and Darboux (2001): water everywhere, that runs off as far as it can."""
    open_sea = np.isnan(height)
    ground_ = np.where(open_sea, -np.inf, height)
    water = np.where(open_sea, -np.inf, np.inf)
    while True:
        lowest = water.copy()
        for row in (-1, 0, 1):
            for column in (-1, 0, 1):
                lowest = np.minimum(lowest, np.roll(water, (row, column), (0, 1)))
        new = np.maximum(ground_, lowest)
        if np.array_equal(new, water):
            return np.where(open_sea, np.nan, water)
        water = new


@pytest.mark.slow
def test_the_hollows_are_found_in_the_file_of_heights(small: Written) -> None:
    rows = np.array([[float(cell) for cell in row] for row in small.rows_of("수치표고")])
    rows = rows[rows[:, 2] > -100]
    _, first = np.unique(rows[:, :2], axis=0, return_index=True)
    rows = rows[np.sort(first)]
    column, row = ((rows[:, at] - rows[:, at].min()) / 20 + 1 for at in (0, 1))
    height = np.full((int(row.max()) + 2, int(column.max()) + 2), np.nan)
    height[row.astype(int), column.astype(int)] = rows[:, 2]
    holes = np.isnan(height)
    for at in np.argwhere(holes[1:-1, 1:-1]) + 1:  # cells without a height in the middle of the city
        around = height[at[0] - 1 : at[0] + 2, at[1] - 1 : at[1] + 2]
        if np.isnan(around).sum() == 1:
            height[tuple(at)] = np.nanmean(around)
    pond = _filled(height) - height
    truth = ground.truths(small.city)["hollows"].to_pylist()
    assert len(truth) >= 4
    to = Transformer.from_crs(4326, 5186, always_xy=True)
    near = np.zeros(pond.shape, bool)
    rr, cc = np.indices(pond.shape)
    for hollow in truth:
        x, y = to.transform(hollow["lon"], hollow["lat"])
        away = np.hypot(rr - 1 - (y - rows[:, 1].min()) / 20, cc - 1 - (x - rows[:, 0].min()) / 20) * 20
        assert np.nanmax(np.where(away < 60, pond, 0)) == pytest.approx(
            hollow["depth_m"], abs=0.1 + 0.12 * hollow["depth_m"]
        )
        near |= away < 60 + 2 * (hollow["area_m2"] / np.pi) ** 0.5
    assert np.nanmax(np.where(near, 0, pond)) < 0.15


def test_codes_agree_between_the_files(small: Written) -> None:
    features = json.loads(small.path("행정동경계").read_text(encoding="utf-8"))["features"]
    first = features[0]["properties"]
    assert first | {"OBJECTID": 0} == {
        "OBJECTID": 0, "adm_nm": "가온광역시 여울구 나루동", "adm_cd": "9801051", "adm_cd2": "9911051000",
        "sgg": "99110", "sido": "99", "sidonm": "가온광역시", "sggnm": "여울구",
    }  # fmt: skip
    listed = {row[0]: row[2] for row in small.rows_of("법정동코드")}
    assert {code for code, status in listed.items() if status == "폐지"}.isdisjoint(small.ground.legal.code)
    assert set(small.ground.legal.code) <= set(listed)
    dongs = {each["properties"]["adm_cd2"] for each in features}
    assert dongs == set(small.ground.dongs.code)
    pairs = small.ground.legal.pairs
    shared = shapely.area(
        shapely.intersection(small.ground.dongs.shape[pairs[:, 0]], small.ground.legal.shape[pairs[:, 1]])
    )
    assert shared.min() > 100
    assert shared.sum() == pytest.approx(small.ground.districts.shape[0].area)


def test_a_month_later_one_tong_is_divided_and_the_numbers_after_it_move_up(small: Written) -> None:
    assert [path.name for path in (small.folder / "2").rglob("*.*") if path.suffix != ".shp"] != []
    assert {path.stem for path in (small.folder / "2").rglob("*.*")} == {"통경계_20261031"}
    before, after = (_tongs(small.path("통경계", number)) for number in (1, 2))
    (new,) = set(after) - set(before)
    assert set(before) < set(after)
    dong = new[:10]
    numbers = sorted(number for tong, (number, _) in after.items() if tong.startswith(dong))
    assert numbers == list(range(1, len(numbers) + 1))
    smaller = [tong for tong in before if after[tong][1] < before[tong][1] - 1]
    assert [tong[:10] for tong in smaller] == [dong]
    assert before[smaller[0]][1] == pytest.approx(after[smaller[0]][1] + after[new][1], abs=5)
    assert after[new][0] == after[smaller[0]][0] + 1
    changed = {tong for tong in before if before[tong][0] != after[tong][0]}
    assert all(tong.startswith(dong) and after[tong][0] == before[tong][0] + 1 for tong in changed)
    history = ground.truths(small.city)["tong_history"].to_pylist()
    assert {each["tong_id"] for each in history} == {new, smaller[0]} | changed


def _tongs(path: Path) -> dict[str, tuple[int, float]]:
    """Number and area (of the shape) of each 통."""
    meta, _, shapes, fields = pyogrio.raw.read(path)
    columns = dict(zip(meta["fields"].tolist(), fields, strict=True))
    areas = shapely.area(shapely.from_wkb(shapes)).tolist()
    return dict(zip(columns["TONG_ID"], zip(columns["TONG_NO"].tolist(), areas, strict=True), strict=True))


def test_defects_stand_where_they_are_said_to_stand(small: Written) -> None:
    lines = small.rows_of("수치표고")
    planted = [each for number, each in small.defects if "수치표고" in each.file]
    assert {each.rule for each in planted} == {"row_rule", "key_duplicate"}
    for each in planted:
        assert each.row is not None
        assert lines[each.row - 2][2] == each.value
    points = [tuple(line[:2]) for line in lines]
    again = [each.row for each in planted if each.rule == "key_duplicate"]
    assert all(points.index(points[row - 2]) < row - 2 for row in again if row)
    assert len(set(points)) == len(points) - len(again)


def test_the_same_setting_gives_the_same_bytes(small: Written, tmp_path: Path) -> None:
    again = Written(tmp_path / "same", SMALL)
    other = Written(tmp_path / "other", Setting(seed=8, scale=0.05))
    files = sorted(path.relative_to(small.folder) for path in small.folder.rglob("*.*"))
    assert all((small.folder / file).read_bytes() == (again.folder / file).read_bytes() for file in files)
    border = small.path("행정동경계").relative_to(small.folder)
    assert (small.folder / border).read_bytes() != (other.folder / border).read_bytes()


def test_neighbours_in_number_are_mostly_neighbours_on_the_ground() -> None:
    found = grown(Setting(seed=3, scale=0.2), "ground").get(Ground).tongs
    same = found.dong[1:] == found.dong[:-1]
    touch = shapely.intersects(found.shape[1:], found.shape[:-1])
    assert (touch & same).sum() > 0.9 * same.sum()


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "seed"), [(0.03, 3), (0.05, 1), (0.3, 5), (1.5, 3)])
def test_it_can_be_built_at_other_sizes(scale: float, seed: int) -> None:
    city = grown(Setting(seed=seed, scale=scale), "ground")
    found, districts = city.get(Ground), city.setting.districts
    assert len(found.dongs) == 21 * districts == len(set(found.dongs.code))
    assert len(set(zip(found.dongs.district.tolist(), found.dongs.name, strict=True))) == 21 * districts
    assert shapely.coverage_is_valid(found.tongs.shape)
    assert shapely.coverage_is_valid(found.dongs.shape)
    assert shapely.area(found.dongs.shape).sum() == pytest.approx(60e6 * scale, rel=0.02)
    assert np.isfinite(found.elevation_m).all()
