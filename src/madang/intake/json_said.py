"""What a service said instead of data: the code and message that open APIs of public bodies answer with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_CODES = ("resultcode", "returnreasoncode", "errcode", "errorcode", "code", "status")
_MESSAGES = (
    "resultmsg",
    "resultmessage",
    "returnauthmsg",
    "errmsg",
    "errormessage",
    "message",
    "msg",
    "text",
)
_TOTALS = ("totalcount", "list_total_count", "total_count", "totalcnt", "matchcount", "numberreturned")
_ALL = re.compile(
    rb'"(?:totalcount|list_total_count|total_count|totalcnt)"\s*:\s*"?(\d{1,12})"?\s*[,}\]]', re.I
)
_NONE_FOUND = ("NOT_FOUND", "NODATA", "NO_DATA", "NODATA_ERROR")
_FINE = frozenset({"0", "00", "000", "0000", "200", "INFO-0", "INFO-00", "INFO-000", "OK", "SUCCESS"})
_NODES = 10_000


def said_instead(value: Any) -> str | None:
    """ "30 SERVICE KEY IS NOT REGISTERED ERROR." where an answer says an error or that there is nothing; else None."""
    for node in _objects(value):
        named = {_key(key): each for key, each in node.items() if _is_plain(each)}
        code = next((str(named[key]).strip() for key in _CODES if key in named), "")
        told = [str(named[key]).strip() for key in _MESSAGES if key in named]
        if told and (code or "returnauthmsg" in named) and code.upper() not in _FINE:
            return " ".join(dict.fromkeys([code, *told])).strip()
    return None


def said_nothing(value: Any) -> bool:
    """Whether an answer says that it holds no record: a total of 0, or `NOT_FOUND`."""
    for node in _objects(value):
        named = {_key(key): each for key, each in node.items() if _is_plain(each)}
        if any(str(named[key]).strip() == "0" for key in _TOTALS if key in named):
            return True
        if str(named.get("status", "")).strip().upper() in _NONE_FOUND:
            return True
    return False


def told_count(*around: bytes) -> int | None:
    """How many records there are in all, as the text around them tells; None where it does not, or tells several."""
    told = {int(number) for text in around for number in _ALL.findall(text)}
    return told.pop() if len(told) == 1 else None


def only_record(value: Any) -> bool:
    """Whether a value is one record: an object of at least two plain values, with lists of plain values at most."""
    if not isinstance(value, dict) or sum(map(_is_plain, value.values())) < 2 or said_nothing(value):
        return False
    return not any(
        isinstance(each, Mapping) or (isinstance(each, list) and not (each and all(map(_is_plain, each))))
        for each in value.values()
    )


def _key(key: Any) -> str:
    return str(key).rpartition("}")[2].lower()


def _is_plain(value: Any) -> bool:
    return not isinstance(value, Mapping | list) and value is not None


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects in a value, the outermost first, so many at most."""
    waiting, seen = [value], 0
    while waiting and seen < _NODES:
        here = waiting.pop(0)
        seen += 1
        if isinstance(here, Mapping):
            yield here
            waiting += list(here.values())
        elif isinstance(here, list):
            waiting += here[:100]
