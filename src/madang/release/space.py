"""What published numbers are sums of: the atoms of a population, and which of them each cell of each table sums.

A population is a box of atoms, one for each combination of the finest pieces of its dimensions that any table
speaks of: pieces of areas where two systems of areas overlap, elementary intervals where ages are cut in two ways.
Every cell of every table is the sum of a sub-box. This is the whole linear model an attacker is granted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import scipy.sparse as sp  # loaded where it is used: it doubles the start of every process

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ALL = "*"  # the unit that holds every piece of a dimension


@dataclass(frozen=True)
class Dimension:
    """One way in which a population is divided: `pieces` in number, and which of them each unit is made of."""

    name: str
    pieces: int
    units: Mapping[str, Sequence[int]]

    def lists(self, wanted: Sequence[str]) -> tuple[Ints, Ints]:
        """The pieces of these units one after another, and where each begins (CSR)."""
        everything = range(self.pieces)
        lists = [everything if unit == ALL else self.units[unit] for unit in wanted]
        ends = np.cumsum([0, *(len(each) for each in lists)], dtype=np.int64)
        flat = np.fromiter((piece for each in lists for piece in each), np.int64, int(ends[-1]))
        return flat, ends


@dataclass(frozen=True)
class Space:
    """The atoms of a population: the product of its dimensions."""

    dimensions: tuple[Dimension, ...]

    @property
    def atoms(self) -> int:
        return int(np.prod([each.pieces for each in self.dimensions], dtype=np.int64))

    def incidence(self, coordinates: Mapping[str, Sequence[str]], cells: int) -> sp.csr_array:
        """Which atoms each of `cells` cells sums (cells x atoms, of ones); a dimension not named is summed over."""
        import scipy.sparse as sp

        row = np.arange(cells, dtype=np.int64)
        atom = np.zeros(cells, np.int64)
        for dimension in self.dimensions:
            wanted = coordinates.get(dimension.name)
            if wanted is None:
                names, which = [ALL], np.zeros(cells, np.int64)
            else:
                found, which = np.unique(np.asarray(wanted, object).astype(str), return_inverse=True)
                names = found.tolist()
            flat, ends = dimension.lists(names)
            unit = which[row]
            sizes = (ends[1:] - ends[:-1])[unit]
            begins = np.repeat(ends[:-1][unit], sizes)
            within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            atom = np.repeat(atom, sizes) * dimension.pieces + flat[begins + within]
            row = np.repeat(row, sizes)
        ones = np.ones(len(row))
        return sp.csr_array((ones, (row, atom)), shape=(cells, self.atoms))


def pieces_of(pairs: Mapping[str, Sequence[tuple[str, ...]]]) -> dict[str, Dimension]:
    """Dimensions whose units are sets of named pieces: for each dimension the pieces, each told as the tuple of the
    units it lies in."""
    made = {}
    for name, pieces in pairs.items():
        units: dict[str, list[int]] = {}
        for number, inside in enumerate(pieces):
            for unit in dict.fromkeys(inside):
                units.setdefault(unit, []).append(number)
        made[name] = Dimension(name, len(pieces), units)
    return made
