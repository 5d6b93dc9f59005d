"""A real browser before a real server: the made-up city, served as `madang up` serves it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import busy_city
import made_up_bank
import people
from made_once import made_once

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
BUILT = Path(made_up_bank.__file__).parents[1] / "src/madang/web/static/dist/manifest.json"
SERVE = "from pathlib import Path; from madang.web.serve import serve; serve(Path({folder!r}), port={port})"


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the made-up city that `site` serves."""
    folder = tmp_path_factory.mktemp("journey") / "city"
    made_up_bank.make(folder)
    return folder


@pytest.fixture(scope="session")
def served() -> Iterator[Callable[[Path], dict[str, str]]]:
    """The cookie of an administrator of the workspace in a folder, with the address of its pages; served once a run.

    A module that has a `city` of its own gets the pages of that: fixtures of a whole run are kept by name alone."""
    with ExitStack() as servers:

        @cache
        def serve(folder: Path) -> dict[str, str]:
            value = session(folder)
            address = servers.enter_context(contextmanager(serving)(folder))
            return {"name": "madang_session", "value": value, "url": address}

        yield serve


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What stands for what in the addresses of the busy city, with its "site" and the "session" of somebody there."""

    def make(folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(Path(busy_city.__file__).parent)}
        command = [sys.executable, busy_city.__file__, str(folder / "city")]
        made = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        (folder / "there.json").write_text(made.stdout.splitlines()[-1])

    made = made_once(tmp_path_factory, "busy-city", make)
    own = tmp_path_factory.mktemp("busy") / "city"
    shutil.copytree(made / "city", own, symlinks=True)
    with contextmanager(serving)(own) as site:
        yield {**json.loads((made / "there.json").read_text()), "site": site}


@pytest.fixture
def cookie(city: Path, served: Callable[[Path], dict[str, str]]) -> dict[str, str]:
    """What a browser needs to be signed in as an administrator of the made-up city."""
    return served(city)


@pytest.fixture
def site(cookie: dict[str, str]) -> str:
    """Address of the made-up city's pages."""
    return cookie["url"]


def serving(folder: Path) -> Iterator[str]:
    """Address of the pages of the workspace in `folder`, while they are served, by Granian in a process of its own."""
    if not BUILT.is_file():
        pytest.skip("the front end has not been built (python hatch_build.py)")
    port = _free_port()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE.format(folder=str(folder), port=port)], env=environment
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/accounts/login/", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended before it answered"
        try:
            with urlopen(address, timeout=30):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server did not answer within 90 seconds")


SIGN_IN = """
import os
os.environ["MADANG_WORKSPACE"] = {folder!r}
from madang.web.serve import prepare
prepare()
import people
people.without_refresh()
print(people.session({username!r}, *{roles!r}), end="")
"""


def session(folder: Path, *roles: str, username: str = "journey") -> str:
    """The cookie of somebody signed in to the workspace in `folder`, who has an account there from now on."""
    said = SIGN_IN.format(folder=str(folder), username=username, roles=roles or ("administrator",))
    environment = {**os.environ, "PYTHONPATH": str(Path(people.__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from conftest import browser_path

    path = browser_path()
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(params=[1280, 360], ids=["desktop", "phone"])
def page(
    browser: Browser, site: str, cookie: dict[str, str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A window of each width, signed in as an administrator; it fails the test on anything the page complains of or fetches from elsewhere."""
    context = browser.new_context(viewport={"width": request.param, "height": 800}, base_url=site)
    context.add_cookies([cookie])  # type: ignore[list-item]
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda sent: None if sent.url.startswith(site) else wrong.append(sent.url))
    yield opened
    context.close()
    assert wrong == []
