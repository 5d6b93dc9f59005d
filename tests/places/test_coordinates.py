"""Degrees as people type them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from madang.places.coordinates import combine_degrees, read_degrees

AROUND = ["35.1813", "35.2020", "35.15", "35.17"]  # what else the column holds


@pytest.mark.parametrize(
    ("cell", "kind", "value", "proposed"),
    [
        ("35.1813", "decimal", 35.1813, None),
        (" 35.1813 ", "decimal", 35.1813, None),
        ("３５．１８１３", "decimal", 35.1813, None),
        ("35°09'39.5\"N", "dms", None, 35 + 9 / 60 + 39.5 / 3600),
        ("35º 09′ 39.5″", "dms", None, 35 + 9 / 60 + 39.5 / 3600),
        ("35도 9분 39초", "dms", None, 35 + 9 / 60 + 39 / 3600),
        ("35-09-39.5", "dms", None, 35 + 9 / 60 + 39.5 / 3600),
        ("북위 35도 9분 39.5초", "dms", None, 35 + 9 / 60 + 39.5 / 3600),
        ("126:58:41", "dms", None, 126 + 58 / 60 + 41 / 3600),
        ("35°09.658'", "dm", None, 35 + 9.658 / 60),
        ("N35.12", "marked", None, 35.12),
        ("35°08'54.3\"N?", "dms", None, 35 + 8 / 60 + 54.3 / 3600),
        ("35.080.175", "two_points", None, 35.080175),
        ("35,181389", "comma", None, 35.181389),
        ("35181389", "lost_point", None, 35.181389),
        ("1269784123", "lost_point", None, 126.9784123),
        ("35°61'00\"", "unreadable", None, None),
        ("확인중", "unreadable", None, None),
        ("NaN", "unreadable", None, None),
        ("inf", "unreadable", None, None),
        ("", None, None, None),
        (None, None, None, None),
    ],
)
def test_a_cell_is_read_or_a_reading_is_proposed(
    cell: str | None, kind: str | None, value: float | None, proposed: float | None
) -> None:
    found = read_degrees(pa.array([cell, *AROUND]))
    assert found.kind[0].as_py() == kind
    np.testing.assert_allclose(found.value[0], np.nan if value is None else value, atol=1e-12)
    np.testing.assert_allclose(found.proposed[0], np.nan if proposed is None else proposed, atol=1e-9)


def test_metres_are_not_degrees_without_a_point() -> None:
    found = read_degrees(pa.array(["351813", "198022.1", "451579.8", "361999"]))
    assert np.isnan(found.proposed).all()


def test_a_column_that_lost_every_point_is_read_together() -> None:
    found = read_degrees(pa.array(["1290351337", "1290275919"]))
    np.testing.assert_allclose(found.proposed, [129.0351337, 129.0275919])


def test_numbers_are_read_as_well_as_texts() -> None:
    assert read_degrees(pa.array([35.5, None])).kind.to_pylist() == ["decimal", None]


def test_degrees_minutes_and_seconds_in_three_columns() -> None:
    """위도(도)/(분)/(초) of shelters: 37°33'59.4" is 37.5665 (Seoul City Hall)."""
    found = combine_degrees(
        pa.array(["37", "37", "37", None]),
        pa.array(["33", "60", "33", "33"]),
        pa.array(["59.4", "0", "x", "1"]),
    )
    np.testing.assert_allclose(found, [37.5665, np.nan, np.nan, np.nan])
