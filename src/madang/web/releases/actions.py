"""What a person may do to open editions: decide, publish the new version, withdraw. Each leaves a line in the record."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from madang.access import Person, Thing, check
from madang.bank import Version
from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.release import Decision, Releases
from madang.release.editions import Steps
from madang.release.publish import Made
from madang.web.audit.record import record
from madang.web.shell.workspace import workspace


def preview(*, by: Person, decision: Decision, steps: Steps | None = None) -> Made:
    """What would become public. Raises MadangError: access_denied, ``release_*``."""
    _check(by, decision.dataset)
    return _releases(steps).preview(decision)


def decide(*, by: Person, decision: Decision, steps: Steps | None = None) -> Version:
    """Publish by a decision. Raises MadangError: access_denied, ``release_*``."""
    _check(by, decision.dataset)
    _check_post(by, decision)
    with transaction.atomic():
        record(
            by, "release.decide", decision.edition, why=decision.ground,
            detail={"dataset": decision.dataset, "document": decision.document, "licence": decision.licence},
        )  # fmt: skip
        return _releases(steps).decide(decision)


def refresh(*, by: Person, edition: str, steps: Steps | None = None) -> list[Version]:
    """Publish the newest version of the dataset of an edition. Raises MadangError: access_denied, edition_missing."""
    found = workspace().releases.edition(edition)
    _check(by, found.decision.dataset)
    with transaction.atomic():
        record(by, "release.refresh", edition)
        return _releases(steps).refresh(found.decision.dataset)


def withdraw(*, by: Person, edition: str, post: str, document: str, ground: str) -> Decision:
    """Take an edition back. Raises MadangError: access_denied, edition_missing, release_withdrawn_before."""
    found = workspace().releases.edition(edition)
    _check(by, found.decision.dataset)
    with transaction.atomic():
        record(by, "release.withdraw", edition, why=ground, detail={"document": document})
        return workspace().releases.withdraw(edition, by=by.id, post=post, document=document, ground=ground)


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
