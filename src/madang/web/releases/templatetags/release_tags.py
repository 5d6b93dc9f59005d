"""What releases offer on pages of other apps."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.releases.result_actions import may_open, posts_of
from madang.web.shell.workspace import workspace

register = template.Library()


@register.simple_tag(takes_context=True)
def open_run(context: RequestContext, key: str) -> SafeString:
    """The way to decide that what a run found becomes open, for who may; for others, who decides it."""
    try:
        run = workspace().ledger[key]
    except MadangError:
        return SafeString("")
    if not may_open(person_of(context["request"]), run):
        if not (posts := posts_of(run)):
            return SafeString("")
        said = _("개방은 쓴 데이터를 맡은 {posts}에서 결정합니다.").format(posts=", ".join(posts))
        return format_html('<span class="quiet">{}</span>', said)
    return format_html(
        '<a class="button" href="{}">{}</a>', reverse("releases:new_result", args=[key]), _("개방 결정하기")
    )
