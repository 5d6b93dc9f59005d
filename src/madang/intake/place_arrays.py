"""Arrays of a group of rows, to and from Arrow: coordinates, codes, levels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from madang.intake.place_columns import Pair
from madang.places.coordinates import combine_degrees, read_degrees

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FORMS = ("dms", "dm", "marked")  # ways to write degrees; all others of `read_degrees` are slips
LEVELS = ("", "point", "building", "road", "lot", "code", "name")


def axes(pair: Pair, texts: Mapping[int, pa.Array], values: Mapping[int, pa.Array]) -> tuple[Floats, Floats]:
    """x and y of each row, from numbers, from texts of degrees, or from degrees, minutes and seconds; NaN: none."""
    if pair.parts is not None:
        of_x, of_y = (pair.x, *pair.parts[:2]), (pair.y, *pair.parts[2:])
        x, y = (combine_degrees(*(texts[place] for place in parts)) for parts in (of_x, of_y))
        return x, y
    if pair.written:
        return written_degrees(texts[pair.x]), written_degrees(texts[pair.y])
    return number_of(values[pair.x]), number_of(values[pair.y])


def written_degrees(texts: pa.Array) -> Floats:
    """Degrees as a column writes them; a number that lost its point or has two is a slip, not a form, and NaN."""
    read = read_degrees(texts)
    form = np.asarray(pc.fill_null(pc.is_in(read.kind, value_set=pa.array(FORMS)), False))
    return np.where(form, read.proposed, read.value)


def numbers(codes: pa.Array | pa.ChunkedArray) -> Ints:
    """Codes as numbers, 0 for null."""
    return np.asarray(pc.fill_null(codes.cast(pa.int64()), 0))


def codes_of(dong: Ints) -> pa.Array:
    """10-digit codes as text, null for 0."""
    return pa.array(dong, mask=dong == 0).cast(pa.string())


def floats_of(values: Floats) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))


def levels_of(level: NDArray[np.int8]) -> pa.Array:
    coded = pa.DictionaryArray.from_arrays(pa.array(level - 1, mask=level == 0), pa.array(LEVELS[1:]))
    return coded.cast(pa.string())


def number_of(values: pa.Array) -> Floats:
    return np.asarray(pc.fill_null(values.cast(pa.float64()), np.nan).to_numpy(zero_copy_only=False))


def middles(shapes: pa.Array) -> tuple[Floats, Floats]:
    """A point of each shape: itself, or one that lies inside; NaN where there is no shape."""
    found = np.atleast_1d(
        shapely.from_wkb(np.array([*shapes.to_pylist(), None], dtype=object), on_invalid="ignore")
    )[:-1]
    whole = ~shapely.is_missing(found) & ~shapely.is_empty(found)
    areas = whole & (shapely.get_type_id(found) != 0)
    points = found.copy()
    points[areas] = shapely.point_on_surface(found[areas])
    return shapely.get_x(points), shapely.get_y(points)
