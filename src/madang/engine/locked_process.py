"""The process in which one query of a person runs: the side of the child. It answers once and ends.

It is told over its standard input, a socket: one frame of JSON that says what to run over which files. It answers in
frames: a letter, a length and that many bytes. R it is ready, H the columns, A a piece of an Arrow stream, E an error, D the end.
Nothing here is trusted by the other side, which bounds what it takes and ends the process when time is over.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from collections.abc import Iterator
from datetime import date, datetime
from threading import Thread
from typing import Any

import duckdb
import pyarrow as pa

from madang.engine import locked_walls
from madang.engine.locked_check import Refused, check

FRAME = struct.Struct("<cQ")
_BATCH = 8_192
_CONFIG: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "allow_unsigned_extensions": False,
    "python_enable_replacements": False,
    "python_scan_all_frames": False,
    "temp_directory": "",
    "home_directory": "/nowhere",
    "secret_directory": "/nowhere",
    "extension_directory": "/nowhere",
    "errors_as_json": True,
    "enable_object_cache": False,
}


def main() -> None:
    """Wait for one request, answer it, end. Run as a process only."""
    peer = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)  # what a library prints is no answer
    os.dup2(0, 2)
    _rehearse()
    peer.sendall(FRAME.pack(b"R", 0))
    kind, body = _frame(peer)
    if kind != b"Q":
        os._exit(1)
    Thread(target=_end_with, args=(peer,), daemon=True).start()
    answer = _Answer(peer)
    try:
        _run(json.loads(body), answer)
    except Refused as refused:
        answer.send(b"E", {"code": refused.code, "params": refused.params})
    except (MemoryError, pa.ArrowMemoryError):
        answer.send(b"E", {"code": "sql_memory", "params": {}})
    except duckdb.Error as error:
        answer.send(b"E", _told(error))
    except (pa.ArrowException, UnicodeError, OverflowError, RecursionError, ValueError) as error:
        answer.send(b"E", {"code": "sql_failed", "params": {"message": str(error)}})
    os._exit(0)


class _Answer:
    """Writes frames, as a file that an Arrow stream is written to as well."""

    closed = False

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer

    def send(self, kind: bytes, body: dict[str, Any]) -> None:
        self._frame(kind, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))

    def write(self, piece: Any) -> int:
        self._frame(b"A", memoryview(piece).cast("B"))
        return len(piece)

    def flush(self) -> None: ...

    def _frame(self, kind: bytes, body: bytes | memoryview) -> None:
        self._peer.sendall(FRAME.pack(kind, len(body)))
        self._peer.sendall(body)


def _run(request: dict[str, Any], answer: _Answer) -> None:
    started = time.perf_counter()
    limits, tables = request["limits"], request["tables"]
    files = sorted({file for table in tables.values() for file in table["files"]})
    walls = locked_walls.build(
        files=files,
        seconds=limits["seconds"],
        memory_bytes=limits["address_bytes"],
        threads=limits["threads"],
    )
    con = _connected(limits, tables, files)
    read = check(con, request["sql"], tables)
    result = con.execute(request["sql"], _values(request["parameters"]) or None)
    described = [(str(each[0]), str(each[1])) for each in con.description or ()]
    if len(described) > limits["columns"]:
        raise Refused("sql_too_wide", limit=f"{limits['columns']:,}")
    answer.send(b"H", {"columns": described, "walls": walls, "tables": read})
    reader = result.to_arrow_reader(_BATCH)
    truncated = False
    with pa.ipc.new_stream(pa.PythonFile(answer, "w"), reader.schema) as stream:
        left = limits["rows"]
        for batch in _bounded(reader, limits["bytes"]):
            truncated = batch is None or batch.num_rows > left
            if batch is not None:
                stream.write_batch(batch.slice(0, left))
                left -= min(left, batch.num_rows)
            if truncated:
                break
    answer.send(b"D", {"truncated": truncated, "seconds": time.perf_counter() - started})


def _values(told: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    """The values of parameters, with days and times as such."""
    typed: dict[str, Any] = {"date": date.fromisoformat, "datetime": datetime.fromisoformat}
    return {name: typed[kind](value) if kind in typed else value for name, (kind, value) in told.items()}


def _bounded(reader: Any, most: int) -> Iterator[Any]:
    """The batches of a result until they are more than `most` bytes: then None."""
    size = 0
    for batch in reader:
        size += batch.nbytes
        if size > most:
            yield None
            return
        yield batch


def _connected(limits: dict[str, Any], tables: dict[str, Any], files: list[str]) -> duckdb.DuckDBPyConnection:
    """A session that knows the tables and, from here on, can be told nothing more."""
    config = {**_CONFIG, "threads": limits["threads"], "memory_limit": f"{limits['memory_bytes'] >> 20}MiB"}
    con = duckdb.connect(config=config)
    con.execute("SET TimeZone = 'Asia/Seoul'")
    con.execute(f"SET allowed_paths = {_list(files)}")
    for name, table in tables.items():
        con.execute(f"CREATE VIEW {_name(name)} AS {_view(table)}")
        if table["said"]:
            con.execute(f"COMMENT ON VIEW {_name(name)} IS {_text(table['said'])}")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def _view(table: dict[str, Any]) -> str:
    """The columns of a table: those of the files, and the masked ones, of which no file holds a value."""
    listed = ", ".join(
        f"'***' AS {_name(column)}" if column in table["masked"] else _name(column)
        for column in table["columns"]
    )
    if not table["files"]:
        return f"SELECT {listed} FROM (SELECT {', '.join(f'NULL AS {_name(c)}' for c in table['columns'])}) WHERE false"
    return f"SELECT {listed} FROM read_parquet({_list(table['files'])}, union_by_name = true)"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(texts: list[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _rehearse() -> None:
    """One small query, so that whatever is loaded on first use is loaded before the walls stand."""
    con = duckdb.connect(config={**_CONFIG, "threads": 1})
    con.extract_statements("SELECT 1")
    duckdb.tokenize("SELECT 1")
    reader = con.execute(
        "SELECT json_serialize_sql(?), DATE '2026-01-01', 1.5::DECIMAL(9, 2)", ["SELECT 1"]
    ).to_arrow_reader(1)
    with pa.ipc.new_stream(pa.BufferOutputStream(), reader.schema) as stream:
        for batch in reader:
            stream.write_batch(batch)
    try:
        con.execute("SELECT nothing")
    except duckdb.Error as error:
        _told(error)
    con.close()


def _told(error: duckdb.Error) -> dict[str, Any]:
    """An error of DuckDB as a code and what it says; what it says of the machine is for the other side to leave out."""
    text = str(error)
    try:
        said = json.loads(text[text.index("{") :])
    except ValueError:
        said = {"exception_type": type(error).__name__, "exception_message": text}
    position = str(said.get("position") or "")
    params = {
        "kind": str(said.get("exception_type", "")),
        "message": str(said.get("exception_message", "")),
        "position": int(position) if position.isdigit() else None,
    }
    params |= {key: str(said[key]) for key in ("name", "candidates", "error_subtype") if key in said}
    memory = isinstance(error, duckdb.OutOfMemoryException)
    return {"code": "sql_memory" if memory else "sql_failed", "params": params}


def _frame(peer: socket.socket) -> tuple[bytes, bytes]:
    kind, length = FRAME.unpack(_exactly(peer, FRAME.size))
    return kind, _exactly(peer, length)


def _exactly(peer: socket.socket, count: int) -> bytes:
    held = bytearray()
    while len(held) < count:
        piece = peer.recv(count - len(held))
        if not piece:
            os._exit(0)  # nobody asks any more
        held += piece
    return bytes(held)


def _end_with(peer: socket.socket) -> None:
    """End when the other side is gone: it says nothing after its request."""
    peer.recv(1)
    os._exit(1)


if __name__ == "__main__":
    main()
