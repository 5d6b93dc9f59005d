"""A process to be killed: deposits into a workspace until it dies, and says what it was told was accepted.

python -m tests.bank.killing steps WORKSPACE FIRST LAST    die at every step in turn (forked, one by one)
python -m tests.bank.killing loop WORKSPACE NAME           deposit for ever; somebody else does the killing
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import deltalake

import madang

# everything through which a deposit reaches the disk by name; half-written bytes before each are lost or kept
_STEPS = ("fsync", "rename", "replace", "link", "symlink", "mkdir", "unlink")


def write_file(workspace: Path, name: str, number: int) -> Path:
    """A CSV whose number of rows says which deposit it was."""
    path = workspace / f"{name}.csv"
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


def loop(workspace: Path, name: str) -> None:
    number = 0
    while True:
        number += 1
        deposit(workspace, name, (os.getpid() * 7 + number) % 500)


if __name__ == "__main__":
    mode, folder, *rest = sys.argv[1:]
    if mode == "steps":
        steps(Path(folder), int(rest[0]), int(rest[1]))
    else:
        loop(Path(folder), rest[0])
