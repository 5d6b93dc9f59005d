"""The five minutes of the README, tried as written."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import madang
from madang.cli import main
from repository_files import ROOT


def block(language: str) -> str:
    """The README's one block of code in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a new user: a clone's examples in it, and nothing else."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(arguments: list[str]) -> str:
    expanded = [str(Path(each).expanduser()) if each.startswith("~") else each for each in arguments]
    result = CliRunner().invoke(main, expanded)
    assert result.exit_code == 0, f"madang {' '.join(arguments)}: {result.output}"
    return result.output


@pytest.mark.slow
def test_the_tour_of_the_readme_works_as_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, str] = {}
    for line in block("sh").splitlines():
        match shlex.split(line, comments=True):
            case ["export", setting]:
                monkeypatch.setenv(*setting.split("=", 1))
            case ["madang", verb, *rest]:
                said[verb] = said.get(verb, "") + run([verb, *rest])
    assert set(said) == {
        "init",
        "deposit",
        "datasets",
        "show",
        "problems",
        "diff",
        "rollback",
        "export",
        "search",
    }
    assert "스무 석" in said["problems"]
    assert "21:00" in said["diff"]
    assert "공영주차장" in said["search"]
    rows = list(openpyxl.load_workbook(home / "도서관.xlsx").worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows][:2] == ["도서관명", "마당중앙도서관"]
    assert len(rows) == 1 + 5
    assert (home / "첫판.csv").read_bytes().startswith("\ufeff도서관명,".encode())
    assert [version.n for version in madang.open("city").bank["도서관"].versions] == [1, 2, 3]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ibis 12 calls an old name of DuckDB's
def test_the_python_of_the_readme_works_as_written(home: Path) -> None:
    run(["init", "city"])
    names: dict[str, object] = {}
    exec(block("python"), names)
    libraries = names["libraries"]
    assert libraries.count().execute() == 5  # type: ignore[attr-defined]


def test_every_command_of_the_readme_is_one() -> None:
    text = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CHANGELOG.md").read_text("utf-8")
    verbs = set(re.findall(r"^madang ([a-z]+)", text, re.MULTILINE))
    assert verbs
    assert verbs <= set(main.commands)
