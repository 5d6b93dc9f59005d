"""The p-center: the shortest reach that p sites can hold, by coverings at distances that close in on it.

Minieka, SIAM Review 12 (1970); first with sites opened in part, which is fast and mostly near the answer (Elloumi, Labbé
& Pochet, INFORMS Journal on Computing 16, 2004), then whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from madang.methods.siting_cover import Covering, Deciding, cover, missed
from madang.methods.siting_dual import Floor
from madang.methods.siting_swap import Floats, Mask, Sites, interchange

_ROUNDS = 6  # of adding points that an exchange missed
_STARTS = 6


@dataclass(frozen=True)
class Centre:
    """The chosen sites (None: p sites cannot reach everybody), the farthest distance and what it cannot fall below."""

    sites: Sites | None
    farthest: float
    bound: float


def centre(
    distance: Floats,
    number: int,
    fixed: Mask,
    floor: Floor | None,
    remaining: Callable[[], float],
    progress: Callable[[int, int, str], None],
) -> Centre:
    """`distance`: candidates x demand, inf where unreachable, every column with a finite one. Memory: twice `distance`."""
    search = _Search(distance, number, fixed, floor, remaining, progress)
    if not search.in_part():
        return Centre(None, np.inf, np.inf)
    search.by_exchange()
    search.whole()
    if search.low == len(search.values):
        return Centre(None, np.inf, np.inf)
    return Centre(search.best, search.farthest, float(search.values[search.low]))


class _Search:
    """The answer is one of `values[low … high]`; `high` is what `best` holds, past the end where nothing is known."""

    def __init__(
        self,
        distance: Floats,
        number: int,
        fixed: Mask,
        floor: Floor | None,
        remaining: Callable[[], float],
        progress: Callable[[int, int, str], None],
    ) -> None:
        self.distance, self.number, self.fixed, self.floor = distance, number, fixed, floor
        self.remaining, self.progress = remaining, progress
        self.best: Sites | None = None
        self.farthest = np.inf
        self.start = _farthest_first(distance, number, fixed)
        reached = float(distance[self.start].min(axis=0).max())
        shortest = float(distance.min(axis=0).max())
        usable = np.isfinite(distance) & (distance >= shortest) & (distance <= reached)
        self.values = np.unique(
            distance[usable if floor is None else np.isfinite(distance) & (distance >= shortest)]
        )
        self.low, self.high = 0, len(self.values)
        self.offer(self.start)
        self.deciding = Deciding(distance <= self.values[0], fixed, floor)

    def offer(self, sites: Sites) -> bool:
        """Whether `sites` are better than what was known."""
        reached = float(self.distance[sites].min(axis=0).max())
        if reached >= self.farthest or (self.floor is not None and not self.floor.met(sites)):
            return False
        self.best, self.farthest = sites, reached
        self.high = int(np.searchsorted(self.values, reached))
        return True

    def tell(self) -> None:
        self.progress(len(self.values) - (self.high - self.low), len(self.values), "reach")

    def in_part(self) -> bool:
        """Raise `low` to what sites opened in part can hold; False where not even they hold anything."""
        high, left = self.high, self._share()
        while self.low < high and left() > 0:
            self.tell()
            middle = (self.low + high) // 2
            within = self.distance <= self.values[middle]
            if self.deciding.fractions(within, self.number, left) > self.number:
                self.low = middle + 1
            else:
                high = middle
        return self.low < len(self.values)

    def by_exchange(self) -> None:
        """Lower `high` by exchanging sites until nobody who decides is beyond a reach."""
        low, left = self.low, self._share()
        while low < self.high and left() > 0:
            self.tell()
            middle = min((low + self.high) // 2, len(self.values) - 1)
            if not any(self._exchanged(float(self.values[middle]), turn) for turn in range(_STARTS)):
                low = middle + 1

    def _exchanged(self, reach: float, turn: int) -> bool:
        """Whether a search from the best, or from sites by chance of those that were opened in part, holds `reach`."""
        sites, far = self.start if self.best is None else self.best, 10 * float(self.values[-1]) + 1
        if turn:
            chance = self.deciding.part * self.deciding.rng.random(len(self.fixed)) + self.fixed
            sites = np.sort(np.argsort(-chance, kind="stable")[: self.number])
        for _ in range(_ROUNDS):
            if self.remaining() <= 0:
                return False
            beyond = np.clip(self.distance[:, self.deciding.points] - reach, 0, far)
            sites, left = interchange(beyond, sites, self.fixed)
            self.offer(np.sort(sites))
            if self.farthest <= reach:
                return True
            within = self.distance <= reach
            missing = missed(within, sites)
            if left > 0 or not missing.any():
                return False
            self.deciding.add(missing, within)
        return False

    def whole(self) -> None:
        """Close `low` and `high` by whole coverings; where one takes too long, on the wider side of it."""
        below, above = self.high, self.low  # what took too long lies between: values[below … above - 1]
        while self.remaining() > 0 and self.low < len(self.values) and self.low < self.high:
            self.tell()
            last = len(self.values) - 1
            below, above = min(below, self.high), max(above, self.low)
            if below >= above or self.low >= below and above >= self.high:
                below, above = self.high, self.low
            sides = (self.low, below), (above, self.high)
            low, high = max(sides, key=lambda side: self.values[min(side[1], last)] - self.values[min(side)])
            middle = min((low + high) // 2, last)
            found = self._covered(float(self.values[middle]))
            if found.sites is not None:
                self.offer(_filled(found.sites, self.number, self.distance))
            elif np.isinf(found.fewest):
                self.low = middle + 1
            elif below >= above:
                below, above = middle, middle + 1
            else:
                below, above = min(below, middle), max(above, middle + 1)

    def _covered(self, reach: float) -> Covering:
        """The covering within `reach`, in a third of the time that is left."""
        within = self.distance <= reach
        return cover(within, self.fixed, self.floor, self._share(), self.number, self.deciding)

    def _share(self) -> Callable[[], float]:
        """The time until a third of what is left now has gone by."""
        end = self.remaining() * 2 / 3
        return lambda: self.remaining() - end


def _farthest_first(distance: Floats, number: int, fixed: Mask) -> Sites:
    """The `fixed` sites, then each time the candidate nearest to whom all others leave farthest (Gonzalez 1985)."""
    chosen = [int(site) for site in np.flatnonzero(fixed)]
    nearest = distance[chosen].min(axis=0, initial=np.inf)
    while len(chosen) < number:
        way = distance[:, int(nearest.argmax())].copy()
        way[chosen] = np.inf
        free = np.setdiff1d(np.arange(len(fixed)), chosen, assume_unique=True)
        chosen.append(int(way.argmin()) if np.isfinite(way).any() else int(free[0]))
        nearest = np.minimum(nearest, distance[chosen[-1]])
    return np.array(chosen, dtype=np.intp)


def _filled(sites: Sites, number: int, distance: Floats) -> Sites:
    """Sites left over go where they shorten most ways."""
    chosen = sites
    while len(chosen) < min(number, len(distance)):
        nearest = distance[chosen].min(axis=0)
        gain = np.maximum(nearest - distance, 0).sum(axis=1)
        gain[chosen] = -1
        chosen = np.append(chosen, gain.argmax())
    return chosen
