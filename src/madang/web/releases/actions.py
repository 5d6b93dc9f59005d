"""What a person may do to open editions: decide, publish the new version, withdraw. Each leaves a line in the record."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from django.db import transaction

from madang.access import Person, Thing, check
from madang.bank import Version
from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.release import Decision, Releases
from madang.release.prepare import Steps
from madang.release.publish import Made
from madang.web.audit.models import Entry
from madang.web.audit.record import locked_head, record
from madang.web.shell.workspace import workspace

_WHAT = {"open": "release.decide", "withdraw": "release.withdraw"}
_REFRESH = "release.refresh"


def preview(*, by: Person, decision: Decision, steps: Steps | None = None) -> Made:
    """What would become public. Raises MadangError: access_denied, ``release_*``."""
    _check(by, decision.dataset)
    return _releases(steps).preview(decision)


def decide(*, by: Person, decision: Decision, steps: Steps | None = None) -> Version:
    """Publish by a decision; one with its mark that was stopped half-way is finished, not made again.

    The work is done outside of the transaction, which everybody else waits for. Raises MadangError: access_denied,
    ``release_*``.
    """
    _check(by, decision.dataset)
    _check_post(by, decision)
    try:
        return _releases(steps).decide(replace(decision, mark=decision.mark or _new_mark()))
    finally:
        tell(decision.edition, by)


def check_refresh(*, by: Person, edition: str) -> str:
    """The dataset of an edition, where the person may publish its newest version now.

    Raises MadangError: access_denied, edition_missing, release_half_withdrawn, release_half_narrowed.
    """
    found = workspace().releases.edition(edition)
    _check(by, found.decision.dataset)
    if found.half_withdrawn:
        raise workspace().releases.half_way(edition)
    return found.decision.dataset


def refresh(*, by: Person, edition: str, steps: Steps | None = None, job: int = 0) -> list[Version]:
    """Publish the newest version of the dataset of an edition; by a `job`, it is said once however often that is tried.

    Raises MadangError: access_denied, edition_missing, release_half_withdrawn, release_half_narrowed.
    """
    dataset = check_refresh(by=by, edition=edition)
    done = _releases(steps).refresh(dataset)
    with transaction.atomic():
        locked_head()
        if not job or not Entry.objects.filter(what=_REFRESH, thing=edition, detail__job=job).exists():
            record(by, _REFRESH, edition, detail={"job": job} if job else {})
    return done


def withdraw(*, by: Person, edition: str, post: str, document: str, ground: str) -> Decision:
    """Take an edition back. Raises MadangError: access_denied, edition_missing, release_withdrawn_before."""
    releases = workspace().releases
    _check(by, releases.edition(edition).decision.dataset)
    said_now = tell(edition, by)  # one that was stopped before it could be said is finished now
    try:
        return releases.withdraw(
            edition, by=by.id, post=post, document=document, ground=ground, mark=_new_mark()
        )
    except MadangError as error:
        if error.code != "release_withdrawn_before" or not said_now:
            raise
        return releases.decisions.latest(edition)
    finally:
        tell(edition, by)


def tell(edition: str, by: Person | None = None) -> bool:
    """Say in the record what was decided about an edition on these pages and is not said yet; whether there was any.

    What was decided stands, whatever became of the process that decided it.
    """
    decisions = workspace().releases.decisions
    if edition not in decisions.editions():
        return False
    with transaction.atomic():
        locked_head()
        entries = Entry.objects.filter(what__in=_WHAT.values(), thing=edition)
        known = set(entries.values_list("detail__number", flat=True))
        fresh = [each for each in decisions.history(edition) if each.mark and each.number not in known]
        for each in fresh:
            who = by if by is not None and by.id == each.by else Person(each.by, via="work")
            record(who, _WHAT[each.verdict], edition, why=each.ground, detail=_detail(each))
    return bool(fresh)


def _detail(decision: Decision) -> dict[str, Any]:
    told = {"number": decision.number, "document": decision.document}
    if decision.verdict == "withdraw":
        return told
    return {**told, "dataset": decision.dataset, "licence": decision.licence}


def _new_mark() -> str:
    return secrets.token_hex(8)


def _releases(steps: Steps | None) -> Releases:
    found = workspace().releases
    return replace(found, steps=steps) if steps else found


def _check_post(by: Person, decision: Decision) -> None:
    """A decision speaks for the dataset's steward or for a post of who decides, and for nobody else."""
    steward = thing_of(workspace().bank[decision.dataset]).steward
    if decision.post not in {steward, *by.posts, *by.departments} and not by.has("administrator"):
        raise MadangError("access_denied", verb="release", thing=decision.post)


def _check(by: Person, dataset_id: str) -> None:
    """The right to open, by the card of the dataset; by none where the dataset is gone."""
    try:
        thing = thing_of(workspace().bank[dataset_id])
    except MadangError as error:
        if error.code != "dataset_missing":
            raise
        thing = Thing("dataset", dataset_id, access="restricted")
    check(by, "release", thing)
