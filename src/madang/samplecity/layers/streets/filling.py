"""Which lots are built on, and what stands there: the more homes and jobs the ground has, the more buildings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import COVERS, Ground
from madang.samplecity.layers.streets.complexes import Towers, towers
from madang.samplecity.layers.streets.lots import Lots, joined
from madang.samplecity.layers.streets.model import USES
from madang.samplecity.layers.streets.named import Named
from madang.samplecity.layers.streets.network import Web
from madang.samplecity.words import words

HOUSE, VILLA, APARTMENT, SHOP, OFFICE, FACTORY, PUBLIC, FARM = range(len(USES))
BUILDINGS, SHOPS, OFFICES, FACTORIES = 45_000, 8_400, 1_500, 1_100  # at scale 1
# people in a residential building that is no tower, and the shares of villas and of farm houses
_HOMES = {
    "old": (7.0, 0.14, 0.0), "housing": (8.6, 0.34, 0.0), "apartments": (11.0, 0.5, 0.0), "industry": (8.0, 0.4, 0.0),
    "riverside": (8.0, 0.3, 0.0), "hill": (6.0, 0.2, 0.03), "farm": (2.9, 0.03, 0.72),
}  # fmt: skip
TOWERS_SHARE = 0.92  # of the people of a 행정동 of apartments live in towers


@dataclass
class Filled:
    """Lots that are built on. `complex_` is the number of an apartment complex, -1 elsewhere."""

    lots: Lots
    use: Array
    name: list[str]
    block: list[str]
    complex_: Array
    opened: Array  # whether it stands only since the second delivery


def chosen(rng: np.random.Generator, weight: Array, group: Array, many: Array) -> Array:
    """`many[g]` members of each group g, by weight, without putting back; members of weight 0 never."""
    draw = np.where(weight > 0, np.log(np.maximum(weight, 1e-30)) + rng.gumbel(size=len(weight)), -np.inf)
    order = np.lexsort((-draw, group))
    sorted_group = group[order]
    starts = (
        np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]]) if len(group) else np.empty(0, int)
    )
    place = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    found = np.zeros(len(group), bool)
    found[order] = place < many[sorted_group]
    return found & (weight > 0)


def filled(city: City, ground: Ground, web: Web, named: Named, all_lots: Lots) -> Filled:
    rng = city.rng("streets.filling")
    high = towers(ground, web, named, rng)
    free = ~np.isin(all_lots.block, np.unique(high.lots.block)) | (all_lots.rank < 3)
    free &= ~_near(all_lots, high.lots, 26.0)
    around = all_lots.take(free)
    use, names = _uses(city, ground, around, rng)
    built = use >= 0
    low = around.take(built)
    names = [name for name, keep in zip(names, built.tolist(), strict=True) if keep]
    return _together(low, use[built], names, high, rng)


def _together(low: Lots, use: Array, names: list[str], high: Towers, rng: np.random.Generator) -> Filled:
    """The new complex comes last, so that the buildings of the first delivery are a head of all; within a 행정동 in the
    order of some ledger, which is none in space."""
    lots = joined([low, high.lots])
    whole = Filled(
        lots=lots,
        use=np.r_[use, np.full(len(high.lots), APARTMENT)],
        name=names + high.name,
        block=[""] * len(low) + high.block,
        complex_=np.r_[np.full(len(low), -1), high.complex_],
        opened=np.r_[np.zeros(len(low), bool), high.opened],
    )
    order = np.lexsort((rng.random(len(lots)), lots.dong, whole.opened))
    return Filled(
        lots.take(order), whole.use[order], [whole.name[at] for at in order], [whole.block[at] for at in order],
        whole.complex_[order], whole.opened[order],
    )  # fmt: skip


def _near(one: Lots, other: Lots, metres: float) -> Array:
    found = np.zeros(len(one), bool)
    if len(other):
        tree = shapely.STRtree(shapely.points(other.x, other.y))
        hit, _ = tree.query(shapely.points(one.x, one.y), predicate="dwithin", distance=metres)
        found[hit] = True
    return found


def _uses(city: City, ground: Ground, around: Lots, rng: np.random.Generator) -> tuple[Array, list[str]]:
    """The use of each lot, -1 where nothing stands, and the names of public buildings."""
    row, column = ground.grid.cells(around.x, around.y)
    homes, jobs = ground.homes[row, column].astype(float), ground.jobs[row, column].astype(float)
    use = np.full(len(around), -1)
    names = _public(city, ground, around, homes, use)
    kinds, dongs = np.array(ground.dongs.kind), len(ground.dongs)
    room = np.bincount(around.dong, minlength=dongs)
    of_jobs = np.bincount(ground.dong[ground.dong >= 0], ground.jobs[ground.dong >= 0], dongs)
    industrial = (ground.cover[row, column] == COVERS.index("공업지")) & (kinds == "industry")[around.dong]

    def place(number: int, many: Array, weight: Array) -> None:
        use[chosen(rng, np.where(use < 0, weight, 0.0), around.dong, many)] = number

    in_industry = np.where(kinds == "industry", 1.0, 0.0) * ground.dongs.people
    factories = _shared(
        city.setting.count(FACTORIES),
        in_industry,
        np.bincount(around.dong[industrial], minlength=dongs) * 0.8,
    )
    place(FACTORY, factories, industrial * 1.0)
    wide = np.array([0.0, 2.2, 5.0, 0.45])[around.rank]
    place(
        OFFICE,
        _shared(city.setting.count(OFFICES), of_jobs, 0.08 * room),
        jobs * np.array([0, 6.0, 2.0, 0.1])[around.rank] + 1e-9,
    )
    place(SHOP, _shared(city.setting.count(SHOPS), of_jobs**0.8, 0.3 * room), jobs**1.2 * wide + 1e-9)
    left = city.setting.count(BUILDINGS) - int((use >= 0).sum()) - _tower_count(ground)
    per = np.array([_HOMES[kind][0] for kind in kinds])
    people = ground.dongs.people * np.where(kinds == "apartments", 1 - TOWERS_SHARE, 1.0)
    wanted = np.maximum(people / per, 1.0)
    free = np.bincount(around.dong[use < 0], minlength=dongs)
    residential = np.minimum(np.maximum(_shared(left, wanted, 0.93 * free), 1), free)
    place(HOUSE, residential, homes + 1e-9)
    _nobody_homeless(use, around.dong, dongs)
    living = use == HOUSE
    villa = np.array([_HOMES[kind][1] for kind in kinds])[around.dong]
    farm = np.array([_HOMES[kind][2] for kind in kinds])[around.dong]
    draw = rng.random(len(around))
    use[living & (draw < villa)] = VILLA
    use[living & (draw > 1 - farm)] = FARM
    return use, names


def _nobody_homeless(use: Array, dong: Array, dongs: int) -> None:
    """A 행정동 of few lots has a house at least: the last of its shops or factories. Writes `use`."""
    for number in np.flatnonzero(np.bincount(dong[use == HOUSE], minlength=dongs) == 0).tolist():
        others = np.flatnonzero((dong == number) & (use != PUBLIC))
        use[others[-2:]] = HOUSE


def _tower_count(ground: Ground) -> int:
    of_towers = np.array([kind == "apartments" for kind in ground.dongs.kind])
    return round(float(ground.dongs.people[of_towers].sum()) * TOWERS_SHARE / 2.5 / 90)


def _shared(total: float, weight: Array, most: Array) -> Array:
    """A total shared by weight, none above its `most`; what is cut off goes to the others."""
    share = np.zeros(len(weight))
    weight = np.asarray(weight, float)
    for _ in range(6):
        open_ = share < most - 1e-9
        rest = total - share.sum()
        if rest <= 0 or not (weight[open_] > 0).any():
            break
        share = np.minimum(share + np.where(open_, weight, 0) * rest / weight[open_].sum(), most)
    found: Array = np.floor(share + 0.5).astype(np.int64)
    return np.minimum(found, np.floor(most).astype(np.int64))


def _public(city: City, ground: Ground, around: Lots, homes: Array, use: Array) -> list[str]:
    """Public buildings and landmarks: each at the free lot nearest to where it should be. Writes `use`."""
    rng = city.rng("streets.public")
    said = words("streets")
    names = [""] * len(around)
    for number in range(len(ground.dongs)):
        at = np.flatnonzero(around.dong == number)
        if not len(at):
            continue
        stem = ground.dongs.name[number].removesuffix("동")
        centre = (
            np.average(around.x[at], weights=homes[at] + 1e-12),
            np.average(around.y[at], weights=homes[at] + 1e-12),
        )
        wanted = [(f"{ground.dongs.name[number]} {said['office']}", *centre)]
        for kind in said["public"]:
            expected = ground.dongs.people[number] / kind["people"]
            many = int(expected) + int(rng.random() < expected % 1)
            near = rng.choice(at, many, p=(homes[at] + 1e-12) / (homes[at] + 1e-12).sum())
            for serial, lot in enumerate(near, 1):
                plain = f"{stem}{kind['name']}" if many == 1 else f"{stem}제{serial}{kind['name']}"
                wanted.append((plain, float(around.x[lot]), float(around.y[lot])))
        for mark in ground.landmarks.values():
            if mark.dong == number and mark.kind in _LANDMARKS:
                wanted.insert(0, (mark.name, mark.x, mark.y))
        for name, x, y in wanted[: max(1, len(at) // 4)]:
            free = at[use[at] < 0]
            nearest = free[np.argmin(np.hypot(around.x[free] - x, around.y[free] - y))]
            use[nearest], names[nearest] = PUBLIC, name
    return names


_LANDMARKS = ("market", "station", "office", "industry", "hospital", "library", "terminal", "farm")
