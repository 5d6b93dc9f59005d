"""What the bank knows of areas: the register built from deposited boundaries and code lists, kept in the cache.

A dataset that may feed it is marked before its version is committed, so a register is never behind the bank; a mark
too many does no harm. The folder can be deleted: marks and registers are made again from the bank.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import BadZipFile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from madang.bank import Bank, Version
from madang.bank.durable import locked
from madang.declarations import DatasetColumn
from madang.declarations.places import PlaceDeclarations
from madang.intake.registers_known import Known
from madang.messages import MadangError
from madang.places.address_register import COLUMNS as ADDRESS_COLUMNS
from madang.places.address_register import AddressRegister
from madang.places.register import Register
from madang.places.register_build import AreaLayer, CodeList, build_register

__all__ = ["UNPLACED", "Known", "Registers", "feeds"]

_MAKE = "2"  # raised whenever the same datasets may give another register
_MOST_SHAPES = 20_000  # a layer of more shapes is not one of areas
_POLYGONS = pa.array(
    ["0103000000", "0106000000"]
)  # how the hexadecimal WKB of a polygon, a multipolygon begins
UNPLACED = ("dong-relation", "legal-dong-code", "road-address")  # standards that say what is where, by codes
_LISTS = (*UNPLACED, "area-centre")  # standards of code lists
_PARTS = ("dongs", "legal", "relation")  # tables beside the register
_BROKEN = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    BadZipFile,
    pa.ArrowException,
    shapely.errors.GEOSException,
)
_KEPT = 2  # registers that stay when another one is built: somebody may still be reading them
_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:[-.]?(\d{2}))?(?:[-.]?(\d{2}))?(?!\d)")


_loaded: dict[tuple[Path, bool], Known] = {}  # the register that this process asked for last


@dataclass(frozen=True)
class Registers:
    """The registers of `bank`, kept below `folder`; `home` are the first digits of the workspace's own area code."""

    bank: Bank
    folder: Path
    declared: PlaceDeclarations
    home: str = ""
    trust_unverified: bool = False

    def mark(self, dataset: str) -> None:
        """Mark a dataset that `feeds` the register; to be called before its version is committed."""
        (self._marks() / dataset).touch()

    def version(self) -> str:
        """Names the register that the bank would give now; "" where nothing feeds it. Builds nothing."""
        sources = self._sources()
        if not sources:
            return ""
        told = [
            _MAKE,
            self.home,
            repr(self.declared),
            repr(self.trust_unverified),
            *(f"{v.dataset.id}@{v.deposit_id}" for v in sources),
        ]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

    def known(self, *, recent: bool = False) -> Known | None:
        """The register of now, from the cache or built; None where nothing feeds it. With `recent` that of a little
        earlier will do, if there is one: what feeds the register would else have it built anew before each file."""
        version = self.version()
        if not version:
            return None
        home = self.folder / version
        if recent and not home.is_dir():
            home = self._newest() or home
        if (home, self.trust_unverified) not in _loaded:
            register = self._register(home)
            found = Known(home.name, register, self.declared, self.home, home, self.trust_unverified)
            _loaded.clear()
            _loaded[home, self.trust_unverified] = found
        return _loaded[home, self.trust_unverified]

    def _newest(self) -> Path | None:
        """The newest register in the cache that can be read."""
        homes = [path for path in self._homes() if not path.name.startswith(".")]
        for home in reversed(homes):
            with suppress(*_BROKEN):
                _load(home)
                return home
        return None

    def _register(self, home: Path) -> Register:
        """The register in `home`; built by one process while others wait, where it is not there or broken."""
        with suppress(*_BROKEN):
            return _load(home)
        with locked(self.folder / ".building"):
            with suppress(*_BROKEN):
                return _load(home)
            self._build(home)
            return _load(home)

    def _marks(self) -> Path:
        """The folder of marks; where it is missing every dataset is looked at once."""
        marks = self.folder / "sources"
        if not marks.is_dir():
            fresh = self.folder / f".sources.{secrets.token_hex(4)}"
            fresh.mkdir(parents=True)
            for dataset in self.bank.datasets():
                with suppress(MadangError, OSError):
                    if _feeding(dataset.latest):
                        (fresh / dataset.id).touch()
            try:
                fresh.rename(marks)
            except OSError:  # somebody else was first
                shutil.rmtree(fresh)
        return marks

    def _sources(self) -> list[Version]:
        """Live versions of the marked datasets, by name."""
        found = []
        for mark in sorted(self._marks().iterdir()):
            with suppress(MadangError, OSError):
                live = self.bank[mark.name].latest
                if live and _feeding(live):
                    found.append(live)
        return found

    def _build(self, home: Path) -> None:
        sources = self._sources()
        lists = [made for version in sources for made in _code_lists(version)]
        layers = [_layer(version) for version in sources if _geometry(version.columns)]
        register = build_register(layers, lists, self.declared.sidos)
        self._clear()
        fresh = home.with_name(f".{home.name}.{secrets.token_hex(4)}")
        fresh.mkdir(parents=True)
        try:
            register.save(fresh / "register")
            for name, table in _tables(sources).items():
                pq.write_table(table, fresh / f"{name}.parquet", compression="zstd")
            addresses = [version for version in sources if _standard(version) == "road-address"]
            if addresses:
                AddressRegister.build(_batches(addresses)).save(fresh / "addresses")
            if home.exists():  # of another make, or broken
                shutil.rmtree(home)
            fresh.rename(home)
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
            raise

    def _clear(self) -> None:
        """Take away what is left of builds that died, and all but the newest registers; the lock is held."""
        for path in self._homes()[:-_KEPT]:
            shutil.rmtree(path, ignore_errors=True)

    def _homes(self) -> list[Path]:
        """Folders of registers, whole and half made, the oldest first."""
        homes = [
            path for path in self.folder.iterdir() if path.is_dir() and path.name.strip(".")[:7] != "sources"
        ]
        return sorted(homes, key=lambda path: path.stat().st_mtime)


def _load(home: Path) -> Register:
    """Raises one of _BROKEN where a part is not there or cannot be read."""
    for name in _PARTS:
        pq.read_metadata(home / f"{name}.parquet")
    if (home / "addresses").is_dir():
        AddressRegister.load(home / "addresses")
    return Register.load(home / "register")


def feeds(standard: str | None, heads: pa.Array | None, rows: int) -> bool:
    """Whether a table may hold areas: a list of codes, or polygons that are few enough (`heads`: how the hexadecimal
    WKB of its shapes begins)."""
    if standard in _LISTS:
        return True
    if heads is None or standard not in (None, "area-boundary") or rows > _MOST_SHAPES:
        return False
    filled = heads.drop_null()
    return bool(len(filled)) and 2 * (pc.sum(pc.is_in(filled, value_set=_POLYGONS)).as_py() or 0) > len(
        filled
    )


def _feeding(version: Version | None) -> bool:
    return version is not None and bool(version.facts.get("feeds_register"))


def _geometry(columns: Iterable[DatasetColumn]) -> str | None:
    return next((column.name for column in columns if column.type == "geometry"), None)


def _read(version: Version, names: Sequence[str]) -> pa.Table:
    """Columns of a version that are there."""
    tables = []
    for path in version.files:
        there = set(pq.read_schema(path).names)
        tables.append(pq.read_table(path, columns=[name for name in names if name in there]))
    return pa.concat_tables(tables)


def _batches(versions: Sequence[Version]) -> Iterator[pa.RecordBatch]:
    """The rows of several tables, a batch at a time."""
    for version in versions:
        for path in version.files:
            with pq.ParquetFile(path) as file:
                names = [name for name in ADDRESS_COLUMNS if name in file.schema_arrow.names]
                yield from file.iter_batches(200_000, columns=names)


def _layer(version: Version) -> AreaLayer:
    geometry = _geometry(version.columns)
    assert geometry is not None
    texts = {column.name: column.label for column in version.columns if column.type == "text"}
    table = _read(version, [geometry, *texts])
    columns = {
        label or name: table[name].combine_chunks()
        for name, label in texts.items()
        if name in table.column_names
    }
    return AreaLayer(_named(version), _day(version), table[geometry].combine_chunks(), columns)


def _named(version: Version) -> str:
    return f"{version.dataset.id}@{version.n}"


def _day(version: Version) -> date | None:
    """The day the areas stood so: as the file's name or the dataset's says it."""
    for said in (str(version.facts.get("file") or ""), version.dataset.id):
        for year, month, day in _DAY.findall(said):
            with suppress(ValueError):
                return date(int(year), int(month or 1), int(day or 1))
    return None


def _standard(version: Version) -> str:
    return str((version.facts.get("standard") or {}).get("id") or "")


def _code_lists(version: Version) -> list[CodeList]:
    """The 행정동 that a list names; its points where it has them."""
    if _standard(version) == "dong-relation":
        table = _read(version, ["hjd_code", "sido", "sigungu", "emd", "abolished_on"])
        if "abolished_on" in table.column_names:
            table = table.filter(pc.is_null(table["abolished_on"]))
        table = table.group_by(["hjd_code", "sido", "sigungu", "emd"]).aggregate([])
        return [
            CodeList(_named(version), _plain(table["hjd_code"]), _joined(table, ["sido", "sigungu", "emd"]))
        ]
    if _standard(version) == "area-centre":
        table = _read(version, ["area_code", "area_name", "lon", "lat"])
        points = None
        if {"lon", "lat"} <= set(table.column_names):
            points = (_plain(table["lon"]), _plain(table["lat"]))
        return [CodeList(_named(version), _plain(table["area_code"]), _plain(table["area_name"]), points)]
    return []


def _tables(sources: Sequence[Version]) -> dict[str, pa.Table]:
    """What stands beside the register: listed 행정동, legal dongs and their names."""
    none = pa.table({"code": pa.array([], pa.string()), "name": pa.array([], pa.string())})
    pairs = pa.table({"hjd": pa.array([], pa.string()), "bjd": pa.array([], pa.string())})
    dongs, legal = [none], [none]
    for version in sources:
        if _standard(version) == "dong-relation":
            table = _read(version, ["hjd_code", "bjd_code", "sido", "sigungu", "emd", "ri_name"])
            pairs = pa.table({"hjd": table["hjd_code"], "bjd": table["bjd_code"]})
            named = _joined(table, ["sido", "sigungu", "emd"])
            dongs.append(pa.table({"code": _plain(table["hjd_code"]), "name": named}))
        if _standard(version) == "legal-dong-code":
            table = _read(version, ["bjd_code", "bjd_name", "abolition_status"])
            if "abolition_status" in table.column_names:
                table = table.filter(pc.not_equal(pc.fill_null(table["abolition_status"], ""), "폐지"))
            legal.append(pa.table({"code": _plain(table["bjd_code"]), "name": _plain(table["bjd_name"])}))
    return {
        "dongs": pa.concat_tables(dongs)
        .drop_null()
        .group_by(["code"])
        .aggregate([("name", "min")])
        .rename_columns(["code", "name"]),
        "legal": pa.concat_tables(legal).drop_null(),
        "relation": pairs,
    }


def _plain(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _joined(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Names of the levels with a blank between them, whatever is missing."""
    parts = [pc.fill_null(table[name].cast(pa.string()), "") for name in names if name in table.column_names]
    joined = pc.binary_join_element_wise(*parts, " ")
    return _plain(pc.utf8_trim_whitespace(pc.replace_substring_regex(joined, r"\s+", " ")))
