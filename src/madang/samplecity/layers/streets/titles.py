"""What the main roads are called: after a dong where they run in or beside it, by a name that suits any place elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.curves import Curve
from madang.samplecity.layers.streets.network import Web
from madang.samplecity.words import words

_IN, _ABOUT = (
    0.12,
    0.55,
)  # least share of a road in the place that names it, and in it and the dongs beside it
_BESIDE = 0.3  # what a metre beside the place counts against one in it
_SUFFIX = {1: "대로", 2: "로"}


def titles(web: Web, curves: list[Curve], used: Array, ground: Ground) -> list[str]:
    """The names of the curves `used`, in their order."""
    said = words("streets")
    banks = iter(said["banks"])
    of = {}
    for number in used.tolist():
        if curves[number].kind == "ring":
            of[number] = said["ring"]
        elif curves[number].bank:
            of[number] = next(banks)
    free = [number for number in used.tolist() if number not in of]
    of |= _placed(said["placed"], _shares(web, free, ground), free, curves, ground)
    spare = {1: more(said["avenues"]), 2: more(said["streets"])}
    return [of[number] if number in of else next(spare[curves[number].rank]) for number in used.tolist()]


def more(names: list[str]) -> Iterator[str]:
    """The names, then the same names made new by a word before them."""
    return (f"{before}{name}" for before in ("", "새", "윗", "아랫", "큰", "작은") for name in names)


def _shares(web: Web, free: list[int], ground: Ground) -> Array:
    """Shares of the length of each road (rows) in each 행정동 (columns)."""
    dong, length = ground.dongs_at(*web.middle.T), web.length
    found = np.zeros((len(free), len(ground.dongs)))
    for row, number in enumerate(free):
        on = (web.curve == number) & (dong >= 0)
        found[row] = np.bincount(dong[on], length[on], len(ground.dongs))
    share: Array = found / np.maximum(found.sum(axis=1, keepdims=True), 1e-9)
    return share


def _placed(
    placed: list[dict[str, list[str]]], share: Array, free: list[int], curves: list[Curve], ground: Ground
) -> dict[int, str]:
    """Each name that comes from a place is given to the free road of its width that runs there the most, if any does."""
    names, shapes = ground.dongs.name, ground.dongs.shape
    open_ = np.ones(len(free), bool)
    suffix = [_SUFFIX[curves[number].rank] for number in free]
    found = {}
    for each in placed:
        name = str(each["name"])
        place = np.isin(names, each["at"])
        beside = shapely.dwithin(shapes, shapely.union_all(shapes[place]), 1.0) & ~place
        inside, about = share[:, place].sum(axis=1), share[:, place | beside].sum(axis=1)
        wide = np.array([name.endswith("대로") == (each_suffix == "대로") for each_suffix in suffix], bool)
        fits = open_ & wide & (inside >= _IN) & (about >= _ABOUT)
        if fits.any():
            best = int(np.argmax(np.where(fits, inside + _BESIDE * (about - inside), -1.0)))
            found[free[best]], open_[best] = name, False
    return found


__all__ = ["more", "titles"]
