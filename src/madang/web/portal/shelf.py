"""The open editions on their shelf: found, described, searched. The only door of the public pages to data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madang.access import View
from madang.bank import Version
from madang.bank.describe import as_of
from madang.bank.ids import is_valid_id
from madang.declarations.rhythm import freshness_status
from madang.engine.rows import Source
from madang.find.served import served
from madang.messages import Language, MadangError
from madang.release import OpenBank
from madang.release.publish import ground_of, notices, told_of
from madang.web.shell.places import has_places
from madang.web.shell.words import card_value
from madang.web.shell.workspace import workspace

EVERYTHING = View()  # nothing in an edition is for some people only
NOTE = "_note"


@dataclass(frozen=True)
class Open:
    """An edition that is open: its live version and what its card and its decision say."""

    version: Version

    @property
    def id(self) -> str:
        return self.version.dataset.id

    @property
    def card(self) -> dict[str, Any]:
        return self.version.dataset.card

    @property
    def title(self) -> str:
        return str(self.card["title"])

    @property
    def release(self) -> dict[str, Any]:
        return dict(self.version.facts["release"])

    @property
    def licence(self) -> str:
        """In words: 공공누리 제1유형: 출처표시."""
        return card_value("licence", self.card.get("licence") or "")

    @property
    def as_of(self) -> date | None:
        return as_of(self.version)

    @property
    def freshness(self) -> str:
        """fresh, late or unknown, by the rhythm that the card promises."""
        day = self.as_of or self.version.at.date()
        return freshness_status(day, self.card.get("rhythm_days"), timezone.localdate())

    @property
    def has_places(self) -> bool:
        return has_places(self.version)

    @property
    def formats(self) -> list[str]:
        """The forms in which it can be taken away."""
        return ["csv", "xlsx", "json", *(["geojson"] if self.has_places else []), "parquet"]

    @property
    def source(self) -> Source:
        """Its rows, for questions."""
        return Source(tuple(self.version.files), workspace().folder / "cache" / "open-rows" / self.id)


def open_bank() -> OpenBank:
    """The bank of open editions, of which is there what is open today: all that the public pages know."""
    return OpenBank(workspace().folder / "open", timezone.localdate())


def shelf() -> list[Open]:
    """Every edition that is open today, by title."""
    found = [Open(each.latest) for each in open_bank().datasets() if each.latest is not None]
    return sorted(found, key=lambda each: each.title)


def edition(edition_id: str) -> Open:
    """One that is open. Raises MadangError: dataset_missing; edition_over where it is not open any more."""
    live = open_bank()[edition_id].latest
    if live is None:
        raise MadangError("dataset_missing", dataset=edition_id)
    return Open(live)


def gone(edition_id: str) -> dict[str, Any] | None:
    """What is told of an edition that was withdrawn or is past its last day; None where there never was one."""
    bank = OpenBank(workspace().folder / "open")  # also what is past its day
    if not is_valid_id(edition_id):
        return None
    if told := told_of(bank, edition_id):
        return _in_words(told)
    if edition_id in bank and (live := bank[edition_id].latest) is not None:
        told = Open(live).release
        ground = _("개방하기로 한 기간이 끝났습니다.")
        return {"title": Open(live).title, "post": told["post"], "document": told["document"], "ground": ground,
                "at": told["until"]}  # fmt: skip
    return None


def withdrawn() -> list[dict[str, Any]]:
    """What was open once and is not any more."""
    return [_in_words(each) for each in notices(open_bank())]


def page_language() -> Language:
    """The language that is being answered in."""
    return "en" if (translation.get_language() or "ko").startswith("en") else "ko"


def _in_words(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "ground": ground_of(told, page_language())}


def search(words: str) -> list[Open]:
    """Editions that answer to `words`: Korean, 초성 and typos understood."""
    ws, bank = workspace(), open_bank()
    live = {each.id: each.latest.n for each in bank.datasets() if each.latest}
    synonyms = ws.folder / "content" / "synonyms.toml"
    index = served(bank, ws.folder / "cache" / "open-search.db", synonyms, ws.standards, live, live)
    by_id = {each.id: each for each in shelf()}
    return [by_id[hit.id] for hit in index.search(words, 100) if hit.id in by_id]
