"""A register of areas as the intake uses it: areas, names, relations, addresses, and codes brought to its day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from madang.declarations.places import PlaceDeclarations
from madang.places.address_register import AddressRegister
from madang.places.codes import Relation
from madang.places.history import Rekeyed
from madang.places.names import AreaNames
from madang.places.register import Register

_FINE = 5e-5  # degrees, some 5 m: shapes of 시군구 are that fine, which judge whether a point is within 200 m


@dataclass(frozen=True)
class Moves:
    """What is to be known of codes that a register does not have. `unproven`: labels of the changes from memory that
    alone explain `unproven_codes` of them; `split`: codes that became several areas, or nobody knows which."""

    unproven: tuple[str, ...]
    unproven_codes: int
    split: pa.Array


@dataclass(frozen=True)
class Known:
    """A register of areas with what turns names and legal dongs into its codes. `version` names it in facts.

    `trust_unverified`: changes of codes that were noted from memory are used too.
    """

    version: str
    register: Register
    declared: PlaceDeclarations
    home: str
    folder: Path
    trust_unverified: bool = False

    @cached_property
    def dongs(self) -> pa.Array:
        """All 10-digit codes of 행정동 that are known, with a shape or without, in order."""
        listed = pq.read_table(self.folder / "dongs.parquet")["code"].combine_chunks()
        return pa.concat_arrays([self.register.codes.drop_null(), listed]).unique().sort()

    @cached_property
    def addresses(self) -> AddressRegister | None:
        """The register of addresses; None where none was deposited."""
        folder = self.folder / "addresses"
        return AddressRegister.load(folder) if folder.is_dir() else None

    @cached_property
    def day(self) -> date | None:
        """The day whose codes the register has: that of its newest areas; None where no source says one."""
        return pc.max(self.register.dongs.valid_from).as_py()  # type: ignore[no-any-return]

    def told(self) -> dict[str, Any]:
        """What is known: counts by level, sources with the day they show and how many 행정동 are theirs, notes."""
        dongs = self.register.dongs
        areas = pa.table({"source": dongs.sources, "day": dongs.valid_from, "code": dongs.codes})
        counted = areas.group_by("source").aggregate([("day", "max"), ([], "count_all")]).to_pylist()
        used = {each["source"]: each for each in counted}
        shaped = ~shapely.is_missing(dongs.polygons)
        return {
            "version": self.version,
            "day": self.day.isoformat() if self.day else None,
            "dongs": len(self.dongs),
            "shaped": int(shaped.sum()),
            "sigungus": len(self.sigungus),
            "sidos": len(pc.utf8_slice_codeunits(self.sigungus, 0, 2).unique()),
            "legal_dongs": pq.read_metadata(self.folder / "legal.parquet").num_rows,
            "addresses": len(self.addresses) if self.addresses is not None else 0,
            "sources": [
                {
                    "source": source,
                    "areas": used.get(source, {}).get("count_all", 0),
                    "day": str(used[source]["day_max"]) if used.get(source, {}).get("day_max") else None,
                }
                for source in self.register.sources
                if source
            ],
            "notes": list(self.register.notes),
        }

    def dong_now(self, codes: pa.Array) -> pa.Array:
        """10-digit codes as the register has them; null where it does not know them, or several of them."""
        return self._now(codes, self.dongs)

    def sigungu_now(self, codes: pa.Array) -> pa.Array:
        """5-digit codes as the register has them; null where it does not know them, or several of them."""
        return self._now(codes, self.sigungus)

    def moves(self, codes: pa.Array) -> Moves:
        """What is to be known of 10-digit or 5-digit codes before they are brought to the register's day."""
        known = pa.concat_arrays([self.dongs, self.sigungus])
        strange = codes.filter(pc.invert(pc.is_in(codes, value_set=known))).drop_null()
        proven = _whole(self._brought(strange, known, trust=False), strange, known)
        left = strange.filter(pc.is_null(proven))
        trusted = _whole(self._brought(left, known, trust=True), left, known)
        unproven = left.filter(pc.is_valid(trusted))
        labels = {label for each in self._brought(unproven, known, trust=False) for label in each.skipped}
        rest = left.filter(pc.is_null(trusted))
        moved = next(self._brought(rest, known, trust=True), None)
        split = {rest[at].as_py() for at in _parted(moved, known)} if moved else set()
        return Moves(tuple(sorted(labels)), len(unproven), pa.array(sorted(split), pa.string()))

    @cached_property
    def sigungus(self) -> pa.Array:
        """All 5-digit codes of 시군구 that have a 행정동."""
        return pc.utf8_slice_codeunits(self.dongs, 0, 5).unique()

    @cached_property
    def shaped_sigungus(self) -> np.ndarray:
        """The 시군구 of which there are shapes, 5-digit codes as numbers."""
        return np.asarray(self.sigungu_shapes[0].cast(pa.int32()))

    def _now(self, codes: pa.Array, known: pa.Array) -> pa.Array:
        coded = codes.dictionary_encode()
        words = coded.dictionary
        strange = words.filter(pc.invert(pc.is_in(words, value_set=known))).drop_null()
        if len(strange):
            now = _whole(self._brought(strange, known, trust=self.trust_unverified), strange, known)
            words = pc.coalesce(now.take(pc.index_in(words, value_set=strange)), words)
        words = pc.if_else(pc.is_in(words, value_set=known), words, None)
        return words.take(coded.indices)

    def _brought(self, codes: pa.Array, known: pa.Array, *, trust: bool) -> Iterator[Rekeyed]:
        """The codes on the register's day, then forwards and backwards as far as changes are known: a register of
        several sources has codes of several days."""
        if len(codes):
            days = dict.fromkeys((self.day or date.max, date.max, date.min))
            for day in days:
                yield self.declared.history.rekey(codes, None, day, known=known, trust_unverified=trust)

    @cached_property
    def names(self) -> AreaNames:
        """Names of 행정동 and what lies above them."""
        listed = pq.read_table(self.folder / "dongs.parquet")
        own = pa.table({"code": self.register.codes, "name": self.register.names}).drop_null()
        more = listed.filter(pc.invert(pc.is_in(listed["code"], value_set=own["code"].combine_chunks())))
        return self._names(pa.concat_tables([own, more.select(["code", "name"])]))

    @cached_property
    def legal_names(self) -> AreaNames | None:
        """Names of legal dongs; None where no list of them was deposited."""
        legal = pq.read_table(self.folder / "legal.parquet")
        return self._names(legal) if legal.num_rows else None

    @cached_property
    def relation(self) -> Relation | None:
        """Which 행정동 a legal dong belongs to; None where no list says it."""
        pairs = pq.read_table(self.folder / "relation.parquet")
        return Relation.build(pairs["hjd"], pairs["bjd"]) if pairs.num_rows else None

    @cached_property
    def sigungu_names(self) -> dict[str, str]:
        """Full names of the 시군구 by their 5-digit codes, as the names of their 행정동 tell."""
        codes = pc.utf8_slice_codeunits(self.register.codes, 0, 5).to_pylist()
        names = self.register.names.to_pylist()
        return {
            code: name.rpartition(" ")[0] for code, name in zip(codes, names, strict=True) if code and name
        }

    @cached_property
    def sigungu_shapes(self) -> tuple[pa.Array, np.ndarray]:
        """5-digit codes of the 시군구 whose 행정동 have shapes, and of each all those shapes (EPSG:4326, some 5 m fine)."""
        polygons = self.register.polygons
        codes = pc.fill_null(pc.utf8_slice_codeunits(self.register.codes, 0, 5), "")
        coded = codes.to_numpy(zero_copy_only=False)
        shaped = np.flatnonzero(~shapely.is_missing(polygons) & (coded != ""))
        shaped = shaped[np.argsort(coded[shaped], kind="stable")]
        found, first = np.unique(coded[shaped], return_index=True)
        parts, of = shapely.get_parts(
            shapely.simplify(polygons[shaped], _FINE, preserve_topology=False), return_index=True
        )
        area = np.searchsorted(first, of, side="right") - 1
        shapes = [shapely.MultiPolygon(list(parts[area == number])) for number in range(len(found))]
        return pa.array(found, pa.string()), np.array([*shapes, None], dtype=object)[:-1]

    def _names(self, table: pa.Table) -> AreaNames:
        declared = self.declared
        return AreaNames.build(
            table["code"], table["name"], sidos=declared.sidos, aliases=declared.aliases, home=self.home
        )


def _whole(ways: Iterator[Rekeyed], codes: pa.Array, known: pa.Array) -> pa.Array:
    """The one known code that each of `codes` became as a whole, by the first way that knows; null where none does."""
    found = pa.nulls(len(codes), pa.string())
    for moved in ways:
        table = pa.table({"index": moved.index, "code": moved.code, "weight": moved.weight})
        one = pc.and_(pc.equal(table["weight"], 1.0), pc.is_in(table["code"], value_set=known))
        table = table.filter(one).combine_chunks()
        at = pc.index_in(pa.array(np.arange(len(codes))), value_set=table["index"].combine_chunks())
        found = pc.coalesce(found, table["code"].combine_chunks().take(at))
    return found


def _parted(moved: Rekeyed, known: pa.Array) -> list[int]:
    """Places of the codes that became several areas, or of which it is not known which of several."""
    undecided = np.asarray(pc.fill_null(pc.equal(moved.kind, "undecided"), False))
    there = np.asarray(pc.is_in(moved.code, value_set=known))
    several = undecided | (there & (moved.weight < 1))
    return sorted(set(moved.index[several].tolist()))
