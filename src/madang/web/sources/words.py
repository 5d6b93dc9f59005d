"""Words of sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from madang.messages import Language, text

LAMPS = {
    "failed": _("실패"),
    "late": _("늦음"),
    "waiting": _("첫 수집 전"),
    "fresh": _("제때"),
    "paused": _("멈춰 둠"),
}
TONES = {"failed": "bad", "late": "warn", "waiting": "", "fresh": "good", "paused": ""}
OUTCOMES = {
    "new": _("새 판"),
    "unchanged": _("지금 판과 같음"),
    "nothing": _("새것 없음"),
    "refused": _("반려"),
    "failed": _("실패"),
}


def language() -> Language:
    """The language of the page."""
    return "en" if (translation.get_language() or "ko").startswith("en") else "ko"


def sentence(said: Mapping[str, Any] | None) -> str:
    """A code and its parameters as a sentence in the language of the page; "" for none."""
    return text(said["code"], language(), **said["params"]) if said else ""
