"""Personal values on pages and in downloads: only their first character is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from madang.bank import Dataset
from madang.bank.seen import personal_ever
from madang.declarations.standard import DatasetColumn

_REST = re.compile(r"(?<=.)\S", re.DOTALL)
_DATE_PARTS = ("year", "month", "day")
_TOGETHER = " · "  # between the labels of a problem that speaks of several columns


def personal(columns: Iterable[DatasetColumn]) -> set[str]:
    """Names and headers of the columns that hold personal data."""
    return {name for c in columns if c.privacy != "none" for name in (c.name, c.label) if name}


def personal_of(dataset: Dataset, columns: Iterable[DatasetColumn]) -> set[str]:
    """Names and headers of `columns` that are personal, or that any version of the dataset, or what it is made of, says are."""
    columns, ever = list(columns), personal_ever(dataset)
    there = {n for c in columns if not ever.isdisjoint((c.name, c.label)) for n in (c.name, c.label) if n}
    return personal(columns) | there | ever


def masked(value: str) -> str:
    """`value` with everything but its first character starred, as the intake writes it into problems."""
    return _REST.sub("*", value)


def masked_problem(problem: Mapping[str, Any], detail: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    """A problem without personal values: starred where its column is `hidden`, left out where it is of a line.

    `detail` is its parsed detail; the parts of a personal date are starred in place.
    """
    labels = str(problem["label"] or "").split(_TOGETHER)
    if problem["value"] is None or not hidden:
        return dict(problem)
    if hidden & {problem["column"], *labels}:
        detail.update({part: "*" for part in _DATE_PARTS if part in detail})
        return {**problem, "value": masked(str(problem["value"]))}
    of_line = problem["row"] is not None and not problem["column"] and not problem["label"]
    return {**problem, "value": None} if of_line else dict(problem)
