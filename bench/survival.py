"""Survival of every trade and dong, against lifelines: `python bench/survival.py [ROWS] [GROUPS]`.

Licences are made up: exponential lives, a register that begins late, days as whole numbers. lifelines fits one group after
another; with very many groups it does only as many as take half a minute, and the rest is taken in proportion (said so).
"""

from __future__ import annotations

import resource
import sys
import time
import warnings
from typing import Any

import numpy as np

from madang.methods.log_rank import each_against_the_rest
from madang.methods.survival import AGES, kaplan_meier
from madang.methods.survival_shrink import shrink

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import KaplanMeierFitter

ROWS, GROUPS = 200_000, 400
PEER_SECONDS = 30.0


def made_up(rows: int, groups: int) -> tuple[Any, ...]:
    """Days of age at the end and at entry, whether closed, group."""
    rng = np.random.default_rng(7)
    opened = rng.integers(0, 12_000, rows * 2)
    life = np.ceil(rng.exponential(2_000, rows * 2)).astype(np.int64)
    kept = np.flatnonzero(opened + life > 4_500)[:rows]
    opened, life = opened[kept], life[kept]
    leave = np.minimum(life, 12_001 - opened)
    entry = np.maximum(4_500 - opened, 0)
    return leave, life == leave, rng.integers(0, groups, len(kept)), entry


def peer(leave: Any, closed: Any, group: Any, entry: Any, groups: int) -> tuple[Any, int, float]:
    """Survival at the ages, of as many groups as half a minute allows."""
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.searchsorted(group[order], np.arange(1, groups)))
    began, found = time.perf_counter(), []
    for rows in parts:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = KaplanMeierFitter().fit(
                leave[rows], closed[rows], entry=entry[rows] + 0.5 * (entry[rows] > 0)
            )
        found.append(fit.predict(AGES).to_numpy())
        if time.perf_counter() - began > PEER_SECONDS:
            break
    return np.array(found), len(found), time.perf_counter() - began


def main(rows: int, groups: int) -> None:
    leave, closed, group, entry = made_up(rows, groups)
    began = time.perf_counter()
    found = kaplan_meier(leave, closed, group, entry, groups=groups)
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(leave):,} licences, {groups:,} groups: {seconds:.2f} s, peak {memory:.0f} MB")
    theirs, done, longer = peer(leave, closed, group, entry, groups)
    whole = longer * groups / done
    said = "" if done == groups else f" (in proportion to {done:,} groups)"
    apart = float(np.nanmax(np.abs(found.at.survival[:done] - theirs)))
    print(f"lifelines: {whole:.1f} s{said}, {whole / seconds:.0f} times; largest difference {apart:.1e}")
    began = time.perf_counter()
    every = kaplan_meier(leave, closed, entry=entry)
    shrink(found.at, every.at, np.zeros(groups, np.int64))
    print(f"city and shrinking: {time.perf_counter() - began:.2f} s")
    began = time.perf_counter()
    each_against_the_rest(leave, closed, group, entry, groups=groups)
    print(f"log-rank of each group against the rest: {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [ROWS, GROUPS][len(given) :]))
