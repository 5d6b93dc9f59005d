"""SQL for people: one question is answered by a process of its own that can read the given files and do nothing else.

A fresh process is started for each query and killed when it is over, at the latest at the deadline. What a person may
not see is in none of the files handed in (`locked_copies`), so that no way around a view leads to it.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa

from madang.engine.locked_errors import error_of
from madang.engine.locked_process import FRAME
from madang.messages import MadangError

_START_S = 30.0  # that a process may take to start on a busy machine
_EVERY = 0.1  # seconds between looks at whether the query was cancelled
_MOST_HEADER = 8 << 20  # bytes of one frame that is no data
_COMMAND = "import sys; sys.path[:0] = {path!r}; from madang.engine.locked_process import main; main()"
Value = str | int | float | bool | date | datetime | None


_spare: list[_Child] = []  # started ahead, one at most
_lock = Lock()


@dataclass(frozen=True)
class LockedTable:
    """A table that a query may read: exact Parquet `files` and the names of the `columns` shown of them.

    Of `masked` columns every row reads '***'; the files need not have them, and should not. `said` is a comment.
    """

    files: tuple[Path, ...]
    columns: tuple[str, ...]
    masked: frozenset[str] = frozenset()
    said: str = ""


@dataclass(frozen=True)
class Limits:
    """What a query may take. `seconds` of the clock; `rows` and `bytes` of the answer, which ends there; `columns` of
    the answer; `memory_bytes` of DuckDB's data, `address_bytes` of the whole process; `threads`."""

    seconds: float = 30.0
    rows: int = 1_000_000
    bytes: int = 256 << 20
    columns: int = 1_000
    memory_bytes: int = 1_200 << 20
    address_bytes: int = 2_500 << 20
    threads: int = 2


@dataclass(frozen=True)
class Answer:
    """Rows of an answer with `names` and DuckDB `types` of its columns as they stand in the query.

    `truncated`: there were more rows than the limits allow. `seconds` is the time of the query alone; `walls` are
    those of the system that stood around it, `tables` the names that it read. The columns of `table` are called c0, c1, …, as names may stand twice.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    table: pa.Table
    truncated: bool
    seconds: float
    walls: tuple[str, ...]
    tables: tuple[str, ...]


def never() -> bool:
    """A query that nobody cancels."""
    return False


def ask(
    sql: str,
    tables: Mapping[str, LockedTable],
    limits: Limits | None = None,
    *,
    parameters: Mapping[str, Value] | None = None,
    cancelled: Callable[[], bool] = never,
) -> Answer:
    """The answer to one question over `tables`; `$name` in it stands for a value of `parameters`.

    `cancelled` is asked ten times a second. Raises MadangError: sql_empty, sql_too_long, sql_one_statement,
    sql_only_questions, sql_function, sql_table_unknown, sql_syntax, sql_column_unknown, sql_failed, sql_too_wide,
    sql_memory, sql_time, sql_cancelled, sql_ended; those of the text have `line` and `column`, counted from 1.
    """
    limits = limits or Limits()
    request = _request(sql, tables, limits, parameters or {})
    with _process() as child:
        with suppress(BrokenPipeError, ConnectionResetError):  # it is dead already; the answer will tell
            child.peer.sendall(FRAME.pack(b"Q", len(request)) + request)
        frames = _frames(child.peer, limits, cancelled)
        return _answer(frames, sql, tables, limits)


def warm() -> None:
    """Start a process ahead, so that the next query need not wait for it. Returns at once."""
    with _lock:
        if _spare and not _spare[0].alive():
            _spare.pop().end()
        if not _spare:
            _spare.append(_Child())


@atexit.register
def cool() -> None:
    """End the process that was started ahead."""
    with _lock:
        while _spare:
            _spare.pop().end()


class _Child:
    """A query process and our end of the socket to it."""

    def __init__(self) -> None:
        self.peer, theirs = socket.socketpair()
        path = [each for each in sys.path if each]  # an editable install and a venv as here
        with theirs:
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-c", _COMMAND.format(path=path)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"MALLOC_ARENA_MAX": "4", "ARROW_DEFAULT_MEMORY_POOL": "system", "LANG": "C.UTF-8"},
                cwd="/",
                process_group=0,
                close_fds=True,
            )
        self.pid = self._popen.pid

    def alive(self) -> bool:
        return self._popen.poll() is None

    def end(self) -> None:
        """Kill it and wait until it is gone."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
        self.peer.close()


@contextmanager
def _process() -> Iterator[_Child]:
    """A process that no query has run in; dead when the block ends. Another one is started for the next."""
    with _lock:
        child = _spare.pop() if _spare else None
    if child is not None and not child.alive():
        child.end()
        child = None
    child = child or _Child()
    try:
        yield child
    finally:
        child.end()
        warm()


def _request(
    sql: str, tables: Mapping[str, LockedTable], limits: Limits, parameters: Mapping[str, Value]
) -> bytes:
    told = {
        name: {
            "files": [str(path.resolve()) for path in table.files],
            "columns": list(table.columns),
            "masked": sorted(table.masked),
            "said": table.said,
        }
        for name, table in tables.items()
    }
    values = {name: [type(value).__name__, _plain(value)] for name, value in parameters.items()}
    body = {"sql": sql, "tables": told, "limits": vars(limits), "parameters": values}
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _plain(value: Value) -> str | int | float | bool | None:
    return value.isoformat() if isinstance(value, date) else value


def _frames(
    peer: socket.socket, limits: Limits, cancelled: Callable[[], bool]
) -> Iterator[tuple[bytes, bytes]]:
    """What the process says until it ends; its time counts from when it is ready.

    Raises MadangError: sql_time, sql_cancelled, sql_ended.
    """
    held, deadline = bytearray(), time.monotonic() + _START_S
    data_left = limits.bytes + (64 << 20)  # what Arrow writes around the data
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise MadangError("sql_time", seconds=f"{limits.seconds:g}")
        if cancelled():
            raise MadangError("sql_cancelled")
        ready, _, _ = select.select([peer], [], [], min(_EVERY, left))
        if not ready:
            continue
        try:
            piece = peer.recv(1 << 20)
        except ConnectionResetError:
            piece = b""
        if not piece:
            return
        held += piece
        while len(held) >= FRAME.size:
            kind, length = FRAME.unpack_from(held)
            if length > (data_left if kind == b"A" else _MOST_HEADER):
                raise MadangError("sql_ended")
            if len(held) < FRAME.size + length:
                break
            if kind == b"R":
                deadline = time.monotonic() + limits.seconds
            else:
                yield kind, bytes(held[FRAME.size : FRAME.size + length])
            del held[: FRAME.size + length]
            data_left -= length if kind == b"A" else 0


def _answer(
    frames: Iterator[tuple[bytes, bytes]], sql: str, tables: Mapping[str, LockedTable], limits: Limits
) -> Answer:
    header: dict[str, Any] = {}
    data = bytearray()
    for kind, body in frames:
        if kind == b"A":
            data += body
            continue
        said = json.loads(body)
        if kind == b"E":
            raise error_of(said["code"], said["params"], sql, tables)
        if kind == b"H":
            header = said
        elif kind == b"D":
            return _read(header, data, said)
    raise MadangError("sql_ended")  # a limit of the system killed it, or a fault of DuckDB


def _read(header: dict[str, Any], data: bytearray, end: dict[str, Any]) -> Answer:
    with pa.ipc.open_stream(pa.py_buffer(data)) as stream:
        table = stream.read_all()
    table.validate()
    names, types = zip(*header["columns"], strict=True) if header["columns"] else ((), ())
    table = table.rename_columns([f"c{number}" for number in range(table.num_columns)])
    return Answer(
        tuple(names),
        tuple(types),
        table,
        bool(end["truncated"]),
        float(end["seconds"]),
        tuple(header["walls"]),
        tuple(name for name in header["tables"] if isinstance(name, str)),
    )
