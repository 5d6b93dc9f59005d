"""One file over HTTP: what is asked, what is kept, and every way in which it can go wrong."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from madang.collect import http
from madang.collect.fetched import Means, Retry
from madang.collect.origin import Origin
from madang.collect.secret import Secret
from madang.messages import MadangError
from tests.collect.rogue import GOOD, LARGE, Rogue

Make = Callable[..., Origin]


def refused(origin: Origin, means: Means) -> MadangError:
    """What an origin is refused with; nothing of it is left as a file to deposit."""
    with pytest.raises(MadangError) as caught:
        http.fetch(origin, means)
    return caught.value


def test_the_bytes_are_those_that_were_sent_and_the_evidence_says_from_where(
    origin: Make, means: Means, rogue: Rogue
) -> None:
    (found,) = http.fetch(origin(), means)
    assert found.path.read_bytes() == GOOD
    assert found.path.name == "good.csv"
    evidence = found.evidence
    assert (evidence.status, evidence.etag, evidence.size) == (200, '"one"', len(GOOD))
    assert evidence.url == rogue.url("/good.csv")
    assert rogue.asked[0].headers["Accept-Encoding"] == "identity"


def test_a_file_that_is_as_before_is_not_sent_again(origin: Make, means: Means, rogue: Rogue) -> None:
    (first,) = http.fetch(origin(), means)
    known = {"url": first.evidence.url, "etag": first.evidence.etag}
    assert http.fetch(origin(), replace(means, remembered=known)) == []
    elsewhere = {"url": rogue.url("/other.csv"), "etag": first.evidence.etag}
    assert len(http.fetch(origin(), replace(means, remembered=elsewhere))) == 1


def test_days_in_the_address_are_those_of_the_run(origin: Make, means: Means, rogue: Rogue) -> None:
    parameters = {"from": "{yesterday}", "to": "{today:%Y-%m-%d}", "month": "{month}"}
    http.fetch(origin(parameters=parameters), means)
    assert rogue.asked[0].query == {"from": "20261121", "to": "2026-11-22", "month": "202611"}


@pytest.mark.parametrize("value", ["a+b/c==", "a%2Bb%2Fc%3D%3D"])  # the portal hands out both
def test_a_key_arrives_as_it_is_and_stands_in_no_record(
    origin: Make, means: Means, rogue: Rogue, value: str
) -> None:
    secret = Secret("COLLECT_KEY", "query", "serviceKey")
    means = replace(means, environment={**means.environment, "COLLECT_KEY": value})
    (found,) = http.fetch(origin(secret=secret), means)
    assert rogue.asked[0].query["serviceKey"] == "a+b/c=="
    assert "serviceKey=***" in found.evidence.url
    assert "a%2Bb" not in found.evidence.url


@pytest.mark.parametrize("into", ["query", "header"])
@pytest.mark.parametrize("bound", ["", "127.0.0.1", "elsewhere.go.kr", "*.0.0.1:1", "localhost:{port}"])
def test_a_key_is_told_only_to_the_hosts_that_stand_beside_it(
    origin: Make, means: Means, rogue: Rogue, bound: str, into: Any
) -> None:
    """The address is allowed to be asked; the key is meant for another host, or for another port of it."""
    hosts = bound.format(port=rogue.port)
    means = replace(means, environment={"COLLECT_KEY": "gold", "COLLECT_KEY_HOSTS": hosts})
    error = refused(origin(secret=Secret("COLLECT_KEY", into, "X-Key")), means)
    assert error.code == "collect_secret_host"
    assert error.params["setting"] == "COLLECT_KEY_HOSTS"
    assert "gold" not in str(error)
    assert rogue.asked == []


def test_a_key_in_a_header_is_not_told_to_another_host(origin: Make, means: Means, rogue: Rogue) -> None:
    from tests.collect.rogue import _to

    rogue.answers["/elsewhere"] = _to(rogue.url("/good.csv", "localhost"))
    http.fetch(origin("/elsewhere", secret=Secret("COLLECT_KEY", "header", "X-Key")), means)
    assert [asked.headers.get("X-Key") for asked in rogue.asked] == ["a+b/c==", None]


def test_a_missing_secret_is_named_by_its_variable(origin: Make, means: Means) -> None:
    error = refused(origin(secret=Secret("COLLECT_OTHER")), means)
    assert (error.code, error.params) == ("collect_secret_missing", {"variable": "COLLECT_OTHER"})


def test_a_redirect_is_followed_and_checked_anew(origin: Make, means: Means) -> None:
    (found,) = http.fetch(origin("/moved"), means)
    assert found.path.read_bytes() == GOOD


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (
            "/metadata",
            "collect_private",
        ),  # a redirect to the metadata service of a cloud, on the list of hosts
        ("/to-file", "collect_address"),
        ("/to-home", "collect_host"),
        ("/loop", "collect_redirects"),
        ("/sign-in", "collect_sign_in"),
        ("/error-page", "collect_html"),
        ("/empty", "collect_empty"),
        ("/denied", "collect_denied"),
        ("/nowhere", "collect_gone"),
        ("/brotli", "collect_encoding"),
        ("/huge", "collect_too_large"),
    ],
)
def test_what_is_no_data_is_refused_and_not_tried_again(
    origin: Make, means: Means, path: str, code: str
) -> None:
    error = refused(origin(path), means)
    assert error.code == code
    assert not isinstance(error, Retry)


def test_an_endless_body_ends_at_the_size_that_is_allowed(origin: Make, means: Means) -> None:
    assert refused(origin("/endless", most_mb=3), means).code == "collect_too_large"
    assert sum(each.stat().st_size for each in means.place.iterdir()) <= 3 * 2**20


def test_a_gzip_bomb_costs_neither_memory_nor_disk(origin: Make, means: Means) -> None:
    tracemalloc.start()
    assert refused(origin("/bomb", most_mb=2), means).code == "collect_too_large"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 2**20
    assert sum(each.stat().st_size for each in means.place.iterdir()) <= 2 * 2**20


def test_what_is_packed_without_being_asked_is_unpacked(origin: Make, means: Means) -> None:
    (found,) = http.fetch(origin("/zipped.csv"), means)
    assert found.path.read_bytes() == GOOD


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/drip", "/drip-head"])
def test_a_drip_ends_at_the_deadline_of_the_whole_answer(origin: Make, means: Means, path: str) -> None:
    began = time.monotonic()
    error = refused(origin(path, timeout_s=1), means)
    assert error.code == "collect_slow"
    assert isinstance(error, Retry)
    assert time.monotonic() - began < 3


def test_a_body_that_is_cut_is_no_file(origin: Make, means: Means) -> None:
    error = refused(origin("/cut"), means)
    assert (error.code, error.params["size"]) == ("collect_cut", "50,000")
    assert isinstance(error, Retry)


def test_a_body_that_breaks_off_is_resumed_where_the_server_can(
    origin: Make, means: Means, rogue: Rogue
) -> None:
    (found,) = http.fetch(origin("/resume.csv"), means)
    assert found.path.read_bytes() == LARGE
    times = -(-len(LARGE) // 300_000)
    assert len(rogue.asked) == found.evidence.requests == times
    assert [note.code for note in found.evidence.notes] == ["collect_resumed"] * (times - 1)


def test_a_file_that_changed_before_it_is_resumed_begins_anew(
    origin: Make, means: Means, rogue: Rogue
) -> None:
    """The server answers 200 with the whole new file where If-Range no longer fits."""
    from tests.collect.rogue import plain

    times = iter(range(9))

    def changing(asked: Any, handler: Any) -> None:
        if next(times) == 0:
            handler.send_response(200)
            handler.send_header("ETag", '"old"')
            handler.send_header("Accept-Ranges", "bytes")
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b"old,file\n")
        else:
            plain(handler, GOOD, ETag='"new"', Accept_Ranges="bytes")

    rogue.answers["/changing"] = changing
    (found,) = http.fetch(origin("/changing"), means)
    assert found.path.read_bytes() == GOOD


@pytest.mark.parametrize("said", ["\xb2", "9" * 5_000])
def test_a_length_that_is_no_number_counts_for_nothing(
    origin: Make, means: Means, rogue: Rogue, said: str
) -> None:
    def odd(asked: Any, handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", said)
        handler.end_headers()
        handler.wfile.write(GOOD)

    rogue.answers["/odd"] = odd
    (found,) = http.fetch(origin("/odd"), means)
    assert found.path.read_bytes() == GOOD


def test_a_server_that_is_busy_says_when_to_come_back(origin: Make, means: Means) -> None:
    error = refused(origin("/broken"), means)
    assert isinstance(error, Retry)
    assert error.at == means.clock() + timedelta(seconds=120)


def test_nobody_there_may_pass(origin: Make, means: Means, rogue: Rogue) -> None:
    allowed = replace(means.allowed, hosts=("127.0.0.1:1",))
    error = refused(origin("http://127.0.0.1:1/x"), replace(means, allowed=allowed))
    assert (error.code, type(error)) == ("collect_unreachable", Retry)


def test_the_file_is_called_as_the_server_calls_it_and_never_a_path(
    origin: Make, means: Means, rogue: Rogue
) -> None:
    from tests.collect.rogue import plain

    (found,) = http.fetch(origin("/named"), means)
    assert found.path.name == "가게.csv"
    bad = "attachment; filename=../../etc/cron.d/x.csv"
    rogue.answers["/bad"] = lambda asked, handler: plain(handler, GOOD, Content_Disposition=bad)
    (found,) = http.fetch(origin("/bad"), means)
    assert found.path.parent == means.place
    assert found.path.name == "....etccron.dx.csv".strip(".")


def test_a_wrong_charset_in_the_header_changes_no_byte(origin: Make, means: Means) -> None:
    (found,) = http.fetch(origin("/cp949.csv"), means)
    assert found.path.read_bytes() == GOOD.decode().encode("cp949")
    assert found.evidence.content_type == "text/csv; charset=utf-8"
