"""Maximal covering (MCLP; Church & ReVelle 1974) to proof: the linear relaxation, which is nearly whole, and what it leaves.

Demand points that the same candidates reach are one. The relaxation is solved by an interior point; its prices bound
every choice, say where to look for good ones, and settle most candidates (Cordeau, Furini & Ljubić, "Benders
decomposition for very large scale partial set covering and maximal covering location problems", EJOR 275, 2019, on how
near the relaxation is). What is left open is a small programme.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from madang.methods.siting_cover import add_floor
from madang.methods.siting_dual import Floor
from madang.methods.siting_programme import Programme, all_closed
from madang.methods.siting_swap import Floats, Mask, Sites, greedy, interchange, summed

_TURNS = 4  # of solving the relaxation over what is left open
_TRIES = 8  # roundings of the relaxation that are improved by interchange
_PROVEN = 5e-7


@dataclass(frozen=True)
class Reached:
    """`sites` is None where none was found; `bound` of the weight that any choice can reach."""

    sites: Sites | None
    weight: float
    bound: float
    impossible: bool = False


class _Search:
    """The best choice known of `number` candidates, and which candidates are still `alive` or `held` open.

    `within`: candidates x kinds of points that no fixed site reaches, each kind of `weight`.
    """

    def __init__(self, within: Mask, weight: Floats, number: int, fixed: Mask, floor: Floor | None) -> None:
        reached = within[fixed].any(axis=0)
        able = np.flatnonzero(~reached & within.any(axis=0) & (weight > 0))
        kind, chosen, _, _ = all_closed(within[:, able], np.zeros(len(able), np.int64))
        self.base = float(weight[reached].sum())
        self.within, self.weight = within[:, able[chosen]], summed(kind, weight[able], len(chosen))
        self.number, self.floor = number, floor
        self.held, self.alive = fixed.copy(), np.arange(len(within))
        self.least = 1 - 1e-6 if bool((weight == np.rint(weight)).all()) else 0.0
        self.sites: Sites | None = None
        self.missed = np.inf

    @property
    def whole(self) -> float:
        return float(self.weight.sum())

    @property
    def target(self) -> float:
        """Missing more than this is no better: weights that are whole differ by one."""
        if self.sites is None:
            return np.inf
        return self.missed - max(self.least, _PROVEN * (self.base + self.whole - self.missed))

    def offer(self, sites: Sites) -> None:
        missed = float(self.weight[~self.within[sites].any(axis=0)].sum())
        if missed < self.missed and (self.floor is None or self.floor.met(sites)):
            self.sites, self.missed = np.sort(sites), missed

    def improve(self, sites: Sites) -> None:
        """Interchange from `sites` among the candidates still alive."""
        self.offer(sites)
        costs = np.where(self.within[self.alive], 0.0, self.weight)
        found, _ = interchange(costs, np.searchsorted(self.alive, np.sort(sites)), self.held[self.alive])
        self.offer(self.alive[found])

    def programme(self) -> Programme:
        """Columns: the candidates alive, then what is missed of each kind; least missed weight."""
        opened = self.within[self.held].any(axis=0)
        within, weight = self.within[self.alive][:, ~opened], self.weight[~opened]
        kind, chosen, row, candidate = all_closed(within, np.zeros(len(weight), np.int64))
        number, size = len(self.alive), len(chosen)
        programme = Programme(
            np.concatenate((np.zeros(number), summed(kind, weight, size))),
            np.arange(number + size) < number,
            np.concatenate((self.held[self.alive].astype(float), np.zeros(size))),
            np.ones(number + size),
        )
        programme.add(
            np.concatenate((row, np.arange(size))),
            np.concatenate((candidate, number + np.arange(size))),
            1.0,
            np.ones(size),
            np.full(size, np.inf),
        )
        add_floor(programme, None if self.floor is None else self.floor.only(self.alive))
        programme.upper[:] = 1.0
        programme.add(np.zeros(number), np.arange(number), 1.0, self.number, self.number)
        return programme

    def settle(self, bound: float, reduced: Floats) -> None:
        """Close and hold candidates by what it would cost to do otherwise."""
        closed = (bound + reduced > self.target) & ~self.held[self.alive]
        self.held[self.alive[bound - reduced > self.target]] = True
        self.alive = self.alive[~closed]

    def start(self, programme: Programme) -> Floats | None:
        """The best choice as HiGHS is to start from it; None where one of its sites was settled as closed."""
        if self.sites is None or self.floor is not None or not np.isin(self.sites, self.alive).all():
            return None
        values = np.zeros(len(programme.cost))
        number = len(self.alive)
        values[:number] = np.isin(self.alive, self.sites)
        row, column, _ = programme.rows[0]
        candidates = column < number
        reached = summed(row[candidates], values[column[candidates]], len(values) - number)
        values[number:] = reached == 0
        return values


def most_reached(
    within: Mask,
    weight: Floats,
    number: int,
    fixed: Mask,
    floor: Floor | None,
    remaining: Callable[[], float],
    progress: Callable[[int, int, str], None],
) -> Reached:
    """The `number` candidates, the `fixed` among them, that reach most. `within`: candidates x demand.

    Memory: eight times `within` as numbers.
    """
    search = _Search(within, weight, number, fixed, floor)
    search.improve(greedy(np.where(search.within, 0.0, search.weight), number, fixed))
    bound, rng = 0.0, np.random.default_rng(0)
    for turn in range(_TURNS):
        if bound > search.target or remaining() <= 0 or len(search.alive) <= number:
            break
        progress(turn, _TURNS + 1, "bound")
        before = search.missed
        told = search.programme().prices(remaining())
        if told.infeasible:
            bound = np.inf
            break
        bound = max(bound, told.bound)
        if told.values is None:
            break
        part, reduced = told.values[: len(search.alive)], told.reduced[: len(search.alive)]
        _rounded(search, part, rng, remaining)
        search.settle(told.bound, reduced)
        if search.missed == before:
            break
    if bound <= search.target and remaining() > 0:
        progress(_TURNS, _TURNS + 1, "proof")
        programme = search.programme()
        answer = programme.solve(remaining(), search.start(programme))
        if answer.values is not None:
            search.offer(search.alive[answer.values[: len(search.alive)] > 0.5])
        bound = np.inf if answer.infeasible else max(bound, answer.bound)
    if search.sites is None:
        return Reached(None, 0.0, search.base + search.whole - bound, impossible=bool(np.isinf(bound)))
    missed = search.missed if bound > search.target else bound
    return Reached(
        search.sites, search.base + search.whole - search.missed, search.base + search.whole - missed
    )


def _rounded(search: _Search, part: Floats, rng: np.random.Generator, remaining: Callable[[], float]) -> None:
    """Choices near to `part`, the fractions of the candidates alive, each improved."""
    seen: set[bytes] = set()
    alive, number = search.alive, search.number
    for turn in range(_TRIES):
        if remaining() <= 0:
            return
        noise = rng.random(len(alive)) * (0.5 if turn else 0.0)
        liked = np.where(search.held[alive], 2.0, part * (1 - noise))
        sites = np.sort(alive[np.argsort(-liked, kind="stable")[:number]])
        if sites.tobytes() not in seen:
            seen.add(sites.tobytes())
            search.improve(sites)
