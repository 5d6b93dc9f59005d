"""Who hears of a source that failed: its steward's post, the dataset's, else the administrators."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from madang.collect.origin import Origin
from madang.collect.run import Done
from madang.web.accounts.models import User
from madang.web.notices.actions import tell
from madang.web.sources.things import thing_of
from madang.workspace import Workspace


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
    if steward := thing_of(origin, workspace).steward:
        tell("notice_collect_failed", said, post=steward, **where)
        return
    for user in User.objects.filter(is_active=True):
        if "administrator" in user.role_set:
            tell("notice_collect_failed", said, to=user.username, **where)
