"""Tables that were or are to be published, and the population that they speak of together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from madang.release.decision import ROOM, Dim, Filter
from madang.release.pieces import Relations, dimension_of, time_of
from madang.release.space import Bools, Dimension, Floats, Space

if TYPE_CHECKING:
    import scipy.sparse as sp

    from madang.release.suppress import Cells

TIME = "time"


@dataclass(frozen=True)
class Table:
    """One measure of one edition: per cell its place in each dimension, its true value, whether it is small.

    `hidden` None: not published yet. `period` is the time it speaks of where no dimension says it. `stale` names
    the cells (of one value in every dimension) that are different by now: an attacker is not helped by them.
    """

    edition: str
    population: str
    amount: bool
    least: float
    dims: tuple[Dim, ...]
    filters: tuple[Filter, ...]
    period: str
    places: Mapping[str, tuple[str, ...]]  # column -> value of each cell, as shown
    levels: Mapping[str, tuple[int, ...]]  # 0 one value, n digits of an area, -1 everything
    values: Floats
    small: Bools
    hidden: Bools | None = None
    stale: Bools | None = None

    @property
    def leaves(self) -> Bools:
        """Cells of one value in every dimension."""
        one = np.ones(len(self.values), bool)
        for levels in self.levels.values():
            one &= np.asarray(levels) == 0
        return one

    def take(self, which: Bools) -> Table:
        """The table of some of its cells only."""
        at = np.flatnonzero(which)
        return replace(
            self,
            places={name: tuple(np.asarray(v, object)[at]) for name, v in self.places.items()},
            levels={name: tuple(np.asarray(v)[at]) for name, v in self.levels.items()},
            values=self.values[at],
            small=self.small[at],
            hidden=None if self.hidden is None else self.hidden[at],
            stale=None if self.stale is None else self.stale[at],
        )  # fmt: skip

    def periods(self) -> frozenset[str]:
        """The times it speaks of."""
        for dim in self.dims:
            if dim.kind == "time":
                leaf = np.asarray(self.levels[dim.column]) == 0
                return frozenset(time_of(v) for v in np.asarray(self.places[dim.column], object)[leaf])
        return frozenset((self.period,))


def together(tables: Sequence[Table], relations: Relations) -> tuple[Cells, list[slice]]:
    """The cells of tables of one population over its atoms, and which of them belong to which table.

    Raises MadangError: release_no_relation (two systems of areas and nothing that says how they overlap),
    release_disagree.
    """
    import scipy.sparse as sp

    from madang.release.suppress import Cells

    tables = [each.take(~np.isnan(each.values)) for each in tables]
    space = Space(tuple(_dimensions(tables, relations)))
    sums, ends = [], [0]
    for number, table in enumerate(tables):
        sums.append(space.incidence(_coordinates(number, table), len(table.values)))
        ends.append(ends[-1] + len(table.values))
    values = [table.values for table in tables]
    hidden = [table.small if table.hidden is None else table.hidden for table in tables]
    public = [np.zeros(len(t.values), bool) if t.hidden is None else ~t.hidden for t in tables]
    low, high = zip(*map(_needs, tables), strict=True)
    empty, zeros = _empty(tables, sums, space)
    whole = sp.vstack([_aged(tables, sums), empty], format="csr") if len(zeros) else _aged(tables, sums)
    used = np.flatnonzero(np.bincount(whole.indices, minlength=whole.shape[1]))
    nothing = np.full(len(zeros), np.nan)
    cells = Cells(
        whole[:, used].tocsr(), np.concatenate([*values, zeros]),
        np.concatenate([*public, np.ones(len(zeros), bool)]), np.concatenate([*hidden, np.zeros(len(zeros), bool)]),
        np.concatenate([*low, nothing]), np.concatenate([*high, nothing]),
        0.0 if any(t.amount for t in tables) else max(t.least for t in tables),
    )  # fmt: skip
    return cells, [slice(a, b) for a, b in zip(ends, ends[1:], strict=False)]


def _needs(table: Table) -> tuple[Floats, Floats]:
    """What small cells must be able to be: a count anything from 1 to the least, an amount a fifth less or more."""
    low, high = np.full(len(table.values), np.nan), np.full(len(table.values), np.nan)
    small = table.small
    low[small] = (1 - ROOM) * table.values[small] if table.amount else 1.0
    high[small] = (1 + ROOM) * table.values[small] if table.amount else table.least
    return low, high


# where a cell lies --------------------------------------------------------------------------------------------


def _name(dim: Dim) -> str:
    return TIME if dim.kind == "time" else dim.called


def _dimensions(tables: Sequence[Table], relations: Relations) -> list[Dimension]:
    units: dict[str, list[tuple[int, Dim | None, list[str]]]] = {TIME: []}
    for number, table in enumerate(tables):
        for dim in table.dims:
            leaf = np.asarray(table.levels[dim.column]) == 0
            found = sorted({str(v) for v in np.asarray(table.places[dim.column], object)[leaf]})
            units.setdefault(_name(dim), []).append((number, dim, found))
        if not any(dim.kind == "time" for dim in table.dims):
            units[TIME].append((number, None, [table.period]))
        for each in table.filters:
            units.setdefault(each.column, []).append((number, None, sorted(each.values)))
    filtered = {each.column for table in tables for each in table.filters}
    return [dimension_of(name, uses, relations, name in filtered) for name, uses in units.items()]


def _coordinates(number: int, table: Table) -> dict[str, list[str]]:
    """The unit of each cell in each dimension, as `dimension_of` names them."""
    count = len(table.values)
    named: dict[str, list[str]] = {}
    for each in table.filters:
        named[each.column] = [f"own:{number}"] * count
    if not any(dim.kind == "time" for dim in table.dims):
        named[TIME] = [f"own:{number}"] * count
    for dim in table.dims:
        system = f"{dim.system}=" if dim.kind == "area" else ""
        named[_name(dim)] = [
            f"own:{number}" if level < 0
            else f"own:{number}/{level}:{value[:level]}" if level > 0
            else f"{system}{time_of(value) if dim.kind == 'time' else value}"
            for value, level in zip(table.places[dim.column], table.levels[dim.column], strict=True)
        ]  # fmt: skip
    return named


# what is not there, what is of another day -----------------------------------------------------------------------


def _empty(
    tables: Sequence[Table], sums: Sequence[sp.csr_array], space: Space
) -> tuple[sp.csr_array, Floats]:
    """Nobody is where a table has totals but no cell: such atoms sum to nothing, for everybody to know."""
    import scipy.sparse as sp

    rows = []
    for table, mine in zip(tables, sums, strict=True):
        if not len(table.values):
            continue
        inside = np.zeros(space.atoms, bool)
        inside[mine.indices] = True
        leaf = table.leaves
        inside[mine[np.flatnonzero(leaf)].indices] = False
        if inside.any():
            rows.append(sp.csr_array(inside[None].astype(float)))
    if not rows:
        return sp.csr_array((0, space.atoms)), np.zeros(0)
    return sp.vstack(rows, format="csr"), np.zeros(len(rows))


def _aged(tables: Sequence[Table], sums: Sequence[sp.csr_array]) -> sp.csr_array:
    """The sums of all tables; where a cell of an earlier table is different by now, its atoms are others."""
    import scipy.sparse as sp

    shared: list[sp.csr_array] = []
    own: list[sp.csr_array | None] = []
    for table, mine in zip(tables, sums, strict=True):
        if table.stale is None or not table.stale.any():
            shared.append(mine)
            own.append(None)
            continue
        old = np.zeros(mine.shape[1], bool)
        old[mine[np.flatnonzero(table.stale)].indices] = True
        shared.append(mine @ sp.diags_array((~old).astype(float)))
        own.append(mine[:, np.flatnonzero(old)])
    whole = sp.vstack(shared, format="csr")
    begins = np.cumsum([0, *(each.shape[0] for each in shared)])
    for number, each in enumerate(own):
        if each is not None:
            above = sp.csr_array((begins[number], each.shape[1]))
            below = sp.csr_array((begins[-1] - begins[number + 1], each.shape[1]))
            column = sp.vstack([above, each, below], format="csr")
            padding = sp.csr_array((whole.shape[0], 0))
            whole = sp.hstack([whole, padding, column], format="csr")
    whole.eliminate_zeros()
    return whole


def populations(tables: Iterable[Table]) -> dict[str, list[Table]]:
    """Tables by the population they speak of."""
    found: dict[str, list[Table]] = {}
    for table in tables:
        found.setdefault(table.population, []).append(table)
    return found
