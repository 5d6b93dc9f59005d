"""Entries of the catalogue, out of what is known of a dataset, and the stamps by which other lists keep theirs."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from madang.bank import Dataset
from madang.messages import MadangError
from madang.web.desk.known import DAMAGE, Known, day_of, moment_of
from madang.web.desk.pages import Entry
from madang.web.desk.quality import freshness_on
from madang.web.shell import words
from madang.web.shell.mark import Mark

Stamp = tuple[object, ...]


def entry_of(known: Known, today: date) -> Entry:
    """A dataset as the catalogue lists it; one whose records cannot be read is listed as damaged."""
    if known.damaged:
        nothing = Mark(_("자료 없음"))
        return Entry(
            known.id, known.title, words.DAMAGED.detail, None, None, None, nothing, words.DAMAGED, None, "", None, 0,
            damaged=True, access=known.access,
        )  # fmt: skip
    what = "file" if known.as_of_named else "as_of" if known.as_of else "deposit"
    return Entry(
        id=known.id,
        title=known.title,
        description=known.description,
        as_of=day_of(known.as_of),
        as_of_named=known.as_of_named,
        rows=known.rows,
        version=known.version,
        freshness=freshness_on(day_of(known.day), what, known.rhythm_days, today),
        verdict=words.VERDICTS.get(known.verdict, words.NO_VERDICT),
        deposited_at=moment_of(known.deposited_at),
        standard=known.standard_label,
        score=known.score,
        errors=known.errors,
        last_refused=words.LAST_REFUSED if known.last_refused else None,
        erased=known.erased,
        theme=known.theme,
        access=known.access,
        steward=known.steward,
        licence=words.card_value("licence", known.licence) if known.licence else "",
        places=known.places,
    )


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
