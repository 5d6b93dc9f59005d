"""Who hears that an edition was shut by itself, or that a result is open of data that were closed since: stewards."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from urllib.parse import quote

from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.release.publish import notices
from madang.release.result_decision import ResultDecision
from madang.release.result_narrowed import restricted_since
from madang.web.notices.actions import resolve, tell
from madang.web.notices.models import Notice
from madang.web.releases.result_actions import results
from madang.web.shell.workspace import workspace

_RESTRICTED, _ROWS = "notice_release_restricted", "notice_release_rows"
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


def tell_closed() -> None:
    """Tell, once, the stewards of data that are restricted and that an open result has read before, and of data that are not
    open any more and whose rows are in an open result."""
    ws = workspace()
    for each in results().readable():
        is_there = each.decision.edition in ws.releases.open_bank
        restricted = restricted_since(ws.bank, each.decision) if is_there else ()
        rows = [one.source[0] for one in each.unknown if one.source[0] in ws.bank] if is_there else ()
        _tell_of(each.decision, _RESTRICTED, restricted)
        _tell_of(each.decision, _ROWS, rows)


def _tell_of(decision: ResultDecision, code: str, datasets: Collection[str]) -> None:
    """Tell the stewards of these data about a result, once; where there are none, that is done with."""
    thing, bank = f"result:{decision.edition}", workspace().bank
    if not datasets:
        resolve(code, thing)
    told = Notice.objects.filter(code=code, thing=thing, resolved_at=None)
    for post in {thing_of(bank[name]).steward or decision.post for name in datasets}:
        if not told.filter(post=post).exists():
            url = f"/releases/results/of/{quote(decision.edition)}/"
            tell(code, {"title": decision.title or decision.edition}, post=post, thing=thing, url=url)


def _steward(edition: str) -> str:
    """The steward of its dataset; "" where that is not known any more."""
    with suppress(MadangError):
        ws = workspace()
        dataset = ws.releases.decisions.latest(edition).dataset
        return thing_of(ws.bank[dataset]).steward if dataset in ws.bank else ""
    return ""
