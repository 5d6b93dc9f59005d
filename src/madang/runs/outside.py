"""Analyses that are not Madang's own: each runs in a process of its own that can read its inputs and do nothing else.

It gets copies with the columns it may read, and no other file, no network, no other program, a limit of memory and time.
This keeps accidents apart. That nobody runs what he should not is decided before: an administrator approves the code.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from madang.engine.locked_copies import shown_copy
from madang.engine.locked_process import FRAME
from madang.messages import MadangError
from madang.results import Result, result_of
from madang.runs.analysis import Analysis
from madang.runs.inputs import Inputs, Part, Progress
from madang.runs.parameters import Parameter, Range

SECONDS, MEMORY_BYTES = 3_600.0, 6 << 30
MOST_BYTES = 1 << 30  # of an answer
_START_S = 60.0
_described: dict[tuple[Path, str], tuple[Parameter, ...]] = {}
_COMMAND = "import sys; sys.path[:0] = {path!r}; from madang.runs.outside_process import main; main()"


def described(analysis: Analysis) -> tuple[Parameter, ...]:
    """The parameters of an analysis, told by a process of its own, once for its code.

    Raises MadangError: analysis_broken, run_ended, run_time.
    """
    key = (analysis.folder, analysis.own_code)
    if key not in _described:
        _described[key] = _described_by_process(analysis)
    return _described[key]


def _described_by_process(analysis: Analysis) -> tuple[Parameter, ...]:
    request = _request(analysis, "describe", {}, (), 0)
    for kind, body in _asked(analysis, request):
        if kind == b"D":
            return tuple(_parameter(each) for each in json.loads(body)["parameters"])
    raise MadangError("run_ended", analysis=analysis.card.title)


def computed(
    analysis: Analysis, inputs: Inputs, parameters: Mapping[str, Any], copies: Path, progress: Progress
) -> Result:
    """The result of an analysis over `inputs`, of which copies are made in `copies` without what it may not read.

    Raises MadangError: run_failed and what the analysis raised, run_ended, run_time; what `progress` raises ends it.
    """
    parts = [(role, _only(part, copies)) for role, each in inputs.by_role.items() for part in each.parts]
    request = _request(analysis, "run", parameters, parts, inputs.seed)
    tables: dict[str, pa.Table] = {}
    for kind, body in _asked(analysis, request):
        if kind == b"P":
            progress(*json.loads(body))
        elif kind == b"T":
            (length,) = struct.unpack_from("<I", body)
            with pa.ipc.open_stream(pa.py_buffer(body[4 + length :])) as stream:
                tables[body[4 : 4 + length].decode()] = stream.read_all()
        elif kind == b"D":
            try:
                return result_of(json.loads(body)["result"], tables).check()
            except (ValueError, KeyError, TypeError) as error:
                raise MadangError("run_failed", analysis=analysis.card.title, reason=str(error)) from error
    raise MadangError("run_ended", analysis=analysis.card.title)


def _only(part: Part, copies: Path) -> Part:
    columns = tuple(part.columns.values())
    copy = shown_copy(part.files, columns, copies)
    return replace(part, files=(copy,), redacted={})


def _request(
    analysis: Analysis, do: str, parameters: Mapping[str, Any], parts: Any, seed: int
) -> dict[str, Any]:
    return {
        "do": do, "folder": str(analysis.folder.resolve()), "title": analysis.card.title, "seed": seed,
        "seconds": SECONDS, "memory_bytes": MEMORY_BYTES,
        "parameters": {
            name: ["date", value.isoformat()] if isinstance(value, date) else ["", value]
            for name, value in parameters.items()
        },
        "parts": [
            {"role": role, "dataset": part.dataset, "version": part.version, "title": part.title, "as_of": part.as_of,
             "standard": part.standard, "columns": dict(part.columns), "files": [str(path.resolve()) for path in part.files]}
            for role, part in parts
        ],
    }  # fmt: skip


def _parameter(told: dict[str, Any]) -> Parameter:
    limits = Range(**told["range"]) if told["range"] else None
    default = (
        date.fromisoformat(told["default"]) if told["kind"] == "date" and told["default"] else told["default"]
    )
    return Parameter(**{**told, "range": limits, "default": default})


def _asked(analysis: Analysis, request: dict[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    """What the process says. Raises MadangError: what the analysis raised, run_time."""
    with _child() as peer:
        body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        with suppress(BrokenPipeError, ConnectionResetError):
            peer.sendall(FRAME.pack(b"Q", len(body)) + body)
        for kind, said in _frames(peer, analysis):
            if kind == b"E":
                told = json.loads(said)
                raise MadangError(str(told["code"]), **told["params"])
            yield kind, said


@contextmanager
def _child() -> Iterator[socket.socket]:
    """A process of its own, dead when the block ends."""
    peer, theirs = socket.socketpair()
    path = [each for each in sys.path if each]
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _COMMAND.format(path=path)],
            stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", process_group=0,
            env={"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"},
        )  # fmt: skip
    try:
        yield peer
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        peer.close()


def _frames(peer: socket.socket, analysis: Analysis) -> Iterator[tuple[bytes, bytes]]:
    held, deadline, left = bytearray(), time.monotonic() + _START_S, MOST_BYTES
    while True:
        ready, _, _ = select.select([peer], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise MadangError("run_time", analysis=analysis.card.title, seconds=f"{SECONDS:g}")
        try:
            piece = peer.recv(1 << 20)
        except ConnectionResetError:
            piece = b""
        if not piece:
            return
        held += piece
        left -= len(piece)
        if left < 0:
            raise MadangError("run_ended", analysis=analysis.card.title)
        while len(held) >= FRAME.size:
            kind, length = FRAME.unpack_from(held)
            if len(held) < FRAME.size + length:
                break
            body = bytes(held[FRAME.size : FRAME.size + length])
            del held[: FRAME.size + length]
            if kind == b"R":
                deadline = time.monotonic() + SECONDS
            else:
                yield kind, body
