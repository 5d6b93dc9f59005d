"""Who hears that an edition was shut by itself, or that a result is open of data closed since: stewards."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from urllib.parse import quote

from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.release.publish import notices
from madang.release.result_decision import ResultDecisions
from madang.release.result_narrowed import restricted_since
from madang.web.notices.actions import resolve, tell
from madang.web.notices.models import Notice
from madang.web.shell.workspace import workspace

_RESTRICTED = "notice_release_restricted"
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


def tell_restricted() -> None:
    """Tell, once, the stewards of data that are restricted and that an open result has read before."""
    ws = workspace()
    decisions = ResultDecisions(ws.releases.folder)
    for edition in decisions.editions():
        thing = f"result:{edition}"
        try:
            decision = decisions.latest(edition)
        except MadangError:
            continue
        closed = restricted_since(ws.bank, decision) if edition in ws.releases.open_bank else ()
        if not closed:
            resolve(_RESTRICTED, thing)
        told = Notice.objects.filter(code=_RESTRICTED, thing=thing, resolved_at=None)
        for post in {thing_of(ws.bank[name]).steward or decision.post for name in closed}:
            if not told.filter(post=post).exists():
                url = f"/releases/results/of/{quote(edition)}/"
                tell(_RESTRICTED, {"title": decision.title or edition}, post=post, thing=thing, url=url)


def _steward(edition: str) -> str:
    """The steward of its dataset; "" where that is not known any more."""
    with suppress(MadangError):
        ws = workspace()
        dataset = ws.releases.decisions.latest(edition).dataset
        return thing_of(ws.bank[dataset]).steward if dataset in ws.bank else ""
    return ""
