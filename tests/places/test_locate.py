"""Where a point lies, against shapely point by point: on corners, edges, holes, cell borders, gaps and overlaps."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

from madang.places.locate import Locator, overlaps
from madang.places.locate_raster import SIDE, Grid

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def referee(polygons: list[shapely.Geometry], x: NDArray[np.float64], y: NDArray[np.float64]) -> list[int]:
    """The obvious way: every point against every polygon, the first that shapely finds it in."""
    areas = np.array(polygons, dtype=object)
    inside = shapely.intersects_xy(areas[:, None], x[None, :], y[None, :])
    return np.where(inside.any(axis=0), inside.argmax(axis=0), -1).tolist()


def mosaic(seed: int, number: int, side: float, corner: tuple[float, float]) -> list[shapely.Geometry]:
    """Areas that share their borders, some with a hole, some missing: the cells of a Voronoi diagram."""
    rng = np.random.default_rng(seed)
    frame = shapely.box(0, 0, 1, 1)
    sites = shapely.multipoints(rng.uniform(0, 1, (number, 2)))
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=frame)), frame)
    made = []
    for at, cell in enumerate(cells):
        if at % 5 == 1:
            cell = shapely.difference(cell, shapely.buffer(shapely.point_on_surface(cell), 0.03, quad_segs=2))
        if at % 7 != 3:
            made.append(shapely.transform(cell, lambda points: points * side + corner))
    return [area for area in made if shapely.get_type_id(area) in (3, 6) and not area.is_empty]


def awkward_points(locator: Locator, rng: np.random.Generator, number: int = 300) -> Points:
    """Corners, places on edges, lines of the raster and the floats beside them, and points anywhere."""
    corners = shapely.get_coordinates(locator.polygons)
    along = rng.uniform(0, 1, (len(corners) - 1, 1))
    edges = corners[:-1] * along + corners[1:] * (1 - along)
    grid = locator.grid
    lines_x = grid.x0 + rng.integers(0, grid.columns * SIDE + 1, number) / grid.x_scale
    lines_y = grid.y0 + rng.integers(0, grid.rows * SIDE + 1, number) / grid.y_scale
    anywhere_x = rng.uniform(grid.x0 - 0.1, grid.x1 + 0.1, number)
    anywhere_y = rng.uniform(grid.y0 - 0.1, grid.y1 + 0.1, number)
    x = np.concatenate((corners[:, 0], edges[:, 0], lines_x, lines_x, anywhere_x))
    y = np.concatenate((corners[:, 1], edges[:, 1], lines_y, anywhere_y, anywhere_y))
    beside = [np.nextafter(axis, to) for axis in (x, y) for to in (-np.inf, np.inf)]
    return np.concatenate((x, beside[0], beside[1], x, x)), np.concatenate((y, y, y, beside[2], beside[3]))


@st.composite
def a_country(draw: DrawFn) -> tuple[list[shapely.Geometry], int]:
    """Areas as files have them, and how coarse a raster to lay over them."""
    corner = draw(st.sampled_from([(0.0, 0.0), (126.7, 37.4), (-1.0, 200_000.0)]))
    side = draw(st.sampled_from([1e-6, 0.01, 1.0, 5000.0]))
    areas = mosaic(draw(st.integers(0, 10_000)), draw(st.integers(2, 12)), side, corner)
    if draw(st.booleans()):  # a layer of other make laid over it
        areas += mosaic(draw(st.integers(0, 10_000)), draw(st.integers(2, 5)), side * 0.8, corner)
    areas = [area for area in areas if area.is_valid]
    cells = draw(st.sampled_from([1, 2, 7]))
    if areas and draw(st.booleans()):  # a rectangle whose sides are lines of the raster
        grid = Grid.over(np.array(areas, dtype=object), cells)
        inner = st.integers(0, cells * SIDE - 1)
        left, right, low, high = draw(inner), draw(inner), draw(inner), draw(inner)
        if left < right and low < high:
            x = grid.x0 + np.array([left, right]) / grid.x_scale
            y = grid.y0 + np.array([low, high]) / grid.y_scale
            at = draw(st.integers(0, len(areas)))
            areas.insert(at, shapely.box(x[0], y[0], min(x[1], grid.x1), min(y[1], grid.y1)))
    return [area for area in areas if area.is_valid], cells


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(a_country(), st.integers(0, 10_000))
def test_every_point_gets_the_answer_of_shapely(
    country: tuple[list[shapely.Geometry], int], seed: int
) -> None:
    areas, cells = country
    locator = Locator.build(areas, cells=cells)
    x, y = awkward_points(locator, np.random.default_rng(seed))
    assert locator.locate(x, y).tolist() == referee(areas, x, y)


def test_a_point_on_a_shared_border_belongs_to_the_first_area() -> None:
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    middle = ([1.0, 1.0, 1.0], [0.0, 0.5, 1.0])
    assert Locator.build([left, right], cells=4).locate(*middle).tolist() == [0, 0, 0]
    assert Locator.build([right, left], cells=4).locate(*middle).tolist() == [0, 0, 0]


def test_a_hole_is_outside_but_its_border_is_inside() -> None:
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    found = Locator.build([ring], cells=3).locate([4.5, 3.0, 3.0, 2.9], [4.5, 4.5, 3.0, 2.9])
    assert found.tolist() == [-1, 0, 0, 0]


def test_an_island_in_the_hole_of_another_area_is_its_own() -> None:
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    assert Locator.build([ring, shapely.box(3, 3, 6, 6)]).locate([4.5, 3.0], [4.5, 4.5]).tolist() == [1, 0]


def test_where_areas_overlap_the_first_has_it() -> None:
    big, small, third = shapely.box(0, 0, 9, 9), shapely.box(3, 3, 6, 6), shapely.box(5, 5, 12, 12)
    points = ([4.0, 5.5, 8.0, 11.0], [4.0, 5.5, 8.0, 11.0])
    assert Locator.build([big, small, third], cells=4).locate(*points).tolist() == [0, 0, 0, 2]
    assert Locator.build([small, third, big], cells=4).locate(*points).tolist() == [0, 0, 1, 1]
    assert overlaps(np.array([big, small, third, shapely.box(9, 0, 10, 5)], dtype=object)).tolist() == [
        [0, 1],
        [0, 2],
        [1, 2],
    ]


def test_nowhere_is_nowhere() -> None:
    locator = Locator.build([shapely.box(126, 37, 127, 38)], cells=2)
    lon = [np.nan, 126.5, np.inf, -np.inf, 1e308, 125.9999, 127.0001, 0.0]
    lat = [37.5, np.nan, 37.5, 37.5, -1e308, 37.5, 37.5, 0.0]
    assert locator.locate(lon, lat).tolist() == [-1] * 8
    assert locator.locate([], []).tolist() == []


def test_an_area_without_a_shape_keeps_its_position() -> None:
    locator = Locator.build([None, shapely.box(0, 0, 1, 1), shapely.Polygon()], cells=2)
    assert locator.locate([0.5, 2.0], [0.5, 2.0]).tolist() == [1, -1]
    assert Locator.build([None]).locate([0.5], [0.5]).tolist() == [-1]
    assert Locator.build([]).locate([0.5], [0.5]).tolist() == [-1]


def test_a_shape_that_is_no_valid_polygon_is_named() -> None:
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(ValueError, match=r"\[1, 2\]"):
        Locator.build([shapely.box(0, 0, 1, 1), bow_tie, shapely.Point(0, 0)])


def test_saved_and_loaded_it_answers_the_same(tmp_path: Path) -> None:
    areas = [None, *mosaic(1, 40, 1.0, (126.5, 37.0))]
    built = Locator.build(areas, cells=16)
    built.save(tmp_path / "index")
    loaded = Locator.load(tmp_path / "index")
    x, y = awkward_points(built, np.random.default_rng(0))
    assert loaded.locate(x, y).tolist() == built.locate(x, y).tolist()
    assert [path.name for path in (tmp_path / "index").iterdir()] == ["locator.npz"]


def test_two_threads_and_many_batches_give_the_answer_of_one() -> None:
    areas = mosaic(2, 60, 1.0, (126.5, 37.0))
    locator = Locator.build(areas, cells=16)
    rng = np.random.default_rng(3)
    x, y = rng.uniform(126.4, 127.6, 300_000), rng.uniform(36.9, 38.1, 300_000)
    found = locator.locate(x, y)
    some = rng.integers(0, len(x), 2000)
    assert found[some].tolist() == referee(areas, x[some], y[some])
    assert (found == np.concatenate([locator.locate(x[:9], y[:9]), locator.locate(x[9:], y[9:])])).all()


@pytest.mark.slow
def test_a_border_drawn_to_and_fro_ten_thousand_times_is_answered_in_bounded_memory() -> None:
    teeth = 10_000
    x = np.repeat(np.linspace(126, 127, 2 * teeth), 2)
    y = np.tile([37.0, 38.0, 38.0, 37.0], teeth)
    comb = shapely.Polygon(np.column_stack((np.append(x, [127.0, 126.0]), np.append(y, [36.9, 36.9]))))
    locator = Locator.build([comb], cells=512)
    assert locator.grid.columns < 512
    at = np.random.default_rng(0).uniform((125.9, 36.8), (127.1, 38.1), (3000, 2)).T
    assert locator.locate(*at).tolist() == referee([comb], *at)
