"""The bell in the page header."""

from __future__ import annotations

from typing import Any

from django import template

from madang.access import Person
from madang.web.notices.actions import unseen

register = template.Library()


@register.inclusion_tag("notices/bell.html")
def bell(person: Person) -> dict[str, Any]:
    """How many notices wait, with the way to them."""
    return {"count": 0 if person.is_anonymous else unseen(person), "shown": not person.is_anonymous}
