"""Facility siting against spopt with its default solver, and large cities: `python bench/siting.py [FOLDER] [POINTS]`.

FOLDER holds OR-Library p-median files (`pmed1.txt` …; of repeated edges the last counts); without it graphs of the same
recipe are made up. Both sides start from the same matrices. POINTS (10,000) demand points and 500 candidates of the
city are clustered around 25 centres, then spread evenly. The peer stops at `LIMIT` seconds a file.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from madang.methods import siting

Floats = NDArray[np.float64]
LIMIT = 600


def distances(nodes: int, edges: NDArray[np.int64]) -> Floats:
    lengths = np.full((nodes, nodes), np.inf)
    for one, other, length in edges:
        lengths[one, other] = lengths[other, one] = length
    np.fill_diagonal(lengths, 0)
    return shortest_path(lengths, method="FW")


def graphs(folder: Path | None) -> list[tuple[str, Floats, int]]:
    """Name, distances and number of sites."""
    if folder is not None:
        found = []
        for path in sorted(folder.glob("pmed[0-9]*.txt"), key=lambda path: int(path.stem[4:])):
            numbers = np.array(path.read_text("ascii").split(), dtype=np.int64)
            edges = numbers[3 : 3 + 3 * numbers[1]].reshape(-1, 3) - np.array([1, 1, 0])
            found.append((path.stem, distances(int(numbers[0]), edges), int(numbers[2])))
        return found
    rng = np.random.default_rng(3)
    made = []
    for nodes, sites in (
        (100, 5),
        (100, 10),
        (100, 20),
        (100, 33),
        (200, 10),
        (200, 20),
        (200, 40),
        (200, 67),
    ):
        ring = [(node, (node + 1) % nodes) for node in range(nodes)]
        more = rng.integers(0, nodes, (nodes * nodes // 50 - len(ring), 2))
        ends = np.concatenate((ring, more))
        made.append(
            (
                f"{nodes}/{sites}",
                distances(nodes, np.column_stack((ends, rng.integers(1, 101, len(ends))))),
                sites,
            )
        )
    return made


def peer(distance: Floats, sites: int) -> tuple[float, float]:
    """Cost and seconds of spopt's PMedian with PuLP's CBC."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pulp
        from spopt.locate import PMedian

        began = time.perf_counter()
        model = PMedian.from_cost_matrix(distance, np.ones(len(distance)), sites)
        model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=LIMIT), results=False)
        return float(model.problem.objective.value()), time.perf_counter() - began


def city(points: int, candidates: int = 500, seed: int = 1, clustered: bool = True) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    if not clustered:
        here, there = (rng.uniform(0, 12_000, (number, 2)) for number in (points, candidates))
        distance = np.hypot(*(here[:, None] - there).transpose(2, 0, 1)).round(1)
        return distance, rng.gamma(1.5, 60, points).round() + 1
    centres, width = rng.uniform(0, 12_000, (25, 2)), rng.uniform(300, 1500, 25)
    share = rng.dirichlet(np.full(25, 3.0))
    homes, places = (rng.choice(25, number, p=share) for number in (points, candidates))
    here = centres[homes] + rng.normal(size=(points, 2)) * width[homes, None]
    there = centres[places] + rng.normal(size=(candidates, 2)) * width[places, None] * 1.2
    distance = np.hypot(*(here[:, None] - there).transpose(2, 0, 1)).round(1)
    return distance, rng.gamma(1.5, 60, points).round() + 1


def main(arguments: list[str]) -> None:
    folder = next((Path(argument) for argument in arguments if not argument.isdigit()), None)
    points = next((int(argument) for argument in arguments if argument.isdigit()), 10_000)
    ours, theirs = 0.0, 0.0
    for name, distance, sites in graphs(folder):
        answer = siting.p_median(distance, None, sites)
        cost, seconds = peer(distance, sites)
        ours, theirs = ours + answer.seconds, theirs + seconds
        said = "proven" if answer.proven else f"gap {answer.gap:.2%}"
        print(
            f"{name:>8}: {answer.objective:.0f} {said} in {answer.seconds:.2f} s; spopt {cost:.0f} in {seconds:.2f} s"
        )
    print(f"together {ours:.2f} s, spopt {theirs:.2f} s: {theirs / ours:.0f} times")
    for clustered in (True, False):
        large(points, clustered)


def large(points: int, clustered: bool) -> None:
    """Every model on one city, each with 60 seconds."""
    distance, people = city(points, clustered=clustered)
    asked = {
        "p_median": [(10,), (20,), (30,)],
        "mclp": [(800.0, 10), (800.0, 20), (1500.0, 40)],
        "p_center": [(10,), (20,), (40,)],
        "lscp": [(1500.0,), (2500.0,)],
    }
    for model, cases in asked.items():
        for case in cases:
            answer = getattr(siting, model)(distance, people, *case)
            said = "proven" if answer.proven else f"gap {answer.gap:.3%}"
            where = "clustered" if clustered else "uniform"
            print(f"{points:,} x 500 {where}, {model} {case}: {said} in {answer.seconds:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
