"""Who hears that an edition was shut by itself: the steward of its dataset."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from urllib.parse import quote

from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.release.publish import notices
from madang.web.notices.actions import tell
from madang.web.notices.models import Notice
from madang.web.shell.workspace import workspace

# by why it is shut
_CODES = {"personal": "notice_release_shut", "unreadable": "notice_release_unreadable"}


def tell_shut() -> None:
    """Tell, once, of every edition that is shut by itself: it showed a column that is personal, or its records cannot be read."""
    ws = workspace()
    for told in notices(ws.releases.open_bank):
        edition, at = str(told["edition"]), datetime.fromisoformat(str(told["at"]))
        thing = f"edition:{edition}"
        if (code := _CODES.get(str(told.get("kind")))) and not Notice.objects.filter(
            code=code, thing=thing, at=at
        ).exists():
            url = f"/releases/of/{quote(edition)}/" if code == _CODES["personal"] else "/releases/"
            tell(
                code,
                {"title": told["title"]},
                post=_steward(edition) or str(told["post"]),
                thing=thing,
                url=url,
                at=at,
            )


def _steward(edition: str) -> str:
    """The steward of its dataset; "" where that is not known any more."""
    with suppress(MadangError):
        ws = workspace()
        dataset = ws.releases.decisions.latest(edition).dataset
        return thing_of(ws.bank[dataset]).steward if dataset in ws.bank else ""
    return ""
