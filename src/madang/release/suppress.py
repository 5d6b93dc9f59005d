"""Which cells to hide so that no sensitive cell can be worked out: suppress, attack, add, until the attack fails.

A linear programme asks for the cheapest table near the true one in which the cells that are still too well known
have the values they should be able to have; published cells that it had to change are hidden as well. What is
public already stays as it is: where that leaves no way, nothing is published.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from madang.messages import MadangError
from madang.release.attack import TOLERANCE, Known, Needs, Open, blocks, near, open_needs, reduced
from madang.release.space import Bools, Floats, Ints

_ROUNDS = 200
_LARGE, _BATCH = 3_000, 60  # atoms of a large block; needs that are met together
_ENOUGH = 8  # needs known to be open in a direction before more cells are hidden
_CHEAP, _WHATEVER_IT_TAKES = (
    60.0,
    1e7,
)  # what meeting one unit of a need may cost, in units of a cell of one atom


@dataclass(frozen=True)
class Cells:
    """Cells of all tables of a population. `values` are the true ones, of all cells.

    `public`: published before, in an edition that somebody may have kept; these stay known. `hidden`: not
    published. `low`, `high`: what a sensitive cell must be able to be; NaN for others. `least` is the smallest
    number of people that a group put together from published sums may show (0: no such rule).
    """

    sums: sp.csr_array
    values: Floats
    public: Bools
    hidden: Bools
    low: Floats
    high: Floats
    least: float = 0.0

    @property
    def known(self) -> Known:
        return Known(self.sums[~self.hidden], self.values[~self.hidden])

    @property
    def sensitive(self) -> Ints:
        return np.flatnonzero(~np.isnan(self.low))


def protected(cells: Cells) -> Bools:
    """Which cells are hidden in the end: those that were and those that had to be added.

    Raises MadangError: release_disagree (tables of one population contradict each other), release_unprotectable
    (what is public already gives a sensitive cell away; `cells` says how many).
    """
    once, of = _once(cells)
    hidden = once.hidden.copy()
    for block in _blocks_of(once):
        hidden[block.cells] = _protect(block.take(once))
    return hidden[of]


def exposed(cells: Cells) -> Ints:
    """The sensitive cells (and, as -1, groups put together from sums) that the attacker can work out."""
    once, of = _once(cells)
    found: set[int] = set()
    for block in _blocks_of(once):
        part = block.take(once)
        needs, owner = _needs(part)
        left = open_needs(part.known, needs, point=_point(part))
        found |= {int(block.cells[owner[i]]) if owner[i] >= 0 else -1 for i in (*left.up, *left.down)}
    hit = np.flatnonzero(np.isin(of, [each for each in found if each >= 0]) & ~np.isnan(cells.low))
    return np.concatenate([hit, [-1]]) if -1 in found else hit


# one sum, one cell ------------------------------------------------------------------------------------------


def _once(cells: Cells) -> tuple[Cells, Ints]:
    """Cells that sum the same atoms are one: public where one of them is, hidden where one has to be."""
    random = np.random.default_rng(20)
    marks = cells.sums @ random.integers(1, 1 << 26, (cells.sums.shape[1], 2)).astype(float)
    _, first, of = np.unique(marks, axis=0, return_index=True, return_inverse=True)
    of = of.ravel()
    if (np.abs(cells.values - cells.values[first][of]) > TOLERANCE).any():
        raise MadangError("release_disagree")
    count = len(first)
    public, hidden = np.zeros(count, bool), np.zeros(count, bool)
    np.logical_or.at(public, of, cells.public)
    np.logical_or.at(hidden, of, cells.hidden)
    low, high = np.full(count, np.nan), np.full(count, np.nan)
    np.fmin.at(low, of, cells.low)
    np.fmax.at(high, of, cells.high)
    once = replace(
        cells, sums=cells.sums[first], values=cells.values[first], public=public, hidden=hidden & ~public,
        low=low, high=high,
    )  # fmt: skip
    return once, of


@dataclass(frozen=True)
class _Block:
    cells: Ints
    atoms: Ints

    def take(self, whole: Cells) -> Cells:
        at = self.cells
        return replace(
            whole, sums=whole.sums[at][:, self.atoms], values=whole.values[at], public=whole.public[at],
            hidden=whole.hidden[at], low=whole.low[at], high=whole.high[at],
        )  # fmt: skip


def _blocks_of(cells: Cells) -> list[_Block]:
    """Parts of a population that no sum connects, those with something to protect (years, for one)."""
    atom_block = blocks(cells.sums)
    cell_block = atom_block[cells.sums.indices[cells.sums.indptr[:-1]]]
    wanted = np.unique(cell_block) if cells.least else np.unique(cell_block[cells.sensitive])
    by_cell, by_atom = np.argsort(cell_block, kind="stable"), np.argsort(atom_block, kind="stable")
    cell_ends, atom_ends = (
        np.searchsorted(cell_block[by_cell], wanted),
        np.searchsorted(atom_block[by_atom], wanted),
    )
    cell_stops = np.searchsorted(cell_block[by_cell], wanted, "right")
    atom_stops = np.searchsorted(atom_block[by_atom], wanted, "right")
    return [
        _Block(by_cell[a:b], by_atom[c:d])
        for a, b, c, d in zip(cell_ends, cell_stops, atom_ends, atom_stops, strict=True)
    ]


# one block --------------------------------------------------------------------------------------------------


def _needs(cells: Cells) -> tuple[Needs, Ints]:
    """What must stay unknown in a block, and whose cell it is (-1: a group that is no cell of any table)."""
    own = cells.sensitive
    sums, low, high, owner = [cells.sums[own]], [cells.low[own]], [cells.high[own]], [own]
    if cells.least:
        groups = _groups(cells)
        sums.append(sp.eye_array(cells.sums.shape[1], format="csr")[groups])
        low.append(np.full(len(groups), np.inf))  # only upwards: that it is nobody may be known
        high.append(np.full(len(groups), cells.least))
        owner.append(np.full(len(groups), -1))
    stacked = sp.vstack(sums, format="csr")
    return Needs(stacked, np.concatenate(low), np.concatenate(high)), np.concatenate(owner).astype(np.int64)


def _groups(cells: Cells) -> Ints:
    """Atoms that are no cell of a table and are not empty for all to see."""
    size = np.diff(cells.sums.indptr)
    told = cells.sums.indices[cells.sums.indptr[:-1][size == 1]]
    left = reduced(cells.known)
    asked = np.ones(cells.sums.shape[1], bool)
    asked[told] = False
    fixed = np.ones(cells.sums.shape[1], bool)
    fixed[left.free] = False
    return np.flatnonzero(asked & ~(fixed & (left.fixed <= TOLERANCE)))


def _point(cells: Cells) -> Floats | None:
    """A table that fits all cells, hidden ones too; none for small blocks, which do without."""
    if cells.sums.shape[1] <= _LARGE:
        return None
    size = np.diff(cells.sums.indptr)
    own = np.flatnonzero(size == 1)
    point = np.full(cells.sums.shape[1], np.nan)
    point[cells.sums.indices[cells.sums.indptr[own]]] = cells.values[own]
    if not np.isnan(point).any():
        return point
    nothing = np.zeros(cells.sums.shape[1])
    result = linprog(nothing, A_eq=cells.sums, b_eq=cells.values, method="highs")
    if not result.success:
        raise MadangError("release_disagree")
    found: Floats = result.x
    return found


def _protect(cells: Cells) -> Bools:
    point = _point(cells)
    for round_ in range(_ROUNDS):
        needs, _ = _needs(cells)
        left = open_needs(cells.known, needs, point=point, seed=round_, enough=_ENOUGH)
        if not left.any:
            return cells.hidden
        more = _more(cells, needs, left, point, round_)
        if not more.any():
            raise MadangError("release_unprotectable", cells=len(np.union1d(left.up, left.down)))
        cells = replace(cells, hidden=cells.hidden | more)
    raise MadangError("release_unprotectable", cells=len(np.union1d(left.up, left.down)))


def _more(cells: Cells, needs: Needs, left: Open, point: Floats | None, round_: int) -> Bools:
    """Cells to hide as well: cheaply for as many needs at once as go together, else for one at whatever cost."""
    random = np.random.default_rng(round_)
    sides = ((True, left.up, left.perhaps_up), (False, left.down, left.perhaps_down))
    for up, sure, perhaps in sides:
        which = np.concatenate([sure, perhaps]) if len(sure) else sure
        more, order = np.zeros(len(cells.values), bool), random.permutation(which)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            others = random.integers(0, needs.sums.shape[0], max(0, _BATCH - len(batch)))
            region = None if point is None else near(cells.sums, needs.sums[np.concatenate([batch, others])])
            more |= _asked(
                replace(cells, hidden=cells.hidden | more), needs, batch, up, _CHEAP, point, region
            )
        if more.any():
            return more
    up = bool(len(left.up))
    which = left.up if up else left.down
    return _asked(cells, needs, which[round_ % len(which)][None], up, _WHATEVER_IT_TAKES, point, None)


def _asked(
    cells: Cells,
    needs: Needs,
    which: Ints,
    up: bool,
    reward: float,
    point: Floats | None,
    region: Ints | None,
) -> Bools:
    """The published cells that change in the cheapest table in which these needs are met as far as can be."""
    at = np.arange(cells.sums.shape[1]) if region is None else region
    sums, goal, want = cells.sums[:, at], cells.values, (needs.high if up else needs.low)[which]
    if region is not None and point is not None:
        rest = point.copy()
        rest[at] = 0
        goal, want = sums @ point[at], want - needs.sums[which] @ rest
    shown = np.flatnonzero(~cells.hidden & (np.diff(sums.indptr) > 0))
    soft, hard = shown[~cells.public[shown]], shown[cells.public[shown]]
    mine, asked = needs.sums[which][:, at], len(which)
    parts = [sums[soft], -sp.eye_array(len(soft)), sp.eye_array(len(soft)), sp.csr_array((len(soft), asked))]
    equal = sp.hstack(parts, format="csr")
    if len(hard):
        fixed = sp.hstack([sums[hard], sp.csr_array((len(hard), 2 * len(soft) + asked))])
        equal = sp.vstack([equal, fixed], format="csr")
    aside, slack = sp.csr_array((asked, 2 * len(soft))), sp.eye_array(asked)
    bounds = np.zeros((len(at) + 2 * len(soft) + asked, 2))
    bounds[:, 1] = np.inf
    if up:
        upper, ceiling = sp.hstack([-mine, aside, slack]), np.zeros(asked)
        bounds[-asked:, 0], bounds[-asked:, 1] = -np.inf, want
    else:
        upper, ceiling = sp.hstack([mine, aside, -slack]), want
    price = _price(cells)[soft]
    cost = np.concatenate([np.zeros(len(at)), price, price, np.full(asked, -reward if up else reward)])
    result = linprog(
        cost, A_ub=upper.tocsr(), b_ub=ceiling, A_eq=equal, b_eq=goal[np.concatenate([soft, hard])],
        bounds=bounds, method="highs",
    )  # fmt: skip
    if not result.success:
        raise MadangError("release_disagree")
    moved = result.x[len(at) : len(at) + len(soft)] + result.x[len(at) + len(soft) : len(at) + 2 * len(soft)]
    more = np.zeros(len(cells.values), bool)
    more[soft[moved > TOLERANCE]] = True
    return more


def _price(cells: Cells) -> Floats:
    """What changing a published cell by one costs: totals dearly, small cells a little, empty ones more than small."""
    size = np.diff(cells.sums.indptr)
    price: Floats = size / size.min() * np.where(cells.values > 0, 1 + np.log1p(cells.values) / 4, 3.0)
    return price
