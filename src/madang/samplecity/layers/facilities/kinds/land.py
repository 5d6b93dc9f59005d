"""Public land on which something could be built, and what was found when parks were inspected."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

from madang.samplecity.city import SIDO, Array
from madang.samplecity.layers.facilities import slips
from madang.samplecity.layers.facilities.gaps import Gap, LivedCells
from madang.samplecity.layers.facilities.kind import Kind
from madang.samplecity.layers.facilities.kinds.names import joined, unique
from madang.samplecity.layers.facilities.rows import Cells, Rows
from madang.samplecity.layers.facilities.sites import Sites, Terrain, drawn, on_cover
from madang.samplecity.layers.ground.model import COVERS
from madang.samplecity.paper import Column

_FAR = 0.7  # of the radius of a gap: so far others keep off
_APART_M = 60.0
_BANK_M = (80.0, 30.0)  # that river and streams keep free beside their water, and the width of a site
_WALL_M = 5.0
_SECOND = (0.3, 0.8)  # of the best site of a gap: what the next best reaches …
_ADDS = 0.2  # … and what it adds
_OTHERS = 0.65  # of the best of any gap: what others reach at most
LEAST_M2 = 1_000.0  # of a site for a library
BUILDABLE = ("제1종일반주거지역", "제2종일반주거지역", "준주거지역", "일반상업지역")
_COVERS = ("시가지", "밭", "풀밭", "논")


def library_reach(terrain: Terrain) -> float:
    """From how far people go to a library."""
    return max((gap.reach_m for gap in terrain.gaps if "library" in gap.kinds), default=1000.0)


def without_library(terrain: Terrain) -> LivedCells:
    """The cells whose people no library reaches."""
    library, _ = terrain.made["library"]
    return terrain.cells.beyond(library.x, library.y, library_reach(terrain))


def _to_gap(terrain: Terrain, x: Array, y: Array) -> tuple[Array, Array]:
    """Which gap of libraries is nearest to each point (-1: there is none), and how far in parts of its radius."""
    gaps = [gap for gap in terrain.gaps if "library" in gap.kinds]
    if not gaps:
        return np.full(len(x), -1), np.full(len(x), np.inf)
    far = np.array([np.hypot(x - gap.x, y - gap.y) / gap.radius_m for gap in gaps])
    return far.argmin(axis=0), far.min(axis=0)


def free_ground(terrain: Terrain, x: Array, y: Array) -> Array:
    """Whether something could be put up at each point: nothing stands there, no wood, no water, no river ground."""
    ground, houses = terrain.ground, terrain.streets.buildings
    wide = np.pad(ground.cover, 1, mode="edge")
    row, column = ground.grid.cells(x, y)
    around = np.array([wide[row + down, column + right] for down in range(3) for right in range(3)])
    same = np.isin(around[4], [COVERS.index(each) for each in _COVERS]) & (around == around[4]).all(axis=0)
    left = np.flatnonzero(same)
    for number, stream in enumerate(ground.streams):
        away = stream.width_m / 2 + _BANK_M[number > 0]
        shapely.prepare(stream.shape)
        left = left[~shapely.dwithin(stream.shape, shapely.points(x[left], y[left]), away)]
    half = np.sqrt(np.asarray(houses.footprint_m2) / np.pi) + _WALL_M
    clear = np.ones(len(left), bool)
    wide_from = float(np.quantile(half, 0.95))  # the few large ones are looked for farther off
    for tree, rows in ((terrain.houses_at, np.arange(len(half))), _large(terrain, half, wide_from)):
        far = wide_from if len(rows) == len(half) else float(half.max())
        at, house = tree.query(shapely.points(x[left], y[left]), predicate="dwithin", distance=far)
        house = rows[house]
        clear[at[np.hypot(x[left[at]] - houses.x[house], y[left[at]] - houses.y[house]) < half[house]]] = (
            False
        )
    found = np.zeros(len(x), bool)
    found[left[clear]] = True
    return found


def _large(terrain: Terrain, half: Array, least: float) -> tuple[shapely.STRtree, Array]:
    """The buildings that are wider than most, and their numbers."""
    houses, rows = terrain.streets.buildings, np.flatnonzero(half > least)
    return shapely.STRtree(shapely.points(houses.x[rows], houses.y[rows])), rows


def public_land(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
    """Three sites in every gap of libraries; the others well away from it, where a library is less wanted."""
    left, reach = without_library(terrain), library_reach(terrain)
    gaps = [gap for gap in terrain.gaps if "library" in gap.kinds]
    planted = [_in_gap(terrain, gap, left, reach, rng) for gap in gaps]
    own = terrain.at(*np.concatenate([sites for sites, _ in planted] or [np.zeros((0, 2))]).T)
    lots = on_cover(*_COVERS)(terrain, kind, rng, 60 * count)
    lots = lots.take(np.flatnonzero(free_ground(terrain, lots.x, lots.y)))
    block = np.floor(np.stack([lots.x, lots.y]) / _APART_M)
    lots = lots.take(np.sort(np.unique(block, axis=1, return_index=True)[1]))
    gain, most = (
        left.reached(lots.x, lots.y, reach),
        _OTHERS * min((best for _, best in planted), default=np.inf),
    )
    weight = (_to_gap(terrain, lots.x, lots.y)[1] > _FAR) * np.where(gain <= most, 1.0, 1e-9)
    return own.and_(lots.take(drawn(rng, weight, max(count - len(own), 0))))


def _in_gap(
    terrain: Terrain, gap: Gap, left: LivedCells, reach: float, rng: np.random.Generator
) -> tuple[Array, int]:
    """The places (n, 2) of the sites planted in a gap, and whom the best of them reaches.

    One reaches most, but will be too small; the best next to it; one that reaches less, and adds little to the best.
    """
    steps = np.arange(-_FAR * gap.radius_m, _FAR * gap.radius_m, max(8.0, gap.radius_m / 90))
    x, y = (
        axis.ravel() + rng.uniform(-3.0, 3.0, axis.size) for axis in np.meshgrid(gap.x + steps, gap.y + steps)
    )
    near = np.flatnonzero(
        (np.hypot(x - gap.x, y - gap.y) < _FAR * gap.radius_m) & (terrain.ground.dongs_at(x, y) >= 0)
    )
    near = near[free_ground(terrain, x[near], y[near])]
    x, y = x[near], y[near]
    gain = left.reached(x, y, reach)
    most = int(np.argmax(gain))
    best = int(np.argmax(np.where(np.hypot(x - x[most], y - y[most]) > _APART_M, gain, -1)))
    far = np.hypot(left.x - x[best], left.y - y[best])
    adds = left.take(far > reach).reached(x, y, reach)
    good = (
        (gain >= _SECOND[0] * gain[best]) & (gain <= _SECOND[1] * gain[best]) & (adds <= _ADDS * gain[best])
    )
    rows = np.flatnonzero(good) if good.any() else np.array([int(np.argmin(gain + adds))])
    chosen = [most, best, int(rng.choice(rows))]
    return np.column_stack([x[chosen], y[chosen]]), int(gain[best])


def candidate(rows: Rows) -> Mapping[str, Column]:
    gap, far = _to_gap(rows.terrain, rows.sites.x, rows.sites.y)
    planted = far < _FAR
    small = np.zeros(len(rows), bool)  # in each gap the one that reaches most: nearest is not best
    gain = without_library(rows.terrain).reached(rows.sites.x, rows.sites.y, library_reach(rows.terrain))
    for each in np.unique(gap[planted]).tolist():
        own = np.flatnonzero(planted & (gap == each))
        small[own[np.argmax(gain[own])]] = True
    good = planted & ~small
    area = np.where(good, rows.sizes(2600, 0.2), np.where(small, rows.sizes(190, 0.2), rows.sizes(1300, 0.9)))
    zones = [rows.told["용도지역"][str(kind)] for kind in rows.dong_kinds.tolist()]
    zone = [each[number % len(each)] for each, number in zip(zones, rows.whole(0, 30).tolist(), strict=True)]
    price = np.array([rows.told["지가"][str(kind)] for kind in rows.dong_kinds.tolist()], float)
    land = rows.pick(rows.told["땅"])
    lots = rows.where(planted, "대", land)
    return {
        "후보지번호": [f"L{number:03d}" for number in range(1, len(rows) + 1)],
        "토지명": unique(joined(rows.dong_names, rows.where(planted, rows.pick(["옛 관사 터", "시유 공터", "이전한 청사 터"]), rows.pick(rows.told["이름"])))),
        "소유구분": rows.where(planted, "구유", rows.pick(["국유", "시유", "구유"])),
        "지목": lots,
        "면적(㎡)": np.maximum(area, 60.0),
        "용도지역": rows.where(planted, "제2종일반주거지역", zone),
        "공시지가(원/㎡)": (price * rows.rng.uniform(0.7, 1.3, len(rows)) // 100 * 100).astype(int),
        **_lots(rows),
    }  # fmt: skip


def _lots(rows: Rows) -> dict[str, Cells]:
    """Lots beside those of the nearest buildings: their address and their 19 digits."""
    houses, legal = rows.terrain.streets.buildings, rows.terrain.ground.legal
    dong = rows.of_building(np.asarray(houses.legal).tolist())
    main = rows.of_building(np.asarray(houses.lot_main).tolist())
    sub = [
        900 + number % 100 for number in range(len(rows))
    ]  # lots that were split off: no building stands there
    places = list(zip(rows.districts, dong, main, sub, strict=True))
    return {
        "소재지": [f"{SIDO} {gu} {legal.name[one]} {two}-{three}" for gu, one, two, three in places],
        "PNU": [f"{legal.code[one]}1{two:04d}{three:04d}" for _, one, two, three in places],
    }


def of_parks(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
    parks, _ = terrain.made["city-park"]
    return parks.take(np.sort(rng.integers(0, len(parks), count)))


def inspection(rows: Rows) -> Mapping[str, Column]:
    parks, texts = rows.terrain.made["city-park"]
    number = {(x, y): row for row, (x, y) in enumerate(zip(parks.x.tolist(), parks.y.tolist(), strict=True))}
    own = [number[point] for point in zip(rows.sites.x.tolist(), rows.sites.y.tolist(), strict=True)]
    result = rows.pick([["양호", 7], ["보수필요", 2], ["사용중지", 1]])
    return {
        "공원관리번호": [texts["관리번호"][row] for row in own],
        "공원명": [texts["공원명"][row] for row in own],
        "시설물명": unique(rows.pick(rows.told["시설"])),
        "점검일자": rows.dates(f"{rows.day:%Y-%m}-01"),
        "점검결과": result,
        "조치내용": [rows.told["조치"][each] for each in result],
    }


KINDS: tuple[Kind, ...] = (
    Kind(
        "candidate-site", "시설/공공시설_후보지", 80,
        "후보지번호, 토지명, 소유구분, 지목, 면적(㎡), 용도지역, 소재지, PNU, 공시지가(원/㎡), 현재이용상태, 관리부서, 위도, 경도, 데이터기준일자",
        public_land, candidate, (slips.unlisted("소유구분", "사유"), slips.negative("공시지가(원/㎡)", "-350000", money=True)), encoding="utf-8-sig", age_days=12, least=12,
    ),
    Kind(
        "park-inspection", "환경/공원시설_점검결과", 40,
        "연번, 공원관리번호, 공원명, 시설물명, 점검일자, 점검결과, 조치내용, 점검부서",
        of_parks, inspection, (slips.unlisted("점검결과", "보류"), slips.no_day("점검일자", required=True)), form="hwpx", key="시설물명", age_days=3, least=12,
        options={"titles": ("공원시설 점검 결과 보고",), "notes": ("붙임: 현장 사진(따로 보관)",)},
    ),
)  # fmt: skip
