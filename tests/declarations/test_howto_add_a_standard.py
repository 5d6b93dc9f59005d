"""The how-to "표준을 더하기" does what it says: its own files are declared, recognised, mapped and checked."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.cli import main
from madang.declarations.load import SHIPPED, load_standards
from madang.declarations.standard import FORMATS
from madang.intake.recognise import recognise
from tests.intake.quality_helper import checked
from tests.intake.text_tables import as_dataset_columns, as_sample, typed_rows

PAGE = (Path(__file__).parents[2] / "docs/how-to/add-a-standard.md").read_text(encoding="utf-8")
FILE = "도시텃밭.csv"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def promised() -> set[tuple[int, str]]:
    """The table of the page: source row and the rule that the sentence tells of."""
    told = {
        "not_overallotted": "row_rule",
        "수량은 0보다": "quantity_negative",
        "정해진 값이": "code_not_listed",
        "서로 바뀌었습니다": "coordinate_swapped",
        "같은 번호": "key_duplicate",
        "전화번호 형식이": "number_pattern",
    }
    rows = re.findall(r"^\| (\d+) \| .*? \| (.*?) \|$", PAGE, re.MULTILINE)
    return {(int(row), next(rule for words, rule in told.items() if words in why)) for row, why in rows}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A workspace with the standard of the page in it, and the file of the page beside it."""
    folder = tmp_path / "city"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    (toml,) = blocks("toml")
    (folder / "content/standards/city-garden.toml").write_text(toml, encoding="utf-8")
    (tmp_path / FILE).write_text(blocks("csv")[0], encoding="utf-8")
    return folder


def test_one_file_makes_a_standard_that_is_recognised_mapped_and_checked(city: Path, tmp_path: Path) -> None:
    standards = load_standards(SHIPPED, city / "content/standards")
    labels, *rows = csv.reader(io.StringIO(blocks("csv")[0]))
    found = recognise(labels, as_sample(rows), standards)
    assert found.standard is standards["city-garden"]
    assert [labels[i] for i in range(len(labels)) if i not in found.mapping] == ["비고"]
    assert [found.mapping[i].name for i in (1, 3)] == ["garden_name", "plots_count"]
    columns = as_dataset_columns(labels, found)
    result = checked(tmp_path, columns, typed_rows(rows, columns), found.standard, today=date(2026, 11, 21))
    assert {(p["row"], p["rule"]) for p in result.problems} == promised()
    assert result.of("not_overallotted") == (3, 1)
    assert result.quality.freshness.status == "fresh"


def test_the_listing_shows_it(city: Path) -> None:
    shown = CliRunner().invoke(main, ["-w", str(city), *shlex.split(blocks("sh")[0])[1:]])
    assert shown.exit_code == 0
    assert "city-garden" in shown.output
    assert "도시텃밭" in shown.output


def test_a_mistake_in_the_file_is_a_sentence_with_file_and_key(city: Path) -> None:
    file = city / "content/standards/city-garden.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("required", "requierd", 1), encoding="utf-8")
    shown = CliRunner().invoke(main, ["-w", str(city), "standards"])
    assert shown.exit_code != 0
    assert "city-garden.toml" in shown.output + shown.stderr
    assert "columns[1].requierd" in shown.output + shown.stderr


@pytest.mark.slow
def test_its_commands_deposit_the_file(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MADANG_WORKSPACE", str(city))
    for line in "".join(blocks("sh")).splitlines():
        done = CliRunner().invoke(main, shlex.split(line)[1:])
        assert done.exit_code == 0, done.output
    problems = CliRunner().invoke(main, ["problems", "도시텃밭", "--json"])
    listed = {(each["row"], each["rule"]) for each in map(json.loads, problems.output.splitlines())}
    assert promised() <= listed
    shown = json.loads(CliRunner().invoke(main, ["show", "도시텃밭", "--json"]).output)
    assert "city-garden" in json.dumps(shown, ensure_ascii=False)


def test_every_key_of_a_column_is_explained() -> None:
    """What the loader takes in a column stands in the table of the page, and nothing else does."""
    source = (Path(load_standards.__code__.co_filename)).read_text(encoding="utf-8")
    body = source[source.index("def _column(") : source.index("def _rule(")]
    taken = set(re.findall(r'fields\.\w+\(\s*"(\w+)"', body))
    table = PAGE[PAGE.index("## 열에 적을 수 있는 것") : PAGE.index("### 형식")]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert taken == {key for cell in first_cells for key in re.findall(r"`(\w+)`", cell)}


def test_every_format_is_explained() -> None:
    table = PAGE[PAGE.index("### 형식") : PAGE.index("## 규칙")]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    told = [word for cell in cells[1:] for word in re.findall(r"`(\w+)`", cell)]
    assert sorted(told) == sorted(filter(None, FORMATS))
