"""Staged shapes (hexadecimal WKB in the file's coordinates) to WKB in longitude and latitude."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from madang.intake.layer_wkb import is_plain
from madang.places.crs import UnknownCrs, to_lonlat

_LIMITS = np.array([180.0, 90.0])
_NEST = 9_000  # letters: what a nest of 500 shapes has at least, which GEOS still follows without harm


def read_shapes(texts: pa.Array, crs: str | None) -> pa.Array:
    """WKB in EPSG:4326 (lon, lat; little endian, 2D) of hexadecimal WKB in `crs` (None: already so), as an array of
    binary of the same length. Null where there is no shape, where it cannot be read or has no image, and where it
    would lie beyond ±180, ±90: metres are never stored as degrees."""
    with np.errstate(invalid="ignore"):
        shapes = parsed(texts)
        if crs is not None:
            try:
                shapes = shapely.transform(shapes, lambda positions: _moved(positions, crs))
            except UnknownCrs:
                return pa.nulls(len(texts), pa.binary())
        positions, owners = shapely.get_coordinates(shapes, return_index=True)
        inside = (np.abs(positions) <= _LIMITS).all(axis=1)  # and so finite
        shapes[np.unique(owners[~inside])] = None
    return pa.array(shapely.to_wkb(shapes, byte_order=1, output_dimension=2, flavor="iso"), pa.binary())


def parsed(texts: pa.Array) -> NDArray[Any]:
    """Shapely geometries of hexadecimal WKB, whoever wrote it; None where it cannot be read.

    A deep nest of shapes is not handed to GEOS, whose reader follows it until the process has no stack left."""
    raw = texts.to_numpy(zero_copy_only=False).copy()
    for at in pc.indices_nonzero(pc.fill_null(pc.greater(pc.binary_length(texts), _NEST), False)).to_pylist():
        if not _is_plain(raw[at]):
            raw[at] = None
    shapes: NDArray[Any] = shapely.from_wkb(raw, on_invalid="ignore")
    return shapes


def _is_plain(text: str) -> bool:
    try:
        return is_plain(bytes.fromhex(text))
    except ValueError:
        return False


def _moved(positions: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    return np.stack(to_lonlat(positions[:, 0], positions[:, 1], crs), axis=1)
