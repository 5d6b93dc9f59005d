"""When something is said far more often than usual: bursts of a two-state automaton over batches."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from madang.messages import MadangError


@dataclass(frozen=True)
class Burst:
    """One burst of one series: steps `first` to `last` (both within), and how it stands out.

    `core_first` to `core_last`: the steps in it that stand out most by their own rate, its ends being raised only a
    little. `letters` in it; `usual`: as many as the base rate lets expect in it; `weight`: how much better the raised rate
    explains it (a difference of log-likelihoods; 0 is none).
    """

    series: int
    first: int
    last: int
    core_first: int
    core_last: int
    letters: int
    usual: float
    weight: float


def find_bursts(hits: Any, totals: Any, *, factor: float = 2.0, reluctance: float = 1.0) -> tuple[Burst, ...]:
    """Bursts of each series, the heaviest first.

    `hits` (series x steps, or steps): letters of a topic, word or place in each step (a day, a week). `totals` (steps,
    or the same shape): letters of all topics in that step. The base rate p0 of a series is its share over all steps;
    within a burst it is `factor` x p0 (at most 0.9999); to begin one costs `reluctance` x ln(steps), to end it nothing.
    Steps without letters say nothing. The cheapest sequence of states is found exactly (Viterbi), all series at once;
    memory is four numbers for each step of each series. Source: Kleinberg (2002), "Bursty and hierarchical structure
    in streams", section 4. Raises MadangError("bursts_counts") where there are more hits than letters or below none.
    """
    hits = np.atleast_2d(np.asarray(hits, float))
    totals = np.broadcast_to(np.asarray(totals, float), hits.shape)
    if (hits < 0).any() or (hits > totals).any():
        raise MadangError("bursts_counts")
    whole = totals.sum(axis=1)
    base = np.divide(hits.sum(axis=1), whole, out=np.zeros(len(hits)), where=whole > 0)
    usual, raised = _cost(hits, totals, base), _cost(hits, totals, np.minimum(factor * base, 0.9999))
    within = burst_states(usual, raised, reluctance * np.log(max(hits.shape[1], 1)))
    within &= (base > 0)[:, None]
    return _found(within, hits, totals * base[:, None], usual - raised)


def _cost(hits: Any, totals: Any, rate: Any) -> Any:
    """-ln of the binomial likelihood without its coefficient, which both states share."""
    rate = np.clip(rate, 1e-12, 1 - 1e-12)[:, None]
    return -(hits * np.log(rate) + (totals - hits) * np.log1p(-rate))


def burst_states(usual: Any, raised: Any, begin: float) -> Any:
    """Of each step (series x steps) whether the cheapest sequence of states is the raised one there.

    `usual`, `raised`: the cost of each step in each state; `begin`: that of going up; the first step comes from the
    usual state. Of sequences that cost the same the one that is raised for fewer steps is taken.
    """
    series, steps = usual.shape
    came_up, stayed = np.zeros((steps, series), bool), np.zeros((steps, series), bool)
    low, high = np.zeros(series), np.full(series, np.inf)
    for step in range(steps):
        came_up[step] = low + begin <= high  # the state before a raised step
        stayed[step] = low <= high  # the state before a usual step
        low, high = np.minimum(low, high) + usual[:, step], np.minimum(low + begin, high) + raised[:, step]
    within = np.zeros((series, steps), bool)
    state = high < low
    for step in range(steps - 1, -1, -1):
        within[:, step] = state
        state = np.where(state, ~came_up[step], ~stayed[step])
    return within


def _found(within: Any, hits: Any, usual: Any, gain: Any) -> tuple[Burst, ...]:
    edges = np.diff(np.pad(within, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    series, first = np.nonzero(edges == 1)
    last = np.nonzero(edges == -1)[1] - 1
    summed = [np.pad(np.cumsum(each, axis=1), ((0, 0), (1, 0))) for each in (hits, usual, gain)]
    letters, expected, weight = (each[series, last + 1] - each[series, first] for each in summed)
    order = np.lexsort((first, series, -weight)).tolist()
    cores = [
        _core(hits[series[at], first[at] : last[at] + 1], usual[series[at], first[at] : last[at] + 1])
        for at in order
    ]
    return tuple(
        Burst(
            series=int(series[at]),
            first=int(first[at]),
            last=int(last[at]),
            core_first=int(first[at]) + core[0],
            core_last=int(first[at]) + core[1],
            letters=round(letters[at]),
            usual=float(expected[at]),
            weight=float(weight[at]),
        )
        for at, core in zip(order, cores, strict=True)
    )


def _core(hits: Any, usual: Any) -> tuple[int, int]:
    """First and last of the steps whose hits are least likely by the usual rate (Poisson, their own rate against it)."""
    seen, expected = (np.concatenate([[0.0], np.cumsum(each)]) for each in (hits, usual))
    many = np.maximum(seen[None, 1:] - seen[:-1, None], 0)
    due = np.maximum(expected[None, 1:] - expected[:-1, None], 1e-12)
    gain = np.where(many > due, many * np.log(np.maximum(many, 1e-12) / due) - (many - due), 0)
    first, last = np.unravel_index(np.argmax(np.triu(gain)), gain.shape)
    return int(first), int(last)


def as_table(bursts: tuple[Burst, ...]) -> pa.Table:
    """Bursts as a table, a column for each of their fields."""
    rows = [asdict(each) for each in bursts]
    kinds = {
        field.name: pa.float64() if field.name in ("usual", "weight") else pa.int64()
        for field in fields(Burst)
    }
    return pa.Table.from_pylist(rows, schema=pa.schema(kinds))
