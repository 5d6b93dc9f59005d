"""The complaint forecast (민원예보): counts of the next periods for a whole hierarchy, with intervals that were checked.

Series are grouped by level and by whether they are rare; each group gets the candidate that its back-test chose; what
all of them say is reconciled; intervals come from how wrong the reconciled forecasts were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from madang.messages import MadangError
from madang.methods import accuracy, harmonic
from madang.methods.backtest import Backtest, Choice, choose, origins_of, rolling_origin
from madang.methods.forecast import (
    NAIVE,
    RARE,
    REGULAR,
    Progress,
    candidates,
    checked,
    is_rare,
    is_uneven,
    seasonal_naive,
)
from madang.methods.predictive import LEVELS, Intervals, Width, width_of
from madang.methods.reconcile import Hierarchy, bottom_up, min_trace

Array = npt.NDArray[Any]
_TAILS = (0.1, 0.5, 0.9)
_ENOUGH = 5  # series
_LEAST = 10  # origins that a width is made of
_TRIED = 10  # origins that candidates are chosen at
_KINDS = {
    (False, None): "regular",
    (False, False): "smooth",
    (False, True): "erratic",
    (True, None): "rare",
    (True, False): "intermittent",
    (True, True): "lumpy",
}


@dataclass(frozen=True)
class Quality:
    """How good the reconciled forecasts of one level were in the back-test; arrays are by periods ahead (h,).

    Bounds of each origin were made of what was known then (at the first ones: without the origins that look at the same
    periods), so coverage is of new cases; candidates were chosen at ten of the origins, so errors are a little kind.
    """

    level: tuple[str, ...]
    series: int
    mase: float
    naive_mase: float
    bias: Array  # forecast - actual, in counts
    bias_share: float  # all that was foretold too much, for each count that came
    pinball: Mapping[float, Array]
    coverage: Mapping[int, Array]  # by level of the interval, shares 0 to 1

    @property
    def better_than_naive(self) -> bool:
        return self.mase < self.naive_mase


@dataclass(frozen=True)
class Outlook:
    """Forecasts (n, h) of every node with bounds, how they were chosen and how good such forecasts were."""

    tree: Hierarchy
    history: Array  # (n, t)
    season: int
    mean: Array
    intervals: Intervals
    width: Width
    choices: tuple[Choice, ...]
    group: tuple[str, ...]  # of each node: which choice is its own
    reconciled: str  # "min_trace" or "bottom_up": the closer one in the back-test
    reconciled_error: Mapping[str, float]  # of both, for each one of the seasonal naive forecast
    quality: tuple[Quality, ...]
    origins: Array  # (k,)
    actual: Array  # (n, k, h)
    tested: Array  # (n, k, h): what reconciled forecasts said then
    widths: tuple[Width, ...]  # of each origin; see `widths_known`
    widths_known: Array  # (k,): whether it was made of nothing but what was known at the origin


def outlook(
    tree: Hierarchy,
    bottom: npt.ArrayLike,
    *,
    horizon: int,
    season: int,
    origins: int = 12,
    seed: int = 0,
    progress: Progress | None = None,
) -> Outlook:
    """Forecast counts `bottom` (bottom series of `tree`, t periods without a gap) for the next `horizon` periods.

    `season` periods make a year (52, 12). `origins` back-tests one period apart; alerts need some thirty. `seed` spreads
    counts within their steps where intervals are calibrated. Memory: nodes² + nodes x origins x horizon numbers.
    Raises MadangError where counts are negative, have gaps, or are shorter than a season and `horizon`.
    """
    counts = checked(bottom, season)
    if (counts < 0).any():
        raise MadangError("forecast_negative", count=int((counts < 0).sum()))
    if len(counts) != tree.bottom:
        raise MadangError("forecast_rows", rows=len(counts), needed=tree.bottom)
    y = tree.total(counts)
    at = origins_of(y.shape[1], horizon, season, origins)
    rare = is_rare(y[:, : at[0]])
    base, tested, choices, group = _base(tree, y, rare, at, horizon, season, progress)
    actual = np.stack([y[:, known : known + horizon] for known in at.tolist()], axis=1)
    method, scores, mean, tested = _reconciled(tree, base, tested, actual, y, at, season)
    keys = np.unique(np.array(group), return_inverse=True)[1]
    width = width_of(actual, tested, keys, seed)
    others = [_others(at, origin, horizon) for origin in at.tolist()]
    widths = tuple(width_of(actual[:, each], tested[:, each], keys, seed) for each in others)
    return Outlook(
        tree=tree,
        history=y,
        season=season,
        mean=mean,
        intervals=width.intervals(mean),
        width=width,
        choices=choices,
        group=group,
        reconciled=method,
        reconciled_error=scores,
        quality=_qualities(tree, y, at, season, actual, tested, widths),
        origins=at,
        actual=actual,
        tested=tested,
        widths=widths,
        widths_known=np.array([_known(at, origin, horizon).sum() >= _LEAST for origin in at.tolist()]),
    )


def _base(
    tree: Hierarchy,
    y: Array,
    rare: Array,
    at: Array,
    horizon: int,
    season: int,
    progress: Progress | None,
) -> tuple[Array, Array, tuple[Choice, ...], tuple[str, ...]]:
    """Forecasts (n, h) and back-tests (n, k, h) of every group by the candidate that is chosen for it."""
    base, tested = np.empty((len(y), horizon)), np.empty((len(y), len(at), horizon))
    group, choices = np.empty(len(y), object), []
    kinds = _groups(tree, y[:, : at[0]], rare)
    for number, (name, rows) in enumerate(kinds.items()):
        is_few = bool(rare[rows[0]])
        if progress:
            progress(number, len(kinds), name)
        names = RARE if is_few else REGULAR
        choice, tested[rows] = _chosen(y[rows], names, name, at, horizon, season)
        parts = names if choice.shipped == "combination" else (choice.shipped,)
        base[rows] = candidates(parts, y[rows], horizon, season)[choice.shipped]
        group[rows] = name
        choices.append(choice)
    return base, tested, tuple(choices), tuple(group.tolist())


def _chosen(
    y: Array, names: tuple[str, ...], group: str, at: Array, horizon: int, season: int
) -> tuple[Choice, Array]:
    """The candidate of series (n, t), tried at ten origins over the whole back-test, and what it says at all of them (n, k, h)."""
    tried = np.unique(np.linspace(0, len(at) - 1, _TRIED).round().astype(int))
    test = rolling_origin(y, names, at[tried], horizon=horizon, season=season)
    choice = choose(test, group)
    said = np.empty((len(y), len(at), horizon))
    said[:, tried] = test.forecasts[choice.shipped]
    rest = np.setdiff1d(np.arange(len(at)), tried)
    if len(rest):
        parts = names if choice.shipped == "combination" else (choice.shipped,)
        more = rolling_origin(y, parts, at[rest], horizon=horizon, season=season)
        said[:, rest] = more.forecasts[choice.shipped]
    return choice, said


def _groups(tree: Hierarchy, known: Array, rare: Array) -> dict[str, Array]:
    """Nodes by level, rareness and unevenness, the last only where both kinds have series enough to choose by."""
    uneven, found = is_uneven(known), {}
    for number, level in enumerate(tree.levels):
        for few in (False, True):
            mine = (tree.level == number) & (rare == few)
            split = min((mine & uneven).sum(), (mine & ~uneven).sum()) >= _ENOUGH
            for odd in (False, True) if split else (None,):
                rows = np.flatnonzero(mine if odd is None else mine & (uneven == odd))
                if len(rows):
                    found[f"{' x '.join(level)} ({_KINDS[few, odd]})".lstrip()] = rows
    return found


def _reconciled(
    tree: Hierarchy, base: Array, tested: Array, actual: Array, y: Array, at: Array, season: int
) -> tuple[str, dict[str, float], Array, Array]:
    """Both ways of reconciling, in the back-test weighed by errors from before its first origin; the closer one.

    Closer: by MASE over that of the seasonal naive forecast, each level weighing alike.
    """
    before = harmonic.one_step_errors(y[:, : at[0]], season)
    trace = min_trace(tree, tested, before)
    found = {"min_trace": trace, "bottom_up": bottom_up(tree, tested)}
    naive, scale = _naive(y, at, tested.shape[2], season), _scale(y, at, season)
    error = {name: np.abs(actual - values).mean(axis=2) / scale for name, values in found.items()}
    usual = np.abs(actual - naive).mean(axis=2) / scale
    of_level = [tree.level == number for number in range(len(tree.levels))]
    scores = {
        name: _mean(np.array([_mean(each[rows]) / _mean(usual[rows]) for rows in of_level]))
        for name, each in error.items()
    }
    method = min(scores, key=lambda name: scores[name])
    if method == "bottom_up":
        return method, scores, bottom_up(tree, base), found[method]
    return method, scores, min_trace(tree, base, harmonic.one_step_errors(y, season)), found[method]


def _known(at: Array, origin: int, horizon: int) -> Array:
    """Which origins (k,) had seen all that they foretold when `origin` was now."""
    return np.asarray(at + horizon <= origin)


def _others(at: Array, origin: int, horizon: int) -> Array:
    """The origins whose outcomes were known at `origin`; where these are few, those that share no foretold period with it,
    and all others where there is none such."""
    known = np.flatnonzero(_known(at, origin, horizon))
    if len(known) >= _LEAST:
        return known
    far = np.flatnonzero(np.abs(at - origin) >= horizon)
    return far if len(far) else np.flatnonzero(at != origin) if len(at) > 1 else np.arange(1)


def _scale(y: Array, at: Array, season: int) -> Array:
    return np.stack([accuracy.naive_scale(y[:, :known], season) for known in at.tolist()], axis=1)


def _naive(y: Array, at: Array, horizon: int, season: int) -> Array:
    return np.stack([seasonal_naive(y[:, :known], horizon, season) for known in at.tolist()], axis=1)


def _qualities(
    tree: Hierarchy, y: Array, at: Array, season: int, actual: Array, tested: Array, widths: tuple[Width, ...]
) -> tuple[Quality, ...]:
    horizon = tested.shape[2]
    naive, scale = _naive(y, at, horizon, season), _scale(y, at, season)
    both = Backtest(at, actual, {"shipped": tested, NAIVE: naive}, scale)
    bounds = [width.intervals(tested[:, number]) for number, width in enumerate(widths)]
    tails = {
        tail: np.stack([width.quantile(tail, tested[:, number]) for number, width in enumerate(widths)], 1)
        for tail in _TAILS
    }
    found = []
    for number, level in enumerate(tree.levels):
        rows = np.flatnonzero(tree.level == number)
        held = {
            percent: np.mean(
                [
                    (actual[rows, origin] >= each.lower[which][rows])
                    & (actual[rows, origin] <= each.upper[which][rows])
                    for origin, each in enumerate(bounds)
                ],
                axis=(0, 1),
            )
            for which, percent in enumerate(LEVELS)
        }
        over = tested[rows] - actual[rows]
        found.append(
            Quality(
                level,
                len(rows),
                _mean(both.mase("shipped")[rows]),
                _mean(both.mase(NAIVE)[rows]),
                over.mean(axis=(0, 1)),
                float(over.sum() / max(actual[rows].sum(), 1)),
                {tail: _pinball(actual[rows], values[rows], tail) for tail, values in tails.items()},
                held,
            )
        )
    return tuple(found)


def _pinball(actual: Array, found: Array, tail: float) -> Array:
    """By periods ahead, over rows and origins."""
    horizon = actual.shape[2]
    y, q = (np.moveaxis(each, 2, 0).reshape(horizon, -1) for each in (actual, found))
    return accuracy.pinball(y, q, tail)


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
