"""All indicators at a glance: how each stands, and counts that can be added up by hand and hide no failing part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from madang.access import Person
from madang.bank.made_of import Lineage
from madang.declarations.indicator import THEMES, Indicator
from madang.runs.declared import indicator_declared
from madang.runs.indicator_words import KINDS, SERIES, STATES
from madang.runs.indicators import after
from madang.runs.refresh import Refresher, Standing

State = Literal["missed", "unmeasured", "near", "met", "none", "closed"]
WORST: tuple[State, ...] = get_args(State)  # the worst first: what a theme is as good as
LATE = 2  # times its rhythm, after which the data of an indicator are old
_BY_WORD: dict[str, State] = {STATES["met"]: "met", STATES["near"]: "near", STATES["missed"]: "missed"}
_DRAWN = 24  # periods of the small picture


@dataclass(frozen=True)
class Line:
    """One indicator: its state against the target ("none": it has none; "unmeasured": there is no value; "closed": not for
    who asks), and whether its data are old, or newer than the value."""

    indicator: Indicator
    standing: Standing
    state: State
    is_late: bool

    @property
    def recent(self) -> list[float | None]:
        """The last values, oldest first, without what is only foretold."""
        if self.standing.run is None:
            return []
        rows = self.standing.run.result.table(SERIES).rows
        kinds, values = rows.column("kind").to_pylist(), rows.column("value").to_pylist()
        found = [value for kind, value in zip(kinds, values, strict=True) if kind == KINDS["measured"]]
        return found[-_DRAWN:]


@dataclass(frozen=True)
class Theme:
    """The indicators of a theme. It is in the state of its worst part, never of a mean."""

    name: str
    lines: tuple[Line, ...]

    @property
    def state(self) -> State:
        return next(state for state in WORST if any(line.state == state for line in self.lines))

    def count(self, state: State) -> int:
        return sum(line.state == state for line in self.lines)


@dataclass(frozen=True)
class Scoreboard:
    """The indicators by theme. Every indicator is counted in exactly one state."""

    themes: tuple[Theme, ...]

    @property
    def lines(self) -> list[Line]:
        return [line for theme in self.themes for line in theme.lines]

    def count(self, state: State) -> int:
        return sum(theme.count(state) for theme in self.themes)


def scoreboard(refresher: Refresher, *, by: Person, today: date) -> Scoreboard:
    """How all indicators stand, as a person may see them."""
    lineage = Lineage(refresher.bank.folder)
    lines = [
        _line(indicator, refresher.standing(indicator_declared(indicator), by=by, lineage=lineage), today)
        for indicator in refresher.declarations.indicators.values()
    ]
    return Scoreboard(tuple(_themes(lines)))


def _themes(lines: Iterable[Line]) -> Iterable[Theme]:
    of: dict[str, list[Line]] = {}
    for line in lines:
        of.setdefault(line.indicator.theme, []).append(line)
    return (Theme(name, tuple(of[name])) for name in THEMES if name in of)


def _line(indicator: Indicator, standing: Standing, today: date) -> Line:
    latest = standing.latest
    ends = [standing.as_of, _end(indicator, latest["start"]) if latest else None]
    late = any(day and (today - day).days > LATE * indicator.rhythm_days for day in ends)
    return Line(indicator, standing, state_of(standing), late or bool(standing.behind))


def _end(indicator: Indicator, start: date) -> date:
    """The day after the period that begins at `start`."""
    return start if indicator.time == "stock" else after(indicator.time, start)


def state_of(standing: Standing) -> State:
    """The state of an indicator; one that could not be measured when it was tried last is not measured."""
    if standing.is_closed:
        return "closed"
    latest = standing.latest
    if latest is None or standing.trouble:
        return "unmeasured"
    return _BY_WORD.get(str(latest["state"]), "none")
