"""The API over open editions, for everybody: the same service as /api/v1/, behind a door that knows ``open/`` only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import path
from django.utils import timezone

from madang.access import Person
from madang.bank import Version
from madang.bank.seen import SeenBank
from madang.find import Hit
from madang.find.served import served
from madang.messages import MadangError
from madang.release import OpenBank
from madang.release.opened import version_closed
from madang.web.api.door import Door, folder
from madang.web.api.held import HeldBank, HeldDataset
from madang.web.api.service import document, opened, service
from madang.web.shell.workspace import workspace

ADDRESS = "/open/api/v1/"
_READER = Person("", roles=frozenset({"official"}))  # reads what is public, and all that is here is
_MOST_HITS = 1_000


class OpenDataset(HeldDataset):
    """An edition: a version that a later decision closed is gone, and said to be."""

    def version(self, n: int) -> Version:
        found = next((each for each in self.versions if each.n == n), None)
        if found is None:
            raise version_closed(self, n)
        return found

    def as_of(self, day: date | str) -> Version:
        try:
            return super().as_of(day)
        except MadangError as error:
            first = self.versions[0].n if self.versions else 1
            if error.code != "as_of_missing" or first == 1:
                raise
            raise version_closed(self, first - 1) from error


class HeldOpenBank(OpenBank, HeldBank):
    """The editions that are open today, their records read once."""

    kind = OpenDataset


def _editions() -> OpenBank:
    return HeldOpenBank(folder() / "open", timezone.localdate())


def _bank(request: HttpRequest | None = None) -> SeenBank:
    return SeenBank(_editions(), _READER)


def _hits(words: str) -> list[Hit]:
    if not words.strip():
        return []
    ws, bank = workspace(), _editions()
    live = {each.id: each.latest.n for each in bank.datasets() if each.latest}
    synonyms = ws.folder / "content" / "synonyms.toml"
    index = served(bank, ws.folder / "cache" / "open-search.db", synonyms, ws.standards, live, live)
    return index.search(words, _MOST_HITS)


DOOR = Door(
    "open-1", _bank, lambda edition: folder() / "cache" / "open-rows" / edition, _hits, is_open=True
)  # fmt: skip
API = service(DOOR, title="Madang open data")
urlpatterns: list[Any] = [
    path("openapi.json", document(API, ADDRESS), name="open-openapi"),
    *opened([each for each in API.urls[0] if each.name != "api-root"], DOOR),
]
