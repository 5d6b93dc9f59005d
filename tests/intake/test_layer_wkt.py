"""Shapes written as text in a column of a CSV file."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.intake.forms import read_tables
from madang.intake.raw import Override, RawTable, no_progress
from tests.intake.layer_helper import problems, rows, shapes


def read(tmp_path: Path, text: str) -> RawTable:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    (table,) = read_tables(tmp_path / "a.csv", "a.csv", tmp_path, Override(), no_progress)
    return table


def test_points_in_degrees_are_a_layer(tmp_path: Path) -> None:
    table = read(tmp_path, "WKT,번호,이름\nPOINT (127.5 37.25),1,가\npoint z(127 37 5),2,나\n,3,다\n")
    assert [column.label for column in table.columns] == ["번호", "이름", "geometry"]
    assert rows(table) == [
        {"#": 2, "번호": "1", "이름": "가"},
        {"#": 3, "번호": "2", "이름": "나"},
        {"#": 4, "번호": "3", "이름": "다"},
    ]
    assert [None if each is None else each.wkt for each in shapes(table)] == ["POINT (127.5 37.25)", "POINT (127 37)", None]  # fmt: skip
    assert table.layer is not None
    assert (table.layer.column, table.layer.declared) == (2, "EPSG:4326")


def test_the_number_of_the_system_is_taken_from_the_text(tmp_path: Path) -> None:
    body = '1,"SRID=5179;POLYGON ((953000 1952000, 954000 1952000, 954000 1953000, 953000 1952000))"\n'
    table = read(tmp_path, f"id,geom\n{body}2,SRID=5179;POINT EMPTY\n")
    assert table.layer is not None
    assert table.layer.declared == "EPSG:5179"
    assert shapes(table)[0].area == 500_000


def test_a_text_that_is_no_shape_is_told(tmp_path: Path) -> None:
    good = "".join(f"{i},POINT (127.{i} 37)\n" for i in range(1, 30))
    table = read(tmp_path, f"id,geometry\n{good}30,POINT (가 37)\n")
    assert shapes(table)[29] is None
    assert problems(table) == [("layer_shape_unreadable", 31)]


@pytest.mark.parametrize(
    "text", ["GEOMETRYCOLLECTION (" * 20_000, "GEOMETRYCOLLECTION (" * 17 + "POINT (1 2" + ")" * 18]
)
def test_a_deep_nest_is_not_followed(tmp_path: Path, text: str) -> None:
    table = read(tmp_path, f'id,geom\n1,"{text}"\n2,POINT (127 37)\n')
    assert [each is None for each in shapes(table)] == [True, False]


@pytest.mark.parametrize(
    "text", ["id,geometry\n1,가\n2,나\n", "id,이름\n1,POINT (127 37)\n2,POINT (127 37)\n"]
)
def test_other_columns_stay_text(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).layer is None
