"""What an officer has to do: late, worse, waiting; of the datasets of their posts, or of all for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _

from madang.access import Person, can
from madang.bank import Dataset
from madang.bank.describe import data_day, freshness_of, rhythm_of
from madang.bank.seen import SeenBank, thing_of
from madang.messages import MadangError
from madang.web.deposits.models import Draft, Upload
from madang.web.deposits.rights import dataset_in
from madang.web.deposits.states import DONE, OPEN, UNFINISHED
from madang.web.shell import words
from madang.web.shell.mark import Mark
from madang.workspace import Workspace

_MOST = 50
_RECENT = 20
_WORSE = 0.05  # points of quality from which a fall is told


@dataclass(frozen=True)
class Line:
    """A dataset and what is to be known of it."""

    dataset: str
    title: str
    says: str
    mark: Mark | None = None
    at: datetime | None = None
    deposit: str = ""
    days: int = 0  # late by


@dataclass(frozen=True)
class Overview:
    """The four lists of the page."""

    uploads: list[Upload]
    drafts: list[Draft]
    late: list[Line]
    late_count: int
    worse: list[Line]
    refused: list[Line]
    recent: list[Line]
    done: list[Upload]
    datasets: int

    @property
    def waiting(self) -> int:
        return len(self.uploads) + len(self.drafts) + len(self.refused)


def of(ws: Workspace, by: Person) -> Overview:
    """The overview of a person."""
    mine = [each for each in SeenBank(ws.bank, by).datasets() if can(by, "deposit", thing_of(each))]
    late, worse, refused, recent = [], [], [], []
    for dataset in mine:
        try:
            late += _late(dataset, ws)
            worse += _worse(dataset)
            refused += _refused(dataset)
            recent += _recent(dataset)
        except (MadangError, OSError, KeyError, ValueError):
            continue  # a dataset whose records are damaged is the doctor's business
    recent.sort(key=lambda line: line.at.timestamp() if line.at else 0, reverse=True)
    own = Upload.objects.filter(by=by.id)
    return Overview(
        uploads=list(own.filter(state__in=UNFINISHED).order_by("-touched_at")[:_MOST]),
        drafts=[
            d for d in Draft.objects.filter(by=by.id, state=OPEN).order_by("-touched_at")[:_MOST] if d.changes
        ],
        late=sorted(late, key=lambda line: -line.days)[:_MOST],
        late_count=len(late),
        worse=worse[:_MOST],
        refused=refused[:_MOST],
        recent=recent[:_RECENT],
        done=list(own.filter(state=DONE).order_by("-touched_at")[:5]),
        datasets=len(mine),
    )


def _line(dataset: Dataset, says: str, **more: Any) -> Line:
    return Line(dataset.id, str(dataset.card["title"]), says, **more)


def _late(dataset: Dataset, ws: Workspace) -> list[Line]:
    live, today = dataset.latest, ws.clock().date()
    day, rhythm = data_day(live), rhythm_of(dataset.card, live)
    if day is None or rhythm is None or freshness_of(dataset.card, live, today) != "late":
        return []
    days = (today - day).days - rhythm
    told = _("{days}일 늦음 (갱신주기 {rhythm}일)").format(days=f"{days:,}", rhythm=f"{rhythm:,}")
    return [_line(dataset, told, days=days, at=datetime.combine(day, time()))]


def _worse(dataset: Dataset) -> list[Line]:
    versions = dataset.versions
    if len(versions) < 2:
        return []
    scores = [s for v in versions[-2:] if (s := (v.facts.get("quality") or {}).get("score")) is not None]
    if len(scores) < 2 or scores[1] > scores[0] - _WORSE:
        return []
    told = _("품질 {before}점에서 {after}점으로").format(before=f"{scores[0]:.1f}", after=f"{scores[1]:.1f}")
    return [_line(dataset, told, at=versions[-1].at, deposit=versions[-1].deposit_id)]


def _refused(dataset: Dataset) -> list[Line]:
    receipt = dataset.last_receipt()
    if receipt is None or receipt["verdict"] != "refused":
        return []
    reason = words.reason(receipt["reasons"][0]) if receipt["reasons"] else ""
    at = datetime.fromisoformat(receipt["at"])
    return [_line(dataset, f"{receipt['file']}: {reason}", at=at, deposit=str(receipt["deposit"]))]


def _recent(dataset: Dataset) -> list[Line]:
    receipt = dataset.last_receipt()
    if receipt is None or not receipt.get("at"):
        return []
    mark = words.VERDICTS.get(str(receipt["verdict"]))
    at = datetime.fromisoformat(receipt["at"])
    return [_line(dataset, str(receipt["file"]), mark=mark, at=at, deposit=str(receipt["deposit"]))]


def receipt_line(ws: Workspace, by: Person, receipt: dict[str, Any]) -> dict[str, Any]:
    """A receipt as the page of an upload shows it; nothing of a dataset that may not be seen any more."""
    bank = SeenBank(ws.bank, by)
    dataset = dataset_in(bank, receipt["dataset"])
    return {
        **receipt,
        "mark": words.VERDICTS.get(receipt["verdict"], Mark(receipt["verdict"])),
        "title": str(dataset.card["title"]) if dataset else receipt["dataset"],
        "seen": dataset is not None,
        "says": [words.reason(reason) for reason in receipt["reasons"]],
    }
