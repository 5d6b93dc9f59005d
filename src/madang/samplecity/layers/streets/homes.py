"""What buildings are like: homes, storeys, areas, age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.filling import (
    APARTMENT,
    FACTORY,
    FARM,
    HOUSE,
    OFFICE,
    PUBLIC,
    SHOP,
    VILLA,
    Filled,
)
from madang.samplecity.words import words

HOUSEHOLD_SIZE = {
    "old": 1.85,
    "housing": 2.05,
    "apartments": 2.55,
    "industry": 1.8,
    "riverside": 2.1,
    "hill": 2.2,
    "farm": 2.0,
}
# first and last year of building by kind of the 행정동, and the share that was built anew later
_YEARS = {"old": (1960, 1990, 0.12), "housing": (1978, 2004, 0.22), "apartments": (2008, 2023, 0.0), "industry": (1986, 2010, 0.2),
          "riverside": (1974, 2002, 0.2), "hill": (1968, 1998, 0.12), "farm": (1958, 1996, 0.2)}  # fmt: skip


@dataclass
class Bodies:
    floors: Array
    footprint_m2: Array
    floor_area_m2: Array
    households: Array
    opened: Array  # datetime64[D]


def bodies(ground: Ground, what: Filled, days: tuple[date, date], rng: np.random.Generator) -> Bodies:
    households = _households(ground, what, rng)
    floors = _floors(what.use, households, rng)
    footprint = _footprint(what.use, households, floors, rng)
    share = rng.uniform(0.93, 1.0, len(floors))
    return Bodies(
        floors, footprint, np.round(footprint * floors * share, 2), households, _opened(ground, what, days, rng)
    )  # fmt: skip


def _households(ground: Ground, what: Filled, rng: np.random.Generator) -> Array:
    """As many homes in each 행정동 as its people need; buildings of the second delivery come on top."""
    use, dong = what.use, what.lots.dong
    raw = np.zeros(len(use))
    for number, (low, high) in {
        HOUSE: (1.0, 3.4),
        VILLA: (5.0, 12.0),
        APARTMENT: (70.0, 110.0),
        FARM: (1.0, 1.6),
    }.items():
        on = use == number
        raw[on] = rng.uniform(low, high, int(on.sum()))
    lived_over = (use == SHOP) & (rng.random(len(use)) < 0.22)
    raw[lived_over] = rng.uniform(1, 3, int(lived_over.sum()))
    new = what.opened
    wanted = ground.dongs.people / np.array([HOUSEHOLD_SIZE[kind] for kind in ground.dongs.kind])
    total = np.bincount(dong[~new], raw[~new], len(wanted))
    exact = raw * np.where(new, 1.0, (wanted / np.maximum(total, 1e-9))[dong])
    least = np.where(raw > 0, 1, 0)
    found = np.maximum(np.floor(exact), least).astype(np.int64)
    missing = np.round(wanted).astype(np.int64) - np.bincount(dong[~new], found[~new], len(wanted)).astype(
        np.int64
    )
    return _evened(found, exact, np.where(new, -1, dong), missing)


def _evened(found: Array, exact: Array, dong: Array, missing: Array) -> Array:
    """Homes added to (or taken from) the buildings that are furthest off, until none is missing in any 행정동."""
    found = found.copy()
    for _ in range(200):
        can = (dong >= 0) & (exact > 0) & ((missing[dong] > 0) | ((missing[dong] < 0) & (found > 1)))
        if not can.any():
            break
        off = np.where(missing[dong] > 0, exact - found, found - exact)
        at = np.flatnonzero(can)
        order = at[np.lexsort((-off[at], dong[at]))]
        group = dong[order]
        starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
        moved = order[place < np.abs(missing[group])]
        step = np.sign(missing[dong[moved]])
        found[moved] += step
        missing = missing - np.bincount(dong[moved], step, len(missing)).astype(np.int64)
    return found


def _floors(use: Array, households: Array, rng: np.random.Generator) -> Array:
    def drawn(number: int, low: int, high: int) -> Array:
        return rng.integers(low, high + 1, int((use == number).sum()))

    floors = np.ones(len(use), np.int64)
    for number, low, high in (
        (HOUSE, 1, 3),
        (SHOP, 1, 5),
        (OFFICE, 3, 14),
        (FACTORY, 1, 3),
        (PUBLIC, 1, 5),
        (FARM, 1, 2),
    ):
        floors[use == number] = drawn(number, low, high)
    villa, tower = use == VILLA, use == APARTMENT
    floors[villa] = np.clip(np.ceil(households[villa] / 2.6), 3, 5)
    floors[tower] = np.clip(np.ceil(households[tower] / rng.integers(3, 6, int(tower.sum()))), 8, 38)
    floors[(use == HOUSE) & (households >= 3)] = np.maximum(floors[(use == HOUSE) & (households >= 3)], 2)
    return floors


def _footprint(use: Array, households: Array, floors: Array, rng: np.random.Generator) -> Array:
    ranges = {HOUSE: (62, 128), VILLA: (120, 230), SHOP: (70, 260), OFFICE: (220, 900), FACTORY: (420, 3600), PUBLIC: (160, 1400),
              FARM: (70, 140), APARTMENT: (420, 640)}  # fmt: skip
    found = np.zeros(len(use))
    for number, (low, high) in ranges.items():
        on = use == number
        found[on] = low * (high / low) ** rng.random(int(on.sum()))
    lived = np.isin(use, (VILLA, APARTMENT, HOUSE))
    least = households * np.where(use == APARTMENT, 95.0, np.where(use == VILLA, 58.0, 34.0)) / floors
    return np.round(np.where(lived, np.maximum(found, least), found), 2)


def _of_complexes(what: Filled, now: int, rng: np.random.Generator) -> Array:
    """The year in which each complex opened: in the three years after its 행정동 began to be built."""
    lore = words("city")["dongs"]
    ago = np.array([each.get("opened_years_ago", 0) for each in lore])
    shared = what.complex_ >= 0
    dong = np.zeros(what.complex_.max(initial=0) + 1, np.int64)
    dong[what.complex_[shared]] = what.lots.dong[shared] % len(lore)
    some = rng.uniform(2008.2, 2023.9, len(dong))
    return np.where(ago[dong] > 0, now - ago[dong] + 0.2 + 3.0 * rng.random(len(dong)), some)


def _opened(ground: Ground, what: Filled, days: tuple[date, date], rng: np.random.Generator) -> Array:
    kinds = np.array(ground.dongs.kind)[what.lots.dong]
    year = np.zeros(len(kinds))
    for kind, (low, high, anew) in _YEARS.items():
        on = np.flatnonzero(kinds == kind)
        draw = rng.triangular(low, (2 * low + high) / 3 + 4, high, len(on))
        year[on] = np.where(rng.random(len(on)) < anew, rng.uniform(high, 2025.6, len(on)), draw)
    shared = what.complex_ >= 0  # a complex opens as a whole
    year[shared] = _of_complexes(what, days[1].year, rng)[what.complex_[shared]]
    first = np.datetime64("1950-01-01", "D")
    found = first + ((year - 1950) * 365.25).astype(np.int64)
    found = np.minimum(found, np.datetime64(days[0], "D") - 20)
    late = np.datetime64(days[0], "D") + 9
    found[what.opened] = late
    weekend = (found.astype(np.int64) + 3) % 7 >= 5
    result: Array = found - np.where(weekend, 2, 0)
    return result
