"""Coordinate systems as people name them. Numbers and names: EPSG registry (epsg.org)."""

from __future__ import annotations

import pytest

from madang.places.crs import like, named


@pytest.mark.parametrize(
    ("said", "crs"),
    [
        ("5186", "EPSG:5186"),
        ("EPSG:5186", "EPSG:5186"),
        ("epsg::5186", "EPSG:5186"),
        (" 5186 ", "EPSG:5186"),
        ("GRS80 중부원점(2010)", "EPSG:5186"),
        ("grs80중부원점 2010", "EPSG:5186"),
        ("GRS80 중부원점", "EPSG:5181"),
        ("GRS80 중부원점 (EPSG:5181)", "EPSG:5181"),
        ("Bessel 보정 중부원점", "EPSG:5174"),
        ("katec", "KATEC"),
        ("웹 메르카토르", "EPSG:3857"),
        ("WGS84", "EPSG:4326"),
        ("중부원점", "중부원점"),  # four of them: to be chosen
        ("달나라", "달나라"),
    ],
)
def test_a_system_by_number_or_name(said: str, crs: str) -> None:
    assert named(said) == crs


def test_a_name_of_several_tells_which() -> None:
    assert [each.rpartition("(")[2] for each in like("중부원점")] == [
        "EPSG:5174)", "EPSG:2097)", "EPSG:5181)", "EPSG:5186)",
    ]  # fmt: skip
    assert like("달나라") == []
