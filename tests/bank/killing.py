"""Processes to be killed: they deposit into a workspace until they die, and log what they were told was accepted.

    python -m tests.bank.killing steps WORKSPACE FIRST LAST   die at every step in turn, one fork each
    python -m tests.bank.killing act FOLDER ACTION            the same for an erasure, a rollback, a restore
    python -m tests.bank.killing herd WORKSPACE KILLS SEED    two writers at once, killed at random moments

Everything is imported and every standard read before the first fork, so that a fork costs milliseconds.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import deltalake
import pyarrow.dataset  # noqa: F401  a deposit loads it

import madang
import madang.bank.backup
import madang.bank.erase
import madang.find
import madang.intake.csv_read
import madang.intake.deposit
import madang.release
from madang.declarations.load import SHIPPED, load_standards

# everything through which a deposit reaches the disk by name; half-written bytes before each are lost or kept
_STEPS = ("fsync", "rename", "replace", "link", "symlink", "mkdir", "unlink")


ENOUGH = 10  # deposits that get through between the kills


def write_file(workspace: Path, name: str, number: int) -> Path:
    """A CSV whose number of rows says which deposit it was."""
    path = workspace / str(os.getpid()) / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    lines = [f"{i:05d},도서관 {i},{i * 3},2026-01-{i % 28 + 1:02d}" for i in range(1, number + 11)]
    path.write_text("관리번호,이름,좌석수,기준일자\n" + "\n".join(lines) + "\n", encoding="cp949")
    return path


def deposit(workspace: Path, name: str, number: int) -> int:
    (receipt,) = madang.open(workspace).deposit(write_file(workspace, name, number), by=str(os.getpid()))
    assert receipt.accepted, receipt
    assert receipt.version is not None
    with open(workspace / f"accepted-{name}-{os.getpid()}.txt", "a") as log:
        log.write(f"{receipt.version} {receipt.deposit} {receipt.rows}\n")
        log.flush()
        os.fsync(log.fileno())
    return receipt.version


def die_at(step: int) -> Callable[[], int]:
    """Count the steps from now on and die at number `step`; the returned function says how many there were."""
    count = 0

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return call

    for name in _STEPS:
        setattr(os, name, counted(getattr(os, name)))
    table = deltalake.DeltaTable
    for name in ("create_write_transaction", "create"):
        setattr(table, name, counted(getattr(table, name)))
    return lambda: count


def steps(workspace: Path, first: int, last: int) -> None:
    """One fork per step; prints `killed STEP` or, when the deposit gets through, `through STEPS` and stops."""
    for step in range(first, last + 1):
        child = os.fork()
        if child == 0:
            seen = die_at(step)
            deposit(workspace, "stepped", step)
            print("through", seen(), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print("killed", step, flush=True)
        else:
            sys.exit(os.waitstatus_to_exitcode(status))


ACTIONS: dict[str, Callable[[Path], Any]] = {
    "rows": lambda w: madang.open(w).erase("stepped", column="이름", value="도서관 3", ground="시험"),
    "whole": lambda w: madang.open(w).erase("stepped", ground="시험"),
    "rollback": lambda w: madang.open(w).rollback("stepped", 1),
    "restore": lambda w: madang.open(w).restore(w.parent / "backup.tar"),
}


def act(folder: Path, name: str) -> None:
    """Copies of the workspace `folder`/start, one for each step at which `name` was killed: `folder`/1, /2, …"""
    for step in range(1, 1000):
        copy = folder / str(step)
        shutil.copytree(folder / "start", copy, symlinks=True)
        child = os.fork()
        if child == 0:
            die_at(step)
            ACTIONS[name](copy)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


def loop(workspace: Path, name: str) -> int:
    """Fork a writer that deposits for ever; returns its process id."""
    child = os.fork()
    if child == 0:
        number = 0
        while True:
            number += 1
            deposit(workspace, name, (os.getpid() * 7 + number) % 500)
    return child


def accepted(workspace: Path) -> int:
    """How many deposits were told to be accepted."""
    return sum(len(log.read_text().splitlines()) for log in workspace.glob("accepted-*.txt"))


def herd(workspace: Path, kills: int, seed: int) -> None:
    """Two writers at once; one of them is killed after a random time and another takes its place.

    Where a busy machine let too few deposits through in so many kills, as many follow, each after a longer time.
    """
    chance = random.Random(seed)
    writers = [loop(workspace, "shared"), loop(workspace, "shared")]
    killed = 0
    while killed < kills or accepted(workspace) < ENOUGH:
        pace = 1 + killed // kills
        killed += 1
        time.sleep(pace * (0.05 + chance.random() * 0.4))
        seat = chance.randrange(2)
        if os.waitpid(writers[seat], os.WNOHANG) != (0, 0):
            sys.exit("a writer ended by itself")
        os.kill(writers[seat], signal.SIGKILL)
        os.waitpid(writers[seat], 0)
        writers[seat] = loop(workspace, "shared")
    for writer in writers:
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)


if __name__ == "__main__":
    mode, folder, *rest = sys.argv[1:]
    load_standards(SHIPPED)
    if mode == "act":
        act(Path(folder), rest[0])
    else:
        {"steps": steps, "herd": herd}[mode](Path(folder), int(rest[0]), int(rest[1]))
