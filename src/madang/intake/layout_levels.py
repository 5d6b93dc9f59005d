"""Headers of several levels: which rows above, or below, a header line belong to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from madang.intake.layout_body import Row, Stance, filled
from madang.intake.layout_cells import are_periods, is_unit, tidy, words_share
from madang.intake.layout_labels import Merge

LEVELS = 4


def levels_above(
    rows: Sequence[Row], heads: list[int], seen: list[Stance], merges: Sequence[Merge], usual: float
) -> list[Row]:
    """Header lines from the lowest one upwards, as long as the line above adds to the one below."""
    bottom = heads[-1]
    lines = [rows[bottom]]
    for index in range(bottom - 1, -1, -1):
        number, cells = rows[index]
        if len(lines) == LEVELS or any(is_unit(c) or len(c) > 80 for c in cells):
            break
        if number < lines[0][0] - 1 and not _spanned(number, lines[0][0], merges):
            break
        if not (seen[index].values == 0 or are_periods(cells)):
            break
        if _adds(rows[index], lines[0], merges, usual):
            lines.insert(0, rows[index])
        elif _both_full(cells, lines[0][1], usual):
            if (
                seen[index].against < 2
                and seen[index].against < 0.5 * usual
                and words_share(lines[0][1]) < 0.8
            ):
                return [rows[index]]  # the lower one is a data row with words in its only typed column
            lines.insert(0, rows[index])
        else:
            break
    return lines


def levels_below(rows: Sequence[Row], bottom: int, merges: Sequence[Merge]) -> list[Row]:
    """Header lines under the lowest that tells itself: a merged cell of the header reaches down to them.

    Such a line stands over columns of words alone, so nothing but the merge tells it from data.
    """
    top, found = rows[bottom][0], []
    for number, cells in rows[bottom + 1 : bottom + LEVELS]:
        if not any(r0 <= top and r1 >= number and c0 == c1 for r0, c0, r1, c1 in merges):
            break
        found.append((number, cells))
    return found


def _spanned(above: int, below: int, merges: Sequence[Merge]) -> bool:
    return any(r0 <= above and r1 >= below for r0, _, r1, _ in merges)


def _adds(upper: Row, lower: Row, merges: Sequence[Merge], usual: float) -> bool:
    """Whether `upper` is a level over `lower`: it fills its gaps, tells equal labels apart, or spans columns."""
    above, below = [tidy(c) for c in upper[1]], [tidy(c) for c in lower[1]]
    if above == below:
        return True
    width = max(len(above), len(below))
    spans = [(c0, c1) for r0, c0, r1, c1 in merges if r0 <= upper[0] <= r1 and c1 > c0]
    partial = [s for s in spans if s[1] - s[0] + 1 < width]
    count = filled(above)
    if partial and count:
        return True
    if count < 2:
        return False
    gaps = any(a and (j >= len(below) or not below[j]) for j, a in enumerate(above))
    twice = max(Counter(c for c in below if c).values(), default=0) > 1
    return gaps or twice


def _both_full(above: Sequence[str], below: Sequence[str], usual: float) -> bool:
    return filled(above) >= 0.7 * usual and filled(below) >= 0.7 * usual


def is_lower(upper: Row, lower: Row, merges: Sequence[Merge]) -> bool:
    """Whether the row under a header of words is a further level: it stands under spans or exactly in the gaps."""
    if any(r0 <= upper[0] and r1 >= lower[0] for r0, _, r1, _ in merges) or any(
        r0 <= upper[0] <= r1 and c1 > c0 for r0, c0, r1, c1 in merges
    ):
        return True
    above, below = [tidy(c) for c in upper[1]], [tidy(c) for c in lower[1]]
    if above == below:
        return True
    width = max(len(above), len(below))
    above += [""] * (width - len(above))
    below += [""] * (width - len(below))
    gaps = [j for j in range(width) if not above[j]]
    return bool(gaps) and all(below[j] for j in gaps) and any(above[j] and not below[j] for j in range(width))
