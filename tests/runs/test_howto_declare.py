"""The how-to "표나 지표를 더하기" does what it says: its files are declared, made, and say what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from madang.cli import main
from madang.results import sentence
from madang.workspace import Workspace

PAGE = (Path(__file__).parents[2] / "docs/how-to/declare-a-table-or-an-indicator.md").read_text("utf-8")
PLACES = (
    "content/tables/park-repairs.toml",
    "content/indicators/fixtures-fine.toml",
    "content/indicators.toml",
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "city"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    for place, text in zip(PLACES, blocks("toml"), strict=True):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, "utf-8")
    (tmp_path / "공원시설_점검.csv").write_text(blocks("csv")[0], "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MADANG_WORKSPACE", str(folder))
    return folder


@pytest.mark.slow
def test_its_commands_make_what_the_page_shows(city: Path) -> None:
    for line in "".join(blocks("sh")).splitlines():
        done = CliRunner().invoke(main, shlex.split(line)[1:])
        assert done.exit_code == 0, done.output
    ws = Workspace.open(city)
    live = ws.bank["park-repairs"].latest
    assert live is not None
    rows = pq.read_table(live.files[0]).to_pydict()
    shown = re.findall(r"^\| (P-\d) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    names = {column.standard: column.name for column in live.columns}
    made = zip(*(rows[names[name]] for name in ("park_number", "inspected", "to_repair")), strict=True)
    assert [(park, str(a), str(b)) for park, a, b in made] == shown
    (run,) = [each.run for each in ws.refresh("fixtures-fine", again=True)]
    assert run is not None
    (said,) = re.findall(r"^> (.*)$", PAGE, re.MULTILINE)
    assert sentence(run.result.findings[0], run.result).replace("\u202f", "") == said


def test_every_time_of_the_loader_is_told() -> None:
    from madang.declarations.indicator import _TIMES

    assert all(f"`{each}`" in PAGE for each in _TIMES)
