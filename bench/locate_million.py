"""A million points into the country's 3,504 areas, against geopandas: `python bench/locate_million.py [AREAS]`.

AREAS is a layer of polygons in longitude and latitude that GDAL reads (TopoJSON, GeoJSON, Shapefile …); without it a
country of 3,504 areas is made up. Both sides start from arrays of longitude and latitude. Points: anywhere on land, and
where people are (around the middle of areas, so dense where areas are small); 1 % have no coordinates.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from madang.places.locate import Locator
from madang.places.register_build import polygonal

POINTS = 1_000_000
AREAS = 3_504
Floats = NDArray[np.float64]


def made_up(number: int = AREAS) -> NDArray[Any]:
    """Areas between wriggling borders, small in two cities and large elsewhere; about 200 corners each."""
    rng = np.random.default_rng(11)
    cities = np.array([(127.0, 37.5), (129.1, 35.2)])
    dense = cities[rng.integers(0, 2, number // 2)] + rng.normal(0, 0.12, (number // 2, 2))
    wide = rng.uniform((126.0, 34.3), (129.5, 38.5), (number - len(dense), 2))
    frame = shapely.box(126.0, 34.3, 129.5, 38.5)
    sites = shapely.multipoints(np.concatenate((dense.clip((126.1, 34.4), (129.4, 38.4)), wide)))
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=frame)), frame)

    def wriggle(points: Floats) -> Floats:
        lon, lat = points.T
        return points + 0.002 * np.column_stack((np.sin(150 * lat + 3 * lon), np.sin(130 * lon - 2 * lat)))

    step = np.sqrt(shapely.area(cells)) / 45
    return polygonal(shapely.transform(shapely.segmentize(cells, step), wriggle))


def scattered(areas: NDArray[Any]) -> dict[str, tuple[Floats, Floats]]:
    """Points by the way they are spread."""
    rng = np.random.default_rng(12)
    west, south, east, north = shapely.total_bounds(areas)
    lon, lat = rng.uniform((west, south), (east, north), (8 * POINTS, 2)).T
    land = Locator.build(areas).locate(lon, lat) >= 0
    middle, size = shapely.point_on_surface(areas), np.sqrt(shapely.area(areas)) / 3
    home = rng.integers(0, len(areas), POINTS)
    people = (
        np.array([shapely.get_x(middle)[home], shapely.get_y(middle)[home]])
        + rng.normal(size=(2, POINTS)) * size[home]
    )
    spread = {
        "anywhere on land": (lon[land][:POINTS], lat[land][:POINTS]),
        "where people are": (people[0], people[1]),
    }
    for x, y in spread.values():
        x[::200], y[100::200] = np.nan, np.nan
    return spread


def sjoin(areas: NDArray[Any], lon: Floats, lat: Floats) -> Any:
    """The peer, from arrays to a joined frame."""
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs=4326)
    frame = geopandas.GeoDataFrame({"area": np.arange(len(areas))}, geometry=areas, crs=4326)
    return geopandas.sjoin(points, frame, predicate="intersects")


def first_areas(joined: Any, points: int) -> NDArray[np.int64]:
    """What the peer says of each point, the first area where it touches several; -1 for none."""
    found = np.full(points, np.iinfo(np.int64).max)
    np.minimum.at(found, joined.index.to_numpy(), joined["area"].to_numpy())
    return np.where(found == np.iinfo(np.int64).max, -1, found)


def timed(work: Callable[..., Any], *given: Any, times: int = 1) -> tuple[Any, float]:
    """The result and the seconds of the fastest of so many runs."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        result = work(*given)
        seconds.append(time.perf_counter() - began)
    return result, min(seconds)


def main(argument: str | None) -> None:
    areas = polygonal(pyogrio.raw.read(argument)[2]) if argument else made_up()
    areas = areas[~shapely.is_missing(areas)]
    locator, build = timed(Locator.build, areas)
    with tempfile.TemporaryDirectory() as folder:
        locator.save(Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        locator, load = timed(Locator.load, Path(folder))
    print(f"{len(areas):,} areas, {int(shapely.get_num_coordinates(areas).sum()):,} corners")
    print(f"index: built in {build:.1f} s, {size / 1e6:.0f} MB with the shapes, loaded in {load:.2f} s")
    for name, (lon, lat) in scattered(areas).items():
        ours, seconds = timed(locator.locate, lon, lat, times=2)
        joined, longer = timed(sjoin, areas, lon, lat, times=2)
        same = int((ours == first_areas(joined, len(lon))).sum())
        print(
            f"{len(lon):,} points {name}: {seconds:.3f} s, geopandas {longer:.2f} s, {longer / seconds:.0f} times; "
            f"{same:,} answers agree, {int((ours >= 0).sum()):,} inside"
        )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
