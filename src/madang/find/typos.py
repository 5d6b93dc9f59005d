"""Slips of the finger: titles a few keystrokes away from a word."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from rapidfuzz import fuzz, process

_SHORTEST = 4  # keystrokes; below that a slip makes another word
_MOST = 60
_NEAR_THE_BEST = 4.0  # of 100


@dataclass(frozen=True)
class _Titles:
    generation: int
    numbers: list[int]
    typed: list[str]


class Vocabulary:
    """All titles as keystrokes, kept in memory and read again when the index has changed."""

    def __init__(self) -> None:
        self._titles = _Titles(-1, [], [])

    def near(self, db: sqlite3.Connection, typed: str) -> dict[int, float]:
        """Documents with a title that holds something near `typed` (keystrokes), with the likeness 0..1.

        One key in four may be wrong in a short word, one in five in a longer one; of those found only the
        nearest count.
        """
        if len(typed) < _SHORTEST:
            return {}
        titles = self._read(db)
        allowed = max(1, len(typed) // 5)
        cutoff = 100 * (1 - allowed / len(typed)) - 0.01
        found = process.extract(typed, titles.typed, scorer=fuzz.partial_ratio, processor=None,
                                score_cutoff=cutoff, limit=_MOST)  # fmt: skip
        if not found:
            return {}
        best = found[0][1]
        return {titles.numbers[at]: score / 100 for _, score, at in found if score >= best - _NEAR_THE_BEST}

    def _read(self, db: sqlite3.Connection) -> _Titles:
        generation = db.execute("SELECT number FROM generation").fetchone()[0]
        if generation != self._titles.generation:
            rows = db.execute(
                "SELECT rowid, title FROM text WHERE length(title) >= ?", (_SHORTEST - 1,)
            ).fetchall()
            self._titles = _Titles(generation, [row[0] for row in rows], [row[1] for row in rows])
        return self._titles
