"""The how-to "자료를 개방하기", tried as written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import madang
from madang.cli import main

PAGE = (Path(__file__).parents[2] / "docs/how-to/open-a-dataset.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_commands_of_the_page_work_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (table,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    (wish,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "동별인구.csv").write_text(table, encoding="utf-8")
    (tmp_path / "개방.json").write_text(wish, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MADANG_WORKSPACE", "w")

    def run(line: str) -> str:
        result = CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False)
        assert result.exit_code == 0, f"{line}: {result.output}"
        return result.output

    run("madang init w")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    said = {line.removeprefix("madang ").split(" 동별")[0]: run(line) for line in lines}
    assert '"how": "keep"' in said["release draft"]
    assert "5칸 가운데 2칸은 비공개" in said["release decide 개방.json --preview"]
    assert "1판을 개방했습니다(5행)" in said["release decide 개방.json"]
    assert "자치행정과-1234" in said["release show"]
    assert "새로 개방할 판이 없습니다" in said["release refresh"]
    assert "개방 중" in said["release list"]
    assert "거두었습니다" in said["release withdraw"]
    assert "1번 묶음" in said["pack 개방-1.tar"]
    assert [each.state for each in madang.open("w").releases.editions()] == ["withdrawn"]
    run("madang init outer")
    run("madang -w outer keys trust w/keys/signing.pub")
    assert "1번 묶음을 들여왔습니다" in run("madang -w outer receive 개방-1.tar")


def test_the_page_names_every_way_out() -> None:
    assert all(
        word in PAGE
        for word in ("`keep`", "`drop`", "`mask`", "`month`", "`year`", "`band`", "`round`", "`dong`")
    )
