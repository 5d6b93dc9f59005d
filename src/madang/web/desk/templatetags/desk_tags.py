"""Words of the desk's own pages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from madang.declarations.card import ACCESS

register = template.Library()


@register.filter
def access_word(access: str) -> str:
    """Who may read a dataset, in a word."""
    return _(ACCESS.get(access, access))
