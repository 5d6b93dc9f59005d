"""What the cells of each column look like, and how well a cell fits: the measure by which broken rows are put right."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

_RUNS = [(re.compile(r"[0-9]+"), "9"), (re.compile(r"[A-Za-z]+"), "a"), (re.compile(r"[가-힣]+"), "가")]
_EXACT = [
    (re.compile(r"[0-9]"), "9"),
    (re.compile(r"[A-Z]"), "A"),
    (re.compile(r"[a-z]"), "a"),
    (re.compile(r"[가-힣]+"), "가"),
]
_URL = re.compile(r"(?:https?|ftp)://\S+|www\.\S+")
_LETTER = re.compile(r"[A-Za-z가-힣]")
_CHANGES = re.compile(r"(?<=[^\d])(?=\d)|(?<=\d)(?=[^\d.,])")
_MEETINGS = re.compile(r'(?<=")(?=[^"])|https?://')
_LEARNED = 20_000  # cells from which the columns are learned
_FLOOR = 1e-4  # share given to anything at all


@lru_cache(maxsize=20_000)
def coarse(cell: str) -> str:
    """A cell's shape with runs collapsed: "28/01/2018" is "9/9/9"; words of several runs are "text"."""
    text = cell.strip()
    if _URL.fullmatch(text):
        return "url"
    if len(text) > 60:
        return "text"
    for pattern, sign in _RUNS:
        text = pattern.sub(sign, text)
    return "text" if _LETTER.search(text) and (len(text) > 5 or " " in text) else text


@lru_cache(maxsize=20_000)
def exact(cell: str) -> str:
    """A cell's shape letter by letter: "28/01/2018" is "99/99/9999"; "" for long texts."""
    if len(cell) > 40:
        return ""
    for pattern, sign in _EXACT:
        cell = pattern.sub(sign, cell)
    return cell


@dataclass
class Column:
    """Shares of shapes among the cells of one column."""

    coarse: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    cells: int = 0
    edged: int = 0  # cells that begin or end with a blank

    def add(self, cell: str) -> None:
        self.cells += 1
        self.edged += cell != cell.strip()
        self.coarse[coarse(cell)] += 1
        self.exact[exact(cell)] += 1
        if len(cell) <= 40:
            self.values[cell] += 1

    def fit(self, cell: str) -> float:
        """Logarithm of how usual such a cell is here (0: every cell is so; about -9: none is)."""
        if not self.cells:
            return -2.0
        shape, form = coarse(cell), exact(cell)
        known = 1.0 if not form or self.exact[form] else min(1.0, 0.1 + 2 * len(self.exact) / self.cells)
        share = 0.4 * known * self.coarse[shape] / self.cells + 0.3 * self.values[cell] / self.cells
        share += 0.3 * (self.exact[form] / self.cells if form else self.coarse[shape] / self.cells)
        if shape not in ("", "url") and _LETTER.search(cell):
            words = sum(
                n for kind, n in self.coarse.items() if kind == "text" or kind in ("가", "a", "a a", "가 가")
            )
            share += 0.1 * words / self.cells
        return math.log(share + _FLOOR) - (1 if cell != cell.strip() and not self.edged else 0)

    def usual_lengths(self) -> list[int]:
        """Lengths of the column's most frequent exact shapes."""
        return sorted({len(form) for form, _ in self.exact.most_common(6) if form})


@dataclass
class Profile:
    """The columns of a table, learned from rows that have the right number of cells."""

    columns: list[Column]

    @classmethod
    def learn(cls, rows: list[list[str]], width: int) -> Profile:
        columns = [Column() for _ in range(width)]
        right = [cells for cells in rows if len(cells) == width]
        most = max(50, _LEARNED // width)
        for cells in right[:: max(1, len(right) // most)]:
            for column, cell in zip(columns, cells, strict=True):
                column.add(cell)
        return cls(columns)

    def fit(self, cells: list[str]) -> float:
        return sum(column.fit(cell) for column, cell in zip(self.columns, cells, strict=True))


@dataclass(frozen=True)
class Aligned:
    """Pieces of a row put under the columns; `steps` says what was done besides taking one piece per column."""

    cells: list[str]
    score: float
    steps: tuple[str, ...]


_REJOIN = 0.02
_LOST = -3.0  # a short row lost something: an empty cell is never less likely than this
_JOIN, _REMOVE, _PAD, _SPLIT, _MET = 2.0, 1.0, 2.0, 3.0, 1.0
_BUDGET = 400_000


def align(pieces: list[str], profile: Profile, joiner: str, rejoin: bool = False) -> Aligned | None:
    """Put the pieces of a row under the columns so that they fit best, as a dynamic programme.

    Too many pieces: an empty one is removed, or neighbours are joined by `joiner` again; too few: a column stays
    empty, or a piece is split in two. With `rejoin` joining costs little (the delimiter also stands in texts).
    None where the row is too large to be searched.
    """
    count, width = len(pieces), len(profile.columns)
    if (count + 1) * width * (max(1, count - width + 1) + 20) > _BUDGET:
        return None
    way = _Way(pieces, profile.columns, joiner, rejoin)
    # best score of the first i pieces under the first j columns, and the step that led there
    best: dict[tuple[int, int], tuple[float, tuple[int, int], _Step | None]] = {(0, 0): (0.0, (0, 0), None)}
    for i in range(count + 1):
        for j in range(width + 1):
            if (i, j) not in best:
                continue
            for step in way.steps(i, j):
                place, score = (i + step.pieces, j + len(step.cells)), best[i, j][0] + step.score
                if place not in best or score > best[place][0]:
                    best[place] = (score, (i, j), step)
    end = (count, width)
    if end not in best:
        return None
    cells: list[str] = []
    done: list[str] = []
    place, last = best[end][1], best[end][2]
    while last is not None:
        cells[:0] = last.cells
        done += [last.name] if last.name else []
        _, place, last = best[place]
    return Aligned(cells, best[end][0], tuple(dict.fromkeys(reversed(done))))


@dataclass(frozen=True)
class _Step:
    """Some pieces become some cells: how much that is worth and what it is called ("" for one piece, one cell)."""

    pieces: int
    cells: tuple[str, ...]
    score: float
    name: str = ""


@dataclass(frozen=True)
class _Way:
    """The steps that can be taken between pieces and columns."""

    pieces: list[str]
    columns: list[Column]
    joiner: str
    rejoin: bool

    def steps(self, i: int, j: int) -> Iterator[_Step]:
        surplus = len(self.pieces) - len(self.columns)
        more, free = i < len(self.pieces), j < len(self.columns)
        if surplus < 0 and not 0 <= j - i <= -surplus:
            return
        if more and free:
            yield from self._take(i, j, max(1, surplus + 1))
        if more and surplus > 0 and not self.pieces[i].strip():
            yield _Step(1, (), -_REMOVE, "empty_removed")
        if free and surplus < 0:
            yield _Step(0, ("",), max(self.columns[j].fit(""), _LOST) - _PAD, "padded")
        if more and surplus < 0 and j + 1 < len(self.columns):
            one, other = self.columns[j], self.columns[j + 1]
            for left, right, cost in _halves(self.pieces[i], one, other):
                yield _Step(1, (left, right), one.fit(left) + other.fit(right) - cost, "split")

    def _take(self, i: int, j: int, longest: int) -> Iterator[_Step]:
        cost = _REJOIN if self.rejoin else _JOIN
        for size in range(1, min(longest, len(self.pieces) - i) + 1):
            taken = self.pieces[i : i + size]
            if size > 1 and self.rejoin and any(self.joiner in piece for piece in taken):
                return  # a piece with the delimiter inside was quoted: a cell of its own
            cell = self.joiner.join(taken)
            score = self.columns[j].fit(cell) - cost * (size - 1)
            yield _Step(size, (cell,), score, "joined" if size > 1 else "")


def _halves(piece: str, left: Column, right: Column) -> Iterator[tuple[str, str, float]]:
    """Ways in which a piece may be two cells run together: at usual lengths, changes of kind, quotes, addresses.

    A quote where the two met (it ended or began a quoted cell, doubled by the meeting) belongs to neither.
    """
    if len(piece) < 2 or len(piece) > 5_000:
        return
    cuts = set(left.usual_lengths()) | {len(piece) - size for size in right.usual_lengths()}
    cuts |= {match.start() for match in _CHANGES.finditer(piece[:80])}
    met = {match.start() for match in _MEETINGS.finditer(piece)}
    for at in sorted(met):
        yield piece[:at].removesuffix('"'), piece[at:].removeprefix('"'), _MET
    for at in sorted(cuts - met):
        if 0 < at < len(piece):
            yield piece[:at], piece[at:], _SPLIT
