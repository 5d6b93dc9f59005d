"""docs/how-to/write-an-analysis.md as it stands: the folder is made, its test fails, its example answers what was planted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.cli import main
from madang.workspace import Workspace

GUIDE = (Path(__file__).parents[2] / "docs/how-to/write-an-analysis.md").read_text("utf-8")
HEADER = "구분,화장실명,비상벨설치여부,소재지도로명주소\n"
DATA = HEADER + "".join(
    f"{kind},화장실 {n},{bell},중앙로 {n}\n"
    for n, (kind, bell) in enumerate([("공중", "Y")] * 5 + [("공중", "N")] * 3 + [("개방", "N")] * 2)
)


def block(kind: str) -> str:
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    return str(found)


def said(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(main, ["-w", str(folder), *words])
    assert done.exit_code == 0, done.output
    return done.output


def own_test(place: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(place), "-c", "/dev/null", str(place)]  # fmt: skip
    alone = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }  # those of our own tests take seconds to load
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=place, env=alone)


@pytest.fixture
def begun(tmp_path: Path) -> tuple[Workspace, Path]:
    ws = Workspace.init(tmp_path / "w", "시험 도시")
    said(ws.folder, "new", "analysis", "toilet-bells", "--standard", "public-toilet")
    return ws, ws.folder / "content" / "analyses" / "toilet-bells"


@pytest.mark.slow
def test_the_test_fails_until_data_and_answer_are_planted(begun: tuple[Workspace, Path]) -> None:
    _, place = begun
    assert {path.name for path in place.iterdir()} == {
        "card.toml",
        "analysis.py",
        "test_toilet_bells.py",
        "pytest.ini",
    }
    failed = own_test(place)
    assert failed.returncode == 1, failed.stdout
    assert "1 failed" in failed.stdout
    (place / "card.toml").write_text(block("toml"), encoding="utf-8")
    (place / "analysis.py").write_text(block("python"), encoding="utf-8")
    test = place / "test_toilet_bells.py"
    told = test.read_text("utf-8").replace("여기에\\n답을 아는 행을 적으십시오\\n", DATA.replace("\n", "\\n"))
    answer = "공중화장실 10 곳 가운데 5 곳에 비상벨이 없습니다(50.0 %)."
    test.write_text(told.replace("여기에 알고 있는 답을 적으십시오", answer), encoding="utf-8")
    passed = own_test(place)
    assert passed.returncode == 0, passed.stdout


@pytest.mark.slow
def test_the_example_runs_as_it_is_written(begun: tuple[Workspace, Path], tmp_path: Path) -> None:
    ws, place = begun
    (place / "card.toml").write_text(block("toml"), encoding="utf-8")
    (place / "analysis.py").write_text(block("python"), encoding="utf-8")
    data = tmp_path / "공중화장실.csv"
    data.write_text(DATA, encoding="utf-8")
    ws.deposit(data, standard="public-toilet", by="lee")
    said(ws.folder, "approve", "toilet-bells")
    assert "8\u202f곳 가운데 3\u202f곳에 비상벨이 없습니다(37.5\u202f%)" in said(
        ws.folder, "run", "toilet-bells", "--set", "kind=공중"
    )
    (run,) = [line.split()[0] for line in said(ws.folder, "runs").splitlines()[1:]]
    assert "3행" in said(ws.folder, "why", run, "bells", "without", "0")
