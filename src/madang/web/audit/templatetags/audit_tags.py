"""What the audit pages write."""

from __future__ import annotations

import json
from typing import Any

from django import template

from madang.web.audit.words import title

register = template.Library()
register.filter("act", title)


@register.filter
def details(value: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and values of an entry's detail."""
    return [
        (name, each if isinstance(each, str) else json.dumps(each, ensure_ascii=False))
        for name, each in value.items()
        if each not in ("", None)
    ]
