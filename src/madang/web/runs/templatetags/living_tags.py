"""What the page of a run says of keeping it alive."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from madang.runs.living import Livings
from madang.web.accounts.people import person_of
from madang.web.runs.living_shown import panel
from madang.web.shell.workspace import workspace

register = template.Library()


@register.inclusion_tag("runs/parts/living_panel.html", takes_context=True)
def living_panel(context: RequestContext, key: str) -> dict[str, Any]:
    """The panel of a run, with its forms."""
    ws, person = workspace(), person_of(context["request"])
    found = panel(ws.ledger, Livings(ws.folder), ws.ledger[key], person)
    return {"panel": found, "csrf_token": context.get("csrf_token"), "language": context.get("language")}
