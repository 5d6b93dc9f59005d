"""How many queries run at a time on this machine, counted over all its processes."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from madang.messages import MadangError

_EVERY = 0.05  # seconds between tries


@contextmanager
def slot(folder: Path, most: int, *, wait_s: float = 0.0) -> Iterator[None]:
    """One of `most` places, held in the block; a process that dies gives its place back.

    Raises MadangError("sql_busy") where none became free within `wait_s` seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait_s
    while True:
        for number in range(most):
            with open(folder / f"{number}", "ab") as held:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield
                return
        if time.monotonic() >= until:
            raise MadangError("sql_busy", most=most)
        time.sleep(_EVERY)
