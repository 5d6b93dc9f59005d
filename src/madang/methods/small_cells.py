"""Small cells of one line of counts whose total is known: which are hidden so that none can be worked out.

Primary suppression of counts of 1 to `least` - 1, complementary suppression of the next smallest where one alone, or a few
together that sum to less than `least`, would follow from the total (Hundepool et al. 2012, "Statistical Disclosure Control",
ch. 4; one dimension needs no linear program).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def hidden_cells(counts: npt.ArrayLike, lines: npt.ArrayLike, least: int) -> Array:
    """Which of `counts` (n,) are hidden, a boolean (n,). `lines` (n,) says which counts add up to a total that is told.

    Counts of 0 are shown unless a small one beside them needs hiding; NaN is no count. `least` of 1 or less hides nothing.
    Work and memory are those of one sort.
    """
    values, of = np.asarray(counts, float), np.unique(np.asarray(lines), return_inverse=True)[1]
    hidden = np.asarray((values > 0) & (values < least))
    if least <= 1 or not hidden.any():
        return np.zeros(len(values), bool)
    order = np.lexsort(
        (np.where(np.isfinite(values), values, np.inf), ~hidden, of)
    )  # the hidden first, then by count
    _, first, size = np.unique(of[order], return_index=True, return_counts=True)
    for start, length in zip(first.tolist(), size.tolist(), strict=True):
        line = order[start : start + length]
        line = line[np.isfinite(values[line])]
        some = int(hidden[line].sum())
        if not some:
            continue
        sums = np.cumsum(values[line])
        enough = max(some, 2, int(np.searchsorted(sums, least)) + 1)
        hidden[line[:enough]] = True
    return hidden
