"""How well intake did: the problems it reported, against the defects that were planted."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from madang.samplecity.make import TRUTH, Made

Found = tuple[str, int | None, str]  # name of the file, physical row (None: the whole table), rule


@dataclass(frozen=True)
class Score:
    """What was planted and what was reported; each is a file, a row and a rule."""

    planted: frozenset[Found]
    reported: frozenset[Found]

    @property
    def missed(self) -> list[Found]:
        return _sorted(self.planted - self.reported)

    @property
    def extra(self) -> list[Found]:
        return _sorted(self.reported - self.planted)

    @property
    def recall(self) -> float:
        """The share of the planted defects that were reported."""
        return len(self.planted & self.reported) / max(1, len(self.planted))

    @property
    def precision(self) -> float:
        """The share of the reported problems that were planted."""
        return len(self.planted & self.reported) / max(1, len(self.reported))


def _sorted(found: Iterable[Found]) -> list[Found]:
    return sorted(found, key=lambda each: (each[0], each[1] or 0, each[2]))


def planted(made: Made) -> frozenset[Found]:
    """The planted defects that intake has to report: errors and warnings; notices are not counted."""
    with (made.folder / TRUTH / "defects.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(
            (Path(row["file"]).name, int(row["row"]) if row["row"] else None, row["rule"])
            for row in csv.DictReader(file)
            if row["severity"] != "info"
        )
