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
from madang.runs import index, ledger
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


@pytest.fixture
def several(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Three runs of two datasets, and the ledger that two of them make worth an index."""
    ws.run("closed-shops", {"least": 2})
    ws.run("closed-shops", inputs={"shops": "bakeries"})
    monkeypatch.setattr(ledger, "_WORTH", 2)
    return ws


def as_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_records", {})
    monkeypatch.setattr(ledger, "_indexed", set())


def listed(ws: Workspace) -> list[ledger.Run]:
    return ws.ledger.runs(by=owner("lee"))


def opened(monkeypatch: pytest.MonkeyPatch, ws: Workspace) -> list[str]:
    """Keys of the records that a new process opens for its first list."""
    as_new_process(monkeypatch)
    found: list[str] = []
    read = ledger.read_json
    with monkeypatch.context() as watched:
        watched.setattr(ledger, "read_json", lambda path: found.append(path.parent.name) or read(path))
        listed(ws)
    return found


def test_a_new_process_opens_only_records_that_the_index_does_not_have(
    several: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = listed(several)
    assert sorted(opened(monkeypatch, several)) == sorted(run.key for run in runs)
    assert opened(monkeypatch, several) == []
    as_new_process(monkeypatch)
    assert listed(several) == runs
    new = several.run("closed-shops", {"least": 3})
    assert opened(monkeypatch, several) == [new.key]
    assert listed(several) == [new, *runs]


def test_a_record_counts_as_its_own_file_tells_it(
    several: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(monkeypatch, several)
    first, second, third = listed(several)
    path = first.folder / "run.json"
    fresh = path.with_name("fresh")
    fresh.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "by": "park"}), encoding="utf-8")
    os.replace(fresh, path)
    shutil.rmtree(second.folder)
    assert opened(monkeypatch, several) == [first.key]
    assert [(run.key, run.by) for run in listed(several)] == [(first.key, "park"), (third.key, third.by)]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\x00", b"[]", b'{"reads": []}', b'{"reads": [1], "runs": []}',
        b'{"reads": [], "runs": [["a", [1, 2], {}, [7]]]}', b'{"reads": [], "runs": [["a", [1, 2], {"key": "a"}, []]]}',
    ],
)  # fmt: skip
def test_a_broken_index_is_none(several: Workspace, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    runs = listed(several)
    (several.ledger.folder / index.INDEX).write_bytes(content)
    assert len(opened(monkeypatch, several)) == 3
    assert listed(several) == runs
    assert opened(monkeypatch, several) == []


def test_an_index_that_cannot_be_written_is_none(several: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    as_new_process(monkeypatch)
    assert len(listed(several)) == 3
    assert not (several.ledger.folder / index.INDEX).exists()


def test_erasing_leaves_nothing_of_a_run_in_the_index(
    several: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(monkeypatch, several)
    folder = several.ledger.folder
    of_cafes = [run for run in listed(several) if "cafes" in {each.dataset for each in run.inputs}]
    known = [(run.key, ledger._records[f"{run.folder}/run.json"][0], ledger._told(run)) for run in of_cafes]
    assert len(known) == 2
    assert all(key in (folder / index.INDEX).read_text("utf-8") for key, *_ in known)
    several.erase("cafes", column="사업장명", value="카페 3", ground="정보주체 요구", by="lee")
    assert not [path for path in folder.iterdir() if path.name.startswith(".index")]
    index.write(folder, known)  # a process that knew them writes only now
    assert '"runs":[]' in (folder / index.INDEX).read_text("utf-8")


def test_nobody_writes_the_index_while_runs_are_removed(ws: Workspace) -> None:
    (run,) = listed(ws)
    told = [(run.key, ledger._records[f"{run.folder}/run.json"][0], ledger._told(run))]
    folder = ws.ledger.folder
    with index.taken_away(folder):
        index.write(folder, told)
        assert not (folder / index.INDEX).exists()
    index.write(folder, told)
    assert run.key in (folder / index.INDEX).read_text("utf-8")
