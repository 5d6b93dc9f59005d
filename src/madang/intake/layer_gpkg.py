"""GeoPackage: each table of features or attributes that its contents name, read through SQLite with everything shut
that a hostile schema could use (views, triggers, virtual tables, functions, extensions)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote as quote_path

import numpy as np
import pyarrow as pa

from madang.intake.layer_stage import BATCH, Stage
from madang.intake.layer_wkb import is_plain
from madang.intake.raw import Progress, RawTable, Refused
from madang.messages import text

_TABLES = 200
_LONGEST = 256 << 20  # bytes of a cell at most
_FETCH = 500
_ENVELOPE = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}  # code -> bytes
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})


def read_gpkg(path: Path, place: Path, progress: Progress) -> list[RawTable]:
    """The tables of a GeoPackage, staged in `place`; rows are their order in the table, from 1.

    Raises Refused (gpkg_broken, gpkg_empty, layer_part_truncated, layer_too_many).
    """
    _check_length(path)
    try:
        with closing(_connected(path)) as con:
            named, skipped = _contents(con)
            if not named:
                raise Refused("gpkg_empty")
            if len(named) > _TABLES:
                raise Refused("layer_too_many", limit=_TABLES)
            tables = []
            for number, (name, title) in enumerate(named, start=1):
                stage = Stage(place, f"table{number}")
                member = title if len(named) > 1 else None
                tables.append(_read_table(con, name, member, stage, progress))
    except (sqlite3.Error, OverflowError) as error:
        raise Refused("gpkg_broken") from error
    for name in skipped:
        tables[0].problems.add("gpkg_not_a_table", severity="warning", value=name)
    return tables


def _connected(path: Path) -> sqlite3.Connection:
    con = sqlite3.connect(f"file:{quote_path(str(path.absolute()))}?mode=ro&immutable=1", uri=True)
    con.text_factory = _text
    for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON", "mmap_size=0"):
        con.execute(f"PRAGMA {pragma}")
    con.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    con.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    con.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
    con.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)
    return con


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _check_length(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(100)
    size = path.stat().st_size
    page = int.from_bytes(head[16:18], "big")
    wanted = (65_536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    if wanted > size:
        raise Refused("layer_part_truncated", part=".gpkg", size=f"{size:,}", wanted=f"{wanted:,}")


def _contents(con: sqlite3.Connection) -> tuple[list[tuple[str, str]], list[str]]:
    """Names of the plain tables among the contents, with what they are called, and those that are no plain tables."""
    listed = con.execute(
        "SELECT table_name, identifier, data_type FROM gpkg_contents WHERE data_type IN ('features', 'attributes')"
    ).fetchmany(_TABLES + 1)
    schema = {
        str(name).casefold(): (kind, str(sql or "").lstrip().casefold())
        for name, kind, sql in con.execute("SELECT name, type, sql FROM sqlite_master")
    }
    plain, skipped = [], []
    for name, _, _ in listed:
        kind, sql = schema.get(str(name).casefold(), ("", ""))
        if kind == "table" and sql.startswith("create table"):
            plain.append((str(name), str(name)))
        else:
            skipped.append(str(name))
    return plain, skipped


def _read_table(
    con: sqlite3.Connection, name: str, member: str | None, stage: Stage, progress: Progress
) -> RawTable:
    found = con.execute(
        "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ? COLLATE NOCASE", (name,)
    ).fetchone() if _has(con, "gpkg_geometry_columns") else None  # fmt: skip
    cursor = con.execute(f"SELECT * FROM {_quoted(name)}")
    headers = [str(each[0]) for each in cursor.description]
    shape = next(
        (i for i, each in enumerate(headers) if found and each.casefold() == found[0].casefold()), None
    )
    stage.drawn = shape is not None
    stage.know([label for i, label in enumerate(headers) if i != shape])
    done, blobs = 0, 0
    while rows := cursor.fetchmany(_FETCH if shape is not None else BATCH):
        cells: dict[str, Any] = {}
        for i, label in enumerate(headers):
            if i != shape:
                texts = [_cell(row[i]) for row in rows]
                blobs += sum(isinstance(row[i], bytes) for row in rows)
                cells[label] = pa.array(texts, pa.string())
        shapes = [None if shape is None else _wkb(row[shape]) for row in rows]
        stage.write(np.arange(done + 1, done + len(rows) + 1, dtype=np.int64), cells, shapes)
        done += len(rows)
        progress(done, None)
    if blobs:
        stage.tell("gpkg_blobs", None, "info", count=f"{blobs:,}")
    declared, by = _declared(con, found[1] if found else None)
    return stage.finish(member, declared, by)


def _has(con: sqlite3.Connection, name: str) -> bool:
    return con.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is not None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cell(value: Any) -> str:
    if value is None or isinstance(value, bytes):
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def _wkb(blob: Any) -> bytes | None:
    """The WKB in a GeoPackage blob; None where it is empty, b"\\0" where it is none (the stage says so)."""
    if not isinstance(blob, bytes):
        return None if blob is None else b"\0"
    if len(blob) < 8 or blob[:2] != b"GP":
        return b"\0"
    flags = blob[3]
    envelope = _ENVELOPE.get((flags >> 1) & 7)
    if flags & 0x10:
        return None
    wkb = b"" if envelope is None else blob[8 + envelope :]
    return wkb if is_plain(wkb) else b"\0"


def _declared(con: sqlite3.Connection, srs: Any) -> tuple[str | None, str]:
    """The coordinate system that the reference system `srs` of the file stands for."""
    if srs is None or not _has(con, "gpkg_spatial_ref_sys"):
        return None, text("layer_no_crs")
    row = con.execute(
        "SELECT organization, organization_coordsys_id, definition, srs_name FROM gpkg_spatial_ref_sys"
        " WHERE srs_id = ?", (srs,)
    ).fetchone()  # fmt: skip
    if row is None or srs in (0, -1):
        return None, text("layer_no_crs")
    organization, code, definition, called = row
    by = text("layer_by_gpkg", name=called)
    if str(organization).upper() == "EPSG":
        return f"EPSG:{code}", by
    return (str(definition), by) if definition and definition != "undefined" else (None, text("layer_no_crs"))
