"""Which result answers the same question with newer data, drawn as tables: versions of what each read, by role."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from madang.runs import Read, Run
from madang.runs.living import newest_answer


def run(key: str, *inputs: str, at: str = "2026-11-22T15:00:00", **said: object) -> Run:
    """A run of "role=dataset@version"."""
    read = []
    for each in inputs:
        role, _, rest = each.partition("=")
        dataset, _, version = rest.partition("@")
        read.append(Read(role, dataset, int(version), dataset, "", {}))
    found = Run(key, "siting", "입지", {"sites": 3}, tuple(read), 0, "code", "kim", at, 1.0, Path(key))
    return replace(found, **said)  # type: ignore[arg-type]


OLD = run("old", "people=grid@2", "shops=cafes@5")


@pytest.mark.parametrize(
    ("other", "newer"),
    [
        (run("x", "people=grid@2", "shops=cafes@6"), True),
        (run("x", "shops=cafes@6", "people=grid@3"), True),  # in whatever order it read
        (run("x", "people=grid@2", "shops=cafes@5"), False),  # the same data, computed otherwise
        (run("x", "people=grid@1", "shops=cafes@6"), False),  # neither is the newer one
        (run("x", "people=grid@2", "shops=cafes@4"), False),
        (run("x", "people=grid@2", "shops=bars@6"), False),
        (run("x", "people=grid@2", "places=cafes@6"), False),
        (run("x", "people=grid@3"), False),
        (run("x", "people=grid@3", "shops=cafes@6", "areas=dongs@1"), False),
        (run("x", "people=grid@3", "shops=cafes@6", parameters={"sites": 4}), False),
        (run("x", "people=grid@3", "shops=cafes@6", seed=1), False),
        (run("x", "people=grid@3", "shops=cafes@6", analysis="reach"), False),
    ],
)
def test_the_same_question_with_newer_data_is_a_newer_answer(other: Run, newer: bool) -> None:
    assert newest_answer(OLD, [OLD, other]) == (other if newer else None)


def test_the_newest_data_count_and_then_the_newest_computation() -> None:
    third = run("third", "people=grid@3", "shops=cafes@6", at="2026-11-23T09:00:00")
    anew = run("anew", "people=grid@3", "shops=cafes@6", at="2026-11-24T09:00:00", code="better")
    second = run(
        "second", "people=grid@2", "shops=cafes@6", at="2026-11-25T09:00:00"
    )  # of data chosen by hand
    assert newest_answer(OLD, [second, anew, third]) == anew
    assert newest_answer(second, [OLD, second, anew, third]) == anew
    assert newest_answer(anew, [OLD, second, third]) is None
