"""What the columns of a boundary layer mean: which is the code and in which system, which are the names; by their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from madang.places.codes import Sido, clean_codes, detect_system

_DONG_SYSTEMS = ("HJD", "HJD8", "BJD")
_MOST = 0.9  # of the filled values
_WANTED_DIGITS = (10, 8, 7, 5)
_BRACKETS = re.compile(r"\s*\(\s*\d{2,10}\s*\)\s*")


@dataclass(frozen=True)
class AreaLayer:
    """Shapes of areas as deposited: `source` "dataset@version", WKB in EPSG:4326, and all text columns by their header."""

    source: str
    as_of: date | None
    geometry: pa.Array
    columns: Mapping[str, pa.Array]


@dataclass(frozen=True)
class Meaning:
    """What one row of columns says about each shape. `level`: "dong", "sigungu", or "" where it is neither.

    `hjd`: 10-digit 행정동 or 5-digit 시군구 codes of 행정안전부, null where the layer has none; `sgis`: codes of Statistics
    Korea. `name`: the lowest name ("사직동"); `above`: what stands before it ("서울특별시 종로구", "종로구" or "").
    """

    level: str
    hjd: pa.Array
    sgis: pa.Array
    name: pa.Array
    above: pa.Array
    why: str = ""  # "" or the code of the sentence that says why the layer cannot be used


def understand(layer: AreaLayer, known: pa.Array, sidos: Iterable[Sido]) -> Meaning:
    """The meaning of a layer's columns. `known`: 10-digit 행정동 codes of deposited lists; headers are not looked at."""
    table = tuple(sidos)
    nothing = pa.nulls(len(layer.geometry), pa.string())
    found: dict[str, pa.Array] = {}  # system -> codes, those with the most distinct values
    for column in layer.columns.values():
        codes = clean_codes(column.cast(pa.string()))
        system = code_system(codes, known, table)
        if system and (system not in found or _distinct(codes) > _distinct(found[system])):
            found[system] = codes
    name, above = _names(layer, table)
    by_size = sorted(found, key=lambda system: -_distinct(found[system]))
    if not by_size:
        return Meaning("", nothing, nothing, name, above, "register_no_codes")
    if by_size[0] == "BJD":
        return Meaning("", nothing, nothing, name, above, "register_legal_dongs")
    same = {system for system in by_size if _distinct(found[system]) > 0.95 * _distinct(found[by_size[0]])}
    dong = bool(same & {"HJD", "HJD8", "SGIS_DONG"})
    sgis = found["SGIS_DONG" if dong else "SGIS"] if same & {"SGIS_DONG", "SGIS"} else nothing
    hjd = nothing
    if dong and same & {"HJD", "HJD8"}:
        hjd = found["HJD"] if "HJD" in same else pc.binary_join_element_wise(found["HJD8"], "00", "")
    elif not dong and "SIGUNGU" in same:
        hjd = found["SIGUNGU"]
    return Meaning("dong" if dong else "sigungu", hjd, sgis, name, above)


def code_system(codes: pa.Array, known: pa.Array, sidos: tuple[Sido, ...]) -> str:
    """HJD, HJD8, BJD, SIGUNGU, SGIS_DONG (7 or 8 digits), SGIS (5 digits), or "" where a column is no code of areas."""
    values = codes.drop_null()
    if len(values) < _MOST * len(codes) or len(values) == 0:
        return ""
    digits = next((n for n in _WANTED_DIGITS if _share(values, rf"^\d{{{n}}}$") >= _MOST), 0)
    if not digits:
        return ""
    if digits == 8 and _share(values, r"^\d{5}1\d[1-9]$") > 0.3:  # 8 digits of legal dongs: 101, 102 …
        return "BJD"
    lists = {"HJD": known} if len(known) and digits != 10 else {}
    system = detect_system(values, lists, sidos).system
    if system == "SGIS":
        return "SGIS_DONG" if digits > 5 else "SGIS"
    return system if system in (*_DONG_SYSTEMS, "SIGUNGU") else ""


def _share(values: pa.Array, pattern: str) -> float:
    return float(pc.mean(pc.match_substring_regex(values, pattern).cast(pa.float64())).as_py() or 0.0)


def _distinct(codes: pa.Array) -> int:
    return int(pc.count_distinct(codes).as_py())


def _names(layer: AreaLayer, sidos: tuple[Sido, ...]) -> tuple[pa.Array, pa.Array]:
    """The lowest name of each shape and what stands above it, from one column of full names or from several columns."""
    known = {name for sido in sidos for name in (sido.name, sido.short, *sido.also)}
    kinds: dict[str, pa.Array] = {}
    for column in layer.columns.values():
        texts = pa.array([_tidy(value) for value in column.cast(pa.string()).to_pylist()], pa.string())
        kind = _kind_of_name(texts, known)
        if kind and (kind not in kinds or _distinct(texts) > _distinct(kinds[kind])):
            kinds[kind] = texts
    if "full" in kinds:
        words = [(value or "").split() for value in kinds["full"].to_pylist()]
        lowest: list[str | None] = [parts[-1] if parts else None for parts in words]
        return pa.array(lowest, pa.string()), pa.array([" ".join(parts[:-1]) for parts in words])
    order = [kind for kind in ("dong", "sigungu", "sido") if kind in kinds]
    if not order:
        nothing = pa.nulls(len(layer.geometry), pa.string())
        return nothing, pc.fill_null(nothing, "")
    upper = [pc.fill_null(kinds[kind], "") for kind in reversed(order[1:])]
    above = pc.binary_join_element_wise(*upper, " ") if upper else [""] * len(layer.geometry)
    return kinds[order[0]], pc.utf8_trim_whitespace(pa.array(above, pa.string()))


def _kind_of_name(texts: pa.Array, sidos: set[str]) -> str:
    values = texts.drop_null()
    if len(values) < _MOST * len(texts) or not len(values) or _share(values, "^[가-힣]") < _MOST:
        return ""
    first = pc.replace_substring_regex(values, r"\s.*$", "")
    of_sido = pc.mean(
        pc.is_in(first, value_set=pa.array(sorted(sidos), pa.string())).cast(pa.float64())
    ).as_py()
    several = _share(values, r"\S\s+\S")
    if of_sido >= _MOST and several < 0.1:
        return "sido"
    if several >= _MOST and (of_sido >= _MOST or not sidos):
        return "full"
    if _share(values, r"(?:[동읍면가리]|출장소)$") >= _MOST:
        return "dong"
    return "sigungu" if _share(values, r"[시군구]$") >= _MOST else ""


def _tidy(name: str | None) -> str | None:
    bare = " ".join(_BRACKETS.sub(" ", name or "").split())
    return bare or None
