"""Words and numbers as Korean readers expect them, and the addresses of built files."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from madang.declarations.points import points as written_points
from madang.declarations.points import rate
from madang.web.shell import beside, words
from madang.web.shell.beside import Offer

register = template.Library()
_MAIN = "src/main.ts"


@lru_cache(maxsize=4)
def _manifest(path: Path, changed_ns: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@register.simple_tag
def built_files(name: str) -> SafeString:
    """Stylesheet and script of a bundle that Vite built: "main", or one of src/pages; nothing where none was built."""
    path: Path = settings.MADANG_DIST / "manifest.json"
    if not path.is_file():
        return SafeString("")
    entry = _manifest(path, path.stat().st_mtime_ns)[_MAIN if name == "main" else f"src/pages/{name}.ts"]
    styles = [format_html('<link rel="stylesheet" href="/static/{}">', name) for name in entry.get("css", ())]
    script = format_html('<script type="module" src="/static/{}"></script>', entry["file"])
    return SafeString("".join([*styles, script]))


@register.filter
def counted(value: int | None) -> SafeString | str:
    """A number to read: 9,999 as it is, 만 and 억 above, the exact figure on hover; in English to the last digit."""
    if value is None:
        return format_html('<span class="none">{}</span>', _("자료 없음"))
    exact = f"{value:,}"
    if not words.in_korean():
        return exact
    for unit, size in (("억", 100_000_000), ("만", 10_000)):
        if abs(value) >= size:
            shown = f"{value / size:,.1f}".removesuffix(".0")
            return format_html('<span title="{}">{}{}</span>', exact, shown, unit)
    return exact


@register.filter
def exact(value: int | None) -> str:
    """A number to the last digit, thousands marked."""
    return "" if value is None else f"{value:,}"


@register.filter
def percent(value: float | None) -> str:
    """A share with as many decimals as it needs: 0.03 %, 1.2 %, 100 %."""
    if value is None:
        return _("해당 없음")
    if value in (0, 100):
        return f"{value:.0f}%"
    return f"{rate(value)}%" if value < 1 or value > 99 else f"{value:.1f}%"


@register.filter
def points(value: float | None) -> str:
    """A score out of 100 as everywhere: one decimal, rounded down."""
    return "" if value is None else written_points(value)


@register.filter
def metres(value: float) -> str:
    """A distance as 362 m or 99.2 km."""
    return f"{value:,.0f} m" if value < 10_000 else f"{value / 1000:,.1f} km"


@register.filter
def day(value: date | None) -> str:
    """A date as 2026-06-30."""
    return value.strftime("%Y-%m-%d") if value else ""


@register.filter
def type_word(value: str) -> str:
    """A column type in words."""
    return str(words.TYPES.get(value, value))


@register.filter
def is_numeric(value: str) -> bool:
    """Whether values of this type stand at the right."""
    return value in words.NUMERIC


@register.filter
def sure(confidence: float) -> str:
    """How sure a machine's guess is, in words and per cent; nothing where it is certain."""
    return "" if confidence >= 1 else _("추정, 확신 {percent}%").format(percent=f"{confidence * 100:.0f}")


@register.filter
def korean(text: str) -> SafeString | str:
    """A sentence that is kept in Korean, as files and evidence are: marked as such on a page in English."""
    return text if words.in_korean() or not text else format_html('<span lang="ko">{}</span>', text)


@register.filter
def theme_word(theme: str) -> str:
    """A theme of the classification of public data, or its 대분류 of "대분류 - 중분류", in words."""
    return words.theme(theme)


@register.simple_tag
def query(**parameters: Any) -> str:
    """A query string of the parameters that have a value."""
    return urlencode({name: value for name, value in parameters.items() if value not in (None, "")})


@register.simple_tag
def offers(dataset: str, may: Collection[str]) -> list[Offer]:
    """What other parts of the site offer beside a dataset."""
    return beside.offers(dataset, may)


@register.filter
def step_word(step: str) -> str:
    """What a job does now, in words."""
    return words.step_word(step)
