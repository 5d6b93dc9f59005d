"""The how-to "파일을 넣고, 고치고, 되돌리기", tried as written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import madang
from madang.cli import main

PAGE = (Path(__file__).parents[2] / "docs/how-to/deposit-and-mend.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_round_of_the_page_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (content,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "공영주차장_20260101.csv").write_bytes(content.encode("cp949"))
    (tmp_path / "공영주차장_20260201.csv").write_bytes(content.replace(".13.", ".12.").encode("cp949"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MADANG_WORKSPACE", "w")
    CliRunner().invoke(main, ["init", "w"])
    said = []
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL):
        for line in block.splitlines():
            result = CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False)
            assert result.exit_code == 0, f"{line}: {result.output}"
            said.append(result.output)
    deposited, problems, shown, retyped, known, second, diff, rolled, _ = said
    assert deposited.startswith("△ 공영주차장_20260101.csv")
    assert "3행  개방일자" in problems
    assert "13월" in problems
    assert "구획수" in shown
    assert "공영주차장 2판" in retyped
    assert "'구획수' 열의 자료형" in known
    assert "지난번에 고친 대로 읽었습니다: '구획수' 열의 자료형 text" in second
    assert second.startswith("✓")
    assert "2021-12-05" in diff
    assert "4판" in rolled
    assert "2021-12-05" in (tmp_path / "공영주차장.csv").read_text("utf-8-sig")
    versions = madang.open("w").bank["공영주차장"].versions
    assert [v.kind for v in versions] == ["deposit", "deposit", "deposit", "rollback"]
