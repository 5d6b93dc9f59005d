"""Proves the audit trail whole, or says where it is not."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from madang.access.journal import START as JOURNAL_START
from madang.access.journal import Journal
from madang.messages import MadangError
from madang.web.audit.models import Entry, Head
from madang.web.audit.record import START, digest_of, is_sealed


@dataclass(frozen=True)
class Finding:
    """What the check found: `error` is None where all is whole. `head` is to be noted elsewhere: "number:digest"."""

    entries: int
    head: str
    error: MadangError | None = None


def verify(journal: Journal | None = None, noted: str = "") -> Finding:
    """Go through the whole trail: every entry follows from the one before, the head is sealed and the last, the
    journal of the command line is what was taken in, and the head `noted` earlier is still part of it."""
    with transaction.atomic():  # entries and head of one moment
        head = Head.objects.select_for_update().filter(pk=1).first()
        last, count, known = _chain(noted)
    said = f"{count}:{last}"
    if isinstance(last, int):
        return Finding(count, "", MadangError("audit_broken", number=last))
    if head is not None and not is_sealed(head):
        return Finding(count, said, MadangError("audit_seal_broken"))
    sealed = (head.number, head.digest) if head else (0, START)
    if sealed != (count, last):
        return Finding(count, said, MadangError("audit_cut", sealed=sealed[0], entries=count))
    if noted and not known:
        return Finding(count, said, MadangError("audit_head_unknown", head=noted))
    if journal is not None:
        taken = (head.journal_lines, head.journal_digest) if head else (0, JOURNAL_START)
        try:
            list(journal.lines(*taken))
        except MadangError as error:
            return Finding(count, said, error)
    return Finding(count, said)


def broken_at() -> int | None:
    """The number of the first entry that does not follow from the one before; None where the chain is whole."""
    last = _chain("")[0]
    return last if isinstance(last, int) else None


def _chain(noted: str) -> tuple[str | int, int, bool]:
    """The last digest, or the number where the chain breaks; how many entries; whether the noted head is one of them."""
    before, count, known = START, 0, noted in ("", f"0:{START}")
    for count, entry in enumerate(Entry.objects.order_by("number").iterator(2000), start=1):
        if entry.number != count or entry.before != before or entry.digest != digest_of(entry):
            return count, count, known
        before = entry.digest
        known = known or noted == f"{count}:{before}"
    return before, count, known
