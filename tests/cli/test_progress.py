"""How far a deposit is: each step by its name, bytes of the file first, then rows, and never more than is true."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from madang.cli.common import following
from madang.intake.raw import Progress
from madang.workspace import Workspace


def test_every_step_is_told_in_order_with_its_own_measure(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("번호,수\n" + "".join(f"{i},{i}\n" for i in range(500)), encoding="utf-8")
    told: list[tuple[str, int, int | None]] = []

    def steps(name: str) -> Progress:
        told.append((name, 0, None))
        return lambda done, total: told.append((name, done, total))

    Workspace.init(tmp_path / "w").deposit(path, steps=steps)
    begun = [name for name, done, total in told if total is None]
    assert begun == ["keeping", "reading", "keeping", "examining", "conforming", "checking", "committing"]
    size = path.stat().st_size
    assert [(done, total) for name, done, total in told if name == "reading" and total] == [(size, size)]
    assert told[-3:] == [("conforming", 500, 500), ("checking", 0, None), ("committing", 0, None)]


def test_the_line_names_file_step_and_share(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with following("상가.csv", quiet=False) as steps:
        read = steps("reading")
        for done in range(0, 1001, 5):
            read(done, 1000)
        steps("checking")
    said = [part.rstrip() for part in capsys.readouterr().err.split("\r")]
    assert said[1:3] == ["상가.csv  읽는 중", "상가.csv  읽는 중    0%"]
    assert len(said) == 1 + 1 + 101 + 1 + 2
    assert said[-4:] == ["상가.csv  읽는 중  100%", "상가.csv  규칙 점검 중", "", ""]


def test_nothing_is_shown_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with following("상가.csv", quiet=False) as steps:
        steps("reading")(1, 2)
    assert capsys.readouterr().err == ""
