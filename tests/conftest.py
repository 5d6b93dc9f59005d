"""What every test gets: no network, no workspace of yours, browser tests only where a browser is."""

from __future__ import annotations

import os
import shutil
import socket
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HERE = ("127.0.0.1", "::1", "localhost")
_connect = socket.socket.connect

os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # hundreds of processes are started: each would compile every module
os.fsync = lambda _: (
    None
)  # nobody pulls the plug: what is written can be read, and no test waits for the disk


def browser_path() -> str | None:
    """The Chromium of this machine, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if browser_path() is None:
        skip = pytest.mark.skip(reason="no Chromium on this machine; `make browser` installs it where it can")
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(skip)


@pytest.fixture
def chromium() -> str:
    """Path of the browser that the browser tests drive."""
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium on this machine")
    return path


@pytest.fixture(autouse=True)
def _this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched while testing: a connection that leaves this machine fails the test that made it."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise AssertionError(f"a test tried to reach {address[0]}: tests use no network")
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def _no_workspace_of_yours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace set in the environment must not be what a test writes to."""
    monkeypatch.delenv("MADANG_WORKSPACE", raising=False)
