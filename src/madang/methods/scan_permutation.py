"""The space-time permutation scan: where and when are there more cases than the place and the time have by themselves?

Kulldorff, Heffernan, Hartman, Assunção & Mostashari (2005), "A space-time permutation scan statistic for disease
outbreak detection", PLoS Medicine 2. It needs no population: of each area and each period as many cases are expected as
its share of all. So a place that always has many, and a season that all places have, are no cluster.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.permutation import Progress
from madang.methods.scan import Scan, scanned
from madang.methods.scan_circles import Distance

Floats = NDArray[np.float64]


def scan_permutation(
    cases: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    rng: np.random.Generator,
    longest: int,
    distance: Distance = "planar",
    max_share: float = 0.5,
    only_current: bool = False,
    replicates: int = 999,
    min_cases: int = 2,
    most: int = 10,
    progress: Progress | None = None,
) -> Scan:
    """Clusters of whole `cases` (n x periods) over at most `longest` periods in a row; circles hold `max_share` of the cases.

    Replicates have the cases of each area and of each period, put together at random. With `only_current` clusters
    reach the last period. `x`, `y`, `distance` and all else as in `scan_space_time`. Raises MadangError (scan_lengths,
    scan_values, scan_no_cases, scan_share).
    """
    given = np.asarray(cases, np.float64)
    east, north = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if given.ndim != 2 or not len(east) == len(north) == len(given):
        raise MadangError("scan_lengths", cases=len(given), population=len(given), places=len(east))
    if not 0 < max_share <= 0.5:
        raise MadangError("scan_share", share=max_share)
    sound = np.isfinite(given) & (given >= 0) & (given == np.floor(given))
    wrong = int((~(sound.all(axis=1) & np.isfinite(east) & np.isfinite(north))).sum())
    if wrong:
        raise MadangError("scan_values", count=wrong)
    counts = given.astype(np.int64)
    if not counts.sum():
        raise MadangError("scan_no_cases")
    own, periods = counts.sum(axis=1), counts.shape[1]
    area = np.repeat(np.arange(len(counts)), own) * periods
    period = np.concatenate([np.repeat(np.arange(periods), row) for row in counts])
    kind = np.int16 if len(period) < np.iinfo(np.int16).max else np.int32

    def draw(runs: int) -> NDArray[np.signedinteger]:
        """The periods of all cases dealt out again."""
        found = np.empty((counts.size, runs), kind)
        for run in range(runs):
            found[:, run] = np.bincount(area + rng.permutation(period), minlength=counts.size)
        return found.reshape(*counts.shape, runs)

    expected = np.outer(own, counts.sum(axis=0)) / counts.sum()
    lengths = range(1, min(longest, periods) + 1)
    spans = tuple(
        (start, start + length)
        for length in lengths
        for start in ((periods - length,) if only_current else range(periods - length + 1))
    )
    return scanned(
        counts, expected, own.astype(np.float64), east, north, spans, draw, distance=distance, max_share=max_share,
        replicates=replicates, min_cases=min_cases, most=most, progress=progress,
    )  # fmt: skip
