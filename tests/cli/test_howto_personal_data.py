"""The how-to "개인정보가 든 파일을 넣을 때", tried as written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import madang
from madang.cli import main
from madang.privacy import POLICY

PAGE = (Path(__file__).parents[2] / "docs/how-to/personal-data.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_commands_of_the_page_work_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (content,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "수강생_20260101.csv").write_bytes(content.encode("cp949"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MADANG_WORKSPACE", "w")
    CliRunner().invoke(main, ["init", "w"])
    said = []
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL):
        for line in block.splitlines():
            result = CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False)
            assert result.exit_code == 0, f"{line}: {result.output}"
            said.append(result.output)
    deposited, card, _, again, back = said
    assert "가려 보관했습니다: '환불계좌번호' 열의 계좌번호 6칸" in deposited
    assert "'휴대전화' 열의 휴대전화번호 6칸" in deposited
    assert "'성명' 열의 사람 이름" in deposited
    assert "받지 않음" in card
    assert "'휴대전화' 열의 휴대전화번호 6칸" in again
    assert "계좌번호" in back
    first, second = madang.open("w").bank["수강생"].versions
    assert [(c.label, c.privacy) for c in first.columns][2:] == [
        ("성명", "personal"),
        ("휴대전화", "personal"),
        ("환불계좌번호", "personal"),
    ]
    done = {each["label"]: each["action"] for each in second.facts["personal_data"]}
    assert (done["휴대전화"], done["환불계좌번호"]) == ("mask", "restrict")


def test_the_page_tells_the_settings_and_the_bounds() -> None:
    assert '"seal"' in PAGE
    assert {policy.action for policy in POLICY.values()} == {"keep", "restrict", "mask", "refuse"}
    assert all(word in PAGE for word in ("다섯 개 이상", "1% 이상", "keep", "restrict", "mask"))
