"""Records that are not as the table wants them: read one by one, put right where that is sound, and always told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from madang.intake.csv_profile import Profile, align
from madang.intake.csv_record import SPAN_LINES, Dialect, readings, strict

CELL_LIMIT = 1 << 20  # characters of one cell
_SEARCHES = 3_000  # broken rows searched for their best reading; later ones are padded or cut
OTHER_DELIMITERS = ("\t", ";", "|", ",", ", ", " ")
_JOINED_LINES = 30  # lines over which a record with broken quotes is looked for
_STRAIN = 0.5  # what one unit of a reading's cost weighs against the fit of the cells


@dataclass(frozen=True)
class Fault:
    """A problem of one record: its rule and the parameters of its sentence."""

    rule: str
    detail: dict[str, object] = field(default_factory=dict)

    def json(self) -> str | None:
        return json.dumps(self.detail, ensure_ascii=False) if self.detail else None


def read_otherwise(text: str, delimiter: str, quote: str) -> tuple[list[str], int] | None:
    """The least strained reading of a record with another delimiter, which may be of two characters, and its cost."""
    if len(delimiter) == 1:
        return readings(text, Dialect(delimiter, quote), None)
    reading = readings(text.replace("\x1f", "").replace(delimiter, "\x1f"), Dialect("\x1f", quote), None)
    return reading and ([cell.replace("\x1f", delimiter) for cell in reading[0]], reading[1])


@dataclass(frozen=True)
class Fixed:
    """A record read slowly: its physical row, its cells (None: a blank line), its faults and the raw text."""

    row: int
    cells: list[str] | None
    faults: tuple[Fault, ...]
    raw: str


@dataclass
class Repairer:
    """Reads broken records of a table of `width` columns whose cells look like those of `sample`."""

    dialect: Dialect
    width: int
    sample: list[list[str]]  # sound records of the table
    searches: int = 0

    @cached_property
    def profile(self) -> Profile:
        """What the columns look like, learned when the first broken record comes."""
        return Profile.learn(self.sample, self.width)

    def take(self, lines: Sequence[str], row: int) -> tuple[list[Fixed], int]:
        """Read the record that begins in the first of `lines`; gives it and how many lines it took.

        A record whose first line alone has the right number of cells is taken so if the next line does well by
        itself too; else lines are joined while a quote is open; else the line is fitted to the columns.
        """
        text = lines[0]
        if not text.strip():
            return [Fixed(row, None, (), text)], 1
        alone = readings(text, self.dialect, self.width)
        if alone is not None and (alone[1] == 0 or self._well(lines[1:2])):
            return [self._strained(row, text, alone)], 1
        joined = self._joined(lines, row)
        if joined is not None:
            return joined
        if alone is not None:
            return [self._strained(row, text, alone)], 1
        return self._one(text, row), 1

    def wrong_width(self, text: str, row: int) -> list[Fixed]:
        """Read a record whose quotes are sound but whose number of cells is not."""
        lines, found = text.split("\n"), []
        while lines:
            some, used = self.take(lines, row) if len(lines) > 1 else (self._one(lines[0], row), 1)
            found += some
            lines, row = lines[used:], row + used
        return found

    def _one(self, text: str, row: int) -> list[Fixed]:
        if not text.strip():
            return [Fixed(row, None, (), text)]
        return self._halves(text, row) or [self._fit(text, row)]

    def _well(self, following: Sequence[str]) -> bool:
        """Whether the next line is a record of the right width by itself (or there is none, or it is blank)."""
        if not following or not following[0].strip():
            return True
        text = following[0]
        reading = readings(text, self.dialect, self.width)
        return reading is not None or len(text.split(self.dialect.byte)) >= self.width

    def _joined(self, lines: Sequence[str], row: int) -> tuple[list[Fixed], int] | None:
        """A record over several lines, whose quoted cell may hold undoubled quotes; it never swallows a sound record."""
        if not self.dialect.quote or self.dialect.quote not in lines[0] or self.searches > _SEARCHES:
            return None
        text = lines[0]
        for used, more in enumerate(lines[1:SPAN_LINES], start=2):
            text += "\n" + more
            own = strict(more, self.dialect)
            if len(text) > CELL_LIMIT or (own is not None and len(own) == self.width > 1):
                return None
            if self.dialect.quote not in more:
                continue
            cells = strict(text, self.dialect)
            if cells is not None and len(cells) == self.width:
                return [Fixed(row, self._restored(cells), (), text)], used
            if cells is not None or used > _JOINED_LINES:
                return None
            reading = readings(text, self.dialect, self.width)
            if reading is not None and any("\n" in cell for cell in reading[0]):
                return [self._read(row, text, reading)], used
        return None

    def _halves(self, text: str, row: int) -> list[Fixed] | None:
        """Records parted by a bare carriage return in a file whose lines end otherwise."""
        if "\r" not in text:
            return None
        parts = [part for part in text.split("\r") if part.strip()]
        cells = [strict(part, self.dialect) for part in parts]
        if len(parts) < 2 or any(each is None or len(each) != self.width for each in cells):
            return None
        return [Fixed(row, self._restored(c or []), (), part) for c, part in zip(cells, parts, strict=True)]

    def _strained(self, row: int, text: str, reading: tuple[list[str], int]) -> Fixed:
        """A line read with the right number of cells, unless another delimiter fits it much better."""
        others = self._with_other_delimiter(text, reading[0], False) if reading[1] > 1 else []
        if others:
            score, cells, fault = max(others, key=lambda choice: choice[0])
            if score > self.profile.fit(reading[0]) - _STRAIN * reading[1]:
                return self._fixed(row, cells, (fault,), text)
        return self._read(row, text, reading)

    def _read(self, row: int, text: str, reading: tuple[list[str], int]) -> Fixed:
        quote = self.dialect.quote
        apostrophes = quote == "'" and not any(
            cell.startswith(quote) or cell.endswith(quote) for cell in reading[0]
        )
        faults = (Fault("stray_quote"),) if reading[1] and not apostrophes else ()
        cells = text.count(self.dialect.byte) + 1
        if cells < self.width:  # a delimiter is missing beside a quote
            detail: dict[str, object] = {"cells": cells, "expected": self.width, "how": "split"}
            faults = (Fault("row_too_short", detail),)
        return self._fixed(row, reading[0], faults, text)

    def _fit(self, text: str, row: int) -> Fixed:
        """A line with too many or too few cells: its best place under the columns."""
        reading = readings(text, self.dialect, None)
        pieces = reading[0] if reading else text.split(self.dialect.byte)
        sound = reading is not None and reading[1] == 0
        faults: tuple[Fault, ...] = () if sound else (Fault("stray_quote"),)
        parameters: dict[str, object] = {"cells": len(pieces), "expected": self.width}
        rule = "row_too_long" if len(pieces) > self.width else "row_too_short"
        self.searches += 1
        if self.searches <= _SEARCHES and any(piece.strip() for piece in pieces):
            choices: list[tuple[float, list[str], Fault]] = []
            exactly = readings(text, self.dialect, self.width)
            if exactly is not None:
                score = self.profile.fit(exactly[0]) - _STRAIN * exactly[1] - 1
                choices.append((score, exactly[0], Fault(rule, parameters | {"how": "split"})))
            aligned = align(pieces, self.profile, self.dialect.byte)
            if aligned is not None and len(pieces) != self.width:
                how = "+".join(aligned.steps)
                choices.append((aligned.score, aligned.cells, Fault(rule, parameters | {"how": how})))
            choices += self._with_other_delimiter(text, pieces, sound)
            if choices:
                _, cells, fault = max(choices, key=lambda choice: choice[0])
                return self._fixed(row, cells, (*faults, fault) if fault.rule == rule else (fault,), text)
        return self._plain(row, pieces, faults, Fault(rule, parameters), text)

    def _with_other_delimiter(
        self, text: str, pieces: list[str], sound: bool
    ) -> list[tuple[float, list[str], Fault]]:
        """Readings of a line with each other delimiter that gives enough cells."""
        found: list[tuple[float, list[str], Fault]] = []
        if self.width < 2 or (sound and len(pieces) > 2 and len(pieces) * 2 > self.width + 1):
            return found
        for delimiter in OTHER_DELIMITERS:
            if delimiter == self.dialect.byte or text.count(delimiter) < self.width - 1:
                continue
            reading = read_otherwise(text, delimiter, self.dialect.quote or '"')
            if reading is None or len(reading[0]) < self.width:
                continue
            exactly = len(reading[0]) == self.width
            aligned = None if exactly else align(reading[0], self.profile, delimiter, rejoin=True)
            fault = Fault("other_delimiter", {"delimiter": delimiter})
            if exactly:
                found.append((self.profile.fit(reading[0]) - 1, reading[0], fault))
            elif aligned is not None:
                found.append((aligned.score - 2, aligned.cells, fault))
        return found

    def _plain(
        self, row: int, pieces: list[str], faults: tuple[Fault, ...], fault: Fault, text: str
    ) -> Fixed:
        """Padded at the right, or the surplus joined into the last column: nothing is lost."""
        how = "padded"
        cells = list(pieces)
        while len(cells) > self.width and not cells[-1].strip():
            cells.pop()
            how = "empty_removed"
        if len(cells) > self.width:
            surplus = self.dialect.byte.join(cells[self.width - 1 :])
            cells, how = [*cells[: self.width - 1], surplus], "joined"
        cells += [""] * (self.width - len(cells))
        told = Fault(fault.rule, fault.detail | {"how": how})
        return self._fixed(row, cells, (*faults, told), text)

    def _fixed(self, row: int, cells: list[str], faults: tuple[Fault, ...], text: str) -> Fixed:
        return Fixed(row, self._restored(cells), faults, self.dialect.restore(text))

    def _restored(self, cells: list[str]) -> list[str]:
        return [self.dialect.restore(cell) for cell in cells] if self.dialect.changes_text else cells
