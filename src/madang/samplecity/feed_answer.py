"""The answers of the live feed: the envelope of the public data portal, with its oddities and its errors.

An answer is a function of the request, its number and the minute; nothing here keeps state or asks a clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from madang.samplecity.city import Setting
from madang.samplecity.feed_rows import KINDS, Row, rows
from madang.samplecity.feed_trouble import Trouble
from madang.samplecity.layers.streams.sites import Signals, minute_of, signals_of

QUOTA = 10_000  # requests of a key on a day
ROWS, MOST_ROWS = 100, 10_000  # numOfRows where it is not told, and at most
MINUTES, MOST_MINUTES = 10, 1_440
CODES = {
    "00": "NORMAL SERVICE.",
    "04": "HTTP_ERROR",
    "10": "INVALID_REQUEST_PARAMETER_ERROR",
    "22": "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR",
    "30": "SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
}
_ERRORS = {"limit": "22", "key": "30", "http_error": "04"}
_LISTS = ("rain", "traffic")  # of which `items` is the list itself; of the others it is {"item": …}
_PAGE = (
    "<html><head><title>Error</title></head><body><h1>Service Temporarily Unavailable</h1>"
    "<p>서비스가 일시적으로 원활하지 않습니다. 잠시 후 다시 이용해 주십시오.</p></body></html>"
)
JSON, XML, HTML = "application/json;charset=UTF-8", "application/xml;charset=UTF-8", "text/html;charset=UTF-8"


@dataclass(frozen=True)
class Answer:
    """What goes over the line: always with status 200 but for unknown paths. `met` is what went wrong."""

    body: bytes
    content_type: str
    met: str = ""
    status: int = 200
    wait_seconds: float = 0.0


@dataclass(frozen=True)
class Feed:
    """The live feed of a city."""

    signals: Signals
    trouble: Trouble
    quota: int = QUOTA

    @classmethod
    def of(cls, setting: Setting, factor: float = 1.0, quota: int = QUOTA) -> Feed:
        """The feed of a city with the usual trouble times `factor`."""
        return cls(signals_of(setting), Trouble.times(setting.seed, factor), quota)

    def answer(self, kind: str, query: Mapping[str, str], number: int, now: int, used: int = 1) -> Answer:
        """The answer to request `number` (from 1) at minute `now` (since 1970); `used`: requests of its key on this day."""
        as_json = query.get("type", query.get("_type", "xml")).lower() == "json"
        if kind not in KINDS:
            return Answer(_PAGE.encode(), HTML, "unknown", status=404)
        if not query.get("serviceKey"):
            return _refusal("30", as_json, "no_key")
        if used > self.quota:
            return _refusal("22", as_json, "quota")
        asked = _Asked.of(query, now)
        if asked is None:
            return _refusal("10", as_json, "parameter")
        met = "" if query.get("clean") == "1" else self.trouble.of_request(number)
        if met in _ERRORS:
            return _refusal(_ERRORS[met], as_json, met)
        if met == "html":
            return Answer(_PAGE.encode(), HTML, met)
        calm = Trouble(self.trouble.seed, {}, 0.0) if query.get("clean") == "1" else self.trouble
        return self._tell(kind, asked, as_json, _Met(met, number, calm))

    def _tell(self, kind: str, asked: _Asked, as_json: bool, met: _Met) -> Answer:
        now = asked.now - (met.trouble.minutes_old(met.number) if met.name == "stale" else 0)
        found = rows(self.signals, met.trouble, kind, now, asked.minutes, asked.site)
        found = _mixed(found, met)
        start = (asked.page - 1) * asked.rows
        body = envelope(kind, found[start : start + asked.rows], asked.rows, asked.page, len(found), as_json)
        raw, content_type = body.encode(), JSON if as_json else XML
        if met.name == "cut":
            raw = raw[: int(len(raw) * (0.3 + 0.6 * met.amount))]
        if met.name == "wrong_type":
            content_type = HTML
        wait = met.trouble.seconds(met.number) if met.name == "slow" else 0.0
        return Answer(raw, content_type, met.name, wait_seconds=wait)


@dataclass(frozen=True)
class _Met:
    name: str
    number: int
    trouble: Trouble

    @property
    def amount(self) -> float:
        return self.trouble.amount(self.number, self.name)


@dataclass(frozen=True)
class _Asked:
    """What the query says: until when, how many minutes, which page, which site."""

    now: int
    minutes: int = MINUTES
    rows: int = ROWS
    page: int = 1
    site: str = field(default="")

    @classmethod
    def of(cls, query: Mapping[str, str], now: int) -> _Asked | None:
        """None: the query does not say numbers where it should, or asks for what is still to come."""
        try:
            until = minute_of(query["until"]) if query.get("until") else now
            minutes, count, page = (
                int(query.get(name) or usual)
                for name, usual in (("minutes", MINUTES), ("numOfRows", ROWS), ("pageNo", 1))
            )
        except ValueError:
            return None
        if until > now or min(minutes, count, page) < 1:
            return None
        return cls(until, min(minutes, MOST_MINUTES), min(count, MOST_ROWS), page, query.get("site", ""))


def _mixed(found: list[Row], met: _Met) -> list[Row]:
    """Rows out of order, twice, or not there, as it was met."""
    rng = np.random.default_rng([met.trouble.seed, met.number])
    if met.name == "shuffled":
        return [found[at] for at in rng.permutation(len(found)).tolist()]
    some = max(1, len(found) // 10)
    if met.name == "twice" and found:
        again = rng.choice(len(found), min(some, len(found)), replace=False)
        return [found[at] for at in np.sort(np.append(np.arange(len(found)), again)).tolist()]
    if met.name == "missing" and found:
        gone = set(rng.choice(len(found), min(some, len(found)), replace=False).tolist())
        return [row for at, row in enumerate(found) if at not in gone]
    return found


def envelope(kind: str, found: list[Row], count: int, page: int, total: int, as_json: bool) -> str:
    """The rows in the portal's envelope. In JSON one row is an object instead of a list, and none is an empty text."""
    if not as_json:
        cells = "".join(
            f"<item>{''.join(f'<{key}>{escape(str(value))}</{key}>' for key, value in row.items())}</item>"
            for row in found
        )
        tail = f"<numOfRows>{count}</numOfRows><pageNo>{page}</pageNo><totalCount>{total}</totalCount>"
        return _xml("00", f"<body><items>{cells}</items>{tail}</body>")
    items: Any = "" if not found else found[0] if len(found) == 1 else found
    if found and kind not in _LISTS:
        items = {"item": items}
    elif len(found) == 1:
        items = {"item": found[0]}
    body = {"items": items, "numOfRows": count, "pageNo": page, "totalCount": total}
    return json.dumps({"response": {"header": _header("00"), "body": body}}, ensure_ascii=False)


def _header(code: str) -> dict[str, str]:
    return {"resultCode": code, "resultMsg": CODES[code]}


def _xml(code: str, body: str) -> str:
    head = f"<resultCode>{code}</resultCode><resultMsg>{CODES[code]}</resultMsg>"
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response><header>{head}</header>{body}</response>'


def _refusal(code: str, as_json: bool, met: str) -> Answer:
    """An error inside an answer with status 200."""
    if as_json:
        said = {"response": {"header": _header(code), "body": {"items": "", "totalCount": 0}}}
        return Answer(json.dumps(said, ensure_ascii=False).encode(), JSON, met)
    return Answer(_xml(code, "<body/>").encode(), XML, met)
