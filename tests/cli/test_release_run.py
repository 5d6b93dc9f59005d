"""``madang release run``, ``results``, ``withdraw``: a result is looked at, opened, listed, taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.cli import main
from release import found

SAID = (
    "--as",
    "동의-사람",
    "--document",
    "기획과-1",
    "--ground",
    "공공데이터법 제17조",
    "--post",
    "기획과",
    "--licence",
    "kogl-1",
)


def test_a_result_is_looked_at_opened_listed_and_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = found.city(tmp_path, monkeypatch)
    key = ws.run("dong-people", by="lee").key

    def said(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["-w", str(ws.folder), "release", *words])
        assert done.exit_code == code, done.output
        return done.output

    shown = said("run", key[:6], *SAID, "--preview")
    assert "문장 2개, 표 2개가 열립니다. 내보내지 않는 문장 1개, 가리는 칸 4개." in shown
    assert json.loads(said("results", "--json")) == []
    told = json.loads(said("run", key[:6], *SAID, "--without", "dongs", "--json"))
    assert (told["findings"], told["tables"]) == (["카페는 9\u202f곳 닫았습니다."], ["kinds"])
    (line,) = json.loads(said("results", "--json"))
    assert (line["edition"], line["run"], line["state"], line["stale"]) == ("동의-사람", key, "open", False)
    assert "개방 중" in said("results")
    ws.write_card("cafes", {"title": "카페", "access": "restricted", "steward": "위생과"})
    assert json.loads(said("results", "--json"))[0]["restricted"] == ["cafes"]
    assert "읽은 데이터가 제한 자료로 바뀜" in said("results")
    said("withdraw", "동의-사람", "--document", "기획과-2", "--ground", "다시 셈")
    (line,) = json.loads(said("results", "--json"))
    assert (line["state"], line["restricted"]) == ("withdrawn", [])
    assert "이름=값" in said("run", key, *SAID, "--people", "dongs=주민", code=2)
    assert "실행이 없거나" in said("run", "0000", *SAID, code=2)
