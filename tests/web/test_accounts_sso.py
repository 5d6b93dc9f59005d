"""Single sign-on against a real provider on loopback: the whole round, and every token that must not open the door."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

import people
from madang.web.accounts.models import Department, User
from madang.web.config.sign_in import providers
from madang.workspace import Workspace
from oidc_server import Provider, provider
from web_page import Page

pytestmark = pytest.mark.slow
BEGIN = "/accounts/oidc/city/login/"
KIM = {
    "sub": "u-1",
    "preferred_username": "kim",
    "name": "김새빛",
    "department": "교통과",
    "groups": ["데이터담당"],
}


@pytest.fixture
def city(made_up: Workspace) -> Iterator[Provider]:
    with provider() as of:
        environment = {
            "MADANG_OIDC_URL": of.url,
            "MADANG_OIDC_CLIENT": "madang",
            "MADANG_OIDC_SECRET": "open sesame",
            "MADANG_OIDC_ROLES": "데이터담당=steward, 관리=administrator",
        }
        said = providers(environment)
        with override_settings(MADANG_WORKSPACE=str(made_up.folder), SOCIALACCOUNT_PROVIDERS=said):
            of.claims = dict(KIM)
            yield of


@pytest.fixture
def door(city: Provider) -> Client:
    return Client(SERVER_NAME="127.0.0.1")


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def at_provider(address: str) -> str:
    """What a browser does there: it is sent back with a code; returns the address."""
    try:
        urllib.request.build_opener(_Stays).open(address, timeout=10)
    except urllib.error.HTTPError as answer:
        with answer:
            return str(answer.headers["Location"])
    raise AssertionError("no way back")


def round_trip(door: Client, query: str = "") -> Any:
    there = door.get(BEGIN + query)
    assert there.status_code == 302
    return door.get(at_provider(there.headers["Location"]))


def test_the_round_through_the_provider_makes_an_account_with_its_roles(door: Client, city: Provider) -> None:
    Department.objects.create(name="교통과")
    page = Page(door.get("/accounts/login/?next=/accounts/me/"))
    answer = round_trip(door, "?" + page.link("통합 로그인").partition("?")[2])
    assert answer.headers["Location"] == "/accounts/me/"
    user = User.objects.get()
    assert (user.username, user.name, str(user.department)) == ("kim", "김새빛", "교통과")
    assert user.role_set == {"official", "steward"}
    assert not user.has_usable_password()
    assert door.get("/data/").status_code == 200
    assert city.asked[0]["code_challenge_method"] == "S256"
    assert city.asked[0]["redirect_uri"] == "http://127.0.0.1/accounts/oidc/city/callback/"


def test_roles_are_those_of_today(door: Client, city: Provider) -> None:
    round_trip(door)
    city.claims["groups"] = ["관리", "somebody"]
    round_trip(Client(SERVER_NAME="127.0.0.1"))
    assert User.objects.get().role_set == {"official", "administrator"}
    city.claims["groups"] = []
    round_trip(Client(SERVER_NAME="127.0.0.1"))
    assert User.objects.get().role_set == {"official"}


@pytest.mark.parametrize("wrong", ["key", "audience", "issuer", "expired", "none"])
def test_a_token_that_is_not_the_providers_for_us_opens_nothing(
    door: Client, city: Provider, wrong: str
) -> None:
    city.wrong = wrong
    page = Page(round_trip(door))
    assert (page.status, page.texts("h1")) == (403, ["로그인하지 못했습니다"])
    assert not User.objects.exists()
    assert door.get("/data/").status_code == 302


def test_a_code_is_good_only_in_the_browser_that_asked(door: Client, city: Provider) -> None:
    back = at_provider(door.get(BEGIN).headers["Location"])
    stranger = Client(SERVER_NAME="127.0.0.1")
    assert Page(stranger.get(back)).texts("h1") == ["로그인하지 못했습니다"]
    assert stranger.get("/data/").status_code == 302


def test_an_account_with_a_password_is_never_taken_over_by_its_name(door: Client, city: Provider) -> None:
    people.make("administrator", username="kim", password="초록-바다-하늘-17")
    page = Page(round_trip(door))
    assert page.status == 403
    assert "다른 계정이 이미 있습니다" in page.text
    assert door.get("/data/").status_code == 302


def test_a_person_on_the_list_without_password_is_met_and_another_one_is_not(
    door: Client, city: Provider
) -> None:
    people.make("analyst", username="kim")
    assert round_trip(door).status_code == 302
    assert User.objects.count() == 1
    city.claims["sub"] = "u-2"  # another person who got the name later
    page = Page(round_trip(Client(SERVER_NAME="127.0.0.1")))
    assert page.status == 403


def test_strangers_stay_out_where_people_are_registered_first(
    door: Client, city: Provider, settings: Any
) -> None:
    said = providers({"MADANG_OIDC_URL": city.url, "MADANG_OIDC_CLIENT": "madang", "MADANG_OIDC_SECRET": "open sesame", "MADANG_OIDC_NEW_PEOPLE": "0"})  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = said
    assert "등록되지 않은 사람" in Page(round_trip(door)).text
    assert not User.objects.exists()


def test_a_link_cannot_tie_somebody_elses_identity_to_my_account(city: Provider) -> None:
    me = Client(SERVER_NAME="127.0.0.1")
    me.force_login(people.make("administrator", username="boss"))
    round_trip(me, "?process=connect&next=https://evil.example/")
    from allauth.socialaccount.models import SocialAccount

    assert SocialAccount.objects.get().user.username == "kim"  # signed in as oneself, not tied to boss


def test_a_closed_account_stays_closed(door: Client, city: Provider) -> None:
    user = people.make("official", username="kim")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert Page(round_trip(door)).texts("h1") == ["로그인하지 못했습니다"]
    assert door.get("/data/").status_code == 302


def test_a_provider_that_is_away_is_said_in_words(door: Client, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = providers({"MADANG_OIDC_URL": "http://127.0.0.1:9"})
    page = Page(door.get(BEGIN))
    assert page.status in (403, 503)
    assert page.texts("h1") == ["로그인하지 못했습니다"]


def test_no_provider_no_page(client: Any) -> None:
    assert client.get("/accounts/oidc/nobody/login/").status_code == 404
