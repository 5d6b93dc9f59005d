"""The p-median to proven optimality: a good solution, a bound that settles most candidates, a programme for the rest.

First interchange (`siting_swap`), then Lagrangian prices (`siting_dual`), each showing the other where to look; what is
left open is settled by branching over prices (`siting_branch`) or by HiGHS in the radius formulation (`siting_radius`).
Any of them may end the proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from madang.methods.siting_branch import branched
from madang.methods.siting_cover import add_floor
from madang.methods.siting_dual import Dual, Floor, climb
from madang.methods.siting_programme import Programme
from madang.methods.siting_radius import Closed, closed_sets
from madang.methods.siting_swap import Floats, Ints, Mask, Sites, greedy, interchange, two_nearest

PROVEN = 1e-6  # a solution is proven where none can be better by a millionth
_STEPS, _AGAIN = 1500, 25  # steps of the dual; steps between two searches from what it takes
_MOMENT, _LITTLE = 0.01, 1e-3  # a share of the time; a share of the cost
_MOST = 0.5  # branches that leave less than this share of the gap are left to finish
_COLUMNS = 60_000  # above, HiGHS would not get past its first relaxation in a minute


@dataclass(frozen=True)
class Median:
    """`sites` is None where nothing that meets the floor was found; `impossible`: it is proven that there is nothing."""

    sites: Sites | None
    cost: float
    bound: float
    impossible: bool = False


class Search:
    """The best solution known, and what may still be better. `costs`: candidates x demand, finite."""

    def __init__(self, costs: Floats, number: int, fixed: Mask, floor: Floor | None) -> None:
        self.costs, self.number, self.fixed, self.floor = costs, number, fixed, floor
        self.whole = bool((costs == np.rint(costs)).all() and costs.max(axis=0).sum() < 2**52)
        self.sites: Sites | None = None
        self.cost = np.inf
        self.seen: set[bytes] = set()

    @property
    def target(self) -> float:
        """A bound above this leaves nothing better: costs that are whole differ by one."""
        if self.whole or np.isinf(self.cost):
            return self.cost - 1 + 1e-6
        return self.cost * (1 - PROVEN / 2)

    def offer(self, sites: Sites) -> None:
        cost = float(self.costs[sites].min(axis=0).sum())
        if cost < self.cost and (self.floor is None or self.floor.met(sites)):
            self.sites, self.cost = np.sort(sites), cost

    def improve(self, sites: Sites, alive: Sites | None = None) -> None:
        """Interchange from `sites`, among the candidates still `alive`; dearer areas until the floor is met."""
        within = np.arange(len(self.costs)) if alive is None else alive
        costs = self.costs[within] if alive is not None else self.costs
        found, _ = interchange(costs, np.searchsorted(within, sites), self.fixed[within])
        self.offer(within[found])
        if self.floor is None:
            return
        paid = np.zeros(len(self.floor.needed))
        unit = float(costs.mean()) / max(float(self.floor.weight.mean()), 1e-12) / 4
        for _ in range(14):
            short = self.floor.covered(within[found]) < self.floor.needed * (1 - 1e-9)
            if not short.any():
                return
            paid[short] = np.maximum(2 * paid[short], unit)
            bonus = np.append(paid, 0.0)[self.floor.area] * self.floor.weight
            found, _ = interchange(costs + bonus * ~self.floor.within[within], found, self.fixed[within])
            self.offer(within[found])


def median(
    costs: Floats,
    number: int,
    fixed: Mask,
    floor: Floor | None,
    remaining: Callable[[], float],
    progress: Callable[[int, int, str], None],
) -> Median:
    """The `number` candidates, the `fixed` among them, that serve all at least cost. Memory: three times `costs`."""
    search = Search(costs, number, fixed, floor)
    start = greedy(costs, number, fixed)
    search.improve(start)
    _, nearest, second = two_nearest(costs, start if search.sites is None else search.sites)
    dual = Dual(costs, number, fixed.copy(), (nearest + np.minimum(second, 2 * nearest)) / 2, floor)
    climbed(dual, search, remaining, progress)
    bound = min(dual.bound, search.cost)
    if bound < search.target and remaining() > 0:
        progress(_STEPS, _STEPS, "proof")
        bound = max(bound, min(_proof(dual, search, remaining), search.cost))
    if search.sites is None:
        return Median(None, np.inf, bound, impossible=bool(np.isinf(bound)))
    bound = search.cost if search.whole and bound >= search.target else min(bound, search.target)
    return Median(search.sites, search.cost, bound)


def _proof(dual: Dual, search: Search, remaining: Callable[[], float]) -> float:
    """HiGHS for a moment, longer where little is missing; branches for half of the time; HiGHS for the rest.

    Branches are fast where the relaxation leaves a gap, and slow where it leaves hardly any; HiGHS is the reverse.
    Branches that have closed most of the gap by then keep the rest too. With a floor it is HiGHS alone.
    """
    if dual.floor is not None:
        return settled_by_programme(dual, search, remaining)
    whole = remaining()
    first = whole * (_MOMENT if dual.bound < search.cost * (1 - _LITTLE) else 0.25)
    bound = settled_by_programme(dual, search, lambda: remaining() - whole + first)
    if bound < search.target and remaining() > 0:
        half = remaining() / 2

        def branching(proven: float) -> float:
            missing = search.cost - dual.bound
            return remaining() - (half if search.cost - proven > missing * _MOST else 0)

        bound = max(bound, branched(dual, search, branching))
    if bound < search.target and remaining() > 0:
        bound = max(bound, settled_by_programme(dual, search, remaining))
    return bound


def climbed(
    dual: Dual, search: Search, remaining: Callable[[], float], progress: Callable[[int, int, str], None]
) -> None:
    """Raise the bound, and search from what it takes whenever that is new."""
    following = [0]

    def visit(taken: Sites, value: float) -> float:
        if dual.steps % 20 == 1:
            progress(min(dual.steps, _STEPS), _STEPS, "bound")
        name = np.sort(taken).tobytes()
        if dual.steps >= following[0] and value >= dual.bound and name not in search.seen:
            search.seen.add(name)
            following[0] = dual.steps + _AGAIN
            search.improve(np.sort(taken), dual.alive)
        return search.cost

    climb(dual, search, _STEPS, visit, lambda: remaining() <= 0)


def settled_by_programme(dual: Dual, search: Search, remaining: Callable[[], float]) -> float:
    """What HiGHS proves of the candidates that are left: nothing better than this bound.

    A point's list of nearest sites ends at a cap, which makes the programme a relaxation; where its solution lies
    beyond a cap, the cap is raised and it is solved again.
    """
    best, alive = -np.inf, dual.alive
    cap = dual.price * 1.05
    if search.sites is not None:
        inside = np.flatnonzero(np.isin(alive, search.sites))
        known = two_nearest(dual.costs, inside) if len(inside) > 1 else None
        cap = np.maximum(cap, known[2]) if known is not None else np.full(len(cap), dual.costs.max())
    while remaining() > 0:
        sets = closed_sets(dual.costs, dual.fixed, np.nextafter(cap, np.inf))
        if len(sets.weight) > _COLUMNS:
            return best
        programme = radius_programme(sets, len(alive), dual.number, dual.fixed)
        add_floor(programme, dual.floor)
        answer = programme.solve(remaining(), _known(search, dual, programme, sets))
        if answer.infeasible:
            return np.inf
        best = max(best, answer.bound + sets.base)
        if answer.values is None:
            return best
        chosen = np.flatnonzero(answer.values[: len(alive)] > 0.5)
        search.offer(alive[chosen])
        paid = dual.costs[chosen].min(axis=0)
        beyond = paid > np.nextafter(cap, np.inf)
        if not beyond.any() or best >= search.target:
            return best
        cap = np.where(beyond, paid * 1.1, cap)
    return best


def radius_programme(sets: Closed, candidates: int, number: int, fixed: Mask) -> Programme:
    """Columns: the candidates, then one for each set that may all be closed."""
    size = len(sets.weight)
    columns = candidates + np.arange(size)
    chained = np.flatnonzero(sets.before >= 0)
    programme = Programme(
        np.concatenate((np.zeros(candidates), sets.weight)),
        np.arange(candidates + size) < candidates,
        np.concatenate((fixed.astype(float), np.zeros(size))),
        np.concatenate((np.ones(candidates), np.full(size, np.inf))),
    )
    if size:
        programme.add(
            np.concatenate((np.repeat(np.arange(size), np.diff(sets.starts)), np.arange(size), chained)),
            np.concatenate((sets.sites, columns, candidates + sets.before[chained])),
            np.concatenate((np.ones(len(sets.sites) + size), -np.ones(len(chained)))),
            sets.at_least,
            np.full(size, np.inf),
        )
    programme.add(np.zeros(candidates), np.arange(candidates), 1.0, number, number)
    return programme


def _known(search: Search, dual: Dual, programme: Programme, sets: Closed) -> Floats | None:
    """The best solution known, as HiGHS is to start from it; None where one of its sites was settled as closed."""
    if search.sites is None or dual.floor is not None or not np.isin(search.sites, dual.alive).all():
        return None
    values = np.zeros(len(programme.cost))
    sites = np.isin(dual.alive, search.sites)
    values[: len(sites)] = sites
    if len(sets.weight):
        opened = np.add.reduceat(sites[sets.sites].astype(np.float64), sets.starts[:-1])
        values[len(sites) :] = _closed(opened, sets.before)
    return values


def _closed(opened: Floats, before: Ints) -> Floats:
    """1 where neither the new sites of a set nor those of the sets before it are open."""
    closed = np.asarray(opened == 0, dtype=float)
    while True:
        following = np.where(before >= 0, closed * closed[before], closed)
        if (following == closed).all():
            return closed
        closed = following
