"""The process in which an analysis that is not Madang's own runs: the side of the child. It does one thing and ends.

Told over its standard input, a socket: one frame of JSON. It answers in frames: R it is ready, P how far it is, T a table
(the length of its id, the id, an Arrow stream), D the rest of the result or the parameters, E an error.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import sysconfig
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb  # noqa: F401  loaded before the walls go up
import numpy  # noqa: F401
import pandas  # noqa: F401
import pyarrow as pa

from madang.declarations.analysis import load_analysis_card
from madang.engine import locked_walls
from madang.engine.locked_process import FRAME
from madang.messages import MadangError
from madang.results import told_of
from madang.runs.analysis import Analysis, reason_of
from madang.runs.inputs import Input, Inputs, Part

THREADS = 2


def main() -> None:
    """Wait for one request, answer it, end. Run as a process only."""
    peer = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)  # what a library prints is no answer
    os.dup2(0, 2)
    peer.sendall(FRAME.pack(b"R", 0))
    request = json.loads(_frame(peer))
    try:
        _do(request, peer)
    except MadangError as error:
        _send(peer, b"E", {"code": error.code, "params": error.params})
    except Exception as error:
        reason = reason_of(error, Path(request["folder"]))
        _send(peer, b"E", {"code": "run_failed", "params": {"analysis": request["title"], "reason": reason}})
    os._exit(0)


def _do(request: dict[str, Any], peer: socket.socket) -> None:
    folder = Path(request["folder"])
    card = load_analysis_card(folder)
    files = sorted({file for part in request["parts"] for file in part["files"]})
    walls = locked_walls.build(
        files=[*files, *(str(path) for path in folder.iterdir() if path.is_file())], folders=_programs(),
        seconds=request["seconds"], memory_bytes=request["memory_bytes"], threads=THREADS,
    )  # fmt: skip
    analysis = Analysis(folder, card, "madang")  # this process is the one it may be loaded into
    if request["do"] == "describe":
        _send(peer, b"D", {"parameters": [asdict(each) for each in analysis.parameters], "walls": walls})
        return
    result = analysis.run(_inputs(request, peer), **_values(request["parameters"])).check()
    for table in result.tables:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.rows.schema) as stream:
            stream.write_table(table.rows)
        name = table.id.encode()
        _bytes(peer, b"T", struct.pack("<I", len(name)) + name + sink.getvalue().to_pybytes())
    _send(peer, b"D", {"result": told_of(result), "walls": walls})


def _inputs(request: dict[str, Any], peer: socket.socket) -> Inputs:
    parts: dict[str, list[Part]] = {}
    for each in request["parts"]:
        role = each.pop("role")
        parts.setdefault(role, []).append(Part(**{**each, "files": tuple(map(Path, each["files"]))}))

    def progress(done: int, whole: int | None = None, step: str = "") -> None:
        _send(peer, b"P", [int(done), whole if whole is None else int(whole), str(step)[:200]])

    return Inputs({role: Input(role, tuple(each)) for role, each in parts.items()}, request["seed"], progress)


def _values(told: dict[str, list[Any]]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if kind == "date" else value for name, (kind, value) in told.items()
    }


def _programs() -> list[str]:
    """Where modules lie that an analysis may import while it runs."""
    paths = {*sys.path, sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), "/usr/share/zoneinfo"}
    libraries = {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"}
    return sorted(path for path in paths | libraries if path and os.path.isdir(path) and path != "/")


def _frame(peer: socket.socket) -> bytes:
    _, length = FRAME.unpack(_exactly(peer, FRAME.size))
    return _exactly(peer, length)


def _exactly(peer: socket.socket, length: int) -> bytes:
    held = bytearray()
    while len(held) < length:
        piece = peer.recv(length - len(held))
        if not piece:
            os._exit(1)
        held += piece
    return bytes(held)


def _send(peer: socket.socket, kind: bytes, told: Any) -> None:
    _bytes(peer, kind, json.dumps(told, ensure_ascii=False, default=str).encode("utf-8", "replace"))


def _bytes(peer: socket.socket, kind: bytes, body: bytes) -> None:
    peer.sendall(FRAME.pack(kind, len(body)) + body)
