"""The how-to "자료에 위치와 행정동 붙이기", tried as written."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.cli import main

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_commands_of_the_page_work_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs/how-to/places.md").read_text(encoding="utf-8")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MADANG_WORKSPACE", "w")
    CliRunner().invoke(main, ["init", "w"])
    said = []
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        for line in block.splitlines():
            result = CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False)
            assert result.exit_code == 0, f"{line}: {result.output}"
            said.append(result.output)
    _, areas, deposited, problems, again, learned, _ = said
    assert "4" in areas
    assert "EPSG:5181" in deposited
    assert "22행" in problems
    assert "43행" in problems
    assert "EPSG:5181" in again
    assert "5181" in learned
