"""Seconds and peak memory of a command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """Wall seconds and peak resident memory (MB) of one process."""

    seconds: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s  {self.peak_mb:6.0f} MB"


def run(*arguments: str) -> Cost:
    """Run this Python with `arguments` and wait. Raises RuntimeError where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):  # 3: deposited, with refusals
        raise RuntimeError(f"{arguments} ended with {process.returncode}")
    return Cost(time.perf_counter() - start, usage.ru_maxrss / 1024)
