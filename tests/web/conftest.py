"""The web pages over a made-up bank; an undefined name in a template fails the test that renders it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client, override_settings

import made_up_bank
import people
from engine.locked_forked import Nursery, forked
from madang.workspace import Workspace


class Undefined(str):
    """What Django prints for a name it does not know; here it fails instead."""

    def __contains__(self, _: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"the template uses {name}, which the view did not give it")


@pytest.fixture(autouse=True, scope="session")
def _undefined_names_fail() -> None:
    from django.template import engines

    engines["django"].engine.string_if_invalid = Undefined("%s")


@pytest.fixture(autouse=True)
def _database(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page looks up who asks. A test that closes an answer keeps its connection: it holds the test's own
    transaction, which a database on a server would lose with it."""
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The made-up city; nobody writes to it (`own_city` is a copy to write to)."""
    return made_up_bank.make(tmp_path_factory.mktemp("city"))


@pytest.fixture
def signed_in(db: None) -> Callable[..., Any]:
    """Makes a browser without a screen, signed in: ``signed_in("official", posts=["교통과 주차관리팀"])``."""

    def make(*roles: str, posts: Iterable[str] = (), department: str = "", username: str = "") -> Any:
        return people.browser(people.make(*roles, posts=posts, department=department, username=username))

    return make


@pytest.fixture
def client(made_up: Workspace, signed_in: Callable[..., Any]) -> Iterator[Any]:
    """A browser without a screen, before the pages of the made-up city, signed in as an administrator."""
    with override_settings(MADANG_WORKSPACE=str(made_up.folder)):
        yield signed_in("administrator")


@pytest.fixture
def anonymous(made_up: Workspace, db: None) -> Iterator[Any]:
    """A browser without a screen before the same pages, not signed in."""
    with override_settings(MADANG_WORKSPACE=str(made_up.folder)):
        yield Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def own_city(made_up: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the made-up city, shown by the pages, to change."""
    shutil.copytree(made_up.folder, tmp_path / "city", symlinks=True)
    with override_settings(MADANG_WORKSPACE=str(tmp_path / "city")):
        yield Workspace.open(tmp_path / "city")


@pytest.fixture
def empty_city(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace without data, shown by the pages."""
    with override_settings(MADANG_WORKSPACE=str(tmp_path / "empty")):
        yield Workspace.init(tmp_path / "empty", "빈들군")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """What the processes of `forking` are forked from."""
    made = Nursery()
    yield made
    made.end()


@pytest.fixture
def forking(nursery: Nursery) -> Iterator[None]:
    """Each question in SQL gets its process by a fork, which takes a third of the time."""
    with forked(nursery):
        yield
