"""A runner beside the server: started with it, ended with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE_S = 15


@contextmanager
def runner_beside(workspace: Path) -> Iterator[None]:
    """While the block runs, a process takes the jobs of `workspace`. It ends with this one, however that ends."""
    command = [
        sys.executable,
        "-m",
        "madang",
        "-w",
        str(workspace),
        "work",
        "--with-parent",
        str(os.getpid()),
    ]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
