"""Takes what was done at the command line into the audit trail of the site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from madang.access import Person
from madang.access.journal import Journal
from madang.web.audit.record import ADDRESS, locked_head, record


def take_in(journal: Journal) -> int:
    """Enter the lines of the journal that are not entered yet; returns how many. Lines keep their time and person.

    Raises MadangError("journal_broken") where the journal was changed; then nothing is entered.
    """
    if not journal.path.is_file():
        return 0
    taken = 0
    with _from_nowhere(), transaction.atomic():
        head = locked_head()
        for line in journal.lines(head.journal_lines, head.journal_digest):
            record(
                Person(line.by, via=line.via),
                line.what,
                line.thing,
                why=line.why,
                detail={**line.detail, "journal": line.number},
                at=datetime.fromisoformat(line.at),
            )
            head.journal_lines, head.journal_digest = line.number, line.digest
            taken += 1
        if taken:
            type(head).objects.filter(pk=head.pk).update(
                journal_lines=head.journal_lines, journal_digest=head.journal_digest
            )
    return taken


@contextmanager
def _from_nowhere() -> Iterator[None]:
    """These acts were not done from where somebody looks at them now."""
    token = ADDRESS.set("")
    try:
        yield
    finally:
        ADDRESS.reset(token)
