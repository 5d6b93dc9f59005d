"""Records of runs are read once in a process, and never told when they are gone or closed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from madang.access import owner
from madang.messages import MadangError
from madang.runs import analysis as analyses
from madang.runs import ledger
from madang.workspace import Workspace
from runs.made import analysis, city


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(analyses, "SHIPPED", tmp_path / "shipped")
    analysis(tmp_path / "shipped")
    made = city(tmp_path)
    made.run("closed-shops")
    return made


def test_a_record_is_read_once_and_again_where_it_changed(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run,) = ws.ledger.runs(by=owner("lee"))
    with monkeypatch.context() as closed:
        closed.setattr(ledger, "read_json", lambda path: pytest.fail(f"{path} is read again"))
        assert ws.ledger.runs(by=owner("lee")) == [run]
        assert ws.ledger[run.key] == run
    path = run.folder / "run.json"
    fresh = path.with_name("fresh")
    fresh.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "by": "park"}), encoding="utf-8")
    os.replace(fresh, path)
    assert [each.by for each in ws.ledger.runs(by=owner("lee"))] == ["park"]


def test_what_a_list_holds_of_a_result_is_not_held_for_the_next(ws: Workspace) -> None:
    (run,) = ws.ledger.runs(by=owner("lee"))
    assert run.result.findings
    (again,) = ws.ledger.runs(by=owner("lee"))
    assert "result" in vars(run)
    assert "result" not in vars(again)
    assert "result" not in vars(ws.ledger[run.key])


def test_a_run_that_is_removed_is_gone_from_the_list(ws: Workspace) -> None:
    (run,) = ws.ledger.runs(by=owner("lee"))
    shutil.rmtree(run.folder)
    assert ws.ledger.runs(by=owner("lee")) == []
    with pytest.raises(MadangError) as told:
        ws.ledger[run.key]
    assert told.value.code == "run_missing"
