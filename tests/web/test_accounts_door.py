"""Signing in: who gets in, who does not, what is said, and when a session ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

import people
from madang.web.accounts import lockout, sessions
from madang.web.accounts.actions import end_sessions, reset_password
from madang.web.accounts.models import Attempts, Session, User
from madang.web.accounts.people import person_of_user
from madang.web.audit.models import Entry
from madang.workspace import Workspace
from web_page import Page

DOOR = "/accounts/login/"
WORD = "초록-바다-하늘-17"  # a password that no rule minds
WRONG = "아이디나 비밀번호가 맞지 않습니다."
LOCKED = "잠시 잠겼습니다"


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def door(made_up: Workspace) -> Iterator[Client]:
    with override_settings(MADANG_WORKSPACE=str(made_up.folder)):
        yield Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="10.1.2.3")


def try_in(door: Client, name: str, word: str, **more: str) -> Any:
    return door.post(DOOR, {"login": name, "password": word, **more})


def test_the_right_password_opens_the_door_and_is_recorded(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    answer = try_in(door, "kim", WORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/data/")
    assert door.get("/accounts/me/").status_code == 200
    entry = Entry.objects.get(what="people.sign_in")
    assert (entry.by, entry.address) == ("kim", "10.1.2.3")


def test_a_wrong_password_and_a_name_that_is_not_there_read_the_same(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    closed = people.make("official", username="closed", password=WORD)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    pages = [try_in(door, "kim", "wrong"), try_in(door, "nobody", "wrong"), try_in(door, "closed", WORD)]
    texts = {
        Page(page).text.replace(name, "")
        for page, name in zip(pages, ("kim", "nobody", "closed"), strict=True)
    }
    assert len(texts) == 1
    assert WRONG in texts.pop()
    assert {page.status_code for page in pages} == {200}


def test_names_that_nobody_has_are_not_kept(door: Client) -> None:
    try_in(door, "my-secret-password", "x")
    entry = Entry.objects.get(what="people.sign_in_failed")
    assert (entry.thing, entry.detail) == ("", {})
    assert "my-secret-password" not in str(Attempts.objects.values_list())


@pytest.mark.parametrize("name", ["kim", "nobody"])
def test_five_wrong_tries_lock_whether_there_is_such_an_account_or_not(door: Client, name: str) -> None:
    people.make("official", username="kim", password=WORD)
    said = [Page(try_in(door, name, f"wrong{number}")).text for number in range(6)]
    assert [LOCKED in each for each in said] == [False, False, False, False, True, True]
    assert LOCKED in Page(try_in(door, name, WORD)).text  # the right one neither


def test_a_lock_ends_after_its_minutes_and_names_are_one_in_any_spelling(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    for name in ("kim", "KIM", " kim", "Kim", "kim "):
        try_in(door, name, "wrong")
    assert lockout.locked_until("kim")
    later = timezone.now() + timedelta(minutes=settings.MADANG_LOCK_MINUTES, seconds=1)
    assert lockout.locked_until("kim", now=later) is None
    assert lockout.reserve("kim", now=later) is None


def test_a_right_password_forgets_the_wrong_ones_before(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    for _ in range(4):
        try_in(door, "kim", "wrong")
    assert try_in(door, "kim", WORD).status_code == 302
    assert not Attempts.objects.exists()


def test_tries_an_hour_apart_never_lock() -> None:
    start = timezone.now()
    for hour in range(20):
        assert lockout.reserve("kim", now=start + timedelta(hours=hour)) is None


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_processes_that_try_at_once_count_together(tmp_path: Any) -> None:
    """Eight processes try at the same moment: no more than five tries are judged, whatever the order."""
    with people.shared_database(tmp_path) as environment:
        said = people.at_once(
            environment,
            8,
            "from madang.web.accounts.lockout import reserve",
            "print(reserve('kim') is None)",
        )
    assert sorted(said) == ["False"] * 3 + ["True"] * 5


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example/", "http:evil.example", "/\\evil.example"]
)
def test_signing_in_never_leads_elsewhere(door: Client, after: str) -> None:
    people.make("official", username="kim", password=WORD)
    assert try_in(door, "kim", WORD, next=after).headers["Location"] == "/data/"


def test_signing_in_leads_back_to_the_page_that_was_wanted(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    assert try_in(door, "kim", WORD, next="/accounts/me/").headers["Location"] == "/accounts/me/"


def test_the_session_gets_a_new_name_when_somebody_signs_in(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    planted = door.session
    planted["x"] = 1
    planted.save()
    door.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    try_in(door, "kim", WORD)
    assert door.session.session_key != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_cookies_are_closed_to_scripts_and_other_sites(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    cookie = try_in(door, "kim", WORD).cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")


def test_a_one_time_password_has_to_be_changed_before_anything_else(door: Client) -> None:
    user = people.make("administrator", username="kim", password=WORD)
    once = reset_password(user=user, by=person_of_user(user))
    assert try_in(door, "kim", WORD).status_code == 200  # the old one is no more
    try_in(door, "kim", once)
    for path in ("/data/", "/accounts/me/", "/accounts/people/", "/audit/"):
        assert door.get(path).headers["Location"] == "/accounts/password/"
    new = {"password1": WORD, "password2": WORD}
    refused = Page(
        door.post("/accounts/password/", {"oldpassword": once, "password1": once, "password2": once})
    )
    assert "다른 비밀번호를 정하십시오" in refused.text
    assert door.post("/accounts/password/", {"oldpassword": once, **new}).status_code == 302
    assert door.get("/data/").status_code == 200


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password1234", "kimkimkimkim"])
def test_weak_passwords_are_refused(door: Client, weak: str) -> None:
    people.make("official", username="kimkimkimkim", password=WORD)
    try_in(door, "kimkimkimkim", WORD)
    page = Page(door.post("/accounts/password/", {"oldpassword": WORD, "password1": weak, "password2": weak}))
    assert page.status == 200
    assert User.objects.get().check_password(WORD)


def test_the_old_password_is_guessed_no_more_often_than_at_the_door(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    try_in(door, "kim", WORD)
    new = {"password1": WORD + "x", "password2": WORD + "x"}
    said = [Page(door.post("/accounts/password/", {"oldpassword": f"no{n}", **new})).text for n in range(5)]
    assert LOCKED in said[-1]


def _aged(door: Client, **seconds: int) -> None:
    kept = door.session
    for name, age in seconds.items():
        kept[name] -= age
    kept.save()


def test_an_idle_session_ends_and_says_so(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    try_in(door, "kim", WORD)
    door.get("/data/")
    _aged(door, **{sessions.SEEN: settings.MADANG_IDLE_S - 5})
    assert door.get("/data/").status_code == 200  # and it counts from now again
    _aged(door, **{sessions.SEEN: settings.MADANG_IDLE_S + 1})
    answer = door.get("/accounts/me/")
    assert answer.headers["Location"] == "/accounts/login/?ended=idle&next=%2Faccounts%2Fme%2F"
    assert "한동안 쓰지 않아" in Page(door.get(answer.headers["Location"])).text
    assert door.get("/data/").status_code == 302


def test_a_busy_session_ends_too(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    try_in(door, "kim", WORD)
    door.get("/data/")
    _aged(door, **{sessions.BEGAN: settings.SESSION_COOKIE_AGE + 1})
    assert "ended=old" in door.get("/data/").headers["Location"]


def test_a_new_password_ends_the_other_sessions(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    other = Client(SERVER_NAME="127.0.0.1")
    try_in(door, "kim", WORD)
    try_in(other, "kim", WORD)
    new = WORD + "더"
    door.post("/accounts/password/", {"oldpassword": WORD, "password1": new, "password2": new})
    assert door.get("/accounts/me/").status_code == 200
    assert other.get("/accounts/me/").status_code == 302


def test_signing_out_everywhere_leaves_this_browser(door: Client) -> None:
    user = people.make("official", username="kim", password=WORD)
    other = Client(SERVER_NAME="127.0.0.1")
    for each in (door, other):
        try_in(each, "kim", WORD)
        each.get("/data/")
    assert door.post("/accounts/me/sessions/end/").status_code == 302
    assert door.get("/accounts/me/").status_code == 200
    assert other.get("/accounts/me/").status_code == 302
    assert end_sessions(user=user, by=person_of_user(user)) == 1


def test_a_closed_account_is_out_at_once(door: Client) -> None:
    from madang.access import owner
    from madang.web.accounts.actions import set_active

    user = people.make("official", username="kim", password=WORD)
    try_in(door, "kim", WORD)
    set_active(user=user, active=False, by=owner("boss"))
    assert door.get("/accounts/me/").status_code == 302


def test_signing_out_takes_a_post(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    try_in(door, "kim", WORD)
    assert Page(door.get("/accounts/logout/")).texts("h1") == ["로그아웃"]
    assert door.get("/accounts/me/").status_code == 200
    door.post("/accounts/logout/")
    assert door.get("/accounts/me/").status_code == 302
    assert Entry.objects.filter(what="people.sign_out", by="kim").exists()


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "password/reset/",
        "password/set/",
        "3rdparty/",
        "social/signup/",
        "2fa/webauthn/",
    ],
)
def test_what_else_the_library_offers_is_not_there(client: Any, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404
