"""The frame of every page: limits, health, metrics, and logs that name nobody."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

import people
from madang.access import Person
from madang.web.audit.models import Entry
from madang.web.audit.record import record
from madang.web.shell import health, requests
from made_up_bank import PARKING
from web_page import Page


def test_health_says_what_works_and_nothing_more(anonymous: Any) -> None:
    assert anonymous.get("/-/health/live").content == b"ok"
    assert anonymous.get("/-/health").json() == {"ready": True, "database": True, "workspace": True}
    with override_settings(MADANG_WORKSPACE="/nowhere"):
        answer = anonymous.get("/-/health/ready")
    assert (answer.status_code, answer.json()) == (
        503,
        {"ready": False, "database": True, "workspace": False},
    )


def test_metrics_are_for_this_computer_or_the_token(anonymous: Any, settings: Any) -> None:
    anonymous.get("/-/health")
    text = anonymous.get("/-/metrics").content.decode()
    assert 'madang_requests_total{route="shell:health",method="GET",status="200"}' in text
    assert anonymous.get("/-/metrics", REMOTE_ADDR="10.0.0.1").status_code == 404
    assert anonymous.get("/-/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 404
    settings.MADANG_METRICS_TOKEN = "secret"
    assert anonymous.get("/-/metrics").status_code == 404
    good = {"authorization": "Bearer secret"}
    assert anonymous.get("/-/metrics", REMOTE_ADDR="10.0.0.1", headers=good).status_code == 200


def test_buckets_of_the_histogram_grow_to_the_count() -> None:
    counts = requests.Counts()
    for seconds in (0.004, 0.2, 0.2, 60):
        counts.add("x", "GET", 200, seconds)
    said = [line.rpartition(" ") for line in counts.lines() if "bucket" in line]
    assert [int(number) for *_, number in said] == [1, 1, 1, 3, 3, 3, 3, 3, 3, 4]


def test_an_app_can_add_a_number(anonymous: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_gauges", {})
    health.gauge("jobs_waiting", lambda: 7)
    assert "madang_jobs_waiting 7\n" in anonymous.get("/-/metrics").content.decode()


def test_the_request_log_names_nobody(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("madang.request")
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, logger="madang.request"):
            client.get(f"/data/{PARKING}/?q=홍길동", REMOTE_ADDR="10.9.8.7")
            client.get("/accounts/login/no-such-page-김철수")
    finally:
        logger.removeHandler(caplog.handler)
    said = [json.loads(each.message) for each in caplog.records if each.name == "madang.request"]
    assert [(each["method"], each["route"], each["status"]) for each in said] == [
        ("GET", "desk:dataset", 200),
        ("GET", "none", 404),
    ]
    assert len(said[0]["person"]) == 12
    written = " ".join(each.message for each in caplog.records)
    for personal in ("홍길동", "김철수", "10.9.8.7", "person1", PARKING):
        assert personal not in written


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: Any, settings: Any) -> None:
    settings.MADANG_LARGEST_BODY = 1000
    answer = client.post("/accounts/people/import/", {"list": "x" * 2000})
    assert answer.status_code == 413
    assert Page(answer).texts("h1") == ["한 번에 받을 수 있는 크기를 넘었습니다"]


def test_the_address_is_believed_from_our_own_proxies_only(settings: Any) -> None:
    def seen(**said: str) -> str:
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers=said)
        requests.real_address(lambda request: request.META["REMOTE_ADDR"])(request)  # type: ignore[arg-type, return-value]
        return str(request.META["REMOTE_ADDR"])

    forged = "6.6.6.6, 192.0.2.7"
    assert seen(**{"x-forwarded-for": forged}) == "10.0.0.1"
    settings.MADANG_PROXIES = 1
    assert seen(**{"x-forwarded-for": forged}) == "192.0.2.7"
    assert seen() == "10.0.0.1"
    for hop, address in (
        ("192.0.2.7:51234", "192.0.2.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1:443", "2001:db8::1:443"),
        ("unknown", "unknown"),
    ):
        assert seen(**{"x-forwarded-for": f"6.6.6.6, {hop}"}) == address


def test_a_proxy_nobody_told_of_is_said_once_in_the_log(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(requests._log, "warning", said.append)
    middleware = requests.real_address(lambda _: HttpResponse())
    forwarded = {"headers": {"x-forwarded-for": "192.0.2.7"}}

    def ask(**more: Any) -> None:
        middleware(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **more))

    ask()
    settings.MADANG_PROXIES = 1
    ask(**forwarded)
    assert said == []
    settings.MADANG_PROXIES = 0
    ask(**forwarded)
    ask(**forwarded)
    assert len(said) == 1
    assert "MADANG_PROXIES" in said[0]
    assert "192.0.2.7" not in said[0]


def test_an_entry_carries_the_address_of_its_request(client: Any) -> None:
    client.post("/accounts/me/tokens/", {"name": "x", "scopes": ["read"]}, REMOTE_ADDR="10.9.8.7")
    assert Entry.objects.get(what="people.make_token").address == "10.9.8.7"
    record(Person("kim"), "x")
    assert Entry.objects.get(what="x").address == ""


def test_https_makes_cookies_secure_and_stays() -> None:
    """Settings are read at the start of a process: here in one of its own."""
    import os
    import subprocess
    import sys

    program = (
        "from madang.web.config import settings as s\n"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_PROXY_SSL_HEADER)"
    )
    environment = {**os.environ, "MADANG_HTTPS": "1", "MADANG_WORKSPACE": ""}
    said = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "True True 31536000 ('HTTP_X_FORWARDED_PROTO', 'https')"


def test_error_pages_need_no_session(anonymous: Any) -> None:
    people.make("official")
    browser = Client(SERVER_NAME="127.0.0.1")
    assert browser.get("/nowhere").status_code == 404
    assert not browser.cookies
