"""Hot spots: Kulldorff's scan against the same in plain Python and in plain NumPy, local Moran against esda, in one run.

    python bench/hot_spots.py [areas of the large map] [replicates]

The small map has 281 areas and 552 cases, as New York's leukaemia has. All work out the same windows on the same
replicates and must agree on every one. "plain NumPy": for each replicate the cumulative sums of all circles as one
matrix and the likelihood ratio of each. "plain Python": one window after another, on a hundredth of the replicates. The large map
(3,500 areas) is worked out by us, and by plain NumPy on a few replicates; seconds for all are multiplied up and marked.
Processor seconds, so that what else the machine does matters less.
"""

from __future__ import annotations

import math
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse

from madang.methods.autocorrelation import getis_ord, global_moran, local_moran
from madang.methods.scan import scan_space
from madang.methods.scan_circles import Circles, circles
from madang.methods.weights import nearest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import esda
    import libpysal

SHARE = 0.5


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def country(areas: int, cases: int, seed: int) -> tuple[Any, Any, Any, Any]:
    rng = np.random.default_rng(seed)
    x, y = rng.random((2, areas)) * 300_000
    people = rng.integers(500, 30_000, areas)
    return rng.multinomial(cases, people / people.sum()), people, x, y


def drawn(people: Any, cases: int, replicates: int) -> Any:
    """The replicates that `scan_space` draws from the same dice."""
    return np.random.default_rng(1).multinomial(cases, people / people.sum(), size=replicates)


def plain_numpy(rings: Circles, people: Any, replicates: Any) -> Any:
    order, ends = rings.batch(np.arange(len(people)))
    total, order = replicates[0].sum(), np.minimum(order, len(people) - 1)
    expected = np.cumsum(people[order], axis=1) * total / people.sum()
    highest = []
    for cases in replicates:
        inside = np.cumsum(cases[order], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = inside * np.log(inside / expected)
            ratio += (total - inside) * np.log((total - inside) / (total - expected))
        highest.append(ratio[ends & (inside >= 2) & (inside > expected)].max(initial=0.0))
    return np.array(highest)


def plain_python(rings: Circles, people: Any, replicates: Any) -> Any:
    around = [rings.around(centre, int(reach)).tolist() for centre, reach in enumerate(rings.reach)]
    heads, whole, highest = people.tolist(), int(people.sum()), []
    for cases in replicates.tolist():
        total, best = sum(cases), 0.0
        for areas in around:
            inside, living = 0, 0
            for area in areas:
                inside += cases[area]
                living += heads[area]
                expected = total * living / whole
                if inside >= 2 and inside > expected:
                    ratio = inside * math.log(inside / expected)
                    if inside < total:
                        ratio += (total - inside) * math.log((total - inside) / (total - expected))
                    best = max(best, ratio)
        highest.append(best)
    return np.array(highest)


def scan(areas: int, cases: int, replicates: int, few: int, *, python: bool) -> None:
    observed, people, x, y = country(areas, cases, areas)
    mine, found = seconds(
        lambda: scan_space(
            observed, people, x, y, rng=np.random.default_rng(1), max_share=SHARE, replicates=replicates
        )
    )
    ways = {"plain NumPy": (plain_numpy, few)}
    if python:
        ways["plain Python"] = (plain_python, max(1, replicates // 100))
    print(f"scan, {areas:,} areas, {cases:,} cases, {found.windows:,} circles x {replicates} replicates")
    print(f"  {'madang':13} {mine:9.2f} s")
    rings = circles(x, y, people.astype(float), SHARE, "planar")
    for name, (way, count) in ways.items():
        some = drawn(people, cases, count)
        spent, highest = seconds(lambda way=way, some=some: way(rings, people, some))
        if not np.allclose(highest, found.replicates[:count], atol=1e-7):
            raise SystemExit(f"{name} and madang disagree")
        spent *= replicates / count
        said = "" if count == replicates else f"  (from {count} replicates)"
        print(f"  {name:13} {spent:9.2f} s  {spent / mine:7.1f} times{said}")


def local(areas: int, permutations: int) -> None:
    _, people, x, y = country(areas, 9, 4)
    weights, values = nearest(x, y, 8), np.log(people)
    theirs = libpysal.weights.WSP(scipy.sparse.csr_matrix(weights.binary().matrix)).to_W()
    theirs.transform = "r"
    print(f"local statistics, {areas:,} areas, 8 neighbours, {permutations} permutations")
    rows = (
        ("Moran's I", global_moran, lambda: esda.Moran(values, theirs, permutations=permutations)),
        (
            "local Moran",
            local_moran,
            lambda: esda.Moran_Local(values, theirs, permutations=permutations, n_jobs=1),
        ),
        (
            "Gi*",
            getis_ord,
            lambda: esda.G_Local(values, theirs, permutations=permutations, star=0.125, n_jobs=1),
        ),
    )
    for name, ours, peer in rows:
        mine, _ = seconds(
            lambda f=ours: f(values, weights, rng=np.random.default_rng(2), permutations=permutations)
        )
        spent, _ = seconds(peer)
        print(f"  {name:13} {mine:9.2f} s    esda {spent:7.2f} s  {spent / mine:7.1f} times")


def main() -> None:
    areas = int(sys.argv[1]) if len(sys.argv) > 1 else 3_500
    replicates = int(sys.argv[2]) if len(sys.argv) > 2 else 999
    warnings.simplefilter("ignore")  # esda's and libpysal's own
    local(areas, replicates)
    scan(281, 552, replicates, replicates, python=True)
    scan(areas, 3 * areas, replicates, 5, python=False)


if __name__ == "__main__":
    main()
