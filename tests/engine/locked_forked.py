"""Query processes for tests that run hundreds: each is a process of its own, as always, forked from one that has
loaded Python's modules already and has done nothing else. What they do from there on is what every query process does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL
from threading import Lock
from typing import Any

from madang.engine import locked

_COMMAND = (
    "import sys; sys.path[:0] = {path!r}; from engine.locked_forked import fork_when_asked; fork_when_asked()"
)


def fork_when_asked() -> None:
    """Serve the test over standard input: a socket is answered by a new process on it, a process id by its end."""
    from madang.engine import locked_process

    asked = socket.socket(fileno=os.dup(0))
    while True:
        said, given, _, _ = socket.recv_fds(asked, 64, 1)
        if not said:
            return
        if not given:
            asked.sendall(str(os.wait4(int(said), 0)[2].ru_maxrss).encode())
        elif child := os.fork():
            os.setpgid(child, child)  # before anybody hears of it
            os.close(given[0])
            asked.sendall(str(child).encode())
        else:
            asked.close()
            os.dup2(given[0], 0)
            os.close(given[0])
            locked_process.main()


class Nursery:
    """The process that others are forked from."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked, theirs = socket.socketpair()
        with theirs:
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-c", _COMMAND.format(path=[each for each in sys.path if each])],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={"MALLOC_ARENA_MAX": "4", "ARROW_DEFAULT_MEMORY_POOL": "system", "LANG": "C.UTF-8"},
                cwd="/",
            )

    def bear(self, theirs: socket.socket) -> int:
        """The id of a new query process at this end of a socket."""
        with self._lock:
            socket.send_fds(self._asked, [b"fork"], [theirs.fileno()])
            return int(self._asked.recv(64))

    def bury(self, pid: int) -> int:
        """Wait until a process has ended. Returns the most memory that it held, in bytes."""
        with self._lock:
            self._asked.sendall(str(pid).encode())
            return int(self._asked.recv(64)) * 1024

    def end(self) -> None:
        """Only when none of its processes is left."""
        self._asked.close()
        self._popen.wait(timeout=30)


class Forked:
    """Stands for `locked._Child` while `forked` lasts."""

    nursery: Nursery
    most_memory = 0  # bytes that the largest of them held at a time

    def __init__(self) -> None:
        self.peer, theirs = socket.socketpair()
        with theirs:
            self.pid = self.nursery.bear(theirs)

    def alive(self) -> bool:
        return " Z " not in Path(f"/proc/{self.pid}/stat").read_text()

    def end(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, SIGKILL)
        Forked.most_memory = max(Forked.most_memory, self.nursery.bury(self.pid))
        self.peer.close()


@contextmanager
def forked(nursery: Nursery) -> Iterator[None]:
    """While this lasts, a query gets its process by a fork."""
    locked.cool()
    Forked.nursery, fresh = nursery, locked._Child
    within: Any = locked
    within._Child = Forked
    try:
        yield
    finally:
        within._Child = fresh
        locked.cool()
