"""Real files: what they are recognised as, and defects that others have counted in them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from madang.declarations.load import SHIPPED, load_standards
from madang.intake.recognise import Recognition, recognise
from tests.intake.quality_helper import Checked, checked, mapped
from tests.intake.text_tables import as_dataset_columns, as_sample, typed_rows
from tests.shared_data import shared

STANDARDS = load_standards(SHIPPED)


def table(path: Path) -> tuple[list[str], list[list[str]]]:
    raw = path.read_bytes()
    try:
        decoded = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = raw.decode("cp949")
    delimiter = "\t" if path.suffix in (".txt", ".tsv") else ","
    labels, *rows = csv.reader(io.StringIO(decoded, newline=""), delimiter=delimiter)
    return labels, [row[: len(labels)] + [""] * (len(labels) - len(row)) for row in rows]


def look(path: Path) -> tuple[list[str], list[list[str]], Recognition]:
    labels, rows = table(path)
    return labels, rows, recognise(labels, as_sample(rows[:1000]), STANDARDS)


def check_real(tmp_path: Path, path: Path) -> Checked:
    labels, rows, found = look(path)
    columns = as_dataset_columns(labels, found)
    return checked(tmp_path, columns, typed_rows(rows, columns), found.standard)


@pytest.mark.slow
def test_the_libraries_of_2020(tmp_path: Path) -> None:
    """17 full duplicates and 3 points outside Korea, as counted by whoever described the file."""
    path = shared("standard", "전국도서관표준데이터_2020.csv")
    labels, _, found = look(path)
    assert found.standard is STANDARDS["library"]
    assert len(found.mapping) == len(labels) == 28
    result = check_real(tmp_path, path)
    assert result.quality.rows == 3294
    assert result.of("중복:row") == (3294, 17)
    assert len({p["row"] for p in result.problems if p["rule"].startswith("coordinate_")}) == 3
    filled = {each.column: each.filled for each in result.quality.completeness}
    assert filled["latitude"] == 3294 - 148
    assert str(result.quality.freshness.as_of) == "2020-08-07"


@pytest.mark.slow
def test_the_animal_hospitals_of_2023(tmp_path: Path) -> None:
    """4,578 closed, of which 93 without a date of closing, as counted by whoever described the file."""
    path = shared("licences", "fulldata_02_03_01_P_동물병원.csv")
    labels, _, found = look(path)
    assert found.standard is STANDARDS["licence"]
    assert [labels[i] for i in range(len(labels)) if i not in found.mapping] == [""]
    result = check_real(tmp_path, path)
    assert result.of("closed_has_date") == (4578, 93)
    assert result.of("중복:key") == (9736, 0)


@pytest.mark.slow
def test_the_population_of_july_2021(tmp_path: Path) -> None:
    """3,848 areas x 103 wide columns; in each area the ages add up to the total of the range, as published."""
    path = shared("population", "주민등록_연령별_202107_1세단위.csv")
    _, rows, found = look(path)
    assert found.standard is STANDARDS["resident-population"]
    assert found.wide is not None
    assert len(found.wide.headers) == 103
    assert found.wide.headers[-1].values == {
        "month": "2021-07", "sex": "계", "age": "100세 이상", "age_from": "100", "age_to": None,
    }  # fmt: skip
    standard = STANDARDS["resident-population"]
    names = ("area_name", "month", "sex", "age", "age_from", "population_persons")
    long: list[list[object]] = []
    for row in rows[:300]:
        for header in found.wide.headers:
            given, persons = header.values, int(row[header.index].replace(",", ""))
            age = None if given["age_from"] is None else int(given["age_from"])
            long.append([row[0], given["month"], given["sex"], given["age"], age, persons])
    columns = mapped(standard, *names, "area_code")
    result = checked(tmp_path, columns, [[*row, row[0]] for row in long], standard)
    assert result.of("ages_make_range_total") == (300, 0)
    assert result.of("중복:key") == (300 * 103, 0)
