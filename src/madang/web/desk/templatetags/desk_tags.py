"""Words of the desk's own pages."""

from __future__ import annotations

from django import template
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from madang.declarations.card import ACCESS

register = template.Library()


@register.filter
def access_word(access: str) -> str:
    """Who may read a dataset, in a word."""
    return _(ACCESS.get(access, access))


@register.simple_tag
def page_at(path: str) -> str:
    """The address itself where a page of another part of the site stands there, else ""."""
    for each in (path, f"{path}/"):
        try:
            resolve(each)
        except Resolver404:
            continue
        return each
    return ""
