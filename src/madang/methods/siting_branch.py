"""Branch and bound over Lagrangian prices: one candidate open, the same candidate closed, each with its own bound.

Each branch starts from the prices of the one before, and settles candidates of its own, so trees stay small even where
the linear relaxation leaves a gap (Beasley, "A note on solving large p-median problems", EJOR 21, 1985).
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np

from madang.methods.siting_dual import LISTED, Dual, Known, climb
from madang.methods.siting_swap import Floats, Mask, Sites

_STEPS, _MEMORY = 25, 0.05  # steps of each branch; how fast it forgets which candidates its steps took
_SEARCH, _SELDOM = 16, 8  # branches between two interchanges, at first; later this share of those before


class Searched(Known, Protocol):
    """The best solution known, and where new ones are shown to it."""

    def offer(self, sites: Sites) -> None: ...
    def improve(self, sites: Sites, alive: Sites | None = None) -> None: ...


Branch = tuple[float, int, Sites, Mask, Floats, Floats, Floats]


def branched(root: Dual, search: Searched, remaining: Callable[[float], float]) -> float:
    """The bound when nothing better is left, or time is up. Memory: prices (8 bytes a point) for each open branch.

    `remaining(bound)`: the seconds it may go on where it has proven this bound.
    """
    order, following = itertools.count(), _SEARCH
    half = np.full(len(root.alive), 0.5)
    open_branches: list[Branch] = [
        (root.bound, next(order), np.arange(len(root.alive)), root.fixed, root.price, root.floor_price, half)
    ]
    while open_branches and open_branches[0][0] <= search.target and remaining(open_branches[0][0]) > 0:
        bound, _, alive, fixed, price, floor_price, taken = heapq.heappop(open_branches)
        split = int(np.where(fixed, np.inf, np.abs(taken - 0.5)).argmin())
        for opened in (True, False):
            rest, held = alive, fixed.copy()
            if opened:
                held[split] = True
            else:
                rest, held = np.delete(alive, split), np.delete(held, split)
            if held.sum() == root.number:
                rest, held = rest[held], held[held]
            if len(rest) == root.number:
                search.offer(root.alive[rest])
                continue
            dual, often = _explored(root, rest, held, price, floor_price, search, partial(remaining, bound))
            left = rest[dual.alive]
            if len(left) == root.number:
                search.offer(root.alive[left])
                continue
            number = next(order)
            if number >= following:
                following = number + max(_SEARCH, number // _SELDOM)
                best = np.argsort(-np.where(dual.fixed, np.inf, often[dual.alive]))[: root.number]
                search.improve(np.sort(root.alive[left[best]]), root.alive)
            value = max(bound, dual.bound)
            if value <= search.target:
                kept = (dual.fixed, dual.price, dual.floor_price, often[dual.alive])
                heapq.heappush(open_branches, (value, number, left, *kept))
    if open_branches and open_branches[0][0] <= search.target:
        return open_branches[0][0]
    return search.target


def _explored(
    root: Dual,
    rest: Sites,
    held: Mask,
    price: Floats,
    floor_price: Floats,
    search: Searched,
    remaining: Callable[[], float],
) -> tuple[Dual, Floats]:
    """The branch after its steps, and how often they took each of its candidates lately."""
    floor = None if root.floor is None else root.floor.only(rest)
    dual = Dual(root.costs[rest], root.number, held, price.copy(), floor, steps=LISTED)
    if floor is not None:
        dual.floor_price = floor_price.copy()
    often = np.zeros(len(rest))

    def visit(sites: Sites, value: float) -> None:
        often[:] *= 1 - _MEMORY
        often[sites] += _MEMORY

    climb(dual, search, _STEPS, visit, lambda: remaining() <= 0)
    return dual, often
