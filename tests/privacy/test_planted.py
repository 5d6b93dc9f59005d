"""The smaller twin of `bench/personal_data.py`: numbers made by the rules of their issuers, and what only looks alike."""

from __future__ import annotations

import importlib.util
import random
import sys
from types import ModuleType

import pytest

from madang.privacy import Kind
from repository_files import ROOT


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("personal_data", ROOT / "bench/personal_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["personal_data"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_planted_numbers_are_found_and_look_alikes_are_not(bench: ModuleType) -> None:
    rng = random.Random(7)
    columns = bench.planted(rng, 300) + bench.alike(rng, 200) + bench.people(rng, 100)
    scores = bench.score(columns, by_column=True)
    assert set(scores) >= set(bench.MAKERS)
    for kind, score in scores.items():
        recall = score.right / (score.right + score.missed)
        precision = score.right / (score.right + score.wrong)
        least: dict[Kind, float] = {"account": 0.95, "hotline": 0.9, "name": 0.9}
        assert recall >= least.get(kind, 0.99), (kind, score)
        assert precision >= least.get(kind, 0.99), (kind, score)
    assert (scores["rrn"].missed, scores["rrn"].wrong) == (0, 0)


@pytest.mark.slow
def test_every_way_of_writing_a_resident_number_is_found(bench: ModuleType) -> None:
    rng = random.Random(11)
    for between in bench.BETWEEN:
        column = bench.Cells("내용", [between.join(bench.resident(rng)) for _ in range(50)], ["rrn"] * 50)
        assert all(bench.found(column, "rrn")), repr(between)


def test_made_up_resident_numbers_follow_the_rules_of_their_issue(bench: ModuleType) -> None:
    """Half of them obey the check digit by hand (weights 2 to 9, 2 to 5), those since October 2020 by chance only."""
    rng = random.Random(3)
    obeying = 0
    for _ in range(400):
        number = "".join(bench.resident(rng))
        total = sum(int(d) * w for d, w in zip(number, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=False))
        base = 13 if number[6] in "5678" else 11
        obeying += (base - total % 11) % 10 == int(number[12])
    assert 200 < obeying < 320
