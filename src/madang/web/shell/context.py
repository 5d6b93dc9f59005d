"""What every page knows besides its own values."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import translation

import madang
from madang.messages import MadangError
from madang.web.shell import words
from madang.web.shell.navigation import menu
from madang.web.shell.workspace import asker, workspace

MODE_COOKIE = "madang_mode"
MODES = ("light", "high-contrast")


def page(request: HttpRequest) -> dict[str, object]:
    """The city, the menu, who looks, the colour mode chosen, the address to come back to, the version of Madang."""
    mode = request.COOKIES.get(MODE_COOKIE, MODES[0])
    return {
        **city(),
        "mode": mode if mode in MODES else MODES[0],
        "here": request.get_full_path(),
        "person": asker(),
        "menu": menu(asker(), request.path),
        "language": translation.get_language() or "ko",
        "madang_version": madang.__version__,
    }


def city() -> dict[str, str]:
    """The city's name, and where it is made up the sentence that says so on every page; both "" without a workspace."""
    try:
        settings = workspace().settings
    except (MadangError, OSError):
        return {"city": "", "synthetic": ""}
    bare = settings.name.partition(" (")[0]  # "여울구 (표본)": the note says the rest
    return {
        "city": settings.name,
        "synthetic": words.said("synthetic_note", name=bare) if settings.is_synthetic else "",
    }
