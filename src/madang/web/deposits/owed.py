"""What a post has under way at the door of the bank, and passing it on to its successor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access import Person
from madang.bank.seen import thing_of
from madang.web.accounts.handover import Owed, owes, passes
from madang.web.audit.record import record
from madang.web.deposits.models import Draft, Upload
from madang.web.deposits.states import OPEN, REVIEW
from madang.web.shell.workspace import workspace


@owes
def uploads_of(post: str, today: date) -> Iterator[Owed]:
    """Files that wait for their review and drafts that wait to be approved, of the datasets of the post."""
    for upload in Upload.objects.filter(state=REVIEW):
        if upload.card.get("steward") == post or (upload.dataset and _is_of(upload.dataset, post)):
            yield Owed(_("올린 파일 확인: %s") % upload.name, None, f"/deposits/{upload.key}/")
    for draft in Draft.objects.filter(state=OPEN):
        if draft.changes and _is_of(draft.dataset, post):
            yield Owed(_("고친 내용 반영: %s") % draft.dataset, None, f"/deposits/edits/{draft.pk}/")


@passes
def pass_on(old: str, new: str, by: Person, why: str) -> None:
    """A file that is reviewed becomes a dataset of the successor."""
    with transaction.atomic():
        for upload in Upload.objects.select_for_update().filter(state=REVIEW):
            if upload.card.get("steward") == old:
                upload.card = {**upload.card, "steward": new}
                upload.save(update_fields=["card"])
                record(by, "deposit.change", upload.thing, why=why, detail={"steward": [old, new]})


def _is_of(dataset: str, post: str) -> bool:
    bank = workspace().bank
    return dataset in bank and thing_of(bank[dataset]).steward == post
