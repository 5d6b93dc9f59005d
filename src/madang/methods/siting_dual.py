"""How far from the best a p-median can be: the Lagrangian bound, and the candidates it settles.

Assignment is relaxed (Cornuejols, Fisher & Nemhauser, Management Science 23, 1977; Beasley, European Journal of
Operational Research 21, 1985): for prices `price[i]` each candidate saves `Σ max(0, price - cost)` and the best p of
them are taken, so the bound is as good as the linear relaxation. Where closing or opening a candidate would push the
bound beyond the best known cost, the candidate is settled and, if closed, leaves the problem. A minimum share of every
area within reach (equity floor) is relaxed in the same way: its price is paid to candidates within reach.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from madang.methods.siting_swap import Floats, Mask, Sites, summed

_CELLS = 1 << 15  # cells of a block: what stays in the processor's cache
_LARGE, LISTED = 1 << 20, 60  # cells and steps from which the cells below a price are listed
_PATIENCE, _SHORTER, _SHORTEST = 15, 0.7, 1e-3


@dataclass(frozen=True)
class Floor:
    """What every area must have within reach.

    `area[i]`: 0 … areas-1 of each demand point, -1 for none; `weight[i]`; `needed[a]`: weight to be within reach;
    `within`: candidates x demand.
    """

    area: NDArray[np.intp]
    weight: Floats
    needed: Floats
    within: Mask

    def covered(self, sites: Sites) -> Floats:
        """The weight within reach of `sites` by area."""
        inside = self.within[sites].any(axis=0) & (self.area >= 0)
        return summed(self.area[inside], self.weight[inside], len(self.needed))

    def met(self, sites: Sites) -> bool:
        return bool((self.covered(sites) >= self.needed * (1 - 1e-9)).all())

    def of(self, points: Mask) -> Floor:
        return Floor(self.area[points], self.weight[points], self.needed, self.within[:, points])

    def only(self, candidates: NDArray[np.intp]) -> Floor:
        return Floor(self.area, self.weight, self.needed, self.within[candidates])


@dataclass(frozen=True)
class Near:
    """The cells that can save anything while no price passes `limit`: by candidate, from `starts[j]` on."""

    points: NDArray[np.int32]
    costs: Floats
    within: Mask
    starts: NDArray[np.intp]
    limit: Floats


@dataclass
class Dual:
    """The state of the search for prices; `costs` holds the candidates that are not settled as closed."""

    costs: Floats
    number: int
    fixed: Mask
    price: Floats
    floor: Floor | None = None
    alive: Sites = field(default_factory=lambda: np.empty(0, np.intp))
    bound: float = -np.inf
    floor_price: Floats = field(default_factory=lambda: np.empty(0))
    steps: int = 0
    near: Near | None = None

    def __post_init__(self) -> None:
        self.alive = np.arange(len(self.costs))
        if self.floor is not None:
            self.floor_price = np.zeros(len(self.floor.needed))

    def saving(self) -> Floats:
        """What each candidate saves at the present prices: over all cells, or where they are many, those near."""
        bonus = self._bonus()
        if self.costs.size > _LARGE and self.steps > LISTED:
            return self._saving_near(bonus)
        kept = np.empty(len(self.costs))
        step = max(1, _CELLS // max(1, self.costs.shape[1]))
        block = np.empty((step, len(self.price)))
        for start in range(0, len(self.costs), step):
            rows = self.costs[start : start + step]
            if bonus is not None and self.floor is not None:
                rows = rows - bonus * self.floor.within[start : start + step]
            kept[start : start + step] = np.minimum(rows, self.price, out=block[: len(rows)]).sum(axis=1)
        saved: Floats = self.price.sum() - kept
        return saved

    def _saving_near(self, bonus: Floats | None) -> Floats:
        highest = self.price if bonus is None else self.price + bonus
        if self.near is None or (highest > self.near.limit).any():
            self.near = _near(self, highest)
        part = self.price[self.near.points] - self.near.costs
        if bonus is not None:
            part += bonus[self.near.points] * self.near.within
        np.maximum(part, 0, out=part)
        saved: Floats = np.add.reduceat(np.append(part, 0.0), self.near.starts[:-1])
        saved[np.diff(self.near.starts) == 0] = 0
        return saved

    def _bonus(self) -> Floats | None:
        if self.floor is None or not self.floor_price.any():
            return None
        paid = np.append(self.floor_price, 0.0)[self.floor.area]
        return paid * self.floor.weight

    def settle(self, saved: Floats, taken: Sites, value: float, target: float) -> Sites:
        """Close and fix candidates by what it would cost to do otherwise; the positions of `taken` afterwards."""
        out = np.ones(len(saved), dtype=bool)
        out[taken] = False
        loose = taken[~self.fixed[taken]]
        if not out.any() or not len(loose):
            return taken
        closed = out & (value + saved[loose].min() - saved > target)
        held = loose[value + saved[loose] - saved[out].max() > target]
        self.fixed[held] = True
        if not closed.any():
            return taken
        keep = ~closed
        self.near = None if self.near is None else _without(self.near, keep)
        self.costs, self.fixed, self.alive = self.costs[keep], self.fixed[keep], self.alive[keep]
        if self.floor is not None:
            self.floor = self.floor.only(np.flatnonzero(keep))
        return (np.cumsum(keep) - 1)[taken]


def _near(dual: Dual, highest: Floats) -> Near:
    """Some tenth of all cells where ten or more sites are open: each step looks at these alone."""
    limit = highest * 1.2 + highest.mean() * 0.2
    below = dual.costs < limit
    return Near(
        np.nonzero(below)[1].astype(np.int32),
        dual.costs[below],
        dual.floor.within[below] if dual.floor is not None else np.zeros(0, dtype=bool),
        np.concatenate(([0], np.cumsum(below.sum(axis=1)))),
        limit,
    )


def _without(near: Near, keep: Mask) -> Near:
    counts = np.diff(near.starts)
    cells = np.repeat(keep, counts)
    return Near(
        near.points[cells],
        near.costs[cells],
        near.within[cells] if len(near.within) else near.within,
        np.concatenate(([0], np.cumsum(counts[keep]))),
        near.limit,
    )


class Known(Protocol):
    """The best cost known, and the bound above which nothing better is left; both fall as better is found."""

    cost: float

    @property
    def target(self) -> float: ...


def climb(
    dual: Dual, known: Known, steps: int, visit: Callable[[Sites, float], object], stop: Callable[[], bool]
) -> None:
    """Raise `dual.bound` by subgradient steps until it passes the target, comes to rest, or `steps` are done.

    `visit(sites, value)` is shown the candidates (numbered as at the start) that each step takes, and may lower what
    is `known`.
    """
    best_price, best_floor = dual.price.copy(), dual.floor_price.copy()
    length, since, direction = 1.5, 0, np.zeros_like(dual.price)
    for _ in range(steps):
        dual.steps += 1
        saved = dual.saving()
        taken = _take(saved, dual.fixed, dual.number)
        value = float(dual.price.sum() - saved[taken].sum())
        if dual.floor is not None:
            value += float(dual.floor_price @ dual.floor.needed)
        since = 0 if value > dual.bound + 1e-7 * abs(dual.bound) else since + 1
        if value > dual.bound:
            dual.bound, best_price, best_floor = value, dual.price.copy(), dual.floor_price.copy()
        visit(dual.alive[taken], value)
        if dual.bound > known.target or stop():
            break
        taken = dual.settle(saved, taken, value, known.target)
        if since >= _PATIENCE:
            length, since = length * _SHORTER, 0
            dual.price, dual.floor_price = best_price.copy(), best_floor.copy()
            if length < _SHORTEST:
                break
            continue
        goal = known.cost if np.isfinite(known.cost) else value + 0.05 * abs(value)
        direction = _step(dual, taken, length * max(goal - value, 1e-9 * abs(goal)), direction)
    dual.price, dual.floor_price = best_price, best_floor


def _take(saved: Floats, fixed: Mask, number: int) -> Sites:
    """The fixed candidates and of the others those that save most."""
    if number >= len(saved):
        return np.arange(len(saved))
    ranked = np.where(fixed, np.inf, saved)
    return np.argpartition(-ranked, number - 1)[:number]


def _step(dual: Dual, taken: Sites, length: float, direction: Floats) -> Floats:
    """Prices go up where no taken candidate serves a point, down where several do."""
    bonus = dual._bonus()
    rows = dual.costs[taken]
    limit: Floats = dual.price
    if bonus is not None and dual.floor is not None:
        limit = dual.price + bonus * dual.floor.within[taken]
    served = rows < limit
    direction = 1 - served.sum(axis=0) + 0.3 * direction
    size = float(direction @ direction)
    lack = np.zeros(0)
    if dual.floor is not None:
        inside = (served & dual.floor.within[taken]).sum(axis=0) * dual.floor.weight
        known = dual.floor.area >= 0
        lack = dual.floor.needed - np.bincount(
            dual.floor.area[known], inside[known], minlength=len(dual.floor.needed)
        )
        scale = max(float(lack @ lack), 1e-12)
        dual.floor_price = np.maximum(dual.floor_price + length / scale * lack, 0)
    if size > 1e-6:
        dual.price = dual.price + length / size * direction
    if dual.floor is None and dual.fixed.any():  # a point never pays more than its way to a site that is open
        dual.price = np.minimum(dual.price, dual.costs[dual.fixed].min(axis=0))
    return direction
