"""Points that cannot be where they say: swapped, typed wrong, filled in, dragged down a spreadsheet, or elsewhere.

Nothing here mends a value: another place is proposed, for a person to accept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from madang.places.address import parse
from madang.places.coordinates import KOREA

NEAR_M = 200.0
FEWEST_DUPLICATES = 5
_STRETCHES = 3  # of one step, and it is a grid's
_METRES_PER_DEGREE = 111_320.0

# (lon, lat, claimed area of each) -> whether each lies in that area or within 200 m of it
Near = Callable[[np.ndarray, np.ndarray, pa.Array], np.ndarray]


def check_points(
    lon: np.ndarray,
    lat: np.ndarray,
    *,
    claimed: pa.Array | None = None,
    near: Near | None = None,
    addresses: pa.Array | pa.ChunkedArray | None = None,
    projected: tuple[np.ndarray, np.ndarray] | None = None,
    placed: np.ndarray | None = None,
) -> pa.Table:
    """Points that cannot be right: columns row (0-based), rule, lon and lat of a proposal (null where there is none).

    `lon`, `lat`: degrees of EPSG:4326, NaN where a row has none. `claimed`: the area that the row itself names (null
    where it names none), judged by `near` (`near_areas`, `near_boxes`). `addresses`: texts that tell duplicates of
    one building from unrelated ones. `projected`: easting and northing in metres, where the file has those; `placed`:
    which of them lie in the area they claim, or in any where they claim none.

    Rules: point_zero, point_dummy, point_swapped, point_digit (one digit typed wrong: proposed where exactly one change
    falls inside the claimed area), point_outside_korea, point_outside_claim (by more than 200 m): one of these for a
    row, the first that fits. point_duplicated and point_dragged (a constant step down the rows, as a spreadsheet
    fills) stand beside them.
    """
    known = ~(np.isnan(lon) | np.isnan(lat))
    zero = known & _zero(lon, lat, projected, np.zeros(len(lon), bool) if placed is None else placed)
    dummy = known & ~zero & _dummy(lon, lat) if projected is None else np.zeros(len(lon), bool)
    inside = _in_korea(lon, lat)
    claim = claimed if claimed is not None and near is not None else pa.nulls(len(lon), pa.string())
    named = known & ~zero & ~dummy & claim.is_valid().to_numpy(zero_copy_only=False)
    far = np.zeros(len(lon), bool)
    rows = np.nonzero(named)[0]
    if near is not None and len(rows):
        far[rows] = ~near(lon[rows], lat[rows], claim.take(pa.array(rows)))
    rest = known & ~zero & ~dummy & (~inside | far)
    swapped = rest & _in_korea(lat, lon)
    digit = _digits(lon, lat, np.nonzero(rest & ~swapped)[0], claim, near)
    mended = np.zeros(len(lon), bool)
    mended[digit[0]] = True
    parts = [
        _flags("point_zero", np.nonzero(zero)[0]),
        _flags("point_dummy", np.nonzero(dummy)[0]),
        _flags("point_swapped", np.nonzero(swapped)[0], lat[swapped], lon[swapped]),
        _flags("point_digit", *digit),
        _flags("point_outside_korea", np.nonzero(rest & ~swapped & ~mended & ~inside)[0]),
        _flags("point_outside_claim", np.nonzero(rest & ~swapped & ~mended & inside)[0]),
        _flags("point_dragged", np.nonzero(dragged(lon, lat) & ~zero & ~dummy)[0]),
        _flags("point_duplicated", _duplicated(lon, lat, known & ~zero & ~dummy, addresses)),
    ]
    return pa.concat_tables(parts).sort_by([("row", "ascending"), ("rule", "ascending")])


def near_areas(codes: pa.Array, shapes: np.ndarray, *, metres: float = NEAR_M) -> Near:
    """Judges by the shapes of areas (shapely, EPSG:4326), widened by `metres`; claims that are not among `codes` pass."""
    index = dict(zip(codes.to_pylist(), shapes, strict=True))
    widened: dict[str, tuple[shapely.Geometry, float]] = {}

    def near(lon: np.ndarray, lat: np.ndarray, claimed: pa.Array) -> np.ndarray:
        good = np.ones(len(lon), bool)
        for code, rows in _by_area(claimed):
            if code not in index:
                continue
            if code not in widened:
                widened[code] = _widened(index[code], metres)
            shape, squeeze = widened[code]
            good[rows] = shapely.contains_xy(shape, lon[rows] * squeeze, lat[rows])
        return good

    return near


def near_boxes(boxes: Mapping[str, tuple[float, float, float, float]], *, metres: float = NEAR_M) -> Near:
    """Judges by boxes (west, south, east, north in degrees) alone, for registers without shapes."""
    codes = pa.array(list(boxes), pa.string())
    return near_areas(codes, shapely.box(*np.array(list(boxes.values())).reshape(-1, 4).T), metres=metres)


def _by_area(claimed: pa.Array) -> list[tuple[str, np.ndarray]]:
    coded = claimed.cast(pa.string()).dictionary_encode()
    at = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    order = np.argsort(at, kind="stable")
    edges = np.searchsorted(at[order], np.arange(len(coded.dictionary) + 1))
    names = coded.dictionary.to_pylist()
    return [(name, order[edges[i] : edges[i + 1]]) for i, name in enumerate(names)]


def _widened(shape: shapely.Geometry, metres: float) -> tuple[shapely.Geometry, float]:
    """The shape with longitudes shortened to the length of degrees of latitude there, buffered, prepared."""
    middle = shapely.get_y(shapely.centroid(shape)) if not shapely.is_empty(shape) else 36.0
    squeeze = float(np.cos(np.radians(middle)))
    flat = shapely.transform(shape, lambda xy: xy * [squeeze, 1.0])
    wide = shapely.buffer(flat, metres / _METRES_PER_DEGREE, quad_segs=4)
    shapely.prepare(wide)
    return wide, squeeze


def _in_korea(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    west, south, east, north = KOREA
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _zero(
    lon: np.ndarray, lat: np.ndarray, projected: tuple[np.ndarray, np.ndarray] | None, placed: np.ndarray
) -> np.ndarray:
    """(0, 0), or one of the two 0; of metres what `no_position` says."""
    zero = (np.abs(lon) < 1e-6) | (np.abs(lat) < 1e-6)
    return np.asarray(zero | no_position(*projected, placed) if projected is not None else zero)


def no_position(easting: np.ndarray, northing: np.ndarray, placed: np.ndarray) -> np.ndarray:
    """Metres that stand for no position: both below 1 km ((0, 0) of EPSG:5174 lies in the sea off 흑산도); or, of points
    that are not `placed` in the area they claim, an easting below 1 km or a northing of 0.

    One alone is no slip: in EPSG:5174 the northing of 제주시 and the easting of 백령면 are about 0.
    """
    east, north = np.abs(easting), np.abs(northing)
    return np.asarray(((east < 1000) & (north < 1000)) | (~placed & ((east < 1000) | (north < 1e-3))))


def _dummy(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Typed to fill the cells: 127.000000, 34.1234567, 126.1111111, 126.9999999.

    Of six decimals one place in fifty thousand ends so by itself: 126.111111 counts beside a value like it or a coarse one.
    """
    parts = [_decimals(axis) for axis in (lon, lat)]
    short = [np.isin(part, [1_234_560, *(digit * 1_111_110 for digit in range(1, 10))]) for part in parts]
    coarse = [part % 1000 == 0 for part in parts]
    runs = [0, 10_000_000, 1_234_567, 1_234_568, *(digit * 1_111_111 for digit in range(1, 10))]
    sure = np.isin(parts[0], runs) | np.isin(parts[1], runs)
    return np.asarray(sure | (short[0] & (short[1] | coarse[1])) | (short[1] & coarse[0]))


def _decimals(value: np.ndarray) -> np.ndarray:
    """The first seven digits after the point."""
    part = np.mod(np.where(np.isfinite(value), value, 0.5), 1)
    return np.asarray(np.round(part * 1e7).astype(np.int64))


def dragged(lon: np.ndarray, lat: np.ndarray, *, first: bool = False) -> np.ndarray:
    """Rows after the first (with `first`: that too) of three and more whose both values grow by one step each.

    A step shows only in values of five decimals and more, or where it is a tenth of a degree and more: coarse values
    repeat their steps by chance. A step that comes back in three stretches and more is that of a grid.
    """
    if len(lon) < 3:
        return np.zeros(len(lon), bool)
    lon, lat = (np.where(np.isfinite(axis), axis, np.nan) for axis in (lon, lat))
    steps = [np.diff(lon), np.diff(lat)]
    same = np.ones(len(lon) - 2, bool)
    for step in steps:
        same &= (np.abs(step[1:] - step[:-1]) < 2e-9) & (np.abs(step[1:]) > 1e-8)
    fine = (np.abs(lon - np.round(lon, 4)) > 1e-9) & (np.abs(lat - np.round(lat, 4)) > 1e-9)
    coarse_step = (np.abs(steps[0][1:]) >= 0.0999) | (np.abs(steps[1][1:]) >= 0.0999)
    same &= (fine[1:-1] & fine[2:] & fine[:-2]) | coarse_step
    same &= ~_of_a_grid(same, steps)
    found = np.zeros(len(lon), bool)
    found[:-2] |= same & first
    found[1:-1] |= same
    found[2:] |= same
    return found


def _of_a_grid(same: np.ndarray, steps: list[np.ndarray]) -> np.ndarray:
    """Where a step (to a millionth of a degree) is one that three and more separate stretches of rows have."""
    begins = same & ~np.concatenate(([False], same[:-1]))
    keys = np.round(np.column_stack([np.where(same, step[1:], 0.0) for step in steps]) * 1e6)
    kinds, counts = np.unique(keys[begins], axis=0, return_counts=True)
    found = np.zeros(len(same), bool)
    for kind in kinds[counts >= _STRETCHES]:
        found |= (keys == kind).all(axis=1)
    return found


def _duplicated(
    lon: np.ndarray, lat: np.ndarray, usable: np.ndarray, addresses: pa.Array | pa.ChunkedArray | None
) -> np.ndarray:
    """Rows of a point that five and more rows share to six decimals although their addresses differ.

    Addresses are compared up to their number: floors and spellings of one lot are one place.
    """
    rows = np.nonzero(usable & np.isfinite(lon) & np.isfinite(lat))[0]
    if addresses is None or len(rows) < FEWEST_DUPLICATES:
        return np.zeros(0, np.int64)
    array = addresses.combine_chunks() if isinstance(addresses, pa.ChunkedArray) else addresses
    x, y = (np.round(axis[rows] * 1e6).astype(np.int64) for axis in (lon, lat))
    points = pa.table({"point": x * 1_000_000_000 + y, "address": rows, "row": rows})
    crowds = points.group_by("point").aggregate([("row", "count")])
    crowds = crowds.filter(pc.greater_equal(crowds["row_count"], FEWEST_DUPLICATES))
    crowded = pc.is_in(points["point"], value_set=crowds["point"].combine_chunks()).to_numpy()
    points, rows = points.filter(pa.array(crowded)), rows[crowded]
    numbers = pa.array(_numbers(array.take(pa.array(rows))))
    points = points.set_column(1, "address", numbers)
    counted = points.group_by("point").aggregate([("row", "count"), ("address", "count_distinct")])
    many = pc.and_(
        pc.greater_equal(counted["row_count"], FEWEST_DUPLICATES),
        pc.and_(
            pc.greater_equal(counted["address_count_distinct"], 3),
            pc.greater_equal(pc.multiply(counted["address_count_distinct"], 2), counted["row_count"]),
        ),
    )
    shared = pc.is_in(points["point"], value_set=counted["point"].filter(many).combine_chunks())
    return np.asarray(rows[shared.to_numpy()])


def _numbers(addresses: pa.Array) -> np.ndarray:
    """A number for each address, equal where street or dong and its numbers are; the whole text where it has none."""
    parsed = parse(addresses)
    names = ("sigungu", "emd", "ri", "san", "lot_main", "lot_sub", "road", "building_main", "building_sub")
    parts = [pc.fill_null(parsed[name].cast(pa.string()), "") for name in names]
    rest = pc.if_else(pc.equal(parsed["kind"], "none"), addresses.cast(pa.string()), "")
    joined = pc.binary_join_element_wise(*parts, pc.fill_null(rest, ""), "|")
    return np.asarray(joined.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False))


def _digits(
    lon: np.ndarray, lat: np.ndarray, rows: np.ndarray, claimed: pa.Array, near: Near | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows where exactly one change of one digit leads into the claimed area, and that place."""
    if near is None:
        return rows[:0], lon[:0], lat[:0]
    named = claimed.is_valid().to_numpy(zero_copy_only=False)
    rows = rows[named[rows] & (np.abs(lon[rows]) < 1000) & (np.abs(lat[rows]) < 1000)]
    found = [
        _digits_of(lon, lat, rows[at : at + 5000], claimed, near)
        for at in range(0, min(len(rows), 200_000), 5000)
    ]
    if not found:
        return rows[:0], lon[:0], lat[:0]
    row, x, y = (np.concatenate([part[i] for part in found]) for i in range(3))
    return row, x, y


def _digits_of(
    lon: np.ndarray, lat: np.ndarray, rows: np.ndarray, claimed: pa.Array, near: Near
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    tries = [_changed(axis[rows], places) for axis, places in ((lon, range(-2, 3)), (lat, range(-1, 3)))]
    xs = np.concatenate([tries[0], np.broadcast_to(lon[rows], tries[1].shape)])
    ys = np.concatenate([np.broadcast_to(lat[rows], tries[0].shape), tries[1]])
    areas = claimed.take(pa.array(np.tile(rows, len(xs))))
    fits = near(xs.ravel(), ys.ravel(), areas).reshape(xs.shape) & _in_korea(xs, ys)
    one = fits.sum(axis=0) == 1
    which = fits.argmax(axis=0)
    at = np.arange(len(rows))
    return rows[one], xs[which, at][one], ys[which, at][one]


def _changed(values: np.ndarray, places: range) -> np.ndarray:
    """Every value with one digit replaced: place -1 is the tens, 0 the ones, 1 the first decimal …; (tries, rows)."""
    tries = []
    for place in places:
        unit = 10.0**-place
        digit = np.floor(np.round(np.abs(values) / unit, 6)) % 10
        for other in range(10):
            changed = values + np.sign(values) * (other - digit) * unit
            tries.append(np.where(digit == other, np.nan, changed))
    return np.array(tries)


def _flags(
    rule: str, rows: np.ndarray, lon: np.ndarray | None = None, lat: np.ndarray | None = None
) -> pa.Table:
    empty = pa.nulls(len(rows), pa.float64())
    return pa.table(
        {
            "row": pa.array(rows, pa.int64()),
            "rule": pa.array([rule]).take(pa.array(np.zeros(len(rows), np.int64))),
            "lon": empty if lon is None else pa.array(lon, pa.float64()),
            "lat": empty if lat is None else pa.array(lat, pa.float64()),
        }
    )
