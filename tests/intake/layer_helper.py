"""Small layers made by hand, and a look at what was read."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from madang.intake.layer_read import read_layer
from madang.intake.raw import Override, RawTable

SQUARE = [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]


def read(path: Path, place: Path, override: Override | None = None) -> list[RawTable]:
    place.mkdir(exist_ok=True)
    return read_layer(path, place, override or Override())


def rows(table: RawTable) -> list[dict[str, str]]:
    """Rows by label, with the source row under "#" and without the shape."""
    shape = table.layer.column if table.layer else None
    found = pa.Table.from_batches(list(table.batches()), table.schema())
    kept = {c.label: found.column(c.index + 1).to_pylist() for c in table.columns if c.index != shape}
    numbers = found.column(0).to_pylist()
    return [{"#": number, **{k: v[i] for k, v in kept.items()}} for i, number in enumerate(numbers)]


def hexes(table: RawTable) -> list[str]:
    assert table.layer is not None
    found = pa.Table.from_batches(list(table.batches()), table.schema())
    texts: list[str] = found.column(table.layer.column + 1).to_pylist()
    return texts


def shapes(table: RawTable) -> Any:
    """The staged shapes as geometries, None where there is none."""
    return shapely.from_wkb(np.array([each or None for each in hexes(table)], object))


def problems(table: RawTable) -> list[tuple[str, int | None]]:
    """Rule and row of every problem."""
    table.problems.close()
    return [(each["rule"], each["row"]) for each in pq.read_table(table.problems.path).to_pylist()]


def details(table: RawTable) -> list[dict[str, str]]:
    table.problems.close()
    return [json.loads(each["detail"] or "{}") for each in pq.read_table(table.problems.path).to_pylist()]


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(path: Path, features: list[Any], **members: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}), "utf-8")
    return path


def point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y]}


def dbf(fields: list[tuple[bytes, bytes, int]], records: list[bytes], *, language: int = 0) -> bytes:
    """A dBASE III table; each record is its delete flag and its cells."""
    length = 1 + sum(width for _, _, width in fields)
    head = struct.pack("<4B I 2H 20x", 3, 26, 11, 22, len(records), 33 + 32 * len(fields), length)
    head = head[:29] + bytes([language]) + head[30:]
    described = b"".join(struct.pack("<11s c 4x B 15x", name, kind, width) for name, kind, width in fields)
    return head + described + b"\r" + b"".join(records) + b"\x1a"


def shp(points: list[tuple[float, float] | None]) -> tuple[bytes, bytes]:
    """A .shp and .shx of points (None: a null shape)."""
    body, index, at = b"", b"", 50
    for number, each in enumerate(points, start=1):
        content = struct.pack("<i", 0) if each is None else struct.pack("<idd", 1, *each)
        index += struct.pack(">ii", at, len(content) // 2)
        body += struct.pack(">ii", number, len(content) // 2) + content
        at += 4 + len(content) // 2
    there = [each for each in points if each] or [(0.0, 0.0)]
    xs, ys = [x for x, _ in there], [y for _, y in there]

    def head(size: int) -> bytes:
        box = (min(xs), min(ys), max(xs), max(ys), 0, 0, 0, 0)
        return struct.pack(">i20xi", 9994, (100 + size) // 2) + struct.pack("<ii8d", 1000, 1, *box)

    return head(len(body)) + body, head(len(index)) + index


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path
