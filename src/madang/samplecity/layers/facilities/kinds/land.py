"""Public land on which something could be built, and what was found when parks were inspected."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from madang.samplecity.city import SIDO, Array
from madang.samplecity.layers.facilities import slips
from madang.samplecity.layers.facilities.kind import Kind
from madang.samplecity.layers.facilities.kinds.names import joined, unique
from madang.samplecity.layers.facilities.rows import Cells, Rows
from madang.samplecity.layers.facilities.sites import Sites, Terrain, drawn, on_cover
from madang.samplecity.paper import Column

_NEAR, _FAR = 0.2, 0.7  # of the radius of a gap: sites planted in it, and how far others keep off
_IN_GAP = 3  # of them the last is too small: nearest is not best
LEAST_M2 = 1_000.0  # of a site for a library
BUILDABLE = ("제1종일반주거지역", "제2종일반주거지역", "준주거지역", "일반상업지역")


def _to_gap(terrain: Terrain, x: Array, y: Array) -> tuple[Array, Array]:
    """Which gap of libraries is nearest to each point (-1: there is none), and how far in parts of its radius."""
    gaps = [gap for gap in terrain.gaps if "library" in gap.kinds]
    if not gaps:
        return np.full(len(x), -1), np.full(len(x), np.inf)
    far = np.array([np.hypot(x - gap.x, y - gap.y) / gap.radius_m for gap in gaps])
    return far.argmin(axis=0), far.min(axis=0)


def public_land(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
    """Three sites in the middle of every gap of libraries, the others well away from it."""
    lots = on_cover("시가지", "밭", "풀밭", "논", "숲")(terrain, kind, rng, 60 * count)
    gap, far = _to_gap(terrain, lots.x, lots.y)
    inner = [rows[drawn(rng, np.ones(len(rows)), _IN_GAP)] for each in range(int(gap.max(initial=-1)) + 1)
             for rows in [np.flatnonzero((gap == each) & (far < _NEAR))]]  # fmt: skip
    own = np.concatenate([*inner, np.zeros(0, np.int64)]).astype(np.int64)
    others = np.flatnonzero(far > _FAR)
    others = others[drawn(rng, np.ones(len(others)), max(count - len(own), 0))]
    return lots.take(np.concatenate([own, others]))


def candidate(rows: Rows) -> Mapping[str, Column]:
    gap, far = _to_gap(rows.terrain, rows.sites.x, rows.sites.y)
    planted = far < _NEAR
    small = np.zeros(len(rows), bool)
    for each in np.unique(gap[planted]).tolist():
        small[np.flatnonzero(planted & (gap == each))[-1:]] = True
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
