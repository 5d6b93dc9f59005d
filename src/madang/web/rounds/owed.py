"""What a post still has to hand in, for whoever holds it and whoever takes it over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from madang.web.accounts.handover import Owed, owes
from madang.web.accounts.models import Post
from madang.web.rounds import states
from madang.web.rounds.models import Part


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
