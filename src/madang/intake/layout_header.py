"""The header of a table: whether there is one, which rows it has, and the labels it gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from madang.intake.layout_body import Row, Stance, filled, first_region, kinds_of, stance
from madang.intake.layout_cells import (
    Kind,
    is_counting,
    is_footnote,
    is_sequence,
    is_unit,
    kind,
    tidy,
    words_share,
)
from madang.intake.layout_labels import Merge
from madang.intake.layout_levels import LEVELS, is_lower, levels_above, levels_below
from madang.intake.raw import Evidence

_TOP = 40  # rows in which a header is looked for


@dataclass
class Choice:
    """The header found: its rows, where the data starts, and what was seen."""

    lines: list[Row]
    data_start: int
    kinds: list[Kind] = field(default_factory=list)
    periods: list[bool] = field(default_factory=list)
    sample: list[Row] = field(default_factory=list)
    numbering: set[int] = field(default_factory=set)
    evidence: list[Evidence] = field(default_factory=list)
    against: int = 0  # typed columns over which the header has words

    @property
    def width(self) -> int:
        rows = [len(cells) for _, cells in (self.sample or self.lines)]
        return Counter(rows).most_common(1)[0][0] if rows else 0

    def is_line(self, cells: Sequence[str]) -> bool:
        """Whether a row is one of the header's lines again."""
        ours = [tidy(c) for c in cells]
        return any(ours == [tidy(c) for c in line] for _, line in self.lines)


def fixed(rows: Sequence[Row], numbers: tuple[int, ...]) -> Choice:
    """The header a person fixed: these physical rows, or none."""
    lines = [row for row in rows if row[0] in numbers]
    start = max(numbers) + 1 if numbers else (rows[0][0] if rows else 1)
    sample = [row for row in rows if row[0] >= start][:60]
    kinds, periods = kinds_of(sample)
    because = (
        f"사람이 {', '.join(map(str, numbers))}행으로 정함" if numbers else "사람이 머리글이 없다고 정함"
    )
    note = Evidence("header", _said(lines), because, 1.0)
    return Choice(lines, start, kinds, periods, sample, evidence=[note])


def find(rows: Sequence[Row], merges: Sequence[Merge] = ()) -> Choice:
    """The header of the first table of `rows` (at least one of them filled)."""
    reference = _reference(first_region(rows))
    kinds, periods = kinds_of(reference)
    rows = [row for row in rows if filled(row[1])]
    if not _is_typed(kinds):
        reference = _reference(rows)
        kinds, periods = kinds_of(reference)
    top = rows[:_TOP]
    if not reference:
        choice = _header_only(rows)
    elif _is_typed(kinds):
        choice = _typed(top, reference, kinds, periods, merges)
    else:
        choice = _untyped(top, reference, merges)
    choice.kinds, choice.periods, choice.sample = kinds, periods, reference
    return choice


def _is_typed(kinds: Sequence[Kind]) -> bool:
    return any(k in ("number", "digits", "code") for k in kinds)


def _reference(rows: Sequence[Row]) -> list[Row]:
    """Rows that are surely data, to compare the top with: full ones, beyond the first few."""
    first = rows[:120]
    most = max((filled(cells) for _, cells in first), default=0)
    full = [row for row in first if filled(row[1]) >= max(1, 0.3 * most)]
    skip = max(1, min(len(full) // 2, 6))
    # rows may leave gaps in their numbers; a table further down must not speak for this one
    return full[skip : skip + 60]


def _header_only(rows: Sequence[Row]) -> Choice:
    """One full row: a header where it has words and no values."""
    most = max(filled(cells) for _, cells in rows)
    row = next(r for r in rows if filled(r[1]) == most)
    marks = [kind(c) for c in row[1] if c.strip()]
    if all(mark in ("text", "code") for mark in marks):
        note = Evidence("header", _said([row]), "한 행뿐이고 모든 칸이 낱말임: 자료가 없는 표", 0.7)
        return Choice([row], row[0] + 1, evidence=[note])
    note = Evidence("header", "없음", "한 행뿐이고 값으로 보이는 칸이 있음", 0.6)
    return Choice([], row[0], evidence=[note])


def _typed(
    rows: Sequence[Row],
    reference: Sequence[Row],
    kinds: list[Kind],
    periods: list[bool],
    merges: Sequence[Merge],
) -> Choice:
    """A table with columns of numbers, dates or codes: the header is what has words in them."""
    usual = median([filled(cells) for _, cells in reference])
    seen = [stance(cells, kinds, periods) for _, cells in rows]
    counting = {i for i, (_, cells) in enumerate(rows) if i and is_counting(cells) and seen[i - 1].is_header}
    first = next(
        (i for i, s in enumerate(seen) if s.is_data and s.filled >= 0.3 * usual and i not in counting),
        len(rows),
    )
    heads = [i for i in range(first) if _may_head(rows[i][1], seen[i], usual) and i not in counting]
    strong = [i for i in heads if seen[i].is_header]
    if not strong:
        heads = [i for i in heads if seen[i].filled >= 0.5 * usual and words_share(rows[i][1]) >= 0.5]
        strong = heads[-1:]
    if strong:
        lines = levels_above(rows, strong, seen, merges, usual)
        lines += levels_below(rows, strong[-1], merges)
        covered = {j for _, cells in lines for j, c in enumerate(cells) if c.strip()}
        if len(covered) >= 0.5 * usual:
            return _with_header(rows, lines, seen, counting)
    if (
        first < len(rows)
        and is_sequence(rows[first][1])
        and not any(is_sequence(c) for _, c in rows[first + 1 :])
    ):
        note = Evidence(
            "header", _said([rows[first]]), "첫 행의 수가 하나씩 커지고 아래 행은 그렇지 않음", 0.6
        )
        after = rows[first + 1][0] if first + 1 < len(rows) else rows[first][0] + 1
        return Choice([rows[first]], after, evidence=[note])
    start = next((i for i in range(first + 1) if i == first or seen[i].filled >= 0.5 * usual), first)
    because = f"첫 행의 칸 {seen[min(first, len(seen) - 1)].matched}개가 아래 행과 같은 모양의 값임"
    data = rows[start][0] if start < len(rows) else rows[-1][0]
    return Choice([], data, evidence=[Evidence("header", "없음", because, 0.9)])


def _may_head(cells: Sequence[str], found: Stance, usual: float) -> bool:
    if found.filled < min(2, usual) or any(is_unit(c) or len(c) > 80 for c in cells):
        return False
    if is_footnote(next(c for c in cells if c.strip())) and found.filled < 0.5 * usual:
        return False
    return found.is_header or (found.matched == 0 and not found.values)


def _with_header(rows: Sequence[Row], lines: list[Row], seen: list[Stance], counting: set[int]) -> Choice:
    last = next(i for i, row in enumerate(rows) if row[0] == lines[-1][0])
    numbering = {rows[last + 1][0]} if last + 1 in counting else set()
    after = last + 1 + len(numbering)
    start = rows[after][0] if after < len(rows) else rows[last][0] + 1 + len(numbering)
    against = max(seen[i].against for i, row in enumerate(rows) if row in lines)
    because = f"아래가 숫자·날짜·코드인 열 {against}개에서 이 행은 낱말임"
    if len(lines) > 1:
        because += f", {len(lines)}단 머리글(병합·빈칸·되풀이로 판단)"
    sure = {0: 0.6, 1: 0.85, 2: 0.93}.get(against, 0.98)
    note = Evidence("header", _said(lines), because, sure)
    return Choice(lines, start, numbering=numbering, evidence=[note], against=against)


def _untyped(rows: Sequence[Row], reference: Sequence[Row], merges: Sequence[Merge]) -> Choice:
    """A table of words only: a header is assumed unless the first row's values come again below."""
    usual = median([filled(cells) for _, cells in reference])
    first = next((i for i, (_, c) in enumerate(rows) if filled(c) >= max(1, 0.5 * usual)), 0)
    if usual >= 2:
        first = next((i for i in range(first, len(rows)) if filled(rows[i][1]) >= 2), first)
    cells = rows[first][1]
    again = _values_again(cells, [*rows[first + 1 :], *reference])
    words = words_share(cells)
    if again and words < 0.5:
        because = f"첫 행의 값 {again}개가 아래 행에도 나옴"
        return Choice([], rows[first][0], evidence=[Evidence("header", "없음", because, 0.75)])
    last = first
    while last + 2 < len(rows) and last - first < LEVELS - 1 and is_lower(rows[last], rows[last + 1], merges):
        last += 1
    seen = [stance(c, [], []) for _, c in rows]
    lines = levels_above(rows[: last + 1], [last], seen, merges, usual)
    start = rows[last + 1][0] if last + 1 < len(rows) else rows[last][0] + 1
    because = "글자 열뿐이라 첫 행을 머리글로 봄" + (f", {words:.0%}가 항목 이름의 꼴" if words else "")
    note = Evidence("header", _said(lines), because, round(0.65 + 0.3 * words, 2))
    return Choice(lines, start, evidence=[note])


def _values_again(cells: Sequence[str], below: Sequence[Row]) -> int:
    """Columns in which the first row's value stands again below (rows equal to it as a whole do not count)."""
    found = 0
    whole = [tidy(c) for c in cells]
    others = [row for _, row in below if [tidy(c) for c in row] != whole]
    for index, cell in enumerate(whole):
        if cell and any(index < len(row) and tidy(row[index]) == cell for row in others):
            found += 1
    return found


def starts_table(rows: Sequence[Row], current: Choice, after_blank: bool) -> bool:
    """Whether `rows` begin with the header (or, after a blank row, the title) of a table other than `current`."""
    choice = find(rows)
    if not choice.lines or sum(filled(cells) > 0 for _, cells in rows) < 2:
        return False
    lead = [row for row in rows if row[0] < choice.lines[0][0] and filled(row[1])]
    if any(current.is_line(cells) for _, cells in choice.lines):
        return False
    if lead and (not after_blank or len(lead) > 4 or filled(lead[0][1]) > max(2, 0.5 * current.width)):
        return False
    cells = choice.lines[-1][1]
    contradicts = stance(cells, current.kinds, current.periods).is_header
    if choice.against:
        return contradicts or _reach(cells) != _reach_of(current)
    words = words_share(cells) >= 0.5
    return after_blank and words and (contradicts or _reach(cells) != _reach_of(current))


def _reach(cells: Sequence[str]) -> int:
    return max((j + 1 for j, c in enumerate(cells) if c.strip()), default=0)


def _reach_of(choice: Choice) -> int:
    return max((_reach(cells) for _, cells in choice.lines or choice.sample), default=0)


def _said(lines: Sequence[Row]) -> str:
    return ", ".join(f"{number}행" for number, _ in lines) if lines else "없음"
