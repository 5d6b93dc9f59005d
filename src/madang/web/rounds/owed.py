"""What a post still has to hand in, for whoever holds it and whoever takes it over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from madang.access import Person
from madang.web.accounts.handover import Owed, owes, passes
from madang.web.accounts.models import Post
from madang.web.audit.record import record
from madang.web.rounds import states
from madang.web.rounds.models import Part, Round


@owes
def parts_of(post: str, today: date) -> Iterator[Owed]:
    """Parts of open rounds that nobody has answered: those of the post, and those of its whole department."""
    departments = Post.objects.filter(name=post).values("department")
    mine = Q(post=post) | Q(post="", department__in=departments)
    parts = Part.objects.filter(mine, round__state=states.OPEN).select_related("round", "department")
    for part in parts:
        if part.handed_in is None:
            due = timezone.localtime(part.until).date()
            what = _("취합 제출: %s") % part.round.title
            yield Owed(what, due, f"/rounds/{part.round.key}/{part.pk}/")


@owes
def rounds_of(post: str, today: date) -> Iterator[Owed]:
    """Rounds that the post looks after and that are not closed."""
    for each in Round.objects.filter(post=post).exclude(state=states.CLOSED):
        yield Owed(
            _("취합 진행: %s") % each.title, timezone.localtime(each.due_at).date(), f"/rounds/{each.key}/"
        )


@passes
def pass_on(old: str, new: str, by: Person, why: str) -> None:
    """Rounds of the post, and parts that it owes, go to its successor; what is closed stays as it was."""
    with transaction.atomic():
        for each in Round.objects.select_for_update().filter(post=old).exclude(state=states.CLOSED):
            each.post = new
            each.save(update_fields=["post"])
            record(by, "round.change", f"round:{each.key}", why=why, detail={"post": [old, new]})
        parts = Part.objects.select_for_update().filter(post=old).exclude(round__state=states.CLOSED)
        for part in parts.select_related("round"):
            same = Part.objects.filter(round=part.round_id, department=part.department_id, post=new)
            if same.exists():  # the successor was asked too, and has the rights of this one
                continue
            part.post = new
            part.save(update_fields=["post"])
            thing = f"round:{part.round.key}/{part.pk}"
            record(by, "round.change", thing, why=why, detail={"post": [old, new]})
