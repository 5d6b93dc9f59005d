"""A city with one restricted dataset, one with personal data, and people with tokens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

import people
from api_city import POST, SECRET
from madang.access import owner
from madang.web.accounts.tokens import make_token
from madang.web.api import caller
from madang.workspace import Workspace


@pytest.fixture(scope="session")
def api_city(tmp_path_factory: pytest.TempPathFactory, made_up: Workspace) -> Workspace:
    """The made-up city, where the population is restricted and names of car parks are personal."""
    folder = tmp_path_factory.mktemp("api") / "city"
    shutil.copytree(made_up.folder, folder, symlinks=True)
    ws = Workspace.open(folder)
    at = ws.clock()
    card = {**ws.bank[SECRET].card, "access": "restricted", "steward": POST}
    ws.bank[SECRET].write_card(card, by="test", at=at)
    return ws


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of other tests are not remembered, and nobody asks too often."""
    monkeypatch.setattr(caller, "_known", {})


@pytest.fixture
def program(api_city: Workspace, db: None) -> Iterator[Callable[..., Client]]:
    """Makes a program with a token of its own: ``program("official", posts=[…], scopes=["read"])``."""

    def make(*roles: str, scopes: tuple[str, ...] = ("read",), token: str = "", **said: Any) -> Client:
        if not token:
            user = people.make(*roles, **said)
            token = make_token(
                user=user, name="test", scopes=list(scopes), days=1, by=owner("test", via="web")
            )
        return Client(SERVER_NAME="127.0.0.1", HTTP_AUTHORIZATION=f"Bearer {token}")

    with override_settings(MADANG_WORKSPACE=str(api_city.folder), MADANG_API_PER_MINUTE=100_000):
        yield make


@pytest.fixture
def own_api_city(api_city: Workspace, tmp_path: Path) -> Workspace:
    """A copy to write to."""
    shutil.copytree(api_city.folder, tmp_path / "own", symlinks=True)
    return Workspace.open(tmp_path / "own")
