"""The guide to the truths: it tells every table and column that the layers make, and none that they do not."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from madang.samplecity.city import Setting
from madang.samplecity.layers import grown, layers
from madang.samplecity.paper import Defect
from madang.samplecity.truth_guide import ABOUT, write_guide
from madang.samplecity.words import words

Tables = dict[str, list[str]]  # layer/table -> its columns


@cache
def made() -> Tables:
    """What the layers of a small city plant."""
    city = grown(Setting(seed=7, scale=0.03))
    return {
        f"{name}/{table}": truth.column_names
        for name, layer in layers()
        for table, truth in layer.truths(city).items()
    }


def told() -> Tables:
    return {
        f"{layer}/{table}": [column for column in columns if column != ABOUT]
        for layer, tables in words("truths")["layers"].items()
        for table, columns in tables.items()
    }


@pytest.mark.slow
def test_every_table_and_column_is_told_and_none_that_is_not_there() -> None:
    assert sorted(told()) == sorted(made())
    assert {name: columns for name, columns in told().items() if columns != made()[name]} == {}


def test_the_list_of_defects_is_told_as_it_is() -> None:
    columns = [column for column in words("truths")["defects"] if column != ABOUT]
    assert columns == ["delivery", "layer", *(each.name for each in fields(Defect))]


def test_the_guide_shows_each_with_its_meaning(tmp_path: Path) -> None:
    write_guide(tmp_path / "truth", layers())
    text = (tmp_path / "truth/README.md").read_text(encoding="utf-8")
    for layer, tables in words("truths")["layers"].items():
        for table, columns in tables.items():
            section = text.split(f"### `{layer}/{table}.csv`\n\n{columns[ABOUT]}\n")[1].split("\n#")[0]
            rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
            assert rows == [[f"| `{name}`", f"{said} |"] for name, said in columns.items() if name != ABOUT]
    assert "재현율" in text
    assert "info" in text


def test_a_city_of_few_layers_has_a_guide_to_those(tmp_path: Path) -> None:
    write_guide(tmp_path, layers("weather"))
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "`weather/days.csv`" in text
    assert "`shops/" not in text
