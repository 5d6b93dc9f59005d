"""Names on a map: where there is room, and none over another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from madang.results.chart_svg import _long, _text

_HIGH = 14.0  # of a line
_SMALL = 12 / 13  # of the letters that `_long` measures
_INSIDE = 0.75  # the part of a name that has to lie in its area
_GAP = 3.0


@dataclass(frozen=True)
class Label:
    """What is to be written at a place in pixels: on its `area`, else beside a circle of `radius`; `kind` is a class."""

    at: Sequence[float]
    lines: tuple[str, ...]
    area: Any = None
    radius: float = 0.0
    kind: str = "label"


def labels(wanted: Sequence[Label], size: tuple[float, float]) -> Iterator[str]:
    """The lines of each, those first that come first; what finds no room has its first line alone, or none."""
    circles = [
        shapely.box(x - each.radius, y - each.radius, x + each.radius, y + each.radius)
        for each in wanted for x, y in [each.at] if each.area is None
    ]  # fmt: skip
    taken: list[Any] = circles
    for each in wanted:
        for lines in dict.fromkeys((each.lines, each.lines[:1])):
            found = _room(each, lines, taken, size) if lines else None
            if found is not None:
                x, y, box = found
                taken.append(box)
                kind = f"{each.kind} middle"
                yield from (_text(x, y + k * _HIGH, line, kind) for k, line in enumerate(lines))
                break


def _room(
    label: Label, lines: tuple[str, ...], taken: Sequence[Any], size: tuple[float, float]
) -> tuple[float, float, Any] | None:
    """The middle of the first line, and the box of all of them."""
    wide, high = max(map(_long, lines)) * _SMALL, _HIGH * len(lines)
    beside, below = label.radius + _GAP + wide / 2, label.radius + _GAP + high / 2
    around = ((beside, 0.0), (-beside, 0.0), (0.0, below), (0.0, -below))
    for right, down in around if label.area is None else ((0.0, 0.0),):
        x, y = float(label.at[0]) + right, float(label.at[1]) + down
        edges = x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
        if min(edges) < 0 or edges[2] > size[0] or edges[3] > size[1]:
            continue
        box = shapely.box(*edges)
        if label.area is not None and shapely.intersection(label.area, box).area < _INSIDE * box.area:
            continue
        if not (len(taken) and shapely.intersects(np.array(taken), box).any()):
            return x, y - high / 2 + _HIGH - 3, box
    return None
