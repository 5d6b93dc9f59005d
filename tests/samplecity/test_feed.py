"""The live feed: the same values as the files at the same minutes, in the portal's envelope, wrong as often as it says."""

from __future__ import annotations

import contextlib
import csv
import http.client
import json
import socket
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.samplecity.city import Setting
from madang.samplecity.feed import Server, minute_now
from madang.samplecity.feed_answer import CODES, Answer, Feed
from madang.samplecity.feed_rows import rows
from madang.samplecity.feed_trouble import LATE, RATES, Trouble
from madang.samplecity.layers import grown, streams
from madang.samplecity.layers.streams import parking, rain, river, traffic
from madang.samplecity.layers.streams.sites import codes, minute_of
from madang.workspace import Workspace

SETTING = Setting(seed=7, scale=0.05)
CALM, USUAL = Feed.of(SETTING, 0.0), Feed.of(SETTING)
NOW = minute_of("202609291400")
FILES = {"rain": "강우_1분", "river": "하천수위_1분", "traffic": "교통소통_1분", "parking": "주차장_실시간"}
KEY = {"serviceKey": "a", "type": "json"}


def body(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answer.body)["response"]
    assert told["header"]["resultCode"] == "00"
    return told["body"]  # type: ignore[no-any-return]


def items(answer: Answer) -> list[dict[str, Any]]:
    found = body(answer)["items"]
    found = found["item"] if isinstance(found, dict) else found
    return found if isinstance(found, list) else [found] if found else []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    city, folder = grown(SETTING, "streams"), tmp_path_factory.mktemp("feed")
    for paper in streams.papers(city, city.deliveries[0]):
        paper.write(folder)
    return folder


def history(folder: Path, kind: str) -> dict[tuple[str, str], list[str]]:
    """Rows of a file by minute and site."""
    path = next(folder.rglob(f"{FILES[kind]}_*.csv"))
    for encoding in ("utf-8-sig", "cp949"):
        try:
            lines = path.read_text(encoding=encoding).splitlines()
            break
        except UnicodeDecodeError:
            continue
    return {(row[0], row[1]): row for row in list(csv.reader(lines))[1:]}


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_the_feed_tells_what_the_files_have(folder: Path, kind: str) -> None:
    known = history(folder, kind)
    asked = {**KEY, "minutes": "360", "numOfRows": "10000"}
    for until in ("202609281030", "202609291530", "202609302359"):
        told = items(CALM.answer(kind, {**asked, "until": until}, 1, minute_of("202611010000")))
        assert len(told) > 300
        for row in told:
            cells = list(row.values())
            stamp = str(np.datetime64(minute_of(cells[0]), "m")).replace("T", " ")
            line = known[stamp, str(cells[1])]
            shown = [str(cell).strip() for cell in cells[1 : len(line)]]
            assert shown == line[1:]


def test_any_minute_alone_is_the_same_as_among_others() -> None:
    signals = CALM.signals
    several = np.array([NOW + 90_000, NOW - 7, NOW - 2_000_000, NOW])
    for values in (rain.rain_mm, river.level_m, parking.occupied, lambda s, m: traffic.traffic(s, m)[0]):
        together = values(signals, several)
        for at in (2, 0, 3, 1):
            assert (values(signals, several[at : at + 1]) == together[at : at + 1]).all()
    fresh = Feed.of(SETTING, 0.0)
    river.day_level.cache_clear()
    rain.day_rain.cache_clear()
    assert (river.level_m(fresh.signals, several) == river.level_m(signals, several)).all()
    assert not (
        river.level_m(Feed.of(Setting(seed=8)).signals, several) == river.level_m(signals, several)
    ).all()


@pytest.mark.parametrize("kind", FILES)
def test_one_row_is_an_object_none_is_an_empty_text(kind: str) -> None:
    site = codes(kind)[0]
    many = body(CALM.answer(kind, KEY, 1, NOW))["items"]
    assert isinstance(many if kind in ("rain", "traffic") else many["item"], list)
    minutes = next(n for n in range(1, 60) if len(items(CALM.answer(kind, {**KEY, "site": site, "minutes": "1"}, 1, NOW - n * 5))))  # fmt: skip
    one = body(CALM.answer(kind, {**KEY, "site": site, "minutes": "1"}, 1, NOW - minutes * 5))
    assert isinstance(one["items"]["item"], dict)
    assert one["totalCount"] == 1
    none = body(CALM.answer(kind, {**KEY, "site": "nowhere"}, 1, NOW))
    assert (none["items"], none["totalCount"]) == ("", 0)


def test_pages_and_the_misspelled_key() -> None:
    asked = {**KEY, "minutes": "2", "numOfRows": "10"}
    pages = [CALM.answer("parking", {**asked, "pageNo": str(page)}, 1, NOW) for page in (1, 2, 3, 4)]
    assert [len(items(page)) for page in pages[:2]] == [10, 10]
    assert body(pages[0])["totalCount"] == sum(len(items(page)) for page in pages)
    assert "weekdayOperColseHhmm" in items(pages[0])[0]
    xml = CALM.answer("parking", {"serviceKey": "a"}, 1, NOW)
    assert xml.content_type.startswith("application/xml")
    assert xml.body.count(b"<weekdayOperColseHhmm>") == len(items(CALM.answer("parking", {**KEY}, 1, NOW)))


def result_code(answer: Answer) -> str:
    return str(json.loads(answer.body)["response"]["header"]["resultCode"])


def test_errors_stand_inside_answers_with_status_200() -> None:
    for answer, code in (
        (CALM.answer("rain", {"type": "json"}, 1, NOW), "30"),
        (CALM.answer("rain", KEY, 1, NOW, used=CALM.quota + 1), "22"),
        (CALM.answer("rain", {**KEY, "minutes": "many"}, 1, NOW), "10"),
        (CALM.answer("rain", {**KEY, "until": "202609291401"}, 1, NOW), "10"),
    ):
        assert (answer.status, result_code(answer)) == (200, code)
    assert b"SERVICE_KEY_IS_NOT_REGISTERED" in CALM.answer("rain", {}, 1, NOW).body
    assert CALM.answer("snow", KEY, 1, NOW).status == 404


def test_every_trouble_comes_at_its_rate() -> None:
    """Of 2,000 requests: within four standard deviations of a binomial, and at least one of each."""
    met = Counter(USUAL.trouble.of_request(number) for number in range(1, 2001))
    for name, rate in RATES.items():
        assert abs(met[name] - 2000 * rate) < 4 * (2000 * rate * (1 - rate)) ** 0.5, name
        assert met[name] > 0
    late = USUAL.trouble.lateness("river", np.arange(NOW - 5000, NOW), 4)
    assert abs((late > 0).mean() - LATE) < 0.01
    assert late.max() == 7
    assert {CALM.trouble.of_request(number) for number in range(1, 2001)} == {""}
    assert [USUAL.trouble.of_request(n) for n in range(50)] == [
        Trouble.times(7, 1.0).of_request(n) for n in range(50)
    ]
    assert Counter(Trouble.times(7, 99.0).of_request(n) for n in range(1, 2001))[""] == 0


def first(name: str) -> int:
    return next(number for number, met in USUAL.trouble.expected(1, 5000) if met == name)


def test_each_trouble_is_what_its_name_says() -> None:
    feed = Feed(USUAL.signals, Trouble(7, RATES, late=0.0))
    asked = {**KEY, "minutes": "30", "numOfRows": "1000"}

    def met(name: str) -> Answer:
        answer = feed.answer("river", asked, first(name), NOW)
        assert answer.met == name
        assert answer.status == 200
        return answer

    right = CALM.answer("river", asked, 1, NOW)
    every = items(right)
    for name, code in (("limit", "22"), ("key", "30"), ("http_error", "04")):
        told = json.loads(met(name).body)["response"]["header"]
        assert told == {"resultCode": code, "resultMsg": CODES[code]}
    assert met("html").body.startswith(b"<html>")
    assert met("html").content_type.startswith("text/html")
    assert 2 <= met("slow").wait_seconds <= 8
    assert met("slow").body == right.body == met("wrong_type").body
    assert met("wrong_type").content_type.startswith("text/html")
    with pytest.raises(ValueError, match="Unterminated|Expecting|delimiter|utf-8"):
        json.loads(met("cut").body)
    stale = items(met("stale"))
    assert stale[-1]["ymdhm"] < every[-1]["ymdhm"]
    assert items(met("shuffled")) != every
    assert sorted(map(str, items(met("shuffled")))) == sorted(map(str, every))
    twice = Counter(map(str, items(met("twice"))))
    assert set(twice) == set(map(str, every))
    assert max(twice.values()) == 2
    missing = items(met("missing"))
    assert len(missing) == len(every) - len(every) // 10
    assert feed.answer("river", {**asked, "clean": "1"}, first("html"), NOW).body == right.body


def test_a_late_minute_is_there_when_one_asks_again() -> None:
    trouble = Trouble(7, {}, late=0.5)
    soon = rows(CALM.signals, trouble, "parking", NOW, 20)
    later = rows(CALM.signals, trouble, "parking", NOW + 7, 27)
    calm = rows(CALM.signals, CALM.trouble, "parking", NOW, 20)
    assert len(soon) < len(calm)
    assert {str(row) for row in soon} <= {str(row) for row in calm}
    assert {str(row) for row in calm} <= {str(row) for row in later}


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("kind", FILES)
def test_a_saved_answer_can_be_deposited(folder: Path, tmp_path: Path, kind: str, form: str) -> None:
    asked = {"serviceKey": "a", "type": form, "minutes": "120", "numOfRows": "10000", "until": "202609291400"}
    saved = tmp_path / f"{kind}.{form}"
    saved.write_bytes(CALM.answer(kind, asked, 1, minute_of("202611010000")).body)
    workspace = Workspace.init(tmp_path / "w")
    (receipt,) = workspace.deposit(saved)
    assert receipt.standard == {
        "rain": "rain-gauge", "river": "river-gauge", "traffic": "traffic-speed", "parking": "parking-availability",
    }[kind]  # fmt: skip
    known = history(folder, kind)
    at, site, value = {
        "rain": ("observed_at", "station_code", "rain_mm"), "river": ("observed_at", "station_code", "level_m"),
        "traffic": ("observed_at", "section_code", "speed_kmh"),
        "parking": ("observed_at", "parking_number", "occupied_count"),
    }[kind]  # fmt: skip
    place = {"rain": 3, "river": 3, "traffic": 2, "parking": 4}[kind]
    table = pa.concat_tables(pq.read_table(path) for path in workspace.bank[receipt.dataset].version(1).files)
    found = [(f"{row[at]:%Y-%m-%d %H:%M}", row[site], row[value]) for row in table.to_pylist()]
    assert len(found) > 100
    for stamp, code, number in found:
        told = float(known[stamp, code][place])
        assert number == told or (told < 0 and number is None)


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server(Feed.of(SETTING, 0.0, quota=60), clock=lambda: NOW)
    thread = threading.Thread(target=served.serve_forever, args=(0.05,))
    thread.start()
    yield served
    served.stop()
    thread.join(10)
    served.server_close()
    assert not thread.is_alive()


def get(server: Server, path: str) -> tuple[str, bytes]:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/{path}", timeout=20) as answer:
        return answer.headers["Content-Type"], answer.read()


def test_the_server_counts_answers_and_tells_the_truth(server: Server) -> None:
    told: list[bytes] = []
    asking = [
        threading.Thread(target=lambda: told.append(get(server, "river?serviceKey=a&type=json")[1]))
        for _ in range(12)
    ]
    for each in asking:
        each.start()
    for each in asking:
        each.join(20)
    assert len(told) == 12
    assert set(told) == {CALM.answer("river", KEY, 1, NOW).body}
    truth = json.loads(get(server, "truth")[1])
    assert sorted(each["number"] for each in truth["requests"]) == list(range(1, 13))
    assert truth["seed"] == 7
    for _ in range(48):
        get(server, "rain?serviceKey=a&type=json")
    assert b'"22"' in get(server, "rain?serviceKey=a&type=json")[1]
    assert b'"00"' in get(server, "rain?serviceKey=b&type=json")[1]
    assert get(server, "")[0].startswith("text/html")


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:{}", 200), ("localhost:{}", 200), ("[::1]:{}", 200), ("127.0.0.2", 200),
     ("evil.example:{}", 403), ("localhost.evil.example", 403), ("10.0.0.1:{}", 403), ("[::1", 403), ("", 403)],
)  # fmt: skip
def test_only_names_of_this_machine_are_answered(server: Server, host: str, status: int) -> None:
    caller = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    with contextlib.closing(caller):
        caller.request("GET", "/river?serviceKey=a", headers={"Host": host.format(server.port)})
        assert caller.getresponse().status == status
    assert len(server.truth()["requests"]) == (status == 200)


def test_a_caller_that_says_nothing_is_hung_up_on(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server.RequestHandlerClass.timeout == 30  # type: ignore[attr-defined]
    monkeypatch.setattr(server.RequestHandlerClass, "timeout", 0.1)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as caller:
        assert caller.recv(1) == b""


def test_a_long_path_is_remembered_by_its_beginning(server: Server) -> None:
    server.reply("/" + "x" * 5_000, {})
    (told,) = server.truth()["requests"]
    assert told["path"] == "/" + "x" * 199


def test_keys_are_forgotten_when_the_day_changes() -> None:
    minutes = [NOW]
    served = Server(Feed.of(SETTING, 0.0, quota=1), clock=lambda: minutes[0])
    try:
        for number in range(50):
            served.reply("/rain", {**KEY, "serviceKey": str(number)})
        assert served.keys_today == 50
        assert b'"22"' in served.reply("/rain", {**KEY, "serviceKey": "3"}).body
        minutes[0] += 1440
        assert b'"00"' in served.reply("/rain", {**KEY, "serviceKey": "3"}).body
        assert served.keys_today == 1
    finally:
        served.server_close()


@pytest.mark.slow
def test_more_callers_than_threads_wait_in_line(server: Server) -> None:
    with contextlib.ExitStack() as callers:
        for _ in range(80):
            callers.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
        deadline = time.monotonic() + 10
        while answering() < 64 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.1)
        assert answering() == 64
    assert get(server, "rain?serviceKey=a&type=json")[1]


def answering() -> int:
    """Threads that answer somebody."""
    return sum("process_request_thread" in thread.name for thread in threading.enumerate())


def test_truth_tells_what_is_to_come() -> None:
    served = Server(Feed.of(SETTING), clock=lambda: NOW)
    try:
        ahead = served.truth()["next"]
        for _ in range(100):
            served.reply("/rain", dict(KEY))
        truth = served.truth()
    finally:
        served.server_close()
    met = [(each["number"], each["met"]) for each in truth["requests"] if each["met"]]
    assert met == [(each["number"], each["meets"]) for each in ahead if each["number"] <= 100]
    assert met
    assert truth["rates"] == dict(RATES)


@pytest.mark.slow
def test_a_server_that_is_stopped_does_not_wait_for_slow_answers() -> None:
    slow = Server(Feed(CALM.signals, Trouble(7, {"slow": 1.0}, 0.0)), clock=lambda: NOW)
    thread = threading.Thread(target=slow.serve_forever, args=(0.05,))
    thread.start()
    asked = threading.Event()

    def ask() -> None:
        asked.set()
        with pytest.raises(OSError, match=r"."):
            get(slow, "rain?serviceKey=a")

    asking = threading.Thread(target=ask)
    asking.start()
    assert asked.wait(5)
    slow.stop()
    thread.join(5)
    slow.server_close()
    asking.join(5)
    assert not thread.is_alive()
    assert not asking.is_alive()


def test_now_is_korean_time() -> None:
    from datetime import UTC, datetime

    assert abs(minute_now() - (datetime.now(UTC).timestamp() / 60 + 540)) < 2


def test_the_planted_days_go_with_the_month_the_city_was_made_for() -> None:
    july = Feed.of(Setting(seed=7, until=date(2026, 7, 31)), 0.0)
    then = {**KEY, "until": "202606291900", "site": "9910130", "minutes": "5"}
    told, usual = (items(feed.answer("river", then, 1, minute_of("202611010000"))) for feed in (july, CALM))
    assert max(row["wl"] for row in told) > 4.7 > max(row["wl"] for row in usual)
