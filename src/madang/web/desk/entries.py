"""Entries of the catalogue, remembered from one request to the next: an unchanged dataset costs three listings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from madang.bank import Dataset, Version
from madang.bank.describe import as_of, of_file_name
from madang.declarations.standard import Standard
from madang.messages import MadangError
from madang.web.desk.pages import Entry, Quality
from madang.web.desk.quality import freshness, quality_of
from madang.web.shell import words
from madang.web.shell.mark import Mark
from madang.workspace import Workspace

DAMAGE = (
    MadangError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)  # what reading a broken record raises
Stamp = tuple[object, ...]
_KEPT = 5_000
_known: dict[Path, tuple[Stamp, dict[str, Standard], Entry]] = {}


def entry_of(ws: Workspace, dataset: Dataset) -> Entry:
    """A dataset as the catalogue lists it; one whose records cannot be read is listed as damaged."""
    today = ws.clock().date()
    stamp = (today, *stamp_of(dataset))
    known = _known.get(dataset.folder)
    if known is None or known[0] != stamp or known[1] is not ws.standards:
        try:
            entry = _entry(ws, dataset, today)
        except DAMAGE:
            return _damaged(dataset)
        if len(_known) >= _KEPT:
            _known.clear()
        known = _known[dataset.folder] = (stamp, ws.standards, entry)
    return known[2]


def check_readable(dataset: Dataset) -> None:
    """Raises MadangError("records_damaged") where the card or the records of a deposit cannot be read."""
    try:
        assert isinstance(dataset.card, dict)
        for deposit in dataset.deposits():
            dataset.receipt(deposit)["verdict"]
        for version in dataset.versions:
            assert version.columns is not None
    except DAMAGE as error:
        raise MadangError("records_damaged", dataset=dataset.id) from error


def stamp_of(dataset: Dataset) -> Stamp:
    """Changes with every version, deposit, card and erasure."""
    link = dataset.table.link
    folders = (link / "_delta_log", dataset.folder / "deposits", dataset.folder / "cards")
    return (os.readlink(link) if link.is_symlink() else "", *map(_newest, folders))


def _newest(folder: Path) -> tuple[int, str]:
    """How many files, and the last name: names of cards are numbers without zeros before them."""
    names: list[str] = []
    with suppress(FileNotFoundError):
        names = [name for name in os.listdir(folder) if not name.startswith(".")]
    return len(names), max(names, default="")


def _damaged(dataset: Dataset) -> Entry:
    title = dataset.id
    with suppress(*DAMAGE):
        title = str(dataset.card["title"])
    nothing = Mark("자료 없음")
    return Entry(
        dataset.id, title, words.DAMAGED.detail, None, None, None, nothing, words.DAMAGED, None, "", None, 0,
        damaged=True,
    )  # fmt: skip


def _entry(ws: Workspace, dataset: Dataset, today: date) -> Entry:
    card, latest, last = dataset.card, dataset.latest, dataset.last_receipt() or {}
    standard = standard_of(ws, card, latest)
    quality = quality_of(latest) if latest else Quality()
    said = latest.receipt if latest else last
    return Entry(
        id=dataset.id,
        title=str(card["title"]),
        description=str(card.get("description") or ""),
        as_of=as_of(latest) if latest else None,
        as_of_named=bool(latest and of_file_name(latest)),
        rows=latest.rows if latest else None,
        version=latest.n if latest else None,
        freshness=freshness(latest, rhythm_of(card, standard), today),
        verdict=words.VERDICTS.get(str(said.get("verdict")), words.NO_VERDICT),
        deposited_at=_moment(last.get("at")) or (latest.at if latest else None),
        standard=standard.label if standard else "",
        score=quality.score,
        errors=quality.errors,
        last_refused=last_refused(latest, last),
        erased=latest is not None and latest.erased,
        theme=str(card.get("theme") or (standard.theme if standard else "") or ""),
    )


def last_refused(live: Version | None, last: Mapping[str, Any]) -> Mark | None:
    """The mark of a dataset whose newest deposit was refused while an older one is live."""
    return words.LAST_REFUSED if live and last.get("verdict") == "refused" else None


def standard_of(ws: Workspace, card: Mapping[str, Any], version: Version | None) -> Standard | None:
    """The standard a version was read by, else the one its card names."""
    named = (version.receipt.get("standard") if version else None) or card.get("standard")
    return ws.standards.get(str(named)) if named else None


def rhythm_of(card: Mapping[str, Any], standard: Standard | None) -> int | None:
    """Days between two updates, by the card, else by the standard."""
    days = card.get("rhythm_days") or (standard.rhythm_days if standard else None)
    return int(days) if days else None


def _moment(said: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(said)) if said else None
    except ValueError:
        return None
