"""Collected for real from the sample city's live feed, which is wrong as often as it says in /truth."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from madang.collect import api
from madang.collect.allowed import Allowed
from madang.collect.fetched import Means, Retry
from madang.collect.origin import Origin
from madang.collect.origin_api import Api
from madang.collect.rhythm import Rhythm
from madang.collect.secret import Secret
from madang.samplecity.city import Setting
from madang.samplecity.feed import Server
from madang.samplecity.feed_answer import Feed
from madang.samplecity.layers.streams.sites import minute_of

NOTED = {  # what a trouble of the feed is called by the collector
    "limit": "collect_quota",
    "key": "collect_key",
    "http_error": "collect_api_error",
    "html": "collect_html",
    "cut": "collect_answer_cut",
    "wrong_type": "collect_says_html",
    "stale": "collect_disagree",
    "twice": "collect_disagree",
    "missing": "collect_disagree",
}
UNTIL = "202609291400"


@pytest.fixture
def server() -> Iterator[Server]:
    """Half as often wrong again as usual: about every fourth request meets something."""
    made = Server(Feed.of(Setting(seed=7, scale=0.05), 1.5), clock=lambda: minute_of(UNTIL) + 30)
    made.feed.trouble.__dict__["rates"] = {
        **made.feed.trouble.rates,
        "slow": 0.0,
    }  # waits, and is nothing else
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield made
    made.stop()
    thread.join(5)
    made.server_close()


def asked(server: Server, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/{path}") as answer:
        return json.load(answer)


def live(server: Server, kind: str, minutes: int, shape: str, rows: int) -> Origin:
    parameters = {"minutes": str(minutes), "until": UNTIL, "type": shape}
    return Origin(
        kind, kind, "api", f"http://127.0.0.1:{server.port}/{kind}", Rhythm.of("every 10 minutes"), f"live-{kind}",
        parameters=parameters, secret=Secret("COLLECT_KEY"), api=Api(page_rows=rows, confirm=True, distinct=True),
    )  # fmt: skip


def truth(server: Server, kind: str, minutes: int) -> list[dict[str, Any]]:
    """The same rows by the same server's honest door."""
    said = asked(
        server, f"{kind}?serviceKey=a&type=json&clean=1&until={UNTIL}&minutes={minutes}&numOfRows=10000"
    )
    items = said["response"]["body"]["items"]
    found = items["item"] if isinstance(items, dict) else items
    return found if isinstance(found, list) else [found]


def words(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Rows as XML has them: everything is text, and spaces alone are none."""
    return [{key: str(value).strip() for key, value in row.items()} for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["json", "xml"])
def test_what_is_collected_is_the_truth_and_every_trouble_was_noticed(
    server: Server, means: Means, shape: str
) -> None:
    port = f"127.0.0.1:{server.port}"
    calm = replace(
        server.feed, trouble=replace(server.feed.trouble, rates=server.feed.trouble.rates, late=0.0)
    )
    server.feed = calm  # a minute that comes late is late at the honest door at another time than here
    environment = {"COLLECT_KEY": "a+b/c==", "COLLECT_KEY_HOSTS": port}
    allowed = Allowed(means.place, (port,), (ip_network("127.0.0.1"),))
    means = replace(means, allowed=allowed, environment=environment)
    met, noted, collected = Counter[str](), Counter[str](), 0
    for kind, minutes, rows in (
        ("rain", 60, 50),
        ("river", 60, 100),
        ("traffic", 20, 150),
        ("parking", 30, 120),
    ) * 3:
        first = len(asked(server, "truth")["requests"])
        try:
            (found,) = api.fetch(live(server, kind, minutes, shape, rows), means)
        except Retry:  # wrong too often on end: nothing is collected, and the next attempt comes
            continue
        met.update(each["met"] for each in asked(server, "truth")["requests"][first:])
        lines = [json.loads(line) for line in found.path.read_text("utf-8").splitlines()]
        honest = truth(server, kind, minutes)
        order = lambda row: json.dumps(row, sort_keys=True)  # noqa: E731
        assert sorted(words(lines), key=order) == sorted(words(honest), key=order), kind
        noted.update(note.code for note in found.evidence.notes)
        collected += 1
    assert collected >= 10
    assert sum(met[name] for name in NOTED) > 20, met
    for name, code in NOTED.items():
        if code != "collect_disagree" and (name != "wrong_type" or shape == "json"):
            assert noted[code] == met[name], (name, met, noted)
    assert noted["collect_disagree"] >= met["stale"] + met["twice"] + met["missing"]
