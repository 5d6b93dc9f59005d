"""Answers that a program keeps: they are marked by what of the table its person sees, and asking again is entered too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client, override_settings

import people
from madang.access import owner
from madang.web.accounts.tokens import make_token
from madang.web.api import caller
from madang.web.audit.models import Entry
from madang.workspace import Workspace
from made_up_bank import PARKING

START = f"/api/v1/datasets/{quote(PARKING)}"
KEPT = ("", "/rows", "/sketches", "/versions/2", "/download?format=csv")  # answers of a view


@pytest.fixture
def city(own_city: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Car parks are restricted; a reader sees those whose kind (노상, 노외) is called like a post of theirs."""
    monkeypatch.setattr(caller, "_known", {})
    card = {k: v for k, v in own_city.bank[PARKING].card.items() if k not in ("by", "at")}
    closed = {
        **card, "access": "restricted", "steward": "교통과 주차관리팀", "readers": ["노상", "노외"],
        "own_rows": "prkplce_se",
    }  # fmt: skip
    own_city.bank.write_card(PARKING, closed, by="test", at=own_city.clock())
    with override_settings(MADANG_API_PER_MINUTE=100_000):
        yield own_city


def program(*posts: str) -> Client:
    user = people.make("official", posts=posts)
    token = make_token(user=user, name="test", scopes=["read"], days=1, by=owner("test", via="web"))
    return Client(SERVER_NAME="127.0.0.1", HTTP_AUTHORIZATION=f"Bearer {token}")


def get(client: Client, address: str, **headers: str) -> Any:
    answer = client.get(START + address, headers=headers)
    if answer.streaming:
        answer.body = b"".join(answer.streaming_content)
        answer.close()
    return answer


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("address", KEPT)
def test_people_who_see_different_rows_have_different_marks(address: str) -> None:
    street, other, steward = program("노상"), program("노외"), program("교통과 주차관리팀")
    tags = [get(each, address).headers["ETag"] for each in (street, other, steward)]
    assert len(set(tags)) == 3
    assert get(program("노상"), address).headers["ETag"] == tags[0]  # of the same rights: the same
    for client, tag in ((street, tags[1]), (other, tags[0]), (street, tags[2])):
        assert get(client, address, **{"If-None-Match": tag}).status_code == 200
    assert get(street, address, **{"If-None-Match": tags[0]}).status_code == 304


@pytest.mark.usefixtures("city")
def test_the_rows_are_the_own_ones() -> None:
    """Of the car parks every third is 노외; what is marked apart is apart."""
    for post in ("노상", "노외"):
        rows = get(program(post), "/rows?limit=500").json()["rows"]
        assert rows
        assert {row["prkplce_se"] for row in rows} == {post}


def test_a_mark_ends_with_the_card_that_it_was_given_under(city: Workspace) -> None:
    reader = program("노상")
    tag = get(reader, "/rows").headers["ETag"]
    card = {k: v for k, v in city.bank[PARKING].card.items() if k not in ("by", "at")}
    city.bank.write_card(PARKING, {**card, "own_rows": ""}, by="test", at=city.clock())
    assert get(reader, "/rows", **{"If-None-Match": tag}).status_code == 200


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("address", [each for each in KEPT if each.split("?")[0] in ("/rows", "/sketches", "/download")])  # fmt: skip
def test_asking_again_for_a_restricted_table_is_entered_too(address: str) -> None:
    """304 says that the rows a program has are those of now: it read them."""
    reader = program("노상")
    tag = get(reader, address).headers["ETag"]
    before = Entry.objects.filter(what="dataset.read", thing=PARKING).count()
    assert before == 1
    assert get(reader, address, **{"If-None-Match": tag}).status_code == 304
    assert Entry.objects.filter(what="dataset.read", thing=PARKING).count() == 2
    refused = program("세무과")
    assert get(refused, address, **{"If-None-Match": tag}).status_code == 404
    assert Entry.objects.filter(what="dataset.read", thing=PARKING).count() == 2
