"""Areas as the register knows them: names, and shapes to draw beneath the data. Only what the cache has is read."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from madang.web.desk.map_draw import Box, Frame, merged
from madang.workspace import Workspace

SIGUNGU = 5  # digits of a code
_KOREA = Frame(124.0, 39.5, 800.0, 1000.0, 0)  # units of some 100 m


@dataclass(frozen=True)
class Areas:
    """Areas of one level: codes ("" where unknown), full names, shapes in EPSG:4326."""

    codes: list[str]
    names: list[str]
    shapes: NDArray[Any]

    @cached_property
    def _bounds(self) -> NDArray[np.float64]:
        found: NDArray[np.float64] = shapely.bounds(self.shapes)
        return found

    @property
    def box(self) -> Box:
        """What they all lie in."""
        west, south, east, north = shapely.total_bounds(self.shapes).tolist()
        return west, south, east, north

    def within(self, box: Box) -> Areas:
        """Those whose bounds touch `box`."""
        west, south, east, north = box
        b = self._bounds
        return self._at((b[:, 0] <= east) & (b[:, 2] >= west) & (b[:, 1] <= north) & (b[:, 3] >= south))

    def of(self, codes: Iterable[str], digits: int) -> Areas:
        """Those whose codes begin with one of `codes`, which have so many digits."""
        wanted = set(codes)
        return self._at(np.array([code[:digits] in wanted for code in self.codes], bool))

    def sigungus(self, frame: Frame) -> Areas:
        """The 시군구 of these 행정동, as fine as a picture shows them."""
        coded = [
            (code[:SIGUNGU], name.rpartition(" ")[0])
            for code, name in zip(self.codes, self.names, strict=True)
        ]
        names = dict(each for each in coded if each[0])
        codes = sorted(names)
        groups = np.array([codes.index(code) if code else -1 for code, _ in coded], np.int64)
        return Areas(codes, [names[code] for code in codes], merged(self.shapes, groups, len(codes), frame))

    def _at(self, chosen: NDArray[np.bool_]) -> Areas:
        at = np.flatnonzero(chosen)
        return Areas([self.codes[i] for i in at], [self.names[i] for i in at], self.shapes[at])


@dataclass(frozen=True)
class KnownAreas:
    """The 행정동 of one register of the cache."""

    version: str
    file: Path
    kept: Path  # where the joined 시군구 are kept

    @classmethod
    def of(cls, ws: Workspace, register: str | None) -> KnownAreas | None:
        """The areas a version was placed by, those of now where they are gone; None where there are none. Builds nothing."""
        if not register or not register.isalnum():
            return None
        for version in (register, ""):
            version = version or ws.registers.version()
            file = ws.registers.folder / version / "register" / "dongs.parquet"
            if version and file.is_file():
                return cls(version, file, ws.folder / "cache" / "maps" / f"sigungus-{version}.parquet")
        return None

    @cached_property
    def dongs(self) -> Areas:
        """All 행정동 that have a shape."""
        with pq.ParquetFile(self.file) as file:
            table = file.read(columns=["code", "name", "shape"], use_threads=False)
        rows = [
            (code or "", name or "", shape)
            for code, name, shape in zip(*table.to_pydict().values(), strict=True)
        ]
        there = [row for row in rows if row[2] is not None]
        raw = np.array([*(row[2] for row in there), None], dtype=object)
        shapes = shapely.from_wkb(raw, on_invalid="ignore")[:-1]
        return Areas([row[0] for row in there], [row[1] for row in there], shapes)

    def sigungus(self, frame: Frame) -> Areas:
        """The 시군구 in a wide picture, some 100 m fine: joined once for a register (seconds), then read from the cache."""
        try:
            with pq.ParquetFile(self.kept) as file:
                codes, names, raw = file.read(use_threads=False).to_pydict().values()
        except (OSError, ValueError):
            whole = self.dongs.sigungus(_KOREA)
            codes, names = whole.codes, whole.names
            raw = shapely.to_wkb(np.array([*whole.shapes, None], dtype=object))[:-1].tolist()
            self._keep(pa.table({"code": codes, "name": names, "shape": raw}))
        shapes = shapely.from_wkb(np.array([*raw, None], dtype=object))[:-1]
        return Areas(list(codes), list(names), shapes).within(frame.box)

    def _keep(self, table: pa.Table) -> None:
        """Write the joined 시군구 in place of those of older registers; a cache that cannot be written does no harm."""
        with suppress(OSError):
            self.kept.parent.mkdir(parents=True, exist_ok=True)
            for old in self.kept.parent.glob("sigungus-*.parquet"):
                old.unlink(missing_ok=True)
            fresh = self.kept.with_name(f".{self.kept.name}.{secrets.token_hex(4)}")
            pq.write_table(table, fresh)
            fresh.replace(self.kept)

    def names(self, digits: int) -> dict[str, str]:
        """Full names by the first `digits` of their codes."""
        named = zip(self.dongs.codes, self.dongs.names, strict=True)
        return {
            code[:digits]: name.rpartition(" ")[0] if digits == SIGUNGU else name
            for code, name in named
            if code
        }
