"""A made-up city says so on every page and in the files taken away; a real one never does."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import override_settings
from django.urls import get_resolver

from madang.workspace import Workspace
from made_up_bank import PARKING, shelters
from people import browser
from web_page import Page

NOTE = "표본 새빛시는 지어낸 도시입니다. 이 누리집의 사람, 가게, 글, 숫자는 모두 만들어 낸 것이며 실제와 관계가 없습니다."
HERE = f"/data/{PARKING}/"
ADDRESSES = {  # by the name of the address in the desk's urls
    "catalogue": ["/data/", "/data/?q=없는말", "/data/?state=late", "/data/?theme=교통물류"],
    "map": ["/data/-/map/"],
    "dataset": [HERE, "/data/새빛시-가로등/"],
    "version": [HERE + "versions/1/"],
    "problems": [HERE + "problems/"],
    "source": [HERE + "source/{deposit}/?row=3"],
    "compare": [HERE + "compare/?from=1&to=2"],
    "rows": [HERE + "rows/", HERE + "rows/?구분=노상&sort=-주차구획수"],
    "chart": [HERE + "chart/"],
    "take": [HERE + "take/"],
    "card": [HERE + "card/"],
    "rollback": [HERE + "versions/1/rollback/"],
}
ERRORS = {"/nowhere": 404, HERE + "versions/9/": 404, "/data/없는-데이터/": 404}
WITHOUT_A_PAGE = {"download", "relief", "tile", "borders", "places"}  # places: the made-up city has none


@pytest.fixture
def sample_city(own_city: Workspace) -> Workspace:
    """The made-up city with ``synthetic = true``."""
    toml = own_city.folder / "madang.toml"
    said = toml.read_text(encoding="utf-8")
    assert "synthetic = false" in said
    toml.write_text(said.replace("synthetic = false", "synthetic = true"), encoding="utf-8")
    return Workspace.open(own_city.folder)


def _said(page: Page) -> list[str]:
    return page.texts("aside.synthetic")


def _visit(ws: Workspace, address: str) -> Page:
    deposit = ws.bank[PARKING].version(1).deposit_id
    return Page(browser().get(address.format(deposit=deposit)))


def test_every_address_of_the_desk_is_visited_here() -> None:
    names = {name for name in get_resolver("madang.web.desk.urls").reverse_dict if isinstance(name, str)}
    assert names == set(ADDRESSES) | WITHOUT_A_PAGE


@pytest.mark.parametrize("address", [each for all_of in ADDRESSES.values() for each in all_of])
def test_every_page_says_that_the_city_is_made_up(sample_city: Workspace, address: str) -> None:
    page = _visit(sample_city, address)
    assert page.status == 200
    assert _said(page) == [NOTE]
    assert page.texts("title")[0].startswith("[표본] ")
    assert page.find("aside button") == page.find("aside a") == []  # nobody can close it
    before = [each.tag for each in page.find("body")[0]]
    assert before.index("header") < before.index("aside") < before.index("main")


@pytest.mark.parametrize(("address", "status"), ERRORS.items())
def test_pages_of_what_is_missing_say_it_too(sample_city: Workspace, address: str, status: int) -> None:
    page = _visit(sample_city, address)
    assert (page.status, _said(page)) == (status, [NOTE])


def test_our_own_failure_says_it_too(sample_city: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("madang.web.desk.catalogue.catalogue", broken)
    client = browser(raise_request_exception=False)
    page = Page(client.get("/data/"))
    assert (page.status, _said(page)) == (500, [NOTE])
    assert page.texts("title")[0].startswith("[표본] ")


def test_an_address_of_another_host_says_it_too(sample_city: Workspace) -> None:
    page = Page(browser(name="evil.example").get("/data/"))
    assert (page.status, _said(page)) == (400, [NOTE])


def test_damaged_records_say_it_too(sample_city: Workspace) -> None:
    for receipt in (sample_city.bank[PARKING].folder / "deposits").glob("*/receipt.json"):
        receipt.write_text("{", encoding="utf-8")
    page = _visit_plainly(HERE)
    assert (page.status, _said(page)) == (503, [NOTE])


def _visit_plainly(address: str) -> Page:
    return Page(browser().get(address))


@pytest.mark.parametrize("address", [*(each for all_of in ADDRESSES.values() for each in all_of), *ERRORS])
def test_a_real_city_says_nothing_of_the_kind(client: Any, made_up: Workspace, address: str) -> None:
    page = _visit(made_up, address)
    assert _said(page) == []
    assert "지어낸" not in page.text
    assert "[표본]" not in page.texts("title")[0]


def test_a_name_with_a_remark_is_said_without_it(sample_city: Workspace) -> None:
    toml = sample_city.folder / "madang.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"새빛시"', '"새빛시 (표본)"'), encoding="utf-8")
    assert _said(_visit_plainly("/data/")) == [NOTE]


def _taken(form: str, at: str = HERE) -> bytes:
    answer = browser().get(f"{at}download.{form}")
    return b"".join(answer.streaming_content)


def test_files_taken_away_say_it_where_their_form_has_room(sample_city: Workspace) -> None:
    shelters(sample_city, sample_city.folder)
    with zipfile.ZipFile(io.BytesIO(_taken("xlsx"))) as book:
        words = "".join(book.read(name).decode() for name in book.namelist() if "sheet" in name)
    assert f"[표본] {PARKING}@2" in words
    assert "지어낸 도시의 자료" in words
    told = pq.read_schema(io.BytesIO(_taken("parquet"))).metadata
    assert any("[표본]" in value.decode() for value in told.values() if value.isascii() is False)
    assert "[표본]" in _taken("geojson", "/data/쉼터/")[:400].decode("utf-8", "ignore")
    with override_settings():
        toml = sample_city.folder / "madang.toml"
        toml.write_text(toml.read_text(encoding="utf-8").replace("= true", "= false"), encoding="utf-8")
        assert "[표본]" not in _taken("geojson", "/data/쉼터/")[:400].decode("utf-8", "ignore")
