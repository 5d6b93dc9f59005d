"""The bank that an API answers from: the whole one, as who asks sees it, or the open editions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from madang.access import View
from madang.bank import Version
from madang.bank.seen import SeenBank
from madang.declarations.standard import DatasetColumn
from madang.engine.rows import Source
from madang.find import Hit
from madang.find.served import served
from madang.messages import MadangError
from madang.web.api.held import HeldBank
from madang.web.shell.whole import is_whole
from madang.web.shell.workspace import WatchedBank, asker, workspace

_MOST_HITS = 1_000


@dataclass(frozen=True)
class Door:
    """What an API reads. `bank` is asked at each request; `copies` says where serving copies of a dataset may lie.

    `is_open`: everybody may ask without a token, and pages of other sites too (CORS).
    """

    name: str
    bank: Callable[[HttpRequest], SeenBank]
    copies: Callable[[str], Path]
    hits: Callable[[str], list[Hit]]  # what answers to words, whoever may see it
    is_open: bool = False


@dataclass(frozen=True)
class Asked:
    """A version that is asked about, with what of it is shown. `pinned` names it in addresses that follow."""

    version: Version
    columns: list[DatasetColumn]
    view: View
    source: Source

    @property
    def pinned(self) -> list[tuple[str, str]]:
        return [("version", str(self.version.n))]


def folder() -> Path:
    """The workspace that this site serves, without reading its settings."""
    return _resolved(str(settings.MADANG_WORKSPACE))


@lru_cache(maxsize=64)
def _resolved(said: str) -> Path:
    return Path(said).resolve()


def inner() -> Door:
    """The bank of the workspace, as the person of the request sees it."""

    def bank(request: HttpRequest) -> SeenBank:
        return WatchedBank(HeldBank(folder() / "bank"), asker())

    return Door("api-1", bank, lambda dataset: folder() / "cache" / "rows" / dataset, _hits)


def _hits(words: str) -> list[Hit]:
    if not words.strip():
        return []
    ws = workspace()
    bank = HeldBank(ws.bank.folder)
    live = {each.id: each.latest.n if each.latest else 0 for each in bank.datasets()}
    synonyms = ws.folder / "content" / "synonyms.toml"
    index = served(bank, ws.folder / "cache" / "search.db", synonyms, ws.standards, live, set(live))
    return index.search(words, _MOST_HITS)


def asked(door: Door, request: HttpRequest, dataset_id: str) -> Asked:
    """The version that the parameters `version` or `as_of` name, else the live one.

    Raises MadangError: dataset_missing, access_denied, version_missing, no_version, day_unreadable, as_of_missing.
    """
    bank = door.bank(request)
    dataset = bank.may("read", dataset_id)
    number, day = _said(request, "version"), _said(request, "as_of")
    if number:
        version = dataset.version(whole("version", number, 1, 10**9))
    elif day:
        version = dataset.as_of(day)
    elif dataset.latest is not None:
        version = dataset.latest
    else:
        raise MadangError("no_version", dataset=dataset_id)
    view = bank.view(dataset, version.columns)
    return Asked(version, version.columns, view, Source(tuple(version.files), door.copies(dataset.id)))


def whole(name: str, written: str, least: int, most: int) -> int:
    """A whole number of an address. Raises MadangError("rows_number")."""
    if not (is_whole(written, digits=11) and least <= int(written) <= most):
        raise MadangError("rows_number", name=name, value=written[:40], least=least, most=most)
    return int(written)


def given(request: HttpRequest, name: str, default: int, least: int, most: int) -> int:
    """A whole number among the parameters. Raises MadangError("rows_number")."""
    said = _said(request, name)
    return whole(name, said, least, most) if said else default


def _said(request: HttpRequest, name: str) -> str:
    return str(request.GET.get(name, "")).strip()


def iso(value: Any) -> str | None:
    """A day or a moment as ISO text."""
    return value.isoformat() if isinstance(value, date) else None
