"""The API over open editions, for everybody: the same service as /api/v1/, behind a door that knows ``open/`` only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path
from django.utils import timezone

from madang.access import Person, Verb
from madang.bank import Dataset
from madang.bank.seen import SeenBank
from madang.find import Hit
from madang.find.served import served
from madang.messages import MadangError
from madang.release import is_over
from madang.web.api.door import Door, folder
from madang.web.api.held import HeldBank
from madang.web.api.service import document, opened, service
from madang.web.shell.workspace import workspace

ADDRESS = "/open/api/v1/"
_READER = Person("", roles=frozenset({"official"}))  # reads what is public, and all that is here is
_MOST_HITS = 1_000


class OpenBank(SeenBank):
    """The open editions that are open today."""

    def datasets(self) -> list[Dataset]:
        return [each for each in super().datasets() if _today(each)]

    def may(self, verb: Verb, dataset_id: str) -> Dataset:
        dataset = super().may(verb, dataset_id)
        if not _today(dataset):
            raise MadangError("edition_over", dataset=dataset_id)
        return dataset


def _today(dataset: Dataset) -> bool:
    live = dataset.latest
    return live is not None and not is_over(live.facts["release"]["until"], timezone.localdate())


def _bank(request: HttpRequest | None = None) -> OpenBank:
    return OpenBank(HeldBank(folder() / "open"), _READER)


def _hits(words: str) -> list[Hit]:
    if not words.strip():
        return []
    ws, bank = workspace(), HeldBank(folder() / "open")
    live = {each.id: each.latest.n for each in _bank().datasets() if each.latest}
    synonyms = ws.folder / "content" / "synonyms.toml"
    index = served(bank, ws.folder / "cache" / "open-search.db", synonyms, ws.standards, live, set(live))
    return index.search(words, _MOST_HITS)


DOOR = Door(
    "open-1", _bank, lambda edition: folder() / "cache" / "open-rows" / edition, _hits, is_open=True
)  # fmt: skip
API = service(DOOR, title="Madang open data")
urlpatterns: list[Any] = [
    path("openapi.json", document(API, ADDRESS), name="open-openapi"),
    *opened([each for each in API.urls[0] if each.name != "api-root"], DOOR),
]
