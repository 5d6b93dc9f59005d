"""What the bank knows of areas: the register built from deposited boundaries and code lists, kept in the cache.

A dataset that may feed it is marked before its version is committed, so a register is never behind the bank; a mark
too many does no harm. The folder can be deleted: marks and registers are made again from the bank.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from madang.bank import Bank, Version
from madang.bank.durable import locked
from madang.declarations.places import PlaceDeclarations
from madang.intake.registers_known import Known
from madang.intake.registers_sources import (
    addresses_of,
    code_lists,
    geometry_of,
    layer_of,
    standard_of,
    tables_beside,
)
from madang.messages import MadangError
from madang.places.address_register import AddressRegister
from madang.places.register import Register
from madang.places.register_build import build_register

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
_KEPT = 2  # registers that stay when another one is built; and
_DAY_S = 86_400  # for so long the others too: somebody may still be reading them


_loaded: dict[tuple[Path, bool], Known] = {}  # the register that this process asked for last


@dataclass(frozen=True)
class Registers:
    """The registers of `bank`, kept below `folder`; `home` are the first digits of the workspace's own area code."""

    bank: Bank
    folder: Path
    declared: PlaceDeclarations
    home: str = ""
    trust_unverified: bool = False

    @property
    def _marked(self) -> Path:
        return self.folder / "sources"

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
        for home in reversed(self._homes()):
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
        marks = self._marked
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
        lists = [made for version in sources for made in code_lists(version)]
        layers = [layer_of(version) for version in sources if geometry_of(version.columns)]
        register = build_register(layers, lists, self.declared.sidos)
        self._clear(time.time())
        fresh = home.with_name(f".{home.name}.{secrets.token_hex(4)}")
        fresh.mkdir(parents=True)
        try:
            register.save(fresh / "register")
            for name, table in tables_beside(sources).items():
                pq.write_table(table, fresh / f"{name}.parquet", compression="zstd")
            addresses = [version for version in sources if standard_of(version) == "road-address"]
            if addresses:
                AddressRegister.build(addresses_of(addresses)).save(fresh / "addresses")
            if home.exists():  # of another make, or broken
                shutil.rmtree(home)
            fresh.rename(home)
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
            raise

    def _clear(self, now: float) -> None:
        """Take away builds that died, and all but the newest registers, each some time after it was made; the lock of
        builders is held."""
        builds = [path for path in self.folder.glob(".*.*") if path.is_dir()]
        dead = [p for p in builds if not p.name.startswith(".sources.") or now - _made_at(p) > _DAY_S]
        old = [path for path in self._homes()[:-_KEPT] if now - _made_at(path) > _DAY_S]
        for path in (*dead, *old):
            shutil.rmtree(path, ignore_errors=True)

    def _homes(self) -> list[Path]:
        """Folders of registers, the oldest first."""
        homes = [path for path in self.folder.glob("[!.]*") if path.is_dir() and path != self._marked]
        return sorted(homes, key=_made_at)


def _made_at(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0  # gone meanwhile


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
