"""Answers with their marks: ETag by what was asked of which version, 304, the address of the next page."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from pydantic_core import to_json

from madang.access import View

JSON = "application/json"


def tag_of(request: HttpRequest, *parts: object) -> str:
    """The ETag of an answer that these parts decide, and the address and form that were asked for."""
    told = repr((parts, request.get_full_path(), request.headers.get("Accept", "")))
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:24]}"'


def seen_as(view: View) -> tuple[object, ...]:
    """A view, for an ETag: two people of different rights get different answers."""
    return sorted(view.masked), view.own_rows, view.own_values


def unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """304 where the program has this answer already."""
    said = parse_etags(request.headers.get("If-None-Match", "")[:2_000])
    if "*" in said or tag in {each.removeprefix("W/") for each in said}:
        return marked(HttpResponse(status=304), tag)
    return None


def marked(answer: HttpResponse, tag: str) -> HttpResponse:
    """An answer that may be kept by who asked, and asked for again by its mark."""
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Authorization, Cookie, Accept, Accept-Language, Accept-Encoding"
    return answer


def answer(value: Any, *, status: int = 200) -> HttpResponse:
    """A value as JSON."""
    return HttpResponse(to_json(value, inf_nan_mode="null"), status=status, content_type=JSON)


def linked(request: HttpRequest, given: Sequence[tuple[str, str]]) -> str:
    """The address asked for with other parameters, without the name of the host."""
    return f"{quote(request.path)}?{urlencode(given)}"
