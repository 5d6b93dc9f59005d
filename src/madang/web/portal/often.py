"""How often one address may ask the public pages, counted over all processes."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from madang.messages import MadangError
from madang.web.shell.often import address_of, wait_for

_FEWER = 20  # files are written whole for each who takes one, and may be this much fewer


def seldom_enough(request: HttpRequest, *, takes_file: bool = False) -> None:
    """Count a request. Raises MadangError("portal_too_often")."""
    limit = int(settings.MADANG_OPEN_PER_MINUTE)
    limit = max(1, limit // _FEWER) if takes_file else limit
    place = Path(settings.MADANG_WORKSPACE) / "cache" / "open-asked.db"
    wait = wait_for(place, f"{'f' if takes_file else 'p'}{address_of(request)}", limit)
    if wait:
        raise MadangError("portal_too_often", limit=limit, seconds=wait)
