"""A map of points on a grid tells what they measure; points of any other kind are counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from madang.declarations.standard import DatasetColumn
from madang.web.desk import map_draw as draw
from madang.web.desk import map_even
from madang.web.desk.map_picture import Picture, _of_points
from madang.web.desk.map_rows import Rows, middle_box
from madang.web.desk.placed import Places

HEIGHT = DatasetColumn("elevation_m", "표고", "number", "m")


def grid(side: int = 80) -> tuple[Any, Any]:
    """Points 20 m apart, a little turned, as those of a projected grid are in degrees."""
    across, down = (each.ravel() for each in np.meshgrid(np.arange(side), np.arange(side)))
    turn = np.radians(0.7)
    x, y = across * np.cos(turn) - down * np.sin(turn), across * np.sin(turn) + down * np.cos(turn)
    return np.round(127 + x * 20 / 88_000, 7), np.round(37.5 + y * 20 / 111_000, 7)


def picture(value: Any, measured: DatasetColumn | None = HEIGHT) -> Picture:
    lon, lat = grid()
    return _of_points(Rows(lon, lat, {}, 0, value), None, measured)


def test_a_grid_is_told_from_scattered_points() -> None:
    lon, lat = grid()
    assert map_even.is_grid(lon, lat)
    assert map_even.is_grid(np.r_[lon, lon[:40]], np.r_[lat, lat[:40]])  # a few rows twice
    random = np.random.default_rng(1)
    assert not map_even.is_grid(127 + 0.02 * random.random(6_400), 37.5 + 0.02 * random.random(6_400))
    same = np.full(6_400, 127.0)
    assert not map_even.is_grid(same, same - 90)


def test_shades_tell_the_value_from_low_to_high() -> None:
    lon, _ = grid()
    rising = (lon - lon.min()) / (lon.max() - lon.min()) * 100
    rising[7] = 99_999.0  # a slip does not make its place the highest
    found = picture(rising)
    assert (found.kind, found.shaded, found.drawn, found.busiest) == ("values", "표고(m)", 6_400, ())
    assert [mark.style for mark in found.marks] == [f"class-{k}" for k in (1, 2, 3, 4, 5)]
    west = [np.mean([int(part.split()[0]) for part in mark.path.split("M")[1:]]) for mark in found.marks]
    assert west == sorted(west)
    assert found.marks[0].words.endswith("미만")
    assert found.marks[-1].words.endswith("이상")


@pytest.mark.parametrize(("value", "measured"), [(None, None), (np.full(6_400, np.nan), HEIGHT)])
def test_a_grid_without_a_value_has_one_colour_and_says_so(
    value: Any, measured: DatasetColumn | None
) -> None:
    found = picture(value, measured)
    assert (found.kind, len(found.marks), found.legend) == ("even", 1, ())
    places = Places(6_400, 6_400, False, True, "", (), None, None, False, (), (), (), found)
    assert "행 수에 차이가 없어" in places.map_text


def test_a_flat_value_is_one_class() -> None:
    (mark,) = picture(np.full(6_400, 12.0)).marks
    assert mark.words == "12.00"


def test_the_value_is_the_one_measured_column() -> None:
    east = DatasetColumn("easting_m", "X", "number", "m", format="easting")
    name = DatasetColumn("name", "이름", "text")
    assert map_even.value_of([east, name, HEIGHT]) == HEIGHT
    assert map_even.value_of([east, name]) is None
    assert map_even.value_of([HEIGHT, DatasetColumn("slope", "경사", "number")]) is None


def test_means_are_of_the_points_that_are_counted() -> None:
    lon, lat = grid()
    frame = draw.Frame.around(middle_box(lon, lat))
    x, y, counts = draw.hexagons(lon, lat, frame)
    x_too, y_too, means = draw.hexagon_means(lon, lat, np.arange(6_400.0), frame)
    assert np.array_equal(x, x_too)
    assert np.array_equal(y, y_too)
    assert np.sum(means * counts) == pytest.approx(np.arange(6_400).sum())
