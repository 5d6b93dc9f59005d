"""What a person may do to open results: look, decide, take back. Each leaves a line in the record."""

from __future__ import annotations

import secrets
from dataclasses import replace

from django.db import transaction

from madang.access import Person, Thing, check
from madang.bank import Version
from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.release.result_decision import ResultDecision
from madang.release.result_written import Prepared
from madang.release.results import OpenResults
from madang.runs import Run
from madang.web.audit.models import Entry
from madang.web.audit.record import locked_head, record
from madang.web.shell.workspace import workspace

_WHAT = {"open": "release.decide", "withdraw": "release.withdraw"}


def results() -> OpenResults:
    """The open results of this site."""
    ws = workspace()
    return OpenResults(ws.releases, ws.ledger, ws.declarations.indicators)


def may_open(by: Person, run: Run) -> bool:
    """Whether a person may open what a run found: who may open everything that it read."""
    try:
        _check(by, [each.dataset for each in run.inputs])
    except MadangError:
        return False
    return True


def posts_of(run: Run) -> list[str]:
    """The posts in charge of what a run read, each once."""
    bank = workspace().bank
    things = (
        thing_of(bank[each]) for each in dict.fromkeys(each.dataset for each in run.inputs) if each in bank
    )
    return sorted({thing.steward for thing in things if thing.steward})


def preview(*, by: Person, decision: ResultDecision) -> Prepared:
    """What would become public. Raises MadangError: run_missing, access_denied, ``release_*``."""
    _check_run(by, decision.run)
    return results().preview(decision)


def decide(*, by: Person, decision: ResultDecision) -> Version:
    """Publish by a decision. Raises MadangError: run_missing, access_denied, ``release_*``."""
    run = _check_run(by, decision.run)
    _check_post(by, run, decision)
    found = results()
    if decision.edition in found.decisions.editions():
        _check(by, [each.dataset for each in found.decisions.latest(decision.edition).sources])
    try:
        return found.decide(replace(decision, mark=decision.mark or secrets.token_hex(8)))
    finally:
        tell(decision.edition, by)


def withdraw(*, by: Person, edition: str, post: str, document: str, ground: str) -> ResultDecision:
    """Take a result back. Raises MadangError: edition_missing, access_denied, release_withdrawn_before."""
    found = results()
    _check(by, [each.dataset for each in found.decisions.latest(edition).sources])
    try:
        return found.withdraw(
            edition, by=by.id, post=post, document=document, ground=ground, mark=secrets.token_hex(8)
        )
    finally:
        tell(edition, by)


def tell(edition: str, by: Person | None = None) -> None:
    """Say in the record what was decided about a result on these pages and is not said yet."""
    decisions = results().decisions
    if edition not in decisions.editions():
        return
    thing = f"result:{edition}"
    with transaction.atomic():
        locked_head()
        told = Entry.objects.filter(what__in=_WHAT.values(), thing=thing)
        known = set(told.values_list("detail__number", flat=True))
        for each in decisions.history(edition):
            if each.mark and each.number not in known:
                who = by if by is not None and by.id == each.by else Person(each.by, via="work")
                detail = {"number": each.number, "document": each.document, "run": each.run}
                record(who, _WHAT[each.verdict], thing, why=each.ground, detail=detail)


def _check_run(by: Person, key: str) -> Run:
    run = workspace().ledger.seen(key, by=by)
    _check(by, [each.dataset for each in run.inputs])
    return run


def _check(by: Person, datasets: list[str]) -> None:
    """The right to open each of what was read; where one is gone, the administrator's."""
    bank = workspace().bank
    for each in set(datasets):
        thing = thing_of(bank[each]) if each in bank else Thing("dataset", each, access="restricted")
        check(by, "release", thing)


def _check_post(by: Person, run: Run, decision: ResultDecision) -> None:
    """A decision speaks for a steward of what was read, or for a post of who decides, and for nobody else."""
    bank = workspace().bank
    stewards = {thing_of(bank[each.dataset]).steward for each in run.inputs}
    if decision.post not in {*stewards, *by.posts, *by.departments} and not by.has("administrator"):
        raise MadangError("access_denied", verb="release", thing=decision.post)
