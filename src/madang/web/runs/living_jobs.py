"""Results that are kept alive: the plan of what is due, and the job that answers again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madang.messages import MadangError
from madang.runs import Ledger, Run
from madang.runs.living import Livings, begun, computed, good
from madang.web.runs import living_telling as telling
from madang.web.runs.living_due import RENEW, begin_due
from madang.web.shell.workspace import one_workspace, workspace
from madang.web.work.registry import job, planner
from madang.web.work.running import Running

_LONG_S = 3600


@planner
def plan(now: datetime) -> None:
    """Begin what has to be computed again."""
    with one_workspace():
        begin_due(workspace(), now)


@job(RENEW, label=_("살려 둔 결과 다시 셈하기"), timeout=_LONG_S, attempts=2, quiet=True)
def renew(running: Running, *, name: str) -> dict[str, str]:
    """Answer again. How it went stands with what is kept alive; the last good result stays until a new one is told."""
    livings, ledger = Livings(running.workspace.folder), running.workspace.ledger
    living = livings[name]
    state = begun(ledger, living, livings.state(living))
    before = _last(ledger, state.run)
    if before is None:  # the same key may come again
        state = replace(state, run="")
    livings.put(living, state)
    try:
        run = computed(ledger, living, running.by, running.progress)
    except MadangError as error:
        telling.failed(livings, living, state, error, timezone.now())
        raise
    now_kept = livings.get(name)  # somebody may have stopped it, or follow it, meanwhile
    if now_kept is not None:
        telling.renewed(ledger, now_kept, before, run, running.by)
        telling.recovered(now_kept)
        livings.put(now_kept, good(run.key, timezone.now(), state.stamps))
    return {"run": run.key}


def _last(ledger: Ledger, key: str) -> Run | None:
    """The last good result; None where it is gone: data that it read were erased."""
    try:
        run = ledger[key]
        assert run.result.findings  # it can be read
    except MadangError:
        return None
    return run
