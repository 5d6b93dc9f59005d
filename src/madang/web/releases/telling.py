"""Who hears that an edition was shut by itself: the steward of its dataset."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from madang.bank.seen import thing_of
from madang.release.publish import notices
from madang.web.notices.actions import tell
from madang.web.notices.models import Notice
from madang.web.shell.workspace import workspace

_CODE = "notice_release_shut"


def tell_shut() -> None:
    """Tell, once, of every edition that is shut because it showed a column that is personal."""
    ws = workspace()
    for told in notices(ws.releases.open_bank):
        edition, at = str(told["edition"]), datetime.fromisoformat(str(told["at"]))
        thing = f"edition:{edition}"
        if (
            told.get("kind") == "personal"
            and not Notice.objects.filter(code=_CODE, thing=thing, at=at).exists()
        ):
            dataset = ws.releases.decisions.latest(edition).dataset
            post = (thing_of(ws.bank[dataset]).steward if dataset in ws.bank else "") or str(told["post"])
            url = f"/releases/of/{quote(edition)}/"
            tell(_CODE, {"title": told["title"]}, post=post, thing=thing, url=url, at=at)
