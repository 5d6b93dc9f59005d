"""Papers of the terrain: land cover, streams, the ground along them, heights."""

from __future__ import annotations

import numpy as np
import shapely

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.ground import shapes
from madang.samplecity.layers.ground.cover import FIELD, GRASS, PADDY, SAND, TOWN, WATER, WOOD, WORKS
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.ground.raster import AROUND, components, filled, shifted, spread
from madang.samplecity.map_paper import GeoJsonPaper, ShapefilePaper, projected
from madang.samplecity.paper import Column
from madang.samplecity.text_paper import TextPaper

COVER_CODES = {  # 환경부 토지피복지도, 중분류
    WATER: ("710", "내륙수"), TOWN: ("110", "주거지역"), WORKS: ("120", "공업지역"), PADDY: ("210", "논"),
    FIELD: ("220", "밭"), WOOD: ("330", "혼효림"), GRASS: ("410", "자연초지"), SAND: ("610", "자연나지"),
}  # fmt: skip
TOP = {"1": "시가화·건조지역", "2": "농업지역", "3": "산림지역", "4": "초지", "6": "나지", "7": "수역"}
LEAST_CELLS = 8
NO_HEIGHT = -9999.0
CELL_M = 20.0


def patches(ground: Ground) -> tuple[Array, Array]:
    """Patches of the same cover as polygons, and their cover; small ones have gone to their neighbours."""
    cover = np.where(ground.dong >= 0, ground.cover, -1).astype(np.int32)
    for _ in range(2):
        parts = components(cover)
        small = np.bincount(parts.ravel(), minlength=cover.size)[parts] < LEAST_CELLS
        cover = spread(np.where(small, -1, cover), ground.dong >= 0)
    parts = components(cover)
    own, first, labels = np.unique(parts, return_index=True, return_inverse=True)
    kinds = cover.ravel()[first]
    kept = kinds >= 0
    number = np.where(kept, np.cumsum(kept) - 1, -1)[labels.reshape(parts.shape)]
    found = shapes.polygons(ground.grid, number, int(kept.sum()))
    return found, kinds[kept]


def land_cover(city: City, delivery: Delivery) -> ShapefilePaper:
    """Land cover as patches, with defects."""
    ground = city.get(Ground)
    found, kinds = patches(ground)
    codes = [COVER_CODES[kind] for kind in kinds.tolist()]
    columns: dict[str, Column] = {
        "OBJ_ID": np.arange(len(found)) + 1,
        "L1_CODE": [f"{code[0]}00" for code, _ in codes],
        "L1_NAME": [TOP[code[0]] for code, _ in codes],
        "L2_CODE": [code for code, _ in codes],
        "L2_NAME": [name for _, name in codes],
        "AREA_M2": np.round(shapely.area(found), 1),
        "IMG_DATE": [f"{delivery.day.year - 1}0512"] * len(found),
    }
    least = max(1, len(found) // 1000)
    at = city.rng("ground.land_cover").choice(len(found), 2 * least, replace=False)
    path = f"지형/토지피복_{delivery.stamp}.shp"
    paper = ShapefilePaper(path=path, shapes=found, columns=columns, day=f"{delivery.day}")
    for row in at[:least].tolist():
        paper.plant(row, "L2_CODE", "999", "code_not_listed")
    for row in at[least:].tolist():
        paper.plant(row, "IMG_DATE", "20251305", "cell_no_such_month")
    return paper


def inside(ground: Ground) -> Array:
    """River and streams as far as they run through the city."""
    city = shapely.coverage_union_all(ground.districts.shape)
    lines = shapely.intersection(np.array([each.shape for each in ground.streams], object), city)
    return np.asarray(shapely.line_merge(lines))


def stream_codes(ground: Ground) -> list[str]:
    return [f"99{10 + at:02d}{'0' if at == 0 else '1'}00" for at in range(len(ground.streams))]


def stream_lines(city: City, delivery: Delivery) -> GeoJsonPaper:
    """Centre lines in the direction of flow."""
    ground = city.get(Ground)
    lines = inside(ground)
    columns: dict[str, Column] = {
        "하천코드": stream_codes(ground),
        "하천명": [each.name for each in ground.streams],
        "하천등급": ["국가하천" if at == 0 else "지방하천" for at in range(len(lines))],
        "하천연장(m)": np.round(shapely.length(lines), 0).astype(np.int64),
        "평균하폭(m)": np.round([each.width_m for each in ground.streams], 1),
        "유입하천명": ["" if at == 0 else ground.streams[0].name for at in range(len(lines))],
        "데이터기준일자": [f"{delivery.day}"] * len(lines),
    }
    return GeoJsonPaper(f"지형/하천중심선_{delivery.stamp}.geojson", lines, columns)


def stream_grounds(city: City, delivery: Delivery) -> ShapefilePaper:
    """하천구역: the water and the banks that are kept free."""
    ground = city.get(Ground)
    lines = inside(ground)
    bank = np.array([60.0 if at == 0 else 14.0 for at in range(len(lines))])
    width = np.array([each.width_m for each in ground.streams]) / 2
    whole = shapely.coverage_union_all(ground.districts.shape)
    areas = shapely.intersection(shapely.buffer(lines, width + bank), whole)
    columns: dict[str, Column] = {
        "RIV_CD": stream_codes(ground),
        "RIV_NM": [each.name for each in ground.streams],
        "RIV_GRD": ["국가하천" if at == 0 else "지방하천" for at in range(len(lines))],
        "AREA_M2": np.round(shapely.area(areas), 1),
        "NTFC_DE": ["20190612"] * len(lines),
    }
    path = f"지형/하천구역_{delivery.stamp}.shp"
    return ShapefilePaper(path=path, shapes=areas, columns=columns, day=f"{delivery.day}")


def heights_5186(ground: Ground) -> tuple[Array, Array, Array]:
    """x, y (EPSG:5186, every 20 m) and height of the points inside the city. Water runs down from all but the hollows."""
    grid = ground.grid
    top, right = grid.south + grid.rows * grid.cell_m, grid.west + grid.columns * grid.cell_m
    corners = np.array([(x, y) for x in (grid.west, right) for y in (grid.south, top)])
    cx, cy = projected(corners[:, 0], corners[:, 1], 5186)
    x = np.arange(np.floor(cx.min() / CELL_M), np.ceil(cx.max() / CELL_M)) * CELL_M + CELL_M / 2
    y = np.arange(np.floor(cy.min() / CELL_M), np.ceil(cy.max() / CELL_M)) * CELL_M + CELL_M / 2
    all_x, all_y = np.meshgrid(x, y)
    from_x, from_y = back(all_x.ravel(), all_y.ravel())
    height = _between(ground, from_x, from_y).reshape(all_x.shape)
    city = shapely.buffer(shapely.coverage_union_all(ground.districts.shape), -0.5)
    shapely.prepare(city)
    within = shapely.contains_xy(city, from_x, from_y).reshape(all_x.shape)
    level = filled(height, _rim(within), 0.001)
    for each in ground.hollows:
        pond = shapely.contains_xy(shapely.buffer(each.shape, 12.0), from_x, from_y).reshape(all_x.shape)
        level = np.where(pond, height, level)
    return all_x[within], all_y[within], np.round(level[within], 2)


def back(x: Array, y: Array) -> tuple[Array, Array]:
    """Points in EPSG:5186 as points of the city."""
    from pyproj import Transformer

    found: tuple[Array, Array] = Transformer.from_crs(5186, 5179, always_xy=True).transform(x, y)
    return found


def _between(ground: Ground, x: Array, y: Array) -> Array:
    """Heights between the middles of cells."""
    grid, level = ground.grid, ground.elevation_m.astype(np.float64)
    column = np.clip((x - grid.west) / grid.cell_m - 0.5, 0, grid.columns - 1.001)
    row = np.clip((y - grid.south) / grid.cell_m - 0.5, 0, grid.rows - 1.001)
    c, r = column.astype(np.int64), row.astype(np.int64)
    s, t = column - c, row - r
    lower = level[r, c] * (1 - s) + level[r, c + 1] * s
    upper = level[r + 1, c] * (1 - s) + level[r + 1, c + 1] * s
    return np.asarray(lower * (1 - t) + upper * t)


def _rim(within: Array) -> Array:
    """Cells beside which the city ends, and all beyond."""
    found = ~within
    for row, column in AROUND:
        found = found | ~shifted(within, row, column, False)
    return np.asarray(found)


def elevation(city: City, delivery: Delivery) -> TextPaper:
    """Heights as a table of points, some without a height and some twice."""
    x, y, z = heights_5186(city.get(Ground))
    many = len(x)
    least = max(2, many // 2000)
    at = city.rng("ground.elevation").choice(many, 2 * least, replace=False)
    x, y, z = (np.append(each, each[at[least:]]) for each in (x, y, z))
    columns = {"X": x.astype(np.int64), "Y": y.astype(np.int64), "Z": z}
    paper = TextPaper(path=f"지형/수치표고_{delivery.stamp}.csv", columns=columns, encoding="utf-8")
    for row in at[:least].tolist():
        paper.plant(row, "Z", str(NO_HEIGHT), "row_rule")
    for row in range(many, len(x)):
        paper.plant(row, "Z", repr(round(float(z[row]) + 0.37, 2)), "key_duplicate")
    return paper
