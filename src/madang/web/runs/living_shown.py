"""Results that are kept alive as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from madang.access import Person
from madang.bank.durable import SEOUL
from madang.messages import MadangError
from madang.runs import Ledger, Run
from madang.runs.living import EVERY, Living, Livings, is_behind, living_of, may_read
from madang.web.accounts.people import name_of
from madang.web.runs.listing import RunLine, run_line
from madang.web.runs.living_actions import keeps
from madang.web.shell import words
from madang.web.shell.language import said

Choice = tuple[str, str, bool]


@dataclass(frozen=True)
class LivingShown:
    """One that is kept alive. `stands`: current, behind, failed, stopped; `last` is its newest result, where it is there."""

    id: str
    title: str
    every: str
    keeper: str
    keeps: bool  # the person who looks keeps it alive
    mine: bool  # and may change it
    follows: bool
    followers: int
    stands: str
    words: str
    reason: str
    looked: datetime
    last: RunLine | None
    choices: list[Choice]


@dataclass(frozen=True)
class Panel:
    """What the page of a run says of it: kept alive or not. `newest`: this run is the newest result."""

    key: str
    living: LivingShown | None
    newest: bool
    choices: list[Choice]


def living_shown(ledger: Ledger, livings: Livings, living: Living, by: Person) -> LivingShown:
    """One for a person who may read it."""
    state = livings.state(living)
    reason = ""
    if living.stopped:
        stands, reason = "stopped", words.said(f"living_stopped_{living.stopped}")
    elif state.error:
        stands, reason = "failed", said(MadangError(state.error["code"], **state.error["params"]))
    else:
        stands = "behind" if is_behind(ledger, state) else "current"
    try:
        last: RunLine | None = run_line(ledger, ledger.seen(state.run, by=by))
    except MadangError:
        last = None
    return LivingShown(
        living.id, living.title, words.said(f"living_every_{living.every}"), name_of(living.keeper),
        by.id == living.keeper, keeps(by, living),
        by.id in living.followers, len(living.followers), stands, words.said(f"living_state_{stands}"), reason,
        datetime.fromisoformat(state.looked or living.since).astimezone(SEOUL), last, choices(living.every),
    )  # fmt: skip


def all_shown(ledger: Ledger, livings: Livings, by: Person) -> list[LivingShown]:
    """Everything that is kept alive and that the person may read; of one's own also what one may not read any more."""
    found = livings.all()[0]
    seen = [each for each in found if each.keeper == by.id or may_read(ledger.bank, each, by)]
    return [living_shown(ledger, livings, each, by) for each in seen]


def panel(ledger: Ledger, livings: Livings, run: Run, by: Person) -> Panel | None:
    """What stands on the page of a run; None where it cannot be computed again: its analysis is gone."""
    try:
        like = living_of(run, ledger, every="now", by=by.id, via=by.via, at=datetime.now(SEOUL))
        there = livings.get(like.id)
    except MadangError:
        return None
    if there is None:
        return Panel(run.key, None, False, choices("now"))
    shown = living_shown(ledger, livings, there, by)
    return Panel(run.key, shown, livings.state(there).run == run.key, choices(there.every))


def choices(every: str) -> list[Choice]:
    """How often, in words, with the one that is chosen."""
    return [(each, words.said(f"living_every_{each}"), each == every) for each in EVERY]
