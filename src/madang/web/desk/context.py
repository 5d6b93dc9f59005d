"""What every page knows besides its own values."""

from __future__ import annotations

from django.http import HttpRequest

import madang
from madang.messages import MadangError
from madang.web.desk.workspace import workspace

MODE_COOKIE = "madang_mode"
MODES = ("light", "high-contrast")


def page(request: HttpRequest) -> dict[str, str]:
    """The city's name, the colour mode chosen, the address to come back to, the version of Madang."""
    mode = request.COOKIES.get(MODE_COOKIE, MODES[0])
    try:
        city = workspace().settings.name
    except MadangError:
        city = ""
    return {
        "city": city,
        "mode": mode if mode in MODES else MODES[0],
        "here": request.get_full_path(),
        "madang_version": madang.__version__,
    }
