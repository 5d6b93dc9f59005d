"""The same addresses over another bank: open to everybody and to pages of other sites."""

from __future__ import annotations

from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client, override_settings

from api_city import PARKING, SECRET
from madang.access import Person
from madang.bank.seen import SeenBank
from madang.web.api.door import Door
from madang.web.api.held import HeldBank
from madang.web.api.service import opened, service
from madang.workspace import Workspace

OPEN = Person("open", roles=frozenset({"official"}))  # the bank at open/ holds nothing else


@pytest.fixture(scope="module")
def addresses(api_city: Workspace) -> ModuleType:
    door = Door(
        "open-test",
        lambda request: SeenBank(HeldBank(api_city.bank.folder), OPEN),
        lambda dataset: api_city.folder / "cache" / "rows" / dataset,
        lambda words: [],
        is_open=True,
    )
    module = ModuleType("open_addresses")
    module.urlpatterns = opened(service(door).urls[0], door)  # type: ignore[attr-defined]
    return module


@pytest.fixture
def anybody(addresses: ModuleType, api_city: Workspace) -> Any:
    with override_settings(ROOT_URLCONF=addresses, MADANG_WORKSPACE=str(api_city.folder)):
        yield Client(SERVER_NAME="127.0.0.1")


def test_no_token_is_asked_for_and_other_sites_may_read(anybody: Client) -> None:
    answer = anybody.get(
        f"/datasets/{quote(PARKING)}/rows?limit=1", headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    asked = anybody.options(f"/datasets/{quote(PARKING)}/rows")
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, "*")


def test_what_its_bank_does_not_show_is_not_there(anybody: Client) -> None:
    assert anybody.get(f"/datasets/{quote(SECRET)}/rows").status_code == 404


def test_nothing_is_taken_in(anybody: Client) -> None:
    assert (
        anybody.post(f"/datasets/{quote(PARKING)}/deposits?name=a.csv", b"x", "text/csv").status_code == 404
    )


def test_the_inner_api_is_for_no_other_site(program: Any) -> None:
    answer = program("official").get("/api/v1/datasets", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
