"""Words of the desk's own pages."""

from __future__ import annotations

import re

from django import template
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from madang.web.shell import words

register = template.Library()
_ENDS = re.compile(r"(?:비공개\()?(?P<n>\S+) (?P<end>이상|미만\)?)")


@register.filter
def access_word(access: str) -> str:
    """Who may read a dataset, in a word."""
    return str(words.ACCESS.get(access, access))


@register.filter
def legend_word(kept: str) -> str:
    """A class of a legend, as a picture keeps it ("5–9", "50 이상", "비공개(5 미만)"), in the language of the page."""
    found = _ENDS.fullmatch(kept)
    if found is None:
        return kept
    said = {
        "이상": _("%(n)s 이상"),
        "미만": _("%(n)s 미만"),
        "미만)": _("비공개(%(few)s 미만)"),
    }[found["end"]]
    return str(said % {"n": found["n"], "few": found["n"]})


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
