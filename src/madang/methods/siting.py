"""Where to put new sites: five classical models under one form, each with its bound.

Every function takes a matrix of distances (demand points x candidates; float32 or float64; metres or minutes; inf where
there is no way; see `travel`) and returns a `Siting`. Existing sites stay open and are never counted as new ones. An
`EquityFloor` asks a least covered share of every area. All work on one thread; memory is a few times that of the matrix
in float64 (10,000 x 500: 0.3 GB).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from madang.messages import MadangError
from madang.methods import siting_centre, siting_cover, siting_evidence
from madang.methods.siting_capacity import shared
from madang.methods.siting_median import median
from madang.methods.siting_question import EquityFloor, Question, question
from madang.methods.siting_reach import most_reached
from madang.methods.siting_result import Choice, Clock, Siting, answer
from madang.methods.siting_swap import Sites

__all__ = ["EquityFloor", "Siting", "capacitated_p_median", "lscp", "mclp", "p_center", "p_median"]

Progress = Callable[[int, int, str], None]


def _quiet(done: int, whole: int, what: str) -> None:
    """Nobody watches."""


def p_median(
    distance: ArrayLike,
    weight: ArrayLike | None,
    new_sites: int,
    *,
    existing: ArrayLike | None = None,
    floor: EquityFloor | None = None,
    unserved: float | None = None,
    seconds: float = 60,
    progress: Progress = _quiet,
    clock: Clock = time.perf_counter,
) -> Siting:
    """The sites that make the summed weight x distance to the nearest one least (Hakimi 1964; ReVelle & Swain 1970).

    `unserved`: the distance charged for a point that some candidate reaches but no chosen one; by default twice the
    longest finite distance. Stops after `seconds` with the gap told.
    Raises MadangError: siting_number, siting_floor_unmet, and those of `siting_question.question`.
    """
    began = clock()
    asked = question(distance, weight, existing, floor)
    number = _number(asked, new_sites)
    finite = np.isfinite(asked.distance)
    longest = float(asked.distance.max(initial=0, where=finite))
    charge = 2 * longest if unserved is None else float(unserved)
    costs = asked.distance.astype(np.float64)
    costs[~finite] = charge
    costs *= asked.weight
    found = median(costs, number, asked.fixed, asked.floor, _left(began, seconds, clock), progress)
    sites = _found(found.sites, found.impossible)
    cells = costs[sites]
    return answer(
        "p_median",
        asked,
        Choice(sites, cells, siting_evidence.remove_one(cells), found.cost, found.bound),
        began,
        clock,
    )


def mclp(
    distance: ArrayLike,
    weight: ArrayLike | None,
    reach: float,
    new_sites: int,
    *,
    existing: ArrayLike | None = None,
    floor: EquityFloor | None = None,
    seconds: float = 60,
    progress: Progress = _quiet,
    clock: Clock = time.perf_counter,
) -> Siting:
    """The sites that bring most weight within `reach` (Church & ReVelle 1974). Errors as `p_median`."""
    began = clock()
    asked = question(distance, weight, existing, floor)
    number = _number(asked, new_sites)
    within = asked.distance <= reach
    left = _left(began, seconds, clock)
    found = most_reached(within, asked.weight, number, asked.fixed, asked.floor, left, progress)
    sites = _found(found.sites, found.impossible)
    missed = np.where(within[sites], 0.0, asked.weight)
    marginal = siting_evidence.remove_one(missed) if len(sites) > 1 else np.array([found.weight])
    choice = Choice(sites, missed, marginal, found.weight, found.bound, reach)
    return answer("mclp", asked, choice, began, clock)


def lscp(
    distance: ArrayLike,
    weight: ArrayLike | None,
    reach: float,
    *,
    existing: ArrayLike | None = None,
    floor: EquityFloor | None = None,
    seconds: float = 60,
    progress: Progress = _quiet,
    clock: Clock = time.perf_counter,
) -> Siting:
    """The fewest sites that bring everybody within `reach` whom any candidate can (Toregas et al. 1971).

    `weight` counts people in the evidence only. The objective counts existing sites too.
    Raises MadangError: siting_no_time where not even one covering was found, and those of `question`.
    """
    began = clock()
    asked = question(distance, weight, existing, floor)
    progress(0, 1, "proof")
    within = asked.distance <= reach
    found = siting_cover.cover(
        within[:, within.any(axis=0)], asked.fixed, asked.floor, _left(began, seconds, clock)
    )
    sites = _found(found.sites)
    outside = np.where(within[sites], 0.0, asked.weight)
    marginal = siting_evidence.remove_one(outside)
    if len(sites) == 1:
        marginal = np.array([float(asked.weight[within[sites[0]]].sum())])
    choice = Choice(sites, outside, marginal, float(len(sites)), found.fewest, reach)
    return answer("lscp", asked, choice, began, clock)


def p_center(
    distance: ArrayLike,
    weight: ArrayLike | None,
    new_sites: int,
    *,
    existing: ArrayLike | None = None,
    floor: EquityFloor | None = None,
    seconds: float = 60,
    progress: Progress = _quiet,
    clock: Clock = time.perf_counter,
) -> Siting:
    """The sites that make the farthest way to the nearest one shortest (Hakimi 1964; Minieka 1970).

    Points without weight do not count, other weights only in the evidence. Raises MadangError:
    siting_centre_impossible where so few sites cannot reach all whom some candidate reaches; else as `p_median`.
    """
    began = clock()
    asked = question(distance, weight, existing, floor)
    number = _number(asked, new_sites)
    of_somebody = asked.weight > 0
    people = asked.distance[:, of_somebody].astype(np.float64)
    kept = asked.floor if asked.floor is None else asked.floor.of(of_somebody)
    found = siting_centre.centre(people, number, asked.fixed, kept, _left(began, seconds, clock), progress)
    if np.isinf(found.bound):
        raise MadangError("siting_centre_impossible", number=number)
    sites = _found(found.sites)
    finite = np.isfinite(people)
    worth = np.where(finite, people, 10 * people.max(initial=1, where=finite))[sites]
    marginal = siting_evidence.farthest_without(people[sites])
    choice = Choice(sites, worth, marginal, found.farthest, found.bound)
    return answer("p_center", asked, choice, began, clock)


def capacitated_p_median(
    distance: ArrayLike,
    weight: ArrayLike,
    capacity: ArrayLike,
    new_sites: int,
    *,
    existing: ArrayLike | None = None,
    floor: EquityFloor | None = None,
    split: bool = False,
    seconds: float = 60,
    progress: Progress = _quiet,
    clock: Clock = time.perf_counter,
) -> Siting:
    """As `p_median`, where each site serves at most its `capacity` (of weight), and everybody reachable is served.

    A point goes to one site whole, or with `split` to several (`assignment` names the largest part; `distance` is to
    it). Proven up to 150,000 pairs; above, each point is offered its nearest candidates and the bound is that without
    capacities. `marginal` is what the ways would grow by without a site if its points found room next door.
    Raises MadangError: siting_capacity, siting_capacity_short, siting_no_time; else as `p_median`.
    """
    began = clock()
    asked = question(distance, weight, existing, floor)
    number = _number(asked, new_sites)
    room = np.asarray(capacity, dtype=np.float64)
    if room.shape != asked.fixed.shape or np.isnan(room).any() or (room < 0).any():
        raise MadangError("siting_capacity", candidates=len(asked.fixed))
    people = asked.weight > 0
    cells = asked.distance[:, people].astype(np.float64)
    kept = asked.floor if asked.floor is None or people.all() else asked.floor.of(people)
    left = _left(began, seconds, clock)
    room = np.minimum(room, asked.weight.sum())
    most = room[asked.fixed].sum() + np.sort(room[~asked.fixed])[::-1][: number - asked.fixed.sum()].sum()
    if most < asked.weight.sum() * (1 - 1e-9):
        raise MadangError("siting_capacity_short", room=float(most), people=float(asked.weight.sum()))
    found = shared(cells, asked.weight[people], room, number, asked.fixed, kept, split, seconds)
    if found.infeasible:
        raise MadangError("siting_capacity_short", room=float(most), people=float(asked.weight.sum()))
    bound = found.bound
    if not np.isfinite(bound):
        loose = np.where(np.isfinite(cells), cells, 2 * cells.max(initial=1, where=np.isfinite(cells)))
        bound = median(loose * asked.weight[people], number, asked.fixed, kept, left, progress).bound
    sites = _found(found.sites)
    finite = np.where(np.isfinite(cells), cells, 2 * cells.max(initial=1, where=np.isfinite(cells)))
    ways = (finite * asked.weight[people])[sites]
    served = np.full(len(people), -1, dtype=np.int64)
    served[people] = found.served
    marginal = siting_evidence.remove_one(ways)
    return answer(
        "capacitated_p_median",
        asked,
        Choice(sites, ways, marginal, found.cost, bound, served=served),
        began,
        clock,
    )


def _number(asked: Question, new_sites: int) -> int:
    """Sites in all. Raises MadangError (siting_number) where there are not so many candidates, or none to open."""
    number = int(asked.fixed.sum()) + new_sites
    if new_sites < 0 or number < 1 or number > len(asked.fixed):
        raise MadangError("siting_number", number=new_sites, candidates=int((~asked.fixed).sum()))
    return number


def _found(sites: Sites | None, impossible: bool = False) -> Sites:
    """Raises MadangError: siting_floor_unmet where it is proven that nothing does, siting_no_time where it is not."""
    if sites is None:
        raise MadangError("siting_floor_unmet" if impossible else "siting_no_time")
    return np.sort(sites)


def _left(began: float, seconds: float, clock: Clock) -> Callable[[], float]:
    return lambda: seconds - (clock() - began)
