"""A workspace that may ask this machine, a server that misbehaves, and means whose clock and chance stand still."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from madang.bank.durable import SEOUL
from madang.collect.allowed import Allowed
from madang.collect.fetched import Means
from madang.collect.origin import Origin
from madang.collect.rhythm import Rhythm
from tests.collect import rogue as rogues

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=SEOUL)


@pytest.fixture(scope="session")
def rogue() -> Iterator[rogues.Rogue]:
    with rogues.running() as found:
        yield found


@pytest.fixture(autouse=True)
def _forget(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test has the server for itself."""
    yield
    if "rogue" in request.fixturenames:
        found = request.getfixturevalue("rogue")
        found.asked.clear()
        found.answers.clear()


@pytest.fixture
def origin(rogue: rogues.Rogue) -> Callable[..., Origin]:
    """Makes an origin at a path of the server."""

    def make(path: str = "/good.csv", kind: str = "http", **said: Any) -> Origin:
        address = path if "://" in path or kind in ("folder", "sql") else rogue.url(path)
        given = {
            "rhythm": Rhythm.of("daily 06:30"),
            "dataset": "shops",
            "timeout_s": 20,
            "most_mb": 10,
            **said,
        }
        return Origin("made", "지어낸 것", kind, address, **given)  # type: ignore[arg-type]

    return make


class Clock:
    """Stands still unless somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOON
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def means(tmp_path: Path, rogue: rogues.Rogue, clock: Clock) -> Means:
    """May ask this machine at the server's port, and nothing else."""
    place = tmp_path / "fetched"
    place.mkdir()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    here = ipaddress.ip_network("127.0.0.1")
    allowed = Allowed(
        inbox, (f"127.0.0.1:{rogue.port}", f"localhost:{rogue.port}", "169.254.169.254"), (here,)
    )
    return Means(
        place, tmp_path, allowed, clock=clock, sleep=clock.sleep, chance=lambda: 0.5,
        environment={"COLLECT_KEY": "a+b/c==", "COLLECT_KEY_HOSTS": f"127.0.0.1:{rogue.port}"},
    )  # fmt: skip
