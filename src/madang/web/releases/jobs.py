"""The long work of opening: large tables are looked at, decided about and published where no page waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from madang.bank import Version
from madang.bank.seen import SeenBank
from madang.messages import MadangError
from madang.release import Decision
from madang.web.releases import actions, form, result_actions
from madang.web.releases.telling import tell_closed, tell_shut
from madang.web.shell.workspace import workspace
from madang.web.work.registry import finishes, job, planner
from madang.web.work.running import Running

PREVIEW, DECIDE, REFRESH = "releases.preview", "releases.decide", "releases.refresh"
_LONG_S = 3600
_ROWS, _TABLE_ROWS = 100_000, 1_000  # from so many on a page would wait for more than a second or two


def is_long(version: Version, decision: Decision) -> bool:
    """Whether opening a version would keep a page waiting."""
    return version.rows > (_TABLE_ROWS if decision.table else _ROWS)


@job(PREVIEW, label=_("개방 미리 보기"), timeout=_LONG_S, quiet=True)
def preview(running: Running, *, dataset: str, given: Mapping[str, str]) -> dict[str, Any]:
    """What would become public, as the form shows it."""
    decision = _decision(running, dataset, given)
    return form.looked_at(actions.preview(by=running.by, decision=decision, steps=running.progress))


@job(DECIDE, label=_("개방 결정"), timeout=_LONG_S, attempts=2)
def decide(running: Running, *, dataset: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Publish by a decision."""
    decision = _decision(running, dataset, given)
    made = actions.decide(by=running.by, decision=decision, steps=running.progress)
    return {"edition": decision.edition, "version": made.n}


@job(REFRESH, label=_("새 판 개방"), timeout=_LONG_S, attempts=2)
def refresh(running: Running, *, edition: str) -> dict[str, Any]:
    """Publish the newest version."""
    made = actions.refresh(by=running.by, edition=edition, steps=running.progress, job=running.number)
    return {"edition": edition, "versions": [each.n for each in made]}


@finishes(lambda: workspace().releases.decisions.editions())
def finish(edition: str) -> None:
    """Decisions about an edition whose process ended before they were in the record."""
    actions.tell(edition)


@finishes(lambda: result_actions.results().decisions.editions())
def finish_results(edition: str) -> None:
    """Decisions about a result whose process ended before they were in the record."""
    result_actions.tell(edition)


@planner
def tell_of_shut(now: datetime) -> None:
    """Editions that were shut by themselves, and results of data that are closed since."""
    tell_shut()
    tell_closed()


def _decision(running: Running, dataset: str, given: Mapping[str, str]) -> Decision:
    version = SeenBank(running.workspace.bank, running.by).may("release", dataset).latest
    if version is None:
        raise MadangError("no_version", dataset=dataset)
    return form.decision_of(version, given, running.by)
