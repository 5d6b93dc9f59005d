"""What the audit pages write."""

from __future__ import annotations

from typing import Any

from django import template

from madang.web.audit import words

register = template.Library()
register.filter("act", words.title)
register.filter("who", words.who)
register.filter("door", words.door)
register.filter("thing", words.thing)


@register.filter
def details(value: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and values of an entry's detail, in words."""
    return [
        (words.name(name), words.value(each, name))
        for name, each in value.items()
        if each not in ("", None, [])
    ]
