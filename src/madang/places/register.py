"""The register of areas: every 행정동 with its code, names and shape; what tells rows where they are."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from numpy.typing import ArrayLike, NDArray

from madang.places.locate import Indices, Locator

_FORMAT = 1
_SCHEMA = pa.schema(
    [
        ("code", pa.string()),
        ("name", pa.string()),
        ("shape", pa.binary()),
        ("valid_from", pa.date32()),
        ("source", pa.string()),
        ("sgis", pa.string()),
    ]
)


@dataclass(frozen=True)
class Areas:
    """Areas of one level in the order of their codes, those without a code last; all columns of one length.

    `codes`: text, 10 digits (행정동) or 5 (시군구), null where an area could not be told. `names`: full names
    ("서울특별시 종로구 사직동"). `polygons`: shapely shapes in EPSG:4326, None where there is none. `valid_from`: date32,
    the day the source shows. `sources`: "dataset@version". `sgis`: the code of Statistics Korea, where the source has it.
    """

    codes: pa.Array
    names: pa.Array
    polygons: NDArray[Any]
    valid_from: pa.Array
    sources: pa.Array
    sgis: pa.Array

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, table: pa.Table) -> Areas:
        """From the columns code, name, shape (WKB), valid_from, source, sgis."""
        ordered = table.select(_SCHEMA.names).cast(_SCHEMA).combine_chunks()
        ordered = ordered.sort_by([("code", "ascending"), ("name", "ascending")])
        columns = [column.combine_chunks() for column in ordered.columns]
        codes, names, shapes, valid_from, sources, sgis = columns
        polygons = shapely.from_wkb(np.array(shapes.to_pylist(), dtype=object))
        return cls(codes, names, np.atleast_1d(polygons), valid_from, sources, sgis)

    @classmethod
    def none(cls) -> Areas:
        return cls.of(_SCHEMA.empty_table())

    def table(self) -> pa.Table:
        """The same as a table, shapes as WKB."""
        shapes = pa.array(shapely.to_wkb(self.polygons).tolist(), pa.binary())
        columns = [self.codes, self.names, shapes, self.valid_from, self.sources, self.sgis]
        return pa.table(columns, schema=_SCHEMA)


@dataclass(frozen=True)
class Register:
    """Areas of a country or a part of it, composed from deposited boundary files; see `register_build`.

    `dongs` (10-digit 행정동) and `sigungus` (5-digit codes of 행정안전부; their shapes only where a layer of 시군구 was
    deposited). `notes`: Korean sentences on what could not be told and where layers overlap or leave gaps.
    """

    dongs: Areas
    sigungus: Areas
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def codes(self) -> pa.Array:
        """10-digit codes of the 행정동, in order; null where an area has a shape and no code."""
        return self.dongs.codes

    @property
    def names(self) -> pa.Array:
        """Full names of the 행정동: "서울특별시 종로구 사직동"."""
        return self.dongs.names

    @property
    def polygons(self) -> NDArray[Any]:
        """Shapes of the 행정동 in EPSG:4326, None where there is none."""
        return self.dongs.polygons

    @property
    def crosswalk(self) -> tuple[pa.Array, pa.Array]:
        """Codes of Statistics Korea and the 행정동 code of each, where both are known."""
        both = pc.and_(pc.is_valid(self.dongs.sgis), pc.is_valid(self.dongs.codes))
        return self.dongs.sgis.filter(both), self.dongs.codes.filter(both)

    @cached_property
    def version(self) -> str:
        """16 hexadecimal digits of everything the register holds: equal contents and sources, equal version."""
        digest = hashlib.sha256(f"{_FORMAT} {json.dumps([self.sources, self.notes])}".encode())
        for areas in (self.dongs, self.sigungus):
            for column in areas.table().columns:
                for value in column.to_pylist():
                    part = value if isinstance(value, bytes) else str(value).encode()
                    digest.update(len(part).to_bytes(8, "little") + part)
        return digest.hexdigest()[:16]

    @cached_property
    def _fallback(self) -> NDArray[np.int64]:
        """Positions of 시군구 with a shape, none of whose 행정동 has one."""
        covered = pc.utf8_slice_codeunits(self.codes.filter(_with_shape(self.polygons)), 0, 5).unique()
        missing = pc.invert(pc.is_in(self.sigungus.codes, value_set=covered))
        wanted = pc.and_(missing, _with_shape(self.sigungus.polygons))
        return np.flatnonzero(np.asarray(wanted, dtype=bool))

    @cached_property
    def locator(self) -> Locator:
        """The locator of the 행정동, then of 시군구 that have no 행정동 with a shape; built on first use if not saved."""
        return Locator.build(np.concatenate((self.polygons, self.sigungus.polygons[self._fallback])))

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> Indices:
        """Position in `codes`, `names`, `polygons` of the 행정동 of each point (EPSG:4326), -1 for none; see `Locator`."""
        found = self.locator.locate(lon, lat)
        return np.where(found < len(self.dongs), found, -1).astype(np.int32)

    def dong_code(self, lon: ArrayLike, lat: ArrayLike) -> pa.Array:
        """The 10-digit 행정동 code of each point, null where there is none."""
        return self.codes.take(_or_null(self.locate(lon, lat)))

    def area_code(self, lon: ArrayLike, lat: ArrayLike) -> pa.Array:
        """As `dong_code`, but the 5-digit 시군구 where only that is known."""
        return self.located_codes.take(_or_null(self.locator.locate(lon, lat)))

    @cached_property
    def located_codes(self) -> pa.Array:
        """The code of each area of the locator."""
        return pa.concat_arrays([self.codes, self.sigungus.codes.take(pa.array(self._fallback))])

    def save(self, folder: Path) -> None:
        """Write the register and its locator to the new `folder`, whole or not at all; one that is there stays."""
        if folder.exists():
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        temporary.mkdir()
        try:
            pq.write_table(self.dongs.table(), temporary / "dongs.parquet", compression="zstd")
            pq.write_table(self.sigungus.table(), temporary / "sigungus.parquet", compression="zstd")
            said = {"format": _FORMAT, "version": self.version, "sources": self.sources, "notes": self.notes}
            (temporary / "register.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
            self.locator.save(temporary)
            os.replace(temporary, folder)
        except OSError:
            shutil.rmtree(temporary, ignore_errors=True)
            if not folder.exists():  # else another process was first with the same register
                raise

    @classmethod
    def load(cls, folder: Path) -> Register:
        """The register saved in `folder`. Raises OSError where there is none, ValueError where it is of another make."""
        said = json.loads((folder / "register.json").read_text("utf-8"))
        if said["format"] != _FORMAT:
            raise ValueError("a register of another make")
        dongs, sigungus = (
            Areas.of(pq.read_table(folder / f"{level}.parquet")) for level in ("dongs", "sigungus")
        )
        register = cls(dongs, sigungus, tuple(said["sources"]), tuple(said["notes"]))
        register.__dict__["version"] = said["version"]
        register.__dict__["locator"] = Locator.load(folder)
        return register


def _with_shape(polygons: NDArray[Any]) -> pa.Array:
    return pa.array(~shapely.is_missing(polygons), pa.bool_())


def _or_null(positions: Indices) -> pa.Array:
    return pa.array(positions, mask=positions < 0)


def positions(codes: pa.Array, wanted: Sequence[str] | pa.Array) -> NDArray[np.int64]:
    """Where each of `wanted` stands in `codes`; -1 where it does not."""
    asked = wanted if isinstance(wanted, pa.Array) else pa.array(list(wanted), pa.string())
    return np.asarray(pc.fill_null(pc.index_in(asked, value_set=codes), -1), dtype=np.int64)
