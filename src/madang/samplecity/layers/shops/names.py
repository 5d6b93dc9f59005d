"""What shops are called, their telephones, and the numbers of their licences."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import numpy as np

from madang.samplecity.city import SIDO_CODE, Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.model import Lives
from madang.samplecity.layers.shops.trades import kinds, trades
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.words import words

_BRANDED = 0.16  # shops of a kind with brands that would have one
_CHAIN = 14  # shops of a chain at a time in a 자치구
_NEAR_M = 350.0  # a branch is called after a landmark so near
_KNOWN = ("market", "station", "office", "industry", "hospital", "library", "terminal", "park", "shopping")
_OF_PLACE, _HOMELY = 0.14, 0.14  # shares of names with a place, with a boast or a person in front
_TRIES = 4  # names thought of for each shop: it takes one that few others have


def kinds_of(city: City, trade: Array) -> Array:
    """A kind for each shop of a trade."""
    rng = city.rng("shops.kinds")
    number = np.array([kind.trade for kind in kinds()])
    edges = np.cumsum([kind.share for kind in kinds()])
    first = np.searchsorted(number, np.arange(len(trades())))
    low = np.concatenate([[0.0], edges])[first][trade]
    at = np.searchsorted(edges, low + rng.random(len(trade)) * (1 - 1e-9), side="right")
    found: Array = np.clip(at, first[trade], np.append(first[1:], len(number))[trade] - 1)
    return found


def names_of(city: City, what: str, kind: Array, dong: Array) -> list[str]:
    """Own names: what stands in front and the word of the trade, two parts and no more."""
    rng, parts = city.rng(f"shops.names.{what}"), words("shops_names")
    of = [each.words for each in kinds()]
    fronts = [[parts[name] for name in parts["fronts_of"].get(each, ["fronts"])] for each in of]
    homely = [[parts[name] for name in ("boasts", "homes") if each in parts["homely"][name]] for each in of]
    stems = _stems(city)
    drawn = rng.integers(0, 2**31, (_TRIES, 4, len(kind)))
    chance = rng.random((_TRIES, len(kind)))
    used: Counter[tuple[int, str]] = Counter()  # in each 자치구
    district = city.get(Ground).dongs.district[dong].tolist()
    found = []
    for row, (k, d, gu) in enumerate(zip(kind.tolist(), dong.tolist(), district, strict=True)):
        tries = []
        for (a, b, c, _), p in zip(drawn[:, :, row].tolist(), chance[:, row].tolist(), strict=True):
            pool = fronts[k][b % len(fronts[k])]
            if p < _OF_PLACE:
                front = stems[d]
            else:
                pool = homely[k][b % len(homely[k])] if p < _OF_PLACE + _HOMELY and homely[k] else pool
                front = pool[a % len(pool)]
            last = parts["words"][of[k]]
            tries.append(_put(front, last[c % len(last)]))
        name = min(tries, key=lambda each: used[gu, each])  # the first of those that are rarest
        used[gu, name] += 1
        found.append(name)
    return found


def _put(front: str, last: str) -> str:
    """Both parts as one word, without what would be said twice."""
    if last.startswith(front):
        return last
    return f"{front}{last}"


def _stems(city: City) -> list[str]:
    return [re.sub(r"\d*동$", "", name) for name in city.get(Ground).dongs.name]


def branded(city: City, kind: Array, lives: Lives, building: Array) -> tuple[list[str], list[str]]:
    """Brands and their branches, "" for shops of their own: a chain has only so many at a time in a 자치구, no two
    branches of a chain were ever called the same."""
    rng, brands = city.rng("shops.brands"), words("shops_names")["brands"]
    of = [brands.get(each.words, []) for each in kinds()]
    wish, which = rng.random(len(kind)), rng.integers(0, 2**31, (2, len(kind)))
    opened = lives.opened.astype(np.int64)
    gone = np.where(np.isnat(lives.ended), np.iinfo(np.int64).max, lives.ended.astype(np.int64))
    most = min(_CHAIN, city.setting.count(_CHAIN, 2))
    living: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    taken: set[tuple[str, str]] = set()
    district = city.get(Ground).dongs.district[lives.dong].tolist()
    names, branches = [""] * len(kind), [""] * len(kind)
    for row in np.flatnonzero(wish < _BRANDED).tolist():
        chains = of[kind[row]]
        if not chains:
            continue
        chain = chains[int(which[0, row]) % len(chains)]
        there = living[chain, district[row]] = [
            day for day in living[chain, district[row]] if day > opened[row]
        ]
        spots = _spots(city, int(lives.dong[row]), int(building[row])) if len(there) < most else []
        free = [spot for spot in spots if (chain, spot) not in taken]
        if free:
            branch = free[int(which[1, row]) % len(free)]
            taken.add((chain, branch))
            there.append(int(gone[row]))
            names[row], branches[row] = chain, branch
    return names, branches


def _spots(city: City, dong: int, building: int) -> list[str]:
    """What a branch at a building may be called: by its 동, its road, what everybody knows nearby."""
    ground, streets = city.get(Ground), city.get(Streets)
    houses = streets.buildings
    road = re.sub(r"\d+번?길$", "", streets.roads.name[int(houses.road[building])])
    near = [
        mark.name for mark in ground.landmarks.values()
        if np.hypot(mark.x - houses.x[building], mark.y - houses.y[building]) < _NEAR_M and mark.kind in _KNOWN
    ]  # fmt: skip
    legal = ground.legal.name[int(houses.legal[building])].removesuffix("동")
    spots = [ground.dongs.name[dong].removesuffix("동"), _stems(city)[dong], legal, *near, road]
    return [f"{spot}점" for spot in dict.fromkeys(spots)]


def phones_of(city: City, count: int) -> list[str]:
    """Telephones with an exchange that no place has; as in the registers some are absent."""
    rng = city.rng("shops.phones")
    prefix = words("city")["phone"]
    exchange, line = rng.integers(10, 100, count).tolist(), rng.integers(0, 10_000, count).tolist()
    absent = rng.random(count) < 0.28
    return [
        "" if none else f"{prefix}{a:02d}-{b if b else 1:04d}"
        for none, a, b in zip(absent.tolist(), exchange, line, strict=True)
    ]


def authorities(city: City) -> list[str]:
    """개방자치단체코드 of each 자치구."""
    return [f"{SIDO_CODE}{code[2:]}00" for code in city.get(Ground).districts.code]


def numbers_of(city: City, lives: Lives) -> list[str]:
    """관리번호: authority, task, year and a number that counts up within them; "" without licence."""
    ground = city.get(Ground)
    every = authorities(city)
    district = ground.dongs.district[lives.dong]
    year = lives.opened.astype("datetime64[Y]").astype(np.int64) + 1970
    key = (lives.trade * 1000 + district) * 10_000 + year
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    rank = np.empty(len(key), np.int64)
    rank[order] = np.arange(len(key)) - np.repeat(starts, np.diff(np.append(starts, len(key)))) + 1
    tasks = [(trade.number, trade.form) for trade in trades()]
    return [
        _number(every[d], tasks[t][0], tasks[t][1], y, r)
        for t, d, y, r in zip(lives.trade.tolist(), district.tolist(), year.tolist(), rank.tolist(), strict=True)
    ]  # fmt: skip


def _number(authority: str, task: str, form: str, year: int, rank: int) -> str:
    if not task:
        return ""
    if form == "plain":
        return f"{authority}{task}{year}{rank:04d}"
    if task.startswith("PH"):
        return f"{task}1{authority[:6]}{year}{rank:04d}"
    return f"{authority}-{task}-{year}-{rank:05d}"
