"""Covering: the fewest sites that reach everybody (LSCP), for all demand points by few of them.

Toregas, Swain, ReVelle & Bergman, Operations Research 19 (1971). A covering of some demand points is sought, then those
whom it misses are added, until it misses nobody: some hundred of ten thousand points decide (as Contardo, Iori &
Kramer, "A scalable exact algorithm for the vertex p-center problem", Computers & Operations Research 103, 2019). Of these a
point that is reached whenever another is, and a candidate that reaches no more than another does, are left out (Toregas &
ReVelle, "Binary logic solutions to a class of location problem", Geographical Analysis 5, 1973).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from madang.methods.siting_dual import Floor
from madang.methods.siting_programme import Answer, Programme, all_closed
from madang.methods.siting_swap import Floats, Ints, Mask, Sites

_EPSILON = 1e-6
_MORE = 40  # points by chance that are added with those that matter most


@dataclass(frozen=True)
class Covering:
    """`sites` is None where none was found; `fewest`: no covering has fewer sites (inf: there is none)."""

    sites: Sites | None
    fewest: float


def missed(within: Mask, sites: Sites | Mask) -> Mask:
    """The points that none of `sites` reaches."""
    found: Mask = np.logical_not(within[sites].any(axis=0))
    return found


class Deciding:
    """The demand points that decided so far; what decides for one reach mostly decides for the next."""

    def __init__(self, within: Mask, fixed: Mask, floor: Floor | None) -> None:
        self.fixed, self.floor = fixed, floor
        self.points: Ints = np.zeros(0, np.int64)
        self.part = fixed.astype(np.float64)  # how far each candidate was opened last
        self.rng = np.random.default_rng(0)
        self.add(missed(within, fixed), within)

    def add(self, missing: Mask, within: Mask) -> None:
        """Of the points in `missing` those that the fewest candidates reach, no two of which share a candidate, and some."""
        left = np.flatnonzero(missing)
        more = self.rng.choice(left, min(_MORE, len(left)), replace=False)
        left = left[np.argsort(within[:, left].sum(axis=0), kind="stable")]
        new = more.tolist()
        while len(left):
            new.append(int(left[0]))
            left = left[~within[within[:, left[0]]][:, left].any(axis=0)]
        self.points = np.unique(np.append(self.points, np.array(new, np.int64)))

    def fractions(self, within: Mask, most: float, remaining: Callable[[], float]) -> float:
        """How many sites it takes at least, by opening sites in part, or more than `most`; inf: nothing meets the floor."""
        fewest = float(self.fixed.sum())
        while remaining() > 0 and fewest <= most:
            answer = self._solved(within, np.inf, remaining(), relaxed=True)
            if answer.infeasible:
                return np.inf
            if answer.values is None:
                break
            fewest = max(fewest, float(np.ceil(answer.bound - _EPSILON)))
            part = self.part = np.clip(answer.values[: len(within)], 0, 1)
            missing = part[part > 0] @ within[part > 0].astype(np.float64) < 1 - 1e-4
            if not missing.any():
                break
            self.add(missing, within)
        return fewest

    def whole(self, within: Mask, most: float, seconds: float) -> Answer:
        """The fewest whole sites for the points that decide, `most` at most."""
        return self._solved(within, most, seconds, relaxed=False)

    def _solved(self, within: Mask, most: float, seconds: float, relaxed: bool) -> Answer:
        """Columns: all candidates (what was left out stays closed), then those of the floor."""
        number = len(within)
        upper = np.ones(number)
        rows = within[:, self.points[~within[self.fixed][:, self.points].any(axis=0)]]
        rows, usable = _reduced(rows, self.fixed, self.floor is None and not relaxed, 1 if relaxed else 4)
        upper[~usable] = 0
        programme = Programme(np.ones(number), np.ones(number, dtype=bool), self.fixed.astype(float), upper)
        point, candidate = np.nonzero(rows.T)
        programme.add(point, candidate, 1.0, np.ones(rows.shape[1]), np.full(rows.shape[1], np.inf))
        add_floor(programme, self.floor)
        programme.add(np.zeros(number), np.arange(number), 1.0, self.fixed.sum(), min(most, number))
        enough = most + 0.5 if np.isfinite(most) else -np.inf
        return programme.solve(seconds, relaxed=relaxed, enough=enough)


def _reduced(rows: Mask, fixed: Mask, columns: bool, rounds: int) -> tuple[Mask, Mask]:
    """The rows (candidates x points) that imply the others, and the candidates worth opening for them."""
    usable = np.ones(len(rows), dtype=bool)
    for _ in range(rounds):
        size = rows.shape
        if columns:
            inside = rows[usable]
            dominated = _contained(inside) & ~fixed[usable]
            usable[np.flatnonzero(usable)[dominated]] = False
            rows = rows & usable[:, None]
        implied = _contained(~rows.T)
        rows = rows[:, ~implied]
        if rows.shape == size:
            break
    return rows, usable | fixed


def _contained(sets: Mask) -> Mask:
    """Which rows of `sets` lie within another row; of equal ones the first does not."""
    told = sets.astype(np.float32)
    size = told.sum(axis=1)
    inside = told @ told.T >= size[:, None] - 0.5
    equal = inside & inside.T
    first = np.triu(equal, 1).any(axis=0)
    found: Mask = (inside & ~equal).any(axis=1) | first
    return found


def cover(
    within: Mask,
    fixed: Mask,
    floor: Floor | None,
    remaining: Callable[[], float],
    most: float = np.inf,
    deciding: Deciding | None = None,
) -> Covering:
    """The fewest candidates, `fixed` ones among them, that reach every demand point of `within` and meet `floor`.

    `within`: candidates x demand, every column with at least one candidate. `most`: a covering of so many sites is
    enough, any beyond is none. `deciding` is kept from one question to the next.
    """
    held = deciding if deciding is not None else Deciding(within, fixed, floor)
    fewest = held.fractions(within, most, remaining)
    best = _completed(within, fixed, fixed) if floor is None else None
    while fewest <= most and remaining() > 0:
        if best is not None and best.sum() <= (fewest if np.isinf(most) else most):
            break
        answer = held.whole(within, most, remaining())
        if answer.infeasible:
            return Covering(None, np.inf)
        fewest = max(fewest, np.ceil(answer.bound - _EPSILON))
        if answer.values is None:
            break
        chosen = answer.values[: len(within)] > 0.5
        missing = missed(within, chosen)
        completed = _completed(within, chosen, fixed) if missing.any() else chosen
        if best is None or completed.sum() < best.sum():
            best = completed
        held.add(missing, within)
    if fewest > most:
        return Covering(None, np.inf)
    sites = None if best is None or best.sum() > most else np.flatnonzero(best)
    return Covering(sites, fewest)


def _completed(within: Mask, chosen: Mask, fixed: Mask) -> Mask:
    """`chosen` and each time the candidate that reaches most of those not reached; then those that are spare go."""
    chosen = chosen.copy()
    missing = missed(within, chosen)
    while missing.any():
        best = int((within[:, missing]).sum(axis=1).argmax())
        chosen[best] = True
        missing &= ~within[best]
    return chosen


def add_floor(programme: Programme, floor: Floor | None) -> None:
    """Rows and columns for the least weight within reach of every area; the first columns are the candidates."""
    if floor is None:
        return
    known = np.flatnonzero((floor.area >= 0) & (floor.weight > 0))
    area = floor.area[known].astype(np.int64)
    kind, chosen, row, candidate = all_closed(floor.within[:, known], area)
    weight = np.bincount(kind, floor.weight[known], minlength=len(chosen))
    columns = len(programme.cost) + np.arange(len(chosen))
    extend(programme, np.zeros(len(chosen)))
    size = len(chosen)
    programme.add(
        np.concatenate((np.arange(size), row)),
        np.concatenate((columns, candidate)),
        1.0,
        np.ones(size),
        np.full(size, np.inf),
    )
    whole = np.bincount(area, floor.weight[known], minlength=len(floor.needed))
    areas = len(floor.needed)
    slack = (whole - floor.needed) * (1 + 1e-9)
    programme.add(area[chosen], columns, weight, np.full(areas, -np.inf), slack)


def extend(programme: Programme, cost: Floats) -> None:
    """More continuous columns from 0 up."""
    more = len(cost)
    programme.cost = np.concatenate((programme.cost, cost))
    programme.integer = np.concatenate((programme.integer, np.zeros(more, dtype=bool)))
    programme.lower = np.concatenate((programme.lower, np.zeros(more)))
    programme.upper = np.concatenate((programme.upper, np.full(more, np.inf)))
