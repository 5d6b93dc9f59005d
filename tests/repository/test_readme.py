"""The five minutes of the README, tried as written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import madang
from madang.cli import main
from repository_files import ROOT

HEAD = "도서관명,시도명,시군구명,도서관유형,휴관일,열람좌석수,자료수(도서),소재지도로명주소,위도,경도,데이터기준일자\n"
OCTOBER = (
    "도봉도서관,서울특별시,도봉구,공공도서관,월요일,320,81200,서울특별시 도봉구 삼양로 556,37.65,127.01,2026-10-01\n"
    "쌍문채움도서관,서울특별시,도봉구,공공도서관,월요일,많음,30100,서울특별시 도봉구 노해로 69,37.64,127.02,2026-10-01\n"
)
NOVEMBER = OCTOBER.replace("320", "330").replace("많음", "150").replace("2026-10-01", "2026-11-01")
PARKING = "주차장명,구획수\n창동역 노상,40\n쌍문 공영,85\n"


def block(language: str) -> str:
    """The README's one block of code in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a data officer with the files of the tour."""
    (tmp_path / "열린데이터").mkdir()
    (tmp_path / "도서관.csv").write_text(HEAD + OCTOBER, "utf-8")
    (tmp_path / "도서관_20261101.csv").write_text(HEAD + NOVEMBER, "utf-8")
    (tmp_path / "열린데이터" / "주차장.csv").write_bytes(PARKING.encode("cp949"))
    monkeypatch.setenv("HOME", str(tmp_path))
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
    assert "많음" in said["problems"]
    assert "150" in said["diff"]
    assert "주차장" in said["search"]
    rows = list(openpyxl.load_workbook(home / "도서관.xlsx").worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["도서관명", "도봉도서관", "쌍문채움도서관"]
    assert (home / "첫판.csv").read_bytes().startswith("\ufeff도서관명,".encode())
    assert [version.n for version in madang.open("city").bank["도서관"].versions] == [1, 2, 3]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ibis 12 calls an old name of DuckDB's
def test_the_python_of_the_readme_works_as_written(home: Path) -> None:
    run(["init", "city"])
    names: dict[str, object] = {}
    exec(block("python"), names)
    libraries = names["libraries"]
    assert libraries.count().execute() == 2  # type: ignore[attr-defined]


def test_every_command_of_the_readme_is_one() -> None:
    text = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CHANGELOG.md").read_text("utf-8")
    verbs = set(re.findall(r"^madang ([a-z]+)", text, re.MULTILINE))
    assert verbs
    assert verbs <= set(main.commands)
