"""Coordinates as people type them: degrees read from text.

Nothing here mends a value: a reading that is not plain is proposed, for a person to accept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Korea in EPSG:4326 (handbook A2): west, south, east, north
KOREA = (124.5, 33.0, 132.0, 38.7)

_SIGNS = (
    ("[º˚∘]", "°"),
    ("[″“”„]|''|′′", '"'),
    ("[′‘’`´]", "'"),
    (r"[\s\x{200b}\x{feff}]+", " "),
    ("^ | $", ""),
)
_NUMBER = r"^[+-]?\d{1,3}(?:\.\d*)?$"
_SIDE = r"(?:북위|동경|위도|경도|[NnEe])?[: ]?"
_AFTER = r" ?(?:[NnEe]|북|동)?\??"  # a sign that was lost on the way shows as a question mark
_DMS = (
    rf"^{_SIDE}(?P<d>\d{{2,3}}) ?(?:°|도|[-: ]) ?(?P<m>\d{{1,2}}) ?(?:'|분|[-: ]) ?"
    rf"(?P<s>\d{{1,2}}(?:\.\d+)?) ?(?:\"|초)?{_AFTER}$"
)
_DM = rf"^{_SIDE}(?P<d>\d{{2,3}}) ?(?:°|도) ?(?P<m>\d{{1,2}}(?:\.\d+)?) ?(?:'|분)?{_AFTER}$"
_MARKED = rf"^{_SIDE}(?P<v>\d{{2,3}}\.\d+) ?(?:°|도)?{_AFTER}$"
_TWO_POINTS = r"^(?P<d>\d{2,3})\.(?P<f>\d{2,4})\.(?P<g>\d{2,})$"
_COMMA = r"^(?P<d>\d{2,3}),(?P<f>\d{3,})$"
_LOST = r"^(?P<d>3[3-8]|12[4-9]|13[01])(?P<f>\d{4,})$"


@dataclass(frozen=True)
class Degrees:
    """How the cells of a column read. `value`: plain decimal degrees only, else NaN; `proposed`: another reading, else
    NaN; `kind`: decimal, dms (degrees, minutes, seconds), dm (degrees, minutes), marked (35.1°N), comma (35,1814), two_points (35.080.175),
    lost_point (35181389), unreadable, or null for an empty cell.
    """

    value: np.ndarray
    proposed: np.ndarray
    kind: pa.Array


def read_degrees(texts: pa.Array | pa.ChunkedArray) -> Degrees:
    """Reads a column of latitudes or longitudes, text or numbers, in degrees of EPSG:4326; distinct cells once.

    A lost decimal point is proposed only in a column that otherwise holds degrees of Korea, since 351813 may as well be
    metres. Minutes and seconds of 60 and more are unreadable.
    """
    array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    coded = array.cast(pa.string()).dictionary_encode()
    cells = pc.utf8_normalize(
        reduce(lambda each, rule: pc.replace_substring_regex(each, *rule), _SIGNS, coded.dictionary), "NFKC"
    )
    plain = _floats(pc.if_else(pc.match_substring_regex(cells, _NUMBER), cells, None))
    weights = np.bincount(pc.drop_null(coded.indices).to_numpy(), minlength=len(cells))
    readings = {
        "dms": _sexagesimal(cells, _DMS),
        "dm": _sexagesimal(cells, _DM),
        "marked": _floats(_group(cells, _MARKED, "v")),
        "comma": _pointed(cells, _COMMA),
        "two_points": _pointed(pc.replace_substring_regex(cells, _TWO_POINTS, r"\1,\2\3"), _COMMA),
        "lost_point": _pointed(cells, _LOST)
        if _holds_degrees(plain, cells, weights)
        else np.full(len(cells), np.nan),
    }
    kind = np.where(np.isnan(plain), "unreadable", "decimal").astype(object)
    proposed = np.full(len(cells), np.nan)
    for name, reading in readings.items():
        better = (kind == "unreadable") & ~np.isnan(reading)
        kind[better], proposed[better] = name, reading[better]
    kind[pc.equal(cells, "").to_numpy(zero_copy_only=False)] = None
    at = coded.indices
    return Degrees(
        _take(plain, at), _take(proposed, at), pa.array(kind, pa.string(), from_pandas=True).take(at)
    )


def combine_degrees(
    degrees: pa.Array | pa.ChunkedArray,
    minutes: pa.Array | pa.ChunkedArray,
    seconds: pa.Array | pa.ChunkedArray,
) -> np.ndarray:
    """Decimal degrees of three columns 위도(도), 위도(분), 위도(초); NaN where one is no number or 60 and more."""
    d, m, s = (_floats(_trimmed(column)) for column in (degrees, minutes, seconds))
    good = (np.abs(d) <= 180) & (m >= 0) & (m < 60) & (s >= 0) & (s < 60)
    return np.where(good, d + m / 60 + s / 3600, np.nan)


def _trimmed(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    text = pc.utf8_trim_whitespace(array.cast(pa.string()))
    return pc.if_else(pc.match_substring_regex(text, r"^\d{1,3}(?:\.\d*)?$"), text, None)


def _floats(texts: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(texts.cast(pa.float64()), np.nan).to_numpy(zero_copy_only=False))


def _take(values: np.ndarray, at: pa.Array) -> np.ndarray:
    found = np.append(values, np.nan)
    return np.asarray(found[pc.fill_null(at, len(values)).to_numpy(zero_copy_only=False)])


def _group(cells: pa.Array, pattern: str, name: str) -> pa.Array:
    return pc.struct_field(pc.extract_regex(cells, pattern), name)


def _sexagesimal(cells: pa.Array, pattern: str) -> np.ndarray:
    found = pc.extract_regex(cells, pattern)
    d, m = (_floats(pc.struct_field(found, name)) for name in "dm")
    s = _floats(pc.struct_field(found, "s")) if "(?P<s>" in pattern else np.zeros(len(cells))
    return np.where((m < 60) & (s < 60), d + m / 60 + s / 3600, np.nan)


def _pointed(cells: pa.Array, pattern: str) -> np.ndarray:
    found = pc.extract_regex(cells, pattern)
    return _floats(pc.binary_join_element_wise(pc.struct_field(found, "d"), pc.struct_field(found, "f"), "."))


def _holds_degrees(plain: np.ndarray, cells: pa.Array, weights: np.ndarray) -> bool:
    """Most cells are degrees of Korea; or none is a number with a point and nearly all lost theirs, of seven digits up."""
    west, south, east, north = KOREA
    degrees = ((plain >= south) & (plain <= north)) | ((plain >= west) & (plain <= east))
    if weights[degrees].sum() > weights.sum() / 2:
        return True
    long = pc.fill_null(pc.match_substring_regex(cells, r"^(?:3[3-8]\d{5,}|1[23]\d{6,})$"), False)
    return bool(weights.sum() and weights[long.to_numpy(zero_copy_only=False)].sum() > 0.9 * weights.sum())
