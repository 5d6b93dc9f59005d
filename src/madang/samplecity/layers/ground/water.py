"""Rivers and streams: where they run, how their beds fall, which cells they cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.frame import Frame
from madang.samplecity.layers.ground.model import Grid, Stream
from madang.samplecity.words import words

RIVER_M, STREAM_M = 150.0, 22.0  # widths of the open water in a city of 60 km2
STEP_M = 20.0


@dataclass(frozen=True)
class Channel:
    """The bed of a river or stream: points in the direction of flow and the height of the water in each."""

    stream: Stream
    main: bool
    points: Array  # (n, 2)
    bed_m: Array


@dataclass(frozen=True)
class Waters:
    channels: tuple[Channel, ...]
    open_water: object  # polygon of the river
    distance_m: Array  # of each cell to the nearest channel line
    channel: Array  # number of that channel
    bed_m: Array  # height of the water, between channels blended
    own_bed_m: Array  # height of the water at the nearest point
    river_m: Array  # distance to the river line
    bank: Array  # int8: on which bank of the nearest channel a cell lies, 0 or 1
    north: Array  # bool: right of the river, looking downstream


def smooth(points: Array, step_m: float) -> Array:
    """A soft curve through points (Catmull-Rom), a point every `step_m` metres."""
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, 24, endpoint=False)[:, None]
    pieces = []
    for at in range(len(points) - 1):
        a, b, c, d = ends[at : at + 4]
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))  # fmt: skip
    line = shapely.linestrings(np.vstack([*pieces, points[-1:]]))
    count = max(4, round(line.length / step_m))
    along = np.linspace(0, line.length, count + 1)
    found: Array = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
    return found


def wriggled(points: Array, rng: np.random.Generator, width_m: float, wave_m: float) -> Array:
    """A line that swings about itself, still at its ends."""
    along = np.concatenate([[0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    swing = np.zeros(len(points))
    for part in (1.0, 0.53, 0.29):
        swing += part * np.sin(2 * np.pi * (along / (wave_m * part * rng.uniform(0.9, 1.1)) + rng.uniform()))
    direction = np.gradient(points, axis=0)
    normal = np.column_stack([-direction[:, 1], direction[:, 0]]) / np.hypot(*direction.T)[:, None]
    still = np.minimum(1, np.minimum(along, along[-1] - along) / wave_m)
    found: Array = points + normal * (swing * still * width_m)[:, None]
    return found


def waters(city: City, frame: Frame) -> Waters:
    """The river from the east to the west of all 구, and the streams of each."""
    channels = [_river(city, frame)]
    river = shapely.linestrings(channels[0].points)
    for district in range(city.setting.districts):
        for number in range(len(words("ground")["streams"])):
            channels.append(_stream(city, frame, channels[0], river, district, number))
    return _over(frame, tuple(channels), shapely.buffer(river, channels[0].stream.width_m / 2))


def _river(city: City, frame: Frame) -> Channel:
    rng = city.rng("ground.river")
    places = [frame.points(district, np.array(words("ground")["river"])) for district in reversed(range(city.setting.districts))]  # fmt: skip
    points = np.vstack([each[:-1] for each in places] + [places[-1][-1:]])
    points = wriggled(smooth(points, STEP_M), rng, 70 * frame.size, 1100 * frame.size)
    points = smooth(points[::3], STEP_M)
    bed = 9.0 + 7.5 * frame.size * city.setting.districts * np.linspace(1, 0, len(points))
    width = max(44.0, RIVER_M * frame.size)
    return Channel(Stream(words("city")["river"], shapely.linestrings(points), width), True, points, bed)


def _stream(city: City, frame: Frame, river: Channel, line: object, district: int, number: int) -> Channel:
    rng = city.rng(f"ground.stream.{district}.{number}")
    places = np.array(words("ground")["streams"][number]["places"])
    places[:-1] += rng.normal(0, 0.008, (len(places) - 1, 2))
    points = smooth(frame.points(district, places), STEP_M)
    points = wriggled(points, rng, 28 * frame.size, 420 * frame.size)
    row, column = frame.grid.cells(points[:, 0], points[:, 1])
    points = points[int(np.argmax(frame.district[row, column] >= 0)) :]
    away = shapely.distance(line, shapely.points(points))
    last = int(np.argmax(away < STEP_M)) if (away < STEP_M).any() else len(points) - 1
    mouth = int(np.argmin(np.hypot(*(river.points - points[last]).T)))
    points = smooth(np.vstack([points[:last:3], river.points[mouth][None]]), STEP_M)
    rise = words("ground")["streams"][number]["rise_m"] * frame.size**0.8
    left = np.linspace(1, 0, len(points))
    bed = river.bed_m[mouth] + rise * (0.25 * left + 0.75 * left**2.6)
    name = stream_name(district, number)
    shape = shapely.linestrings(points)
    return Channel(Stream(name, shape, max(8.0, STREAM_M * frame.size)), False, points, bed)


def stream_name(district: int, number: int) -> str:
    prefix = words("ground")["prefixes"]
    word = prefix[(district - 1) % len(prefix)] if district else ""
    return f"{word}{words('city')['streams'][number]}"


def _over(frame: Frame, channels: tuple[Channel, ...], open_water: object) -> Waters:
    """Distances and beds on the raster. Far from channels the bed is a mean of those around, the nearer the more."""
    grid = frame.grid
    x, y = grid.centres()
    reach = 0.42 * frame.side_m
    away, river_m = np.full(x.shape, np.inf), np.zeros(x.shape)
    owner, bank, own = (np.zeros(x.shape, np.int32), np.zeros(x.shape, np.int8), np.zeros(x.shape))
    total, weights = np.zeros(x.shape), np.zeros(x.shape)
    for number, channel in enumerate(channels):
        window = (slice(None), slice(None)) if channel.main else _window(grid, channel.points, reach)
        near, distance = _nearest(channel.points, x[window], y[window])
        if channel.main:
            river_m = distance
        bed = channel.bed_m[near]
        weight = np.maximum(1 - distance / reach, 0 if not channel.main else 1e-3) ** 2 / (distance + 30) ** 2
        total[window] += weight * bed
        weights[window] += weight
        nearer = distance < away[window]
        along = np.gradient(channel.points, axis=0)[near]
        over = np.stack([x[window], y[window]], axis=-1) - channel.points[near]
        left = (along[..., 0] * over[..., 1] - along[..., 1] * over[..., 0]) > 0
        for kept, new in ((away, distance), (owner, number), (bank, left), (own, bed)):
            kept[window] = np.where(nearer, new, kept[window])
    return Waters(channels, open_water, away, owner, total / weights, own, river_m, bank, _north(frame, channels[0].points))  # fmt: skip


def _window(grid: Grid, points: Array, reach: float) -> tuple[slice, slice]:
    low, high = points.min(axis=0) - reach, points.max(axis=0) + reach
    row, column = grid.cells(np.array([low[0], high[0]]), np.array([low[1], high[1]]))
    return slice(int(row[0]), int(row[1]) + 1), slice(int(column[0]), int(column[1]) + 1)


def _nearest(points: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """The number of the nearest point of a channel, and how far it is."""
    tree = shapely.STRtree(shapely.points(points))
    near, away = tree.query_nearest(
        shapely.points(x.ravel(), y.ravel()), return_distance=True, all_matches=False
    )
    return near[1].reshape(x.shape), away.reshape(x.shape)


def _north(frame: Frame, river: Array) -> Array:
    """Cells on the northern bank."""
    grid = frame.grid
    west, east, top = (grid.west - 1e4, grid.west + frame.grid.columns * grid.cell_m + 1e4, grid.south + 1e6)
    ring = np.vstack([[[east, river[0, 1]]], river, [[west, river[-1, 1]], [west, top], [east, top]]])
    bank = shapely.polygons(ring)
    shapely.prepare(bank)
    x, y = grid.centres()
    return np.asarray(shapely.contains_xy(bank, x, y))
