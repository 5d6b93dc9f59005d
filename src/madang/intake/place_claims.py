"""What the rows of a table say of their own area: by the codes they carry, by names, by addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from madang.intake.place_arrays import LEVELS, Ints, numbers
from madang.intake.place_columns import Pair, PlaceColumns
from madang.intake.registers_known import Known
from madang.places.address import parse
from madang.places.address_dong import dongs_named
from madang.places.codes import clean_codes, to_dong, to_sigungu


@dataclass(frozen=True)
class Placing:
    """How the rows of one table find their places.

    `pair`: the coordinates that are used, `crs` their system or that of the layer (None: not known, so they are not
    used); `exchanged`: the first of the pair points north. `systems`: of each code column (place in the plan) the
    system of codes it is written in.
    """

    columns: PlaceColumns
    known: Known | None
    pair: Pair | None = None
    crs: str | None = None
    exchanged: bool = False
    layer: int | None = None  # place of the geometry in the plan's sources
    systems: Mapping[int, str] = field(default_factory=dict)
    read: frozenset[int] = frozenset()  # sources whose cells hold more than the value: their values are used

    @property
    def located(self) -> bool:
        """Whether rows can get a 행정동 at all."""
        return self.known is not None


@dataclass(frozen=True)
class Claims:
    """What the rows say of themselves: 10-digit 행정동 and 5-digit 시군구 as numbers, 0 where nothing; level of the dong.

    Where that leads nowhere: `strange` 시군구 that the register does not have; `several`: a legal dong of several 행정동;
    `unlisted`: a 행정동 or road that it does not have, or has several of; `road`: a road, and it has no addresses;
    `areas`: what an address calls its own 시군구 that it does not have.
    """

    dong: Ints
    sigungu: NDArray[np.int32]
    level: NDArray[np.int8]
    strange: NDArray[np.int32]
    several: NDArray[np.bool_]
    unlisted: NDArray[np.bool_]
    road: NDArray[np.bool_]
    areas: NDArray[np.object_]

    @classmethod
    def none(cls, rows: int) -> Claims:
        several, unlisted, road = (np.zeros(rows, bool) for _ in range(3))
        return cls(
            dong=np.zeros(rows, np.int64),
            sigungu=np.zeros(rows, np.int32),
            level=np.zeros(rows, np.int8),
            strange=np.zeros(rows, np.int32),
            several=several,
            unlisted=unlisted,
            road=road,
            areas=np.full(rows, None, object),
        )

    def note(self, what: str, where: pa.Array) -> None:
        """Note rows as `several` or `unlisted`."""
        getattr(self, what)[:] |= np.asarray(pc.fill_null(where, False))

    def add(self, dong: pa.Array | None, sigungu: pa.Array, level: str) -> None:
        """Take over what is said where nothing has been said before."""
        areas = numbers(sigungu).astype(np.int32)
        if dong is not None:
            dongs = numbers(dong)
            fresh = (self.dong == 0) & (dongs > 0)
            self.dong[fresh] = dongs[fresh]
            self.level[fresh] = LEVELS.index(level)
            areas = np.where(areas == 0, dongs // 100_000, areas).astype(np.int32)
        fresh = (self.sigungu == 0) & (areas > 0)
        self.sigungu[fresh] = areas[fresh]


def claims_of(placing: Placing, texts: Mapping[int, pa.Array], rows: int) -> Claims:
    """What rows say by codes, then by names of areas. Addresses are read only where these say nothing."""
    claims, known, columns = Claims.none(rows), placing.known, placing.columns
    if known is None:
        return claims
    for place, system in placing.systems.items():
        _coded(claims, texts[place], system, known)
    if columns.names and not (claims.sigungu > 0).all():
        _named(claims, placing, texts, known)
    left = claims.sigungu == 0
    for place in columns.addresses:
        if not left.any():
            break
        _addressed(claims, texts[place], left, known)
        left = claims.sigungu == 0
    return claims


def _coded(claims: Claims, cells: pa.Array, system: str, known: Known) -> None:
    """The 행정동 (one that exists in the register) and the 시군구 of each code; distinct codes once."""
    coded = clean_codes(cells).dictionary_encode()
    words = coded.dictionary
    named = to_dong(words, system, relation=known.relation, crosswalk=known.register.crosswalk)
    dong = known.dong_now(named)
    written = pc.coalesce(to_sigungu(words, system), pc.utf8_slice_codeunits(named, 0, 5))
    sigungu = known.sigungu_now(pc.coalesce(written, pc.utf8_slice_codeunits(dong, 0, 5)))
    claims.add(dong.take(coded.indices), sigungu.take(coded.indices), "code")
    legal = known.relation.bjd if known.relation is not None else pa.array([], pa.string())
    several = pc.and_(pc.is_null(named), pc.is_in(pc.utf8_slice_codeunits(words, 0, 10), value_set=legal))
    several = pc.and_(several, pa.array(np.full(len(words), system in _LEGAL)))
    unknown = pc.and_(pc.is_valid(named), pc.is_null(dong))
    strange = pc.if_else(pc.is_null(sigungu), written, None)
    claims.note("several", several.take(coded.indices))
    claims.note("unlisted", unknown.take(coded.indices))
    strange_there = numbers(strange.take(coded.indices)).astype(np.int32)
    claims.strange[:] = np.where(claims.strange == 0, strange_there, claims.strange)


def _named(claims: Claims, placing: Placing, texts: Mapping[int, pa.Array], known: Known) -> None:
    names = placing.columns.names
    sido, sigungu, dong = (
        texts[names[key]] if key in names else None for key in ("sido_name", "sigungu_name", "dong_name")
    )
    whole = sido is None and sigungu is None
    found = (
        known.names.find_full(dong) if whole and dong is not None else known.names.find(sido, sigungu, dong)
    )
    dongs = pc.if_else(pc.match_substring_regex(found.codes, r"^\d{5}00000$"), None, found.codes)
    below = pc.if_else(pc.match_substring_regex(found.codes, r"^\d{2}00000000$"), None, found.codes)
    claims.add(dongs, pc.utf8_slice_codeunits(below, 0, 5), "name")
    if dong is not None:
        claims.note("unlisted", pc.and_(pc.is_valid(dong), pc.is_null(dongs)))


def _addressed(claims: Claims, cells: pa.Array, where: NDArray[np.bool_], known: Known) -> None:
    rows = np.flatnonzero(where)
    parsed = parse(cells.take(pa.array(rows)))
    named = dongs_named(parsed, known.legal_names, known.relation, known.names)
    area = known.sigungu_now(named["sigungu_code"].combine_chunks())
    claims.sigungu[rows] = numbers(area).astype(np.int32)


_LEGAL = ("BJD", "PNU", "BUILDING", "ADDRESS")  # systems whose codes begin with a legal dong
