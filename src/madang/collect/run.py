"""Runs an origin: fetch, deposit through the one door, write down what became of it, say when the next attempt is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import random
from typing import Any, Protocol

from madang.bank import Bank
from madang.bank.durable import SEOUL, disk_errors, new_id
from madang.bank.ids import title_of
from madang.collect import api, feed, folder, http, sql
from madang.collect.allowed import Allowed, load_allowed
from madang.collect.fetched import Fetched, Means, Retry, Tell, wait_s
from madang.collect.history import GOOD, History, Outcome, Run, State
from madang.collect.origin import Origin
from madang.intake.raw import Override
from madang.intake.receipt import Receipt
from madang.messages import MadangError

_CONNECTORS: dict[str, Callable[[Origin, Means], list[Fetched]]] = {
    "folder": folder.fetch,
    "http": http.fetch,
    "api": api.fetch,
    "sql": sql.fetch,
    "feed": feed.fetch,
}


class Home(Protocol):
    """What a run needs of a workspace."""

    folder: Path

    @property
    def bank(self) -> Bank: ...

    def renewed(self, *datasets: str) -> None: ...

    def deposit(
        self, path: str | Path, dataset: str | None = None, *, override: Override | None, by: str | None, once: bool
    ) -> list[Receipt]: ...  # fmt: skip


@dataclass(frozen=True)
class Done:
    """How a run ended, and whether the steward is to be told of it."""

    run: Run
    tell: bool = False


def collect(
    origin: Origin, home: Home, *, by: str, tell: Tell | None = None, means: Means | None = None
) -> Done:
    """Run an origin once, now. What goes wrong is in the run, not raised, but for a run beside this one.

    Nothing half-fetched is deposited, and what was live before stays where nothing good came. Raises
    MadangError("collect_busy"), and what stops a job (BaseException) after the files of a folder were put back.
    """
    history = History(home.folder, origin.id)
    with history.alone():
        clock, chance = (means.clock, means.chance) if means else (_now, random)
        state, started = history.state(), clock()
        history.save(replace(state, started=started, retry_at=None, under_way=True))
        try:
            means = means or means_of(home, origin, state, tell=tell)
            ended = _Ended.of(*_fetched_and_deposited(origin, home, by, means))
        except MadangError as error:
            ended = _Ended("failed", error=error)
        finally:
            if means:
                shutil.rmtree(means.place, ignore_errors=True)
        return _written(origin, history, state, ended, by, started, clock(), chance())


def bury(origin: Origin, workspace: Path, now: datetime) -> Done | None:
    """Write down that the last run died without a word; None where none did, or it is still under way."""
    history = History(workspace, origin.id)
    state = history.state()
    if not state.under_way:
        return None
    try:
        with history.alone():
            state = history.state()
            if not state.under_way:
                return None
            ended = _Ended("failed", error=MadangError("collect_died"))
            return _written(origin, history, state, ended, "", state.started or now, now, 0.5)
    except MadangError:  # busy
        return None


def means_of(
    home: Home, origin: Origin, state: State, *, tell: Tell | None = None, trial: bool = False
) -> Means:
    """The means of a run of this machine. Raises MadangError where the allow-list cannot be read."""
    place = home.folder / "cache" / "collect" / new_id(datetime.now().astimezone())
    with disk_errors(place):
        place.mkdir(parents=True)
    means = Means(
        place, home.folder, _allowed(home.folder), previous=None if trial else _previous(home.bank, origin),
        remembered={} if trial else state.remembered, trial=trial,
    )  # fmt: skip
    return replace(means, tell=tell) if tell else means


def fetch(origin: Origin, means: Means) -> list[Fetched]:
    """What an origin gives now, as files in `means.place`; nothing where there is nothing new.

    Raises MadangError ``collect_*``; Retry where another attempt is worth it.
    """
    return _CONNECTORS[origin.kind](origin, means)


def due(origin: Origin, workspace: Path, now: datetime) -> bool:
    """Whether the time of an origin has come."""
    at = History(workspace, origin.id).next_run(origin)
    return at is not None and at <= now


def _now() -> datetime:
    return datetime.now(SEOUL)


def _allowed(workspace: Path) -> Allowed:
    allowed = load_allowed(workspace)
    allowed.inbox.mkdir(exist_ok=True)
    return allowed


def _previous(bank: Bank, origin: Origin) -> Path | None:
    """The bytes that the live version came from, where they are kept."""
    if not origin.dataset or origin.dataset not in bank:
        return None
    live = bank[origin.dataset].latest
    path = bank.snapshots.path(str(live.receipt.get("sha256"))) if live else None
    return path if path is not None and path.is_file() else None


@dataclass(frozen=True)
class _Ended:
    outcome: Outcome
    receipts: tuple[Receipt, ...] = ()
    evidence: tuple[dict[str, Any], ...] = ()
    error: MadangError | None = None

    @classmethod
    def of(cls, files: Sequence[Fetched], receipts: Sequence[Receipt]) -> _Ended:
        """How files that were deposited ended."""
        evidence = tuple(each.evidence.to_json() for each in files)
        refused = [receipt for receipt in receipts if receipt.verdict == "refused"]
        if refused:
            why = refused[0].reasons[0].text() if refused[0].reasons else "-"
            error = MadangError(
                "collect_refused", dataset=refused[0].dataset, file=refused[0].file, reason=why
            )
            return cls("refused", tuple(receipts), evidence, error)
        outcome: Outcome = "new" if any(receipt.accepted for receipt in receipts) else "unchanged"
        return cls(outcome if files else "nothing", tuple(receipts), evidence)


def _fetched_and_deposited(
    origin: Origin, home: Home, by: str, means: Means
) -> tuple[list[Fetched], list[Receipt]]:
    files = fetch(origin, means)
    receipts: list[Receipt] = []
    for number, file in enumerate(files):
        try:
            means.tell(number, len(files), file.path.name)
            found = home.deposit(file.path, origin.dataset or None, override=origin.reading, by=by, once=True)
        except BaseException:
            if origin.kind == "folder":
                for each in files[number:]:
                    folder.put_back(each)
            raise
        receipts += found
        for receipt in found:
            if receipt.accepted and _owned(origin, home.bank, receipt, by, means.clock()):
                home.renewed(receipt.dataset)
        if origin.kind == "folder":
            taken = all(receipt.verdict != "refused" for receipt in found)
            folder.put_away(file, [receipt.to_json() for receipt in found], taken, means.clock())
    return files, receipts


def _owned(origin: Origin, bank: Bank, receipt: Receipt, by: str, at: datetime) -> bool:
    """Whether a card was changed: a dataset that nobody answers for is the source's post's, else whoever declared the
    source could not go on with it; a new one that is called by its file ("data.csv") is called as the source is."""
    card = bank[receipt.dataset].card
    told: dict[str, str] = {}
    if origin.steward and not card.get("steward"):
        told["steward"] = origin.steward
    if (
        receipt.version == 1
        and receipt.dataset == origin.dataset
        and card.get("title") == title_of(receipt.file)
    ):
        told["title"] = origin.title
    if told:
        bank.change_card(receipt.dataset, lambda kept: {**kept, **told}, by=by, at=at)
    return bool(told)


def _written(
    origin: Origin, history: History, state: State, ended: _Ended, by: str, started: datetime, now: datetime, chance: float
) -> Done:  # fmt: skip
    """Write the run and the new state down."""
    error = ended.error
    receipts = tuple(
        {
            key: receipt.to_json()[key]
            for key in ("dataset", "version", "deposit", "verdict", "file", "rows", "problems")
        }
        for receipt in ended.receipts
    )
    said = {"code": error.code, "params": {k: str(v) for k, v in error.params.items()}} if error else None
    run = Run(new_id(started), started, now, by, ended.outcome, receipts, ended.evidence, said)
    history.add(run)
    if ended.outcome in GOOD:
        history.save(State(started, now, remembered=_remembered(ended, state)))
        return Done(run)
    failures = state.failures + 1
    retry_at = _retry_at(origin, error, failures, now, chance)
    tell = retry_at is None and not state.told
    last = isinstance(error, Retry) and error.code == "collect_quota" and not state.told
    history.save(
        State(
            started, state.good_at, failures, state.failing_since or started, retry_at, state.told or tell or last,
            remembered=state.remembered,
        )
    )  # fmt: skip
    return Done(run, tell or last)


def _retry_at(
    origin: Origin, error: MadangError | None, failures: int, now: datetime, chance: float
) -> datetime | None:
    """When to try again before the rhythm asks; None where that is not worth it or was tried often enough."""
    passing = isinstance(error, Retry) or (error is not None and error.about_the_machine)
    if not passing or failures >= origin.attempts:
        return None
    if isinstance(error, Retry) and error.at is not None:
        return error.at
    return now + timedelta(seconds=wait_s(failures, origin.wait_s, chance))


def _remembered(ended: _Ended, state: State) -> dict[str, str]:
    """What the server said of the file that is live now, for the next conditional request."""
    if not ended.evidence:
        return state.remembered
    last = ended.evidence[-1]
    return {key: last[key] for key in ("url", "etag", "last_modified") if last.get(key)}
