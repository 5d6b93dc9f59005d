"""An attacker who knows nothing of our code: he reads published rows and asks what each hidden cell can be.

His unknowns are people: x[atom] >= 0. Each published row gives one equation over the atoms that he says it sums.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp

Atom = Hashable


@dataclass
class Attacker:
    """What somebody knows who has collected published numbers."""

    atoms: list[Atom]
    rows: list[np.ndarray] = field(default_factory=list)
    sums: list[float] = field(default_factory=list)

    def reads(self, inside: Callable[[Atom], bool], value: float | None) -> None:
        """A published row: the sum over atoms `inside`; None where it is withheld."""
        if value is not None:
            self.rows.append(self.of(inside))
            self.sums.append(float(value))

    def of(self, inside: Callable[[Atom], bool]) -> np.ndarray:
        return np.array([float(inside(atom)) for atom in self.atoms])

    def bounds(self, inside: Callable[[Atom], bool], *, whole: bool = False) -> tuple[float, float]:
        """The least and the greatest value of a sum; `whole`: people come in whole numbers (slower)."""
        target, ends = self.of(inside), []
        for sign in (1, -1):
            if whole:
                fits = LinearConstraint(np.array(self.rows), self.sums, self.sums)
                found = milp(sign * target, constraints=fits, integrality=np.ones(len(self.atoms)))
            else:
                found = linprog(sign * target, A_eq=np.array(self.rows), b_eq=self.sums)
            assert found.status in (0, 3), found.message
            ends.append(float("inf") if found.status == 3 else sign * found.fun)
        return ends[0], ends[1]


def named(wanted: Sequence[str | Iterable[str]]) -> Callable[[Atom], bool]:
    """Atoms (tuples) whose parts are these; "계" for any, a set for some."""

    def inside(atom: Atom) -> bool:
        assert isinstance(atom, tuple)
        return all(
            w == "계" or (part == w if isinstance(w, str) else part in set(w))
            for part, w in zip(atom, wanted, strict=True)
        )

    return inside
