"""The one door from the pages to the core: the workspace that this process serves, and who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from django.conf import settings

import madang
from madang.access import ANONYMOUS, Person
from madang.bank.seen import SeenBank
from madang.declarations import Standard
from madang.workspace import Workspace

ASKER: ContextVar[Callable[[], Person] | None] = ContextVar(
    "asker", default=None
)  # set by accounts for each request
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


def asker() -> Person:
    """Who asks: the person of the request being answered; nobody, who sees nothing of the bank, outside of one."""
    of_request = ASKER.get()
    return of_request() if of_request else ANONYMOUS


def bank() -> SeenBank:
    """The bank as the person of this request sees it."""
    return SeenBank(workspace().bank, asker())


def _opened() -> Workspace:
    """Only the standards, which take a tenth of a second to read and check, are kept until one of their files changes."""
    opened = madang.open(settings.MADANG_WORKSPACE)
    own = opened.folder / "content" / "standards"
    opened.standards = _standards(opened.folder, _stamp(own))
    return opened


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.toml")))


@lru_cache(maxsize=8)
def _standards(folder: Path, stamp: tuple[tuple[str, int], ...]) -> dict[str, Standard]:
    return madang.open(folder).standards
