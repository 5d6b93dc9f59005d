"""Labels of columns from the lines of a header: merged areas filled, levels joined."""

from __future__ import annotations

from collections.abc import Sequence

from madang.intake.layout_body import Row
from madang.intake.layout_cells import is_unit_label, tidy

Merge = tuple[
    int, int, int, int
]  # first row, first column, last row, last column; rows 1-based, columns 0-based


def join(lines: Sequence[Row], width: int, merges: Sequence[Merge]) -> tuple[str, ...]:
    """The labels of `width` columns: levels joined with "_", equal ones once, a unit in brackets set behind."""
    levels = [[tidy(c) for c in cells][:width] + [""] * (width - len(cells)) for _, cells in lines]
    numbers = [number for number, _ in lines]
    merged = False
    for r0, c0, r1, c1 in merges:
        inside = [i for i, number in enumerate(numbers) if r0 <= number <= r1]
        if not inside or c0 >= width or r0 != numbers[inside[0]]:
            continue
        merged = merged or c1 > c0
        for i in inside:
            for j in range(c0, min(c1, width - 1) + 1):
                levels[i][j] = levels[inside[0]][c0]
    if not merged:
        _fill_right(levels)
    return tuple(_joined([level[j] for level in levels]) for j in range(width))


def _fill_right(levels: list[list[str]]) -> None:
    """Without known merges: an upper label also names the empty cells to its right that have a label below."""
    for i in range(len(levels) - 1):
        source = -1
        for j, cell in enumerate(levels[i]):
            below = any(level[j] for level in levels[i + 1 :])
            if cell:
                source = j if below else -1
            elif below and source >= 0:
                levels[i][j] = levels[i][source]
            else:
                source = -1


def _joined(parts: Sequence[str]) -> str:
    label = ""
    last = ""
    for part in parts:
        if not part or part == last:
            continue
        label = part if not label else label + ("" if is_unit_label(part) else "_") + part
        last = part
    return label
