"""The one door from the pages to the core: the workspace that this process serves, and who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from django.conf import settings

import madang
from madang.access import ANONYMOUS, Person, Verb
from madang.bank import Dataset
from madang.bank.seen import SeenBank, thing_of
from madang.declarations import Standard
from madang.workspace import Workspace

ASKER: ContextVar[Callable[[], Person] | None] = ContextVar(
    "asker", default=None
)  # set by accounts for each request
TOUCHED: ContextVar[set[str] | None] = ContextVar(
    "touched", default=None
)  # restricted datasets that were opened; set by audit for each request
_held: ContextVar[list[Workspace] | None] = ContextVar("workspace", default=None)


@contextmanager
def one_workspace() -> Iterator[None]:
    """Within the block `workspace()` opens the workspace once: what one request needs."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def workspace() -> Workspace:
    """The workspace named by the settings, opened anew for each request: another process may have changed it."""
    held = _held.get()
    if held is None:
        return _opened()
    if not held:
        held.append(_opened())
    return held[0]


class WatchedBank(SeenBank):
    """The bank as a person sees it, which notes what restricted was opened: the audit trail enters it."""

    def may(self, verb: Verb, dataset_id: str) -> Dataset:
        dataset = super().may(verb, dataset_id)
        touched = TOUCHED.get()
        if touched is not None and thing_of(dataset).access == "restricted":
            touched.add(dataset_id)
        return dataset


def asker() -> Person:
    """Who asks: the person of the request being answered; nobody, who sees nothing of the bank, outside of one."""
    of_request = ASKER.get()
    return of_request() if of_request else ANONYMOUS


def bank() -> SeenBank:
    """The bank as the person of this request sees it."""
    return WatchedBank(workspace().bank, asker())


def _opened() -> Workspace:
    """Only the standards, which take a tenth of a second to read and check, are kept until one of their files changes."""
    opened = madang.open(settings.MADANG_WORKSPACE)
    opened.keeps_journal = False  # pages record what they do
    own = opened.folder / "content" / "standards"
    opened.standards = _standards(opened.folder, _stamp(own))
    return opened


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.toml")))


@lru_cache(maxsize=8)
def _standards(folder: Path, stamp: tuple[tuple[str, int], ...]) -> dict[str, Standard]:
    return madang.open(folder).standards
