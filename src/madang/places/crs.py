"""Coordinate systems met in Korean files, and their way to longitude and latitude and back; never by the network.

A system is named by a text: "EPSG:5174", "KATEC" (car navigation, which has no EPSG number), or any other text that
PROJ understands as WKT or PROJJSON (a .prj file). Longitude and latitude are always EPSG:4326 in degrees, longitude first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
WGS84 = "EPSG:4326"
METRES = "EPSG:5179"  # distances and areas are measured in it

_BESSEL = "+ellps=bessel +towgs84=-115.80,474.99,674.11,1.16,-2.31,-1.63,6.43 +units=m +no_defs"
_PROJ_TEXT = {"KATEC": f"+proj=tmerc +lat_0=38 +lon_0=128 +k=0.9999 +x_0=400000 +y_0=600000 {_BESSEL}"}
_WKT = re.compile(r"\s*(?:[A-Z_]{4,20}\s*\[|\{)", re.IGNORECASE)  # or PROJJSON; PROJ texts could name files
_NUMBER = re.compile(r"\s*(?:EPSG\s*:{1,2}|urn:ogc:def:crs:EPSG:[\w.]*:)?\s*(\d{4,6})\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """A coordinate system that Korean files come in. `rare`: taken only where evidence speaks for it."""

    crs: str
    label: str
    degrees: bool = False
    rare: bool = False


CANDIDATES: tuple[Candidate, ...] = (
    Candidate(WGS84, "WGS84 경위도", degrees=True),
    Candidate("EPSG:4162", "Bessel 경위도(한국 1985)", degrees=True, rare=True),
    Candidate("EPSG:5179", "GRS80 UTM-K"),
    Candidate("EPSG:5178", "Bessel UTM-K", rare=True),
    Candidate("EPSG:5174", "Bessel 보정 중부원점"),
    Candidate("EPSG:2097", "Bessel 중부원점"),
    Candidate("EPSG:5181", "GRS80 중부원점"),
    Candidate("EPSG:5186", "GRS80 중부원점(2010)"),
    Candidate("EPSG:5173", "Bessel 보정 서부원점"),
    Candidate("EPSG:5176", "Bessel 보정 동부원점"),
    Candidate("EPSG:5175", "Bessel 보정 제주원점"),
    Candidate("EPSG:5177", "Bessel 보정 동해원점"),
    Candidate("EPSG:2098", "Bessel 서부원점"),
    Candidate("EPSG:2096", "Bessel 동부원점"),
    Candidate("EPSG:5180", "GRS80 서부원점"),
    Candidate("EPSG:5183", "GRS80 동부원점"),
    Candidate("EPSG:5182", "GRS80 제주원점"),
    Candidate("EPSG:5184", "GRS80 동해원점"),
    Candidate("EPSG:5185", "GRS80 서부원점(2010)"),
    Candidate("EPSG:5187", "GRS80 동부원점(2010)"),
    Candidate("EPSG:5188", "GRS80 동해원점(2010)"),
    Candidate("KATEC", "KATEC(내비게이션)"),
    Candidate("EPSG:3857", "웹 메르카토르"),
    Candidate("EPSG:32652", "UTM 52N", rare=True),
)
_LABELS = {candidate.crs: candidate.label for candidate in CANDIDATES}


class UnknownCrs(ValueError):
    """A text that names no coordinate system PROJ knows."""


def normal(crs: str) -> str:
    """The one way to write `crs`: "5174", "epsg::5174", "urn:ogc:def:crs:EPSG::5174" -> "EPSG:5174"; CRS84 -> "EPSG:4326".

    Any other text (WKT of a .prj) stays as it is.
    """
    number = _NUMBER.fullmatch(crs)
    if number:
        return f"EPSG:{number.group(1)}"
    if crs.strip().upper().endswith(("CRS84", "OGC:CRS84")) and len(crs) < 60:
        return WGS84
    return "KATEC" if crs.strip().upper() == "KATEC" else crs


def named(said: str) -> str:
    """A system as a person names it, written the one way: a number, "EPSG:5186", "GRS80 중부원점(2010)" -> "EPSG:5186".

    A name that fits several ("중부원점") or none stays as it is, for whoever asked to choose.
    """
    plain = _plain(said)
    by_name = [each.crs for each in CANDIDATES if plain in (_plain(each.label), _plain(label(each.crs)))]
    parts = [each.crs for each in CANDIDATES if len(plain) > 1 and plain in _plain(each.label)]
    found = by_name or parts
    return found[0] if len(found) == 1 else normal(said.strip())


def like(said: str) -> list[str]:
    """Labels of the systems whose names hold what was said: ["Bessel 중부원점 (EPSG:2097)", …] for "중부원점"."""
    plain = _plain(said)
    return [label(each.crs) for each in CANDIDATES if len(plain) > 1 and plain in _plain(each.label)]


def _plain(said: str) -> str:
    return re.sub(r"[\s()·,_-]+", "", said).casefold()


def label(crs: str) -> str:
    """What people call `crs`: "GRS80 중부원점 (EPSG:5181)"."""
    known = _LABELS.get(crs)
    if known is None:
        return crs if len(crs) < 40 else _name(crs)
    return f"{known} ({crs})" if crs.startswith("EPSG") else known


def is_known(crs: str) -> bool:
    """Whether `crs` names a system: PROJ pipelines and other texts that could lead to files do not."""
    try:
        _crs(normal(crs))
    except UnknownCrs:
        return False
    return True


def short(crs: str) -> str:
    """A system as a receipt names it: its EPSG number where the text of a .prj is clearly that of one, else its name."""
    if crs == "KATEC" or crs.startswith("EPSG:"):
        return crs
    number = _crs(crs).to_epsg(min_confidence=70)
    return f"EPSG:{number}" if number else str(_crs(crs).name)[:80]


def _name(crs: str) -> str:
    try:
        return str(_crs(crs).name)[:80]
    except UnknownCrs:
        return crs[:40]


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> pyproj.Transformer:
    pyproj.network.set_network_enabled(False)  # type: ignore[attr-defined]
    return pyproj.Transformer.from_crs(_crs(source), _crs(target), always_xy=True)


def _crs(text: str) -> pyproj.CRS:
    known = _PROJ_TEXT.get(text, text)
    try:
        if known is text and not (text.startswith("EPSG:") or (_WKT.match(text) and len(text) < 100_000)):
            raise UnknownCrs(text[:80])
        return pyproj.CRS.from_user_input(known)
    except pyproj.exceptions.CRSError as error:
        raise UnknownCrs(text[:80]) from error


def transform(x: ArrayLike, y: ArrayLike, source: str, target: str) -> tuple[Floats, Floats]:
    """Coordinates in `source` (easting or longitude first) as coordinates in `target`; float64, same shape.

    What is not finite, or has no image, is NaN in both. Raises UnknownCrs for a text that PROJ does not understand.
    """
    across = np.array(x, dtype=np.float64)
    up = np.array(y, dtype=np.float64)
    source, target = normal(source), normal(target)
    if source != target:
        transformer = _transformer(source, target)
        across, up = (np.asarray(axis, dtype=np.float64) for axis in transformer.transform(across, up))
    nowhere = ~(np.isfinite(across) & np.isfinite(up))
    if nowhere.any():
        across, up = np.where(nowhere, np.nan, across), np.where(nowhere, np.nan, up)
    return across, up


def to_lonlat(x: ArrayLike, y: ArrayLike, crs: str) -> tuple[Floats, Floats]:
    """Longitude and latitude (EPSG:4326, degrees) of coordinates in `crs`; x is easting or longitude.

    Float64 arrays of the shape of `x`; NaN in both where x or y is not finite or the point has no image.
    Accuracy of the Korean datum shifts is 1 m. Raises UnknownCrs.
    """
    return transform(x, y, crs, WGS84)


def from_lonlat(lon: ArrayLike, lat: ArrayLike, crs: str) -> tuple[Floats, Floats]:
    """Coordinates in `crs` (easting or longitude first) of longitude and latitude in EPSG:4326; see `to_lonlat`."""
    return transform(lon, lat, WGS84, crs)
