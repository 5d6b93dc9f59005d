"""The attacker: what can be worked out of suppressed cells from everything that is public.

He knows which atoms each cell sums, every published value, and that no atom is below zero. For any sum of atoms
he finds the least and the greatest value it can have: two linear programmes (HiGHS). A table is protected where
for each sensitive cell both programmes leave the room that it needs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from madang.messages import MadangError
from madang.release.space import Bools, Floats, Ints

TOLERANCE = 1e-6
_LARGE = 3_000  # free atoms from which tables near the known one are tried first
_SHORT, _BATCH, _TRIES = 128, 150, 3  # atoms of a short sum, needs tried together, rounds


@dataclass(frozen=True)
class Known:
    """What is public about a block of atoms: `sums` (cells x atoms) and what they come to, in `values`."""

    sums: sp.csr_array
    values: Floats


@dataclass(frozen=True)
class Needs:
    """Sums of atoms that must stay unknown: each must be able to be as low as `low` and as high as `high`."""

    sums: sp.csr_array
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Open:
    """Which needs are not met: `up` (cannot be as high as it should), `down` (cannot be as low).

    `perhaps_up` and `perhaps_down` were not asked to the end, where the search was stopped early.
    """

    up: Ints
    down: Ints
    perhaps_up: Ints
    perhaps_down: Ints

    @property
    def any(self) -> bool:
        return bool(len(self.up) or len(self.down))


@dataclass(frozen=True)
class Reduced:
    """What is left to be guessed after what follows at once: atoms that are fixed are out."""

    free: Ints
    fixed: Floats  # of every atom; 0 where free
    sums: sp.csr_array  # published sums over free atoms
    values: Floats
    point: Floats | None = None  # a table that fits, over free atoms


def reduced(known: Known, point: Floats | None = None) -> Reduced:
    """Fix what follows without a programme: sums of nothing, sums of one atom. Raises MadangError("release_disagree")."""
    sums = known.sums.tocsr()
    free = np.ones(sums.shape[1], bool)
    fixed = np.zeros(sums.shape[1])
    left = known.values.astype(float).copy()
    columns = sums.tocsc()
    while True:
        count = sums @ free.astype(float)
        zero = (np.abs(left) <= TOLERANCE) & (count > 0)
        single = (count == 1) & ~zero
        if not zero.any() and not single.any():
            break
        if (left[count > 0] < -TOLERANCE).any():
            raise MadangError("release_disagree")
        gone = (sums[np.flatnonzero(zero)].sum(axis=0) > 0) & free
        free &= ~gone
        for row in np.flatnonzero(single):
            atoms = sums.indices[sums.indptr[row] : sums.indptr[row + 1]]
            atoms = atoms[free[atoms]]
            if len(atoms) == 1:  # not fixed by another row of this round
                atom = int(atoms[0])
                fixed[atom], free[atom] = left[row], False
                rows = columns.indices[columns.indptr[atom] : columns.indptr[atom + 1]]
                left[rows] -= fixed[atom]
    count = sums @ free.astype(float)
    if (np.abs(left[count == 0]) > TOLERANCE * np.maximum(1, np.abs(known.values[count == 0]))).any():
        raise MadangError("release_disagree")
    at = np.flatnonzero(free)
    rows = np.flatnonzero(count > 0)
    return Reduced(at, fixed, sums[rows][:, at], left[rows], None if point is None else point[at])


def open_needs(
    known: Known, needs: Needs, *, point: Floats | None = None, seed: int = 0, enough: int = 0
) -> Open:
    """The needs that are not met. Exact: each is met by a table that the attacker cannot rule out, or a programme
    of its own shows that there is none.

    `point` is a table that fits everything (the true one, where it is known to the finest): in large blocks tables
    that differ from it in a few places only are tried first. With `enough` the search in a direction stops when so
    many were asked alone and not met. Raises MadangError("release_disagree") where no
    table fits what is public.
    """
    left = reduced(known, point)
    sums, base = needs.sums[:, left.free], needs.sums @ left.fixed
    up, perhaps_up = _unmet(_Side(left, sums, needs.high - base, 1), seed, enough)
    down, perhaps_down = _unmet(_Side(left, sums, needs.low - base, -1), seed, enough)
    return Open(up, down, perhaps_up, perhaps_down)


@dataclass(frozen=True)
class _Side:
    """One direction of all needs: `sums` of free atoms must be able to come to `want`, or beyond it in `sign`."""

    left: Reduced
    sums: sp.csr_array
    want: Floats
    sign: int

    def met(self, table: Floats, which: Ints) -> Bools:
        room: Bools = self.sign * (self.sums[which] @ table - self.want[which]) >= -TOLERANCE
        return room

    def plain(self) -> tuple[Ints, Ints]:
        """Needs that cannot be met for all to see (nothing is free, a sum is too small), and those to be asked."""
        nothing_free = np.diff(self.sums.indptr) == 0
        if self.sign < 0:
            never = self.want < -TOLERANCE
        else:
            never = nothing_free & (self.want > TOLERANCE) | (self._ceiling() < self.want - TOLERANCE)
        return np.flatnonzero(never), np.flatnonzero(~never & ~nothing_free & np.isfinite(self.want))

    def _ceiling(self) -> Floats:
        """No atom is above the least published sum that it is part of."""
        least = np.full(self.left.sums.shape[1], np.inf)
        row = np.repeat(np.arange(len(self.left.values)), np.diff(self.left.sums.indptr))
        np.minimum.at(least, self.left.sums.indices, self.left.values[row])
        bound = np.zeros(self.sums.shape[0])
        of = np.repeat(np.arange(self.sums.shape[0]), np.diff(self.sums.indptr))
        np.add.at(bound, of, least[self.sums.indices])
        return bound


def _unmet(side: _Side, seed: int, enough: int) -> tuple[Ints, Ints]:
    """Needs that no table meets in one direction, and those left unasked when `enough` were found. One table meets
    many; a need that none has met is asked alone."""
    random = np.random.default_rng(seed)
    never, waiting = side.plain()
    unmet = never.tolist()
    if side.left.point is not None and len(side.left.free) > _LARGE:
        waiting = _nearby(side, waiting, random)
    alone = 0
    while len(waiting) and not 0 < enough <= alone:
        tried = random.permutation(waiting)[: max(1, (len(waiting) + 1) // 2)]
        met = side.met(_table(side, tried), waiting)
        if not met[np.isin(waiting, tried)].any():  # in each other's way, perhaps: one is asked alone
            one = tried[:1]
            met |= side.met(_table(side, one), waiting) if len(tried) > 1 else False
            if not met[waiting == one[0]].all():
                unmet.append(int(one[0]))
                alone += 1
                met |= waiting == one[0]
        waiting = waiting[~met]
    return np.array(sorted(unmet), np.int64), waiting


def _nearby(side: _Side, waiting: Ints, random: np.random.Generator) -> Ints:
    """Those that no table met that differs from the known one only near some of them."""
    for _ in range(_TRIES):
        left: list[Ints] = []
        order = random.permutation(waiting)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            others = random.integers(
                0, side.sums.shape[0], max(0, _BATCH - len(batch))
            )  # somebody to exchange with
            region = near(side.left.sums, side.sums[np.concatenate([batch, others])])
            met = side.met(_table(side, batch, region), batch)
            left.append(batch[~met])
        waiting = np.concatenate(left) if left else waiting
        if not len(waiting):
            break
    return waiting


def near(sums: sp.csr_array, wanted: sp.csr_array) -> Ints:
    """The atoms that stand in a short sum together with an atom of `wanted`."""
    short = np.diff(sums.indptr) <= _SHORT
    touched = np.zeros(sums.shape[1])
    touched[wanted.indices] = 1
    rows = np.flatnonzero(short & ((sums @ touched) > 0))
    touched[sums[rows].indices] = 1
    return np.flatnonzero(touched)


def _table(side: _Side, which: Ints, region: Ints | None = None) -> Floats:
    """A table that fits everything published and brings these needs as near to what they want as can be; outside
    of `region` it is the one that is known."""
    left, sign = side.left, side.sign
    at = np.arange(len(left.free)) if region is None else region
    fits, goal = left.sums[:, at], left.values
    start = np.zeros(len(left.free)) if left.point is None else left.point.copy()
    if region is not None:
        rows = np.flatnonzero(np.diff(fits.indptr))
        fits, goal = fits[rows], fits[rows] @ start[at]
        start[at] = 0
        want = side.want[which] - side.sums[which] @ start
    else:
        want = side.want[which]
    sums, asked = side.sums[which][:, at], len(which)
    slack = sp.eye_array(asked, format="csr")
    cost = np.concatenate([np.zeros(len(at)), np.full(asked, -float(sign))])
    bounds = np.zeros((len(cost), 2))
    bounds[:, 1] = np.inf
    if sign > 0:  # t <= sum, t <= want; the sum of t as great as can be
        upper, ceiling = sp.hstack([-sums, slack]), np.zeros(asked)
        bounds[len(at) :, 0], bounds[len(at) :, 1] = -np.inf, want
    else:  # sum - t <= want, t >= 0; the sum of t as small as can be
        upper, ceiling = sp.hstack([sums, -slack]), want
    equal = sp.hstack([fits, sp.csr_array((fits.shape[0], asked))])
    result = linprog(
        cost, A_ub=upper.tocsr(), b_ub=ceiling, A_eq=equal.tocsr(), b_eq=goal, bounds=bounds, method="highs"
    )
    if not result.success:
        raise MadangError("release_disagree")
    start[at] = result.x[: len(at)]
    return start


def bounds(known: Known, sums: sp.csr_array) -> tuple[Floats, Floats]:
    """The least and the greatest value that each of `sums` can have (inf where there is no end)."""
    left = reduced(known)
    free, base = sums[:, left.free], sums @ left.fixed
    low, high = np.zeros(sums.shape[0]), np.full(sums.shape[0], np.inf)
    for number in range(sums.shape[0]):
        row = free[[number]].toarray().ravel()
        for sign, found in ((1, low), (-1, high)):
            result = linprog(sign * row, A_eq=left.sums, b_eq=left.values, method="highs")
            if result.status not in (0, 3):
                raise MadangError("release_disagree")
            found[number] = base[number] + (sign * result.fun if result.status == 0 else np.inf)
    return low, high


def blocks(sums: sp.csr_array) -> Ints:
    """To which block each atom belongs: atoms of different blocks stand in no sum together."""
    first, second = sums.indices[:-1], sums.indices[1:]
    row = np.repeat(np.arange(sums.shape[0]), np.diff(sums.indptr))
    same = row[:-1] == row[1:]  # a chain through the atoms of each sum
    atoms = sums.shape[1]
    chain = sp.csr_array((np.ones(same.sum()), (first[same], second[same])), shape=(atoms, atoms))
    _, block = connected_components(chain, directed=False)
    return np.asarray(block, np.int64)
