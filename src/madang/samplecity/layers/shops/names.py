"""What shops are called, their telephones, and the numbers of their licences."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import SIDO_CODE, Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.model import Lives
from madang.samplecity.layers.shops.trades import kinds, trades
from madang.samplecity.words import words

_BRANDED = 0.16  # shops of a kind with brands that have one
_PLAIN = ("meal", "grill", "fish", "snack", "chicken", "food", "ricecake")  # kinds that boast of their age


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


def names_of(city: City, what: str, kind: Array, dong: Array) -> tuple[list[str], list[str]]:
    """Names and branches: own names made of two or three parts, and brands with the name of a place."""
    rng, parts = city.rng(f"shops.names.{what}"), words("shops_names")
    last = [parts["words"][each.words] for each in kinds()]
    brands = [parts["brands"].get(each.words, []) for each in kinds()]
    stems = [name.removesuffix("동").rstrip("0123456789") for name in city.get(Ground).dongs.name]
    drawn = rng.integers(0, 2**31, (5, len(kind))).tolist()
    chance = rng.random((2, len(kind))).tolist()
    fronts, blends, branches, prefixes = (parts[key] for key in ("fronts", "blends", "branches", "prefixes"))
    words_of = [each.words for each in kinds()]
    names, where = [], []
    for k, d, a, b, c, e, f, p, q in zip(kind.tolist(), dong.tolist(), *drawn, *chance, strict=True):
        if p < _BRANDED and brands[k]:
            names.append(brands[k][a % len(brands[k])])
            where.append(f"{stems[d]}점" if q < 0.7 else branches[b % len(branches)])
            continue
        front = fronts[a % len(fronts)]
        if q < 0.16:
            front = stems[d]
        elif q < 0.34:
            front = blends[b % len(blends)]
        elif q < 0.38 and e % len(fronts) != a % len(fronts):
            front = f"{front}{fronts[e % len(fronts)]}"
        elif q < 0.44 and words_of[k] in _PLAIN:
            front = f"{prefixes[f % len(prefixes)]}{front}"
        elif q < 0.48:
            front = f"{front}네"
        names.append(f"{front}{last[k][c % len(last[k])]}")
        where.append("")
    return names, where


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
