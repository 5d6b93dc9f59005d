"""Invalid shapes are mended where that takes seconds, and left out where it would take for ever."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from madang.places.sound import is_mendable, mended, sound

BOWTIE = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])  # two triangles of area 1, which meet at (1, 1)
SQUARE = shapely.box(0, 0, 1, 1)


def tangle(corners: int) -> shapely.Polygon:
    """Corners at random places: two edges in nine cross each other."""
    return shapely.Polygon(np.random.default_rng(1).random((corners, 2)))


def circle(corners: int) -> shapely.Polygon:
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]))


def test_a_bow_becomes_its_two_triangles_and_what_is_valid_stays() -> None:
    found = sound(np.array([BOWTIE, SQUARE, None], object))
    assert shapely.is_valid(found[0])
    assert shapely.area(found[0]) == pytest.approx(2.0)
    assert found[1] is SQUARE
    assert found[2] is None


def test_a_tangle_is_left_out() -> None:
    assert mended(tangle(2_000)) is None
    assert list(sound(np.array([tangle(2_000), SQUARE], object))) == [None, SQUARE]


def test_a_long_outline_that_crosses_itself_once_is_mendable() -> None:
    long = circle(100_000)
    corners = shapely.get_coordinates(long)
    corners[[10, 12]] = corners[[12, 10]]
    crossed = shapely.Polygon(corners)
    assert not crossed.is_valid
    assert is_mendable(crossed)


def test_nothing_is_mendable_of_no_corners() -> None:
    assert mended(shapely.Polygon()) is None
