"""Small cells of one line of counts whose total is told: which are hidden so that none can be worked out.

Counts of 1 to `least` - 1 are hidden, and with them the smallest of the others as far as it takes (primary and complementary
suppression: Hundepool et al. 2012, "Statistical Disclosure Control", ch. 4; with one dimension the audit is a closed form).
The reader is taken to know the total, what is shown, which cells are hidden, and this rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def hidden_cells(counts: npt.ArrayLike, lines: npt.ArrayLike, least: int) -> Array:
    """Which of `counts` (n,) are hidden, a boolean (n,). `lines` (n,) says which counts add up to a total that is told.

    Nothing is hidden in a line without a count of 1 to `least` - 1. In any other, what is hidden are always its smallest
    counts, the zeros too (beside a zero that is shown, a hidden one could not be 0), equal ones together:

    - All below `least`, where each of them could be anything from 0 to `least` - 1 with the same total.
    - Otherwise so many more that (a) the largest hidden is at least `least` - 1 above the smallest: any two can be exchanged
      and the same is shown; and (b) the larger ones have room between `least` and what is shown for any one of the small to
      be anything from 0 to `least` - 1: so nothing is learnt by who knows which ones are small.
    - All, where the line is too short for that. Then a line of one cell is its total, and 1 and 1 with `least` 2 are known.

    NaN is no count: not hidden, not in the total. `least` of 1 or less hides nothing. Work and memory are those of a sort.
    """
    values, of = np.asarray(counts, float), np.unique(np.asarray(lines), return_inverse=True)[1]
    hidden = np.zeros(len(values), bool)
    if least <= 1:
        return hidden
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.lexsort((values[known], of[known]))]
    _, first = np.unique(of[order], return_index=True)
    for line in np.split(order, first[1:]):
        hidden[line[: _how_many(values[line], least)]] = True
    return hidden


def _how_many(line: Array, least: int) -> int:
    """How many of the smallest of one line, sorted, are hidden."""
    low = int(np.searchsorted(line, least))
    total, step = float(line[:low].sum()), least - 1
    if not (line[:low] > 0).any():
        return 0
    if step <= total < (low - 1) * step:
        return low
    last, shown = (
        line[low:-1],
        line[low + 1 :],
    )  # the largest hidden, the smallest shown, for each more that is hidden
    more, sums = np.arange(1, len(last) + 1), np.cumsum(last)
    enough = (last < shown) & (last - line[0] >= step)
    # room for the smallest to be least - 1, and for the largest small one to be 0
    enough &= sums - more * least >= step - line[0]
    enough &= more * (shown - 1) - sums >= line[low - 1]
    return low + 1 + int(enough.argmax()) if enough.any() else len(line)
