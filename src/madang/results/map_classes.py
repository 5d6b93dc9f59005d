"""Classes of the values of a map: of numbers about as many places in each, at round numbers; of words one for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from madang.messages import Language, text
from madang.results.result import Column

Floats = NDArray[np.float64]
NONE = -1  # the class of a place without a value
OUTSIDE = 6  # the step of a place that is none of the words of a map
_CLASSES = 5
_FINER = 9  # digits more than those of a column, at most
_TIMES = (0.67, 0.83, 1.2, 1.5)  # of "so many times": alike on both sides of 1, and the same next month
_STEPS: dict[int, tuple[int, ...]] = {1: (4,), 2: (2, 4), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}


@dataclass(frozen=True)
class Class:
    """One class: its step of the colours (1 to 5, OUTSIDE), its words, its numbers ("" of words), how many places are in it."""

    step: int
    words: str
    numbers: str
    count: int


@dataclass(frozen=True)
class Classes:
    """The classes of some values. `at`: of each value its place among `each`, NONE without one; `middle`: around 1."""

    each: tuple[Class, ...]
    at: NDArray[np.int64]
    middle: bool

    @property
    def steps(self) -> list[int]:
        """Of each value its step of the colours; 0 without one."""
        steps = [*(one.step for one in self.each), 0]
        return [steps[place] for place in self.at.tolist()]


def classes(values: Floats, column: Column, language: Language = "ko") -> Classes:
    """Classes of the values of a column; NaN is none."""
    known = np.isfinite(values)
    if not known.any():
        return Classes((), np.full(len(values), NONE), False)
    middle = column.unit == "배"
    edges = np.array(_TIMES) if middle else _edges(values[known], column.digits)
    at = np.where(known, np.searchsorted(edges, np.where(known, values, 0.0), side="right"), NONE)
    count = len(edges) + 1
    steps, words = _STEPS[count], "map_times_" if middle else "map_class_"
    least, most = float(values[known].min()), float(values[known].max())
    digits = _digits(edges, column.digits)
    found = [
        Class(
            steps[k], text("map_same" if count == 1 else f"{words}{steps[k]}", language),
            _numbers(edges, k, column, digits, (least, most), language), int((at == k).sum()),
        )
        for k in range(count)
    ]  # fmt: skip
    return Classes(tuple(found), at, middle)


def kinds(told: Sequence[str | None], column: Column, language: Language = "ko") -> Classes:
    """Classes of the words of a column: one for each, in the order in which they first stand there; of more than five the
    first four, and one of the others, in which is what is called so. "" is none of them, a class of its own; None is no value."""
    own, rest = list(dict.fromkeys(filter(None, told))), text("map_others", language)
    others = len(own) > _CLASSES
    named = [word for word in own if word != rest][: _CLASSES - 1] if others else own
    place = {"": len(named) + others, **{word: n for n, word in enumerate(named)}}
    at = np.array([NONE if word is None else place.get(word, len(named)) for word in told], np.int64)
    lines = list(enumerate([*named, *([rest] if others else [])], 1))
    if "" in told:
        lines.append((OUTSIDE, text("map_outside", language, column=column.label)))
    found = (Class(step, words, "", int((at == n).sum())) for n, (step, words) in enumerate(lines))
    return Classes(tuple(found), at, False)


def _edges(values: Floats, digits: int) -> Floats:
    """First values of the second and each following class."""
    distinct = np.unique(values)
    if len(distinct) <= _CLASSES:
        return distinct[1:]
    quantiles = np.quantile(values, np.linspace(0, 1, _CLASSES + 1)[1:-1])
    step = 10.0 ** floor(log10((distinct[-1] - distinct[0]) / 20))
    for each in (step, 10.0**-digits):
        edges = np.unique(np.round(np.round(quantiles / each) * each, 10))
        edges = edges[(edges > distinct[0]) & (edges <= distinct[-1])]
        if len(edges) == _CLASSES - 1:
            break
    return np.asarray(edges, float)


def _digits(edges: Floats, fewest: int) -> int:
    """With how many digits no edge is said as its neighbour is, nor as 0."""
    if len(edges) and np.all(edges == np.round(edges)):
        return 0
    apart = np.unique([0.0, *edges])
    each = range(fewest, fewest + _FINER)
    return next((n for n in each if len(np.unique(np.round(apart, n))) == len(apart)), fewest)


def _numbers(
    edges: Floats, k: int, column: Column, digits: int, ends: tuple[float, float], language: Language
) -> str:
    least, most = ends
    if column.kind in ("integer", "money"):
        first = least if k == 0 else np.ceil(edges[k - 1])
        last = most if k == len(edges) else np.ceil(edges[k]) - 1
        return f"{first:,.0f}" if first == last else f"{first:,.0f}–{last:,.0f}"
    if not len(edges):
        return f"{least:,.{digits}f}"
    if k == 0:
        return text("map_below", language, value=f"{edges[0]:,.{digits}f}")
    if k == len(edges):
        return text("map_from", language, value=f"{edges[-1]:,.{digits}f}")
    return f"{edges[k - 1]:,.{digits}f}–{edges[k]:,.{digits}f}"
