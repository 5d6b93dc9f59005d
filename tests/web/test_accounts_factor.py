"""The second factor: codes by time, recovery codes, roles that must have one."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, override_settings

import people
from madang.web.audit.models import Entry
from madang.workspace import Workspace
from totp import code_of
from web_page import Page

WORD = "초록-바다-하늘-17"
DOOR, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def door(made_up: Workspace) -> Iterator[Client]:
    with override_settings(MADANG_WORKSPACE=str(made_up.folder)):
        yield Client(SERVER_NAME="127.0.0.1")


def test_our_second_writing_of_the_rfc_gives_its_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 6238, appendix B: time 59, key "12345678901234567890": 94287082 in eight digits."""
    monkeypatch.setattr(time, "time", lambda: 59)
    assert code_of(base64.b32encode(b"12345678901234567890").decode()) == "287082"


def enrol(door: Client) -> tuple[str, list[str]]:
    """Signed in by password a moment ago; returns the secret and the recovery codes."""
    page = Page(door.get("/accounts/2fa/activate/"))
    secret = page.texts("code.secret")[0]
    assert page.find(".qr svg")
    assert door.post("/accounts/2fa/activate/", {"code": code_of(secret)}).status_code == 302
    return secret, Page(door.get("/accounts/2fa/codes/")).texts(".codes code")


def sign_in(door: Client, name: str = "kim") -> Any:
    return door.post(DOOR, {"login": name, "password": WORD})


def test_with_a_second_factor_the_password_alone_opens_nothing(
    door: Client, django_capture_on_commit_callbacks: Any
) -> None:
    people.make("official", username="kim", password=WORD)
    sign_in(door)
    with django_capture_on_commit_callbacks(execute=True):
        secret, codes = enrol(door)
    assert len(codes) == 10
    door.post("/accounts/logout/")
    assert sign_in(door).headers["Location"] == CODE
    assert door.get("/data/").status_code == 302
    assert "맞지 않습니다" in Page(door.post(CODE, {"code": "000000"})).text
    assert door.post(CODE, {"code": code_of(secret)}).status_code == 302
    assert door.get("/data/").status_code == 200
    assert Entry.objects.filter(what="people.add_second_factor", by="kim").count() == 2


def test_a_code_and_a_recovery_code_count_once(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    sign_in(door)
    secret, codes = enrol(door)
    for said, ends in ((code_of(secret), 302), (code_of(secret), 200), (codes[0], 302), (codes[0], 200)):
        door.post("/accounts/logout/")
        from django.core.cache import cache

        cache.clear()  # as another process of the site, which knows nothing of what was used here
        sign_in(door)
        assert door.post(CODE, {"code": said}).status_code == ends


def test_wrong_codes_lock(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    sign_in(door)
    secret, _ = enrol(door)
    door.post("/accounts/logout/")
    sign_in(door)
    for _ in range(5):
        door.post(CODE, {"code": "000000"})
    assert "잠시 잠겼습니다" in Page(door.post(CODE, {"code": code_of(secret)})).text


def test_the_database_alone_holds_no_secret(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    sign_in(door)
    secret, codes = enrol(door)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_roles_that_must_have_a_second_factor_get_nowhere_without(door: Client, settings: Any) -> None:
    settings.MADANG_SECOND_FACTOR = ["administrator"]
    people.make("administrator", username="kim", password=WORD)
    people.make("official", username="lee", password=WORD)
    sign_in(door)
    for path in ("/data/", "/accounts/people/", "/audit/", "/accounts/me/"):
        assert door.get(path).headers["Location"] == "/accounts/2fa/activate/"
    enrol(door)
    assert door.get("/accounts/people/").status_code == 200
    other = Client(SERVER_NAME="127.0.0.1")
    sign_in(other, "lee")
    assert other.get("/data/").status_code == 200


def test_an_old_sign_in_is_asked_again_before_the_factor_changes(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    sign_in(door)
    kept = door.session
    kept["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - 3600, "username": "kim"}
    ]
    kept.save()
    answer = door.get("/accounts/2fa/activate/")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    page = Page(door.get(answer.headers["Location"]))
    assert page.texts("h1") == ["비밀번호 확인"]
    assert "맞지 않습니다" in Page(door.post(answer.headers["Location"], {"password": "no"})).text
    assert door.post(answer.headers["Location"], {"password": WORD}).status_code == 302
    assert door.get("/accounts/2fa/activate/").status_code == 200


def test_the_factor_is_given_up_on_purpose_only(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    sign_in(door)
    enrol(door)
    assert Page(door.get("/accounts/2fa/deactivate/")).texts("h1") == ["2차 인증 그만 쓰기"]
    assert Authenticator.objects.count() == 2
    door.post("/accounts/2fa/deactivate/")
    assert Authenticator.objects.count() == 0
    assert Page(door.get("/accounts/2fa/")).texts("h1") == ["2차 인증"]


def test_recovery_codes_can_be_taken_along_and_made_anew(door: Client) -> None:
    people.make("official", username="kim", password=WORD)
    sign_in(door)
    _, codes = enrol(door)
    file = door.get("/accounts/2fa/codes/download/")
    assert file.content.decode().split() == codes
    door.post("/accounts/2fa/codes/new/")
    new = Page(door.get("/accounts/2fa/codes/")).texts(".codes code")
    assert len(new) == 10
    assert not set(new) & set(codes)
