"""Understands one answer of an API: rows, how many there are in all, or what the service says is wrong.

Services say errors with status 200, in XML though JSON was asked for, in pages of HTML, under keys of other spellings,
and give one row as an object, none as an empty text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from madang.collect.fetched import Retry
from madang.collect.origin_api import Api
from madang.collect.sniff import is_html, title_of
from madang.messages import MadangError

Row = dict[str, Any]
_WRAPPERS = ("item", "row", "items", "list", "data")
_GATEWAY = "openapi_serviceresponse"
_NAMES = {  # the codes of the portal's gateway
    "SERVICE_KEY_IS_NOT_REGISTERED_ERROR": "30",
    "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR": "22",
    "DEADLINE_HAS_EXPIRED_ERROR": "31",
    "UNREGISTERED_IP_ERROR": "32",
    "SERVICE_ACCESS_DENIED_ERROR": "20",
}
_DEEPEST = 50


@dataclass(frozen=True)
class Page:
    """The rows of one answer; `total` is how many the service says there are in all, None where it does not."""

    rows: list[Row]
    total: int | None
    none: bool = False  # the service says in so many words that there are no rows


class Quota(Retry):
    """The requests of this day are used up."""


def understood(body: bytes, api: Api, host: str) -> Page:
    """The page that `body` is.

    Raises MadangError: collect_key, collect_api_error, collect_api_shape; Retry of collect_api_error, collect_key,
    collect_html, collect_answer_cut, collect_empty where another try is worth it; Quota.
    """
    if not body.strip():
        raise Retry("collect_empty", host=host)
    if is_html(body[:65_536]):
        raise Retry("collect_html", host=host, title=title_of(body[:65_536]))
    tree = _parsed(body, host)
    code, message = _code(tree, api)
    if code and code not in api.ok:
        if code in api.none:
            return Page([], 0, none=True)
        raise _refusal(code, message, api, host)
    found = _at(tree, api.items)
    rows = list(_rows(found))
    total = _number(_at(tree, api.total)) if api.total else None
    if found is None and not rows and not total and total != 0:
        raise MadangError("collect_api_shape", host=host, path=api.items or "-")
    return Page(rows, total)


def _parsed(body: bytes, host: str) -> Any:
    """The answer as a tree of dicts and lists, whichever of JSON and XML it is."""
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        if text.startswith(b"<"):
            return _tree(_xml(body))
        return json.loads(_decoded(text))
    except (etree.XMLSyntaxError, ValueError, RecursionError) as error:
        raise Retry("collect_answer_cut", host=host, size=f"{len(body):,}") from error


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("cp949")


def _xml(body: bytes) -> Any:
    """The root element; nothing is loaded from anywhere, no entity is opened."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(body.lstrip(), parser)
    except etree.XMLSyntaxError:
        again = body.decode("cp949").split("?>", 1)[-1]  # says UTF-8 and is not
        return etree.fromstring(again.encode(), parser)


def _tree(element: Any, depth: int = 0) -> dict[str, Any]:
    """An element as JSON would have it: {tag: text or dict or list of them}."""
    return {_tag(element): _inside(element, depth)}


def _inside(element: Any, depth: int) -> Any:
    children = [child for child in element if isinstance(child.tag, str)]
    if depth > _DEEPEST:
        raise ValueError("too deep")
    if not children:
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in children:
        name, value = _tag(child), _inside(child, depth + 1)
        if name in found:
            there = found[name]
            found[name] = [*there, value] if isinstance(there, list) else [there, value]
        else:
            found[name] = value
    return found


def _tag(element: Any) -> str:
    return str(etree.QName(element).localname)


def _code(tree: Any, api: Api) -> tuple[str, str]:
    """What the answer says of itself: a code and a message; "" where it says nothing.

    The gateway of the national portal answers in an envelope of its own, whatever was asked for."""
    if isinstance(tree, dict) and _GATEWAY in {key.lower() for key in tree}:
        code = _text(_anywhere(tree, "returnreasoncode"))
        message = _text(_anywhere(tree, "returnauthmsg")) or _text(_anywhere(tree, "errmsg"))
        return code or _NAMES.get(message, "99"), message
    code, message = _text(_at(tree, api.code)), _text(_at(tree, api.message))
    if not code and api.code:  # errors often stand elsewhere than the good answers
        for name in ("resultcode", "result_code", "returnreasoncode", "code", "errorcode"):
            if code := _text(_anywhere(tree, name, 3)):
                break
        for name in ("resultmsg", "result_msg", "resultmessage", "message", "errormsg"):
            if message := _text(_anywhere(tree, name, 3)):
                break
    if not code and api.code and isinstance(tree, dict):
        message = _text(_anywhere(tree, "error", 2))
        code = "error" if message else ""
    return (_NAMES.get(message.strip(), code) if code not in api.ok else code), message


def _refusal(code: str, message: str, api: Api, host: str) -> MadangError:
    said: dict[str, Any] = {"host": host, "result": code[:40], "message": message[:200]}
    if code in api.quota:
        return Quota("collect_quota", **said)
    kind = "collect_key" if code in api.key else "collect_api_error"
    return Retry(kind, **said) if code in api.passing else MadangError(kind, **said)


def _at(tree: Any, path: str) -> Any:
    """What stands at a path of keys; None where nothing does. The whole tree for ""."""
    if not path:
        return tree
    for name in path.split("."):
        if not isinstance(tree, dict):
            return None
        if name == "*":
            inner = [value for value in tree.values() if isinstance(value, dict)]
            tree = inner[0] if len(inner) == 1 else tree
            continue
        lower = {key.lower(): value for key, value in tree.items()}
        if name.lower() not in lower:
            return None
        tree = lower[name.lower()]
    return tree


def _anywhere(tree: Any, name: str, depth: int = 6) -> Any:
    """The first value under a key of that name (lower case), looked for level by level."""
    level = [tree]
    for _ in range(depth):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                for key, value in each.items():
                    if key.lower() == name and not isinstance(value, dict | list):
                        return value
                below += each.values()
        level = below
    return None


def _rows(found: Any) -> Iterator[Row]:
    """Rows, however they are packed: a list, one row alone, {"item": …}, nothing."""
    if isinstance(found, list):
        for each in found:
            yield each if isinstance(each, dict) else {"value": each}
    elif isinstance(found, dict):
        inner = next((key for key in found if key.lower() in _WRAPPERS), None)
        if inner is not None and len(found) == 1:
            yield from _rows(found[inner]) if isinstance(found[inner], list | dict) else ()
        elif found:
            yield found


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _number(value: Any) -> int | None:
    said = _text(value).replace(",", "")
    return int(said) if said.isascii() and said.isdigit() else None
