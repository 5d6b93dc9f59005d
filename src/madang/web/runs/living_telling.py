"""Who hears what of results that are kept alive: that one changed, that it failed, that it stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from madang.access import Person, can
from madang.bank.made_of import Lineage
from madang.messages import MadangError
from madang.results.changed import Changed, changed
from madang.runs import Ledger, Run
from madang.runs.living import Living, Livings, State
from madang.runs.living import failed as after_failure
from madang.web.accounts.models import User
from madang.web.accounts.people import name_of, person_of_user
from madang.web.audit.models import Entry
from madang.web.audit.record import record
from madang.web.notices.actions import resolve, tell, tell_administrators
from madang.web.notices.models import Notice

FAILED = "notice_living_failed"
_RENEW = "run.renew"
_MOST = 400  # characters of a sentence in a notice


def thing_of(living: Living) -> str:
    """What notices and jobs call it."""
    return f"living:{living.id}"


def renewed(ledger: Ledger, living: Living, before: Run | None, after: Run, by: Person) -> None:
    """Enter a new result in the record, and tell what changed to those who may read it; once, however often it is said."""
    if before is not None and before.key == after.key:
        return
    code, said = _sentence(living, before, after)
    link = reverse("runs:run", args=[after.key])
    also = ("compare", reverse("runs:compare", args=[after.key, before.key])) if before else ("", "")
    with transaction.atomic():
        told: dict[str, Any] = {"living": living.id, "before": before.key if before else ""}
        thing = f"run:{after.key}"
        made = datetime.fromisoformat(after.at)  # after an erasure the same key comes again
        if Entry.objects.filter(what=_RENEW, thing=thing, detail__living=living.id, at__gte=made).exists():
            return
        record(by, _RENEW, thing, detail=told)
        if not code:
            return
        for username in _readers(ledger, living, after):
            tell(code, said, to=username, thing=thing_of(living), url=link, also=also)


def _sentence(living: Living, before: Run | None, after: Run) -> tuple[str, dict[str, Any]]:
    """The code of a notice and its words; "" where nothing that people see has changed."""
    said: dict[str, Any] = {"title": living.title, "datasets": ", ".join(living.datasets)}
    if before is None:
        return "notice_living_anew", said
    versions = {(each.role, each.dataset): each.version for each in before.inputs}
    newer = [each.title for each in after.inputs if versions.get((each.role, each.dataset)) != each.version]
    said["data"] = ", ".join(dict.fromkeys(newer)) or "-"
    found = changed(before.result, after.result)
    if found.before or found.after:
        return "notice_living_answer", said | {"before": _cut(found.before), "after": _cut(found.after)}
    return _of_tables(found, said)


def _of_tables(found: Changed, said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if not found:
        return "", said
    told = said | {"tables": ", ".join(f"‘{title}’" for title in found.tables), "rows": f"{found.rows:,}"}
    return ("notice_living_rows" if found.rows else "notice_living_tables"), told


def failed(livings: Livings, living: Living, state: State, error: MadangError, now: datetime) -> None:
    """Write down that an attempt failed, and tell the keeper of the first of a row."""
    known = Notice.objects.filter(code=FAILED, thing=thing_of(living), resolved_at=None)
    if not state.told and not known.exists():
        said = {"title": living.title, "reason": str(error), "datasets": ", ".join(living.datasets)}
        tell(FAILED, said, to=living.keeper, thing=thing_of(living), url=_page(state))
    livings.put(living, after_failure(state, error, now))


def recovered(living: Living) -> None:
    """It works again: what was told of its failure has passed."""
    resolve(FAILED, thing_of(living))


def ended_for(livings: Livings, living: Living, state: State, why: str) -> None:
    """Have it rest, as its keeper "left" or has no "right" any more; administrators and those who follow it hear of it."""
    with livings.alone(), transaction.atomic():
        there = livings.get(living.id)
        if there is None or there.stopped:
            return
        record(
            Person("", via="work"), "run.stop", f"run:{state.run}", why=why,
            detail={"living": living.id, "keeper": living.keeper},
        )  # fmt: skip
        said = {"title": living.title, "keeper": name_of(living.keeper)}
        where: dict[str, Any] = {"thing": thing_of(living), "url": _page(state)}
        tell_administrators(f"notice_living_{why}", said, **where)
        keeper = (living.keeper,) if why == "right" else ()
        for username in (*keeper, *living.followers):
            if not _administers(username):
                tell(f"notice_living_{why}", said, to=username, **where)
        livings.save(replace(there, stopped=why))


def ended_by(living: Living, state: State, by: Person) -> None:
    """Tell those who follow, and the keeper where it was somebody else, that it is kept alive no more."""
    for username in {living.keeper, *living.followers} - {by.id}:
        said = {"title": living.title, "keeper": name_of(by.id)}
        tell("notice_living_ended", said, to=username, thing=thing_of(living), url=_page(state))


def _readers(ledger: Ledger, living: Living, run: Run) -> list[str]:
    """Of the keeper and those who follow, who may read the result today."""
    thing, today = ledger.thing(run, Lineage(ledger.bank.folder)), timezone.localdate()
    names = dict.fromkeys((living.keeper, *living.followers))
    users = User.objects.filter(username__in=names, is_active=True)
    return [u.username for u in users if can(person_of_user(u, via="work", today=today), "read", thing)]


def _administers(username: str) -> bool:
    user = User.objects.filter(username=username, is_active=True).first()
    return user is not None and "administrator" in user.role_set


def _page(state: State) -> str:
    return reverse("runs:run", args=[state.run]) if state.run else reverse("runs:living")


def _cut(said: str) -> str:
    return said if len(said) <= _MOST else said[: _MOST - 1] + "…"
