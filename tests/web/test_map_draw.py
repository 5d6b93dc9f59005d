"""Maps as paths: places and counts by hand, on made-up shapes."""

from __future__ import annotations

import re
from math import cos, radians

import numpy as np
import pytest
import shapely

from madang.web.desk import map_draw as draw
from madang.web.desk.map_draw import WIDTH, Frame
from madang.web.desk.map_rows import middle_box

FRAME = Frame.around((127.0, 37.0, 127.2, 37.2))


def corners(path: str) -> list[list[tuple[int, int]]]:
    """The vertices of each part of a path, summed up from its steps."""
    found = []
    for part in re.findall(r"M[^M]+", path):
        steps = np.array([int(n) for n in re.findall(r"-?\d+", part)]).reshape(-1, 2)
        found.append([(int(x), int(y)) for x, y in np.cumsum(steps, axis=0)])
    return found


def test_a_degree_is_as_long_across_as_it_is_on_the_ground() -> None:
    assert FRAME.per_lon / FRAME.per_lat == pytest.approx(cos(radians(37.1)))
    x, y = FRAME.units(np.array([127.1]), np.array([37.1]))
    assert (x[0], y[0]) == pytest.approx((WIDTH / 2, FRAME.height / 2), abs=1)


def test_a_frame_shows_what_it_stands_around_and_is_neither_tall_nor_flat() -> None:
    for box in ((127.0, 34.0, 127.1, 38.0), (125.0, 37.0, 129.0, 37.1), (127.0, 37.0, 127.0, 37.0)):
        frame = Frame.around(box)
        west, south, east, north = frame.box
        assert west < box[0] <= box[2] < east
        assert south < box[1] <= box[3] < north
        assert 0.49 < frame.height / WIDTH < 1.16


def test_the_scale_bar_is_round_and_true() -> None:
    units, words = FRAME.scale_bar()
    assert words == "5 km"
    assert units / WIDTH * FRAME.km == pytest.approx(5, rel=0.01)


def test_neighbours_share_their_border_to_the_unit_and_holes_stay_open() -> None:
    left, right = shapely.box(127.0, 37.0, 127.1, 37.2), shapely.box(127.1, 37.0, 127.2, 37.2)
    hole = shapely.box(127.03, 37.05, 127.07, 37.1)
    one, other, inner = (set(part) for part in corners(draw.lines(np.array([left, right]), FRAME) + draw.lines(
        np.array([shapely.difference(left, hole)]), FRAME).split("z")[1] + "z"))  # fmt: skip
    assert len(one & other) == 2  # both ends of the border
    assert len(inner) == 4


def test_what_is_too_small_to_see_is_left_out() -> None:
    speck = shapely.box(127.05, 37.05, 127.0501, 37.0501)
    assert draw.lines(np.array([speck]), FRAME) == ""
    assert draw.lines(np.array([], dtype=object), FRAME) == ""


def test_lines_stay_open_and_points_of_a_collection_are_no_line() -> None:
    mixed = shapely.from_wkt("GEOMETRYCOLLECTION(POINT(127.1 37.1), LINESTRING(127.05 37.05, 127.15 37.15))")
    path = draw.lines(np.array([mixed]), FRAME)
    assert path.count("M") == 1
    assert "z" not in path


def test_every_point_is_counted_in_the_hexagon_nearest_to_it() -> None:
    random = np.random.default_rng(4)
    lon, lat = 127 + 0.2 * random.random(2_000), 37 + 0.2 * random.random(2_000)
    x, y, counts = draw.hexagons(lon, lat, FRAME)
    assert counts.sum() == 2_000
    a, b = FRAME.units(lon, lat)
    distance = np.hypot(a[:, None] - x, b[:, None] - y)
    assert distance.min(axis=1).max() <= draw.HEX + 1e-9  # nobody is farther than a corner
    assert np.bincount(distance.argmin(axis=1), minlength=len(x)).tolist() == counts.tolist()


def test_classes_are_round_and_hold_next_month() -> None:
    assert draw.breaks(1) == [1]
    assert draw.breaks(7) == [1, 2, 5]
    assert draw.breaks(64) == draw.breaks(83) == [1, 2, 5, 20, 50]
    assert draw.breaks(64, least=5) == [5, 10, 20, 50]
    starts = [1, 5, 20]
    assert draw.classed(np.array([1, 4, 5, 19, 20, 900]), starts).tolist() == [0, 0, 1, 1, 2, 2]
    assert [draw.class_words(starts, k) for k in range(3)] == ["1–4", "5–19", "20 이상"]
    assert draw.class_words([1, 2, 5], 0) == "1"


def test_a_name_never_stands_on_another_or_over_the_edge() -> None:
    lon, lat = np.array([127.1, 127.1, 127.1, 126.9]), np.array([37.1, 37.101, 37.15, 37.1])
    found = draw.labels(lon, lat, ["가람동", "나래동", "다온동", "먼동"], FRAME)
    assert [label.words for label in found] == ["가람동", "다온동"]


def test_a_few_points_far_away_do_not_shrink_the_rest() -> None:
    random = np.random.default_rng(1)
    lon, lat = 127 + 0.1 * random.random(1_000), 37 + 0.1 * random.random(1_000)
    assert middle_box(lon, lat) == pytest.approx((127, 37, 127.1, 37.1), abs=0.001)
    lon[0] = 130.0  # one of a thousand
    west, _, east, _ = middle_box(lon, lat)
    assert (west, east) == pytest.approx((127, 127.11), abs=0.003)
    assert middle_box(np.array([127.5]), np.array([37.5])) == (127.5, 37.5, 127.5, 37.5)
