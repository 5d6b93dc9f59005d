"""Who hears of a source that failed: its steward's post, the dataset's; where nobody holds it the administrators."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.utils import timezone

from madang.collect.history import History
from madang.collect.origin import Origin
from madang.collect.run import Done
from madang.web.accounts.models import User
from madang.web.notices.actions import resolve, tell, tell_administrators
from madang.web.notices.models import Notice
from madang.web.sources.things import thing_of
from madang.workspace import Workspace

_FAILED = "notice_collect_failed"


def tell_of(origin: Origin, workspace: Workspace, done: Done) -> None:
    """Tell of a failure that will not mend itself; of a row of failures once."""
    if not done.tell:
        return
    said = {"title": origin.title, "reason": done.run.reason}
    where: dict[str, Any] = {
        "thing": f"source:{origin.id}",
        "url": f"/sources/{quote(origin.id)}/",
        "at": done.run.ended,
    }
    steward = thing_of(origin, workspace).steward
    if steward:
        tell(_FAILED, said, post=steward, **where)
    if not _held(steward, done):
        tell_administrators(_FAILED, said, **where)


def resolve_recovered(workspace: Workspace) -> None:
    """What was told of sources that work again, at whatever door they were run, has passed."""
    for thing in set(Notice.objects.filter(code=_FAILED, resolved_at=None).values_list("thing", flat=True)):
        if not History(workspace.folder, thing.removeprefix("source:")).state().failing_since:
            resolve(_FAILED, thing)


def _held(steward: str, done: Done) -> bool:
    """Whether anybody holds the post, or belongs to the department, on the day of the run."""
    day = timezone.localdate(done.run.ended)
    until = Q(holdings__valid_until=None) | Q(holdings__valid_until__gte=day)
    of_post = Q(holdings__post__name=steward) | Q(holdings__post__department__name=steward)
    holding = until & of_post & Q(holdings__valid_from__lte=day)
    return User.objects.filter(holding | Q(department__name=steward), is_active=True).exists()
