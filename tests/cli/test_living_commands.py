"""``madang runs keep``, ``living``, ``stop``: without a database of pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.test_reference import section
from madang.cli import main
from madang.runs import analysis as analyses
from madang.runs.living import Livings
from madang.workspace import Workspace
from runs.made import analysis, city, shops


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(analyses, "SHIPPED", tmp_path / "shipped")
    analysis(tmp_path / "shipped")
    return city(tmp_path)


def said(ws: Workspace, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["-w", str(ws.folder), *words])
    assert done.exit_code == code, done.output
    return done.output


def living(ws: Workspace) -> list[Any]:
    found: list[Any] = json.loads(said(ws, "runs", "living", "--json"))
    return found


def test_a_run_is_kept_alive_changed_and_stopped_at_the_command_line(ws: Workspace, tmp_path: Path) -> None:
    key = ws.run("closed-shops", {"least": 2}, by="lee").key
    assert living(ws) == []
    assert "매주 월요일" in said(ws, "runs", "keep", key[:12], "--every", "week", "--by", "lee")
    assert "해마다" in said(ws, "runs", "keep", key, "--every", "year", "--by", "lee")
    (one,) = living(ws)
    assert set(one) <= section("`runs living")
    assert {name: one[name] for name in ("every", "keeper", "run", "state", "reason")} == {
        "every": "year", "keeper": "lee", "run": key, "state": "current", "reason": "",
    }  # fmt: skip
    ws.deposit(shops(tmp_path / "카페.csv", "카페", 12, 11), "cafes", standard="licence", by="lee")
    assert living(ws)[0]["state"] == "behind"
    assert "문 닫은 가게" in said(ws, "runs", "living")
    said(ws, "runs", "stop", one["id"])
    assert living(ws) == []
    assert "없습니다" in said(ws, "runs", "stop", one["id"], code=2)
    noted = [line.what for line in ws.journal.lines() if line.what.startswith("run.")]
    assert noted == ["run.make", "run.keep", "run.change_keep", "run.stop"]


def test_runs_still_lists_and_shows(ws: Workspace) -> None:
    key = ws.run("closed-shops", by="lee").key
    assert key[:8] in said(ws, "runs")
    assert "카페가 가장 많이" in said(ws, "runs", key)
    assert [each["key"] for each in json.loads(said(ws, "runs", "--json"))] == [key]
    assert "keep" in said(ws, "runs", "--help")


def test_other_parameters_or_datasets_are_another_question(ws: Workspace) -> None:
    for least, inputs in ((2, {}), (3, {}), (3, {"shops": "cafes"})):
        said(ws, "runs", "keep", ws.run("closed-shops", {"least": least}, inputs, by="lee").key)
    found = Livings(ws.folder).all()[0]
    assert {(each.parameters["least"], each.inputs["shops"]) for each in found} == {
        ("2", "bakeries, cafes"), ("3", "bakeries, cafes"), ("3", "cafes"),
    }  # fmt: skip
    assert len({each.id for each in found}) == 3


def test_a_file_that_cannot_be_read_is_told_and_holds_up_no_other(ws: Workspace) -> None:
    said(ws, "runs", "keep", ws.run("closed-shops", by="lee").key)
    (ws.folder / "content" / "living" / "x.toml").write_text('id = "x"\nevery = "hour"\n', encoding="utf-8")
    shown = said(ws, "runs", "living")
    assert "문 닫은 가게" in shown
    assert "x.toml" in shown
