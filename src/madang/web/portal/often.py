"""How often one address may ask the public pages, counted over all processes."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from madang.messages import MadangError
from madang.web.shell.often import address_of, wait_for

_TILES_MORE = 5  # a page with a map asks for dozens, which cost little, and an office shares one address
_FEWER = 20  # files are written whole for each who takes one, and may be this much fewer


def seldom_enough(request: HttpRequest, *, takes_file: bool = False) -> None:
    """Count a request: pages, files and tiles of a map each for themselves. Raises MadangError("portal_too_often")."""
    limit = int(settings.MADANG_OPEN_PER_MINUTE)
    match = request.resolver_match
    is_tile = match is not None and match.url_name == "tile"
    if takes_file:
        limit = max(1, limit // _FEWER)
    elif is_tile:
        limit *= _TILES_MORE
    place = Path(settings.MADANG_WORKSPACE) / "cache" / "open-asked.db"
    wait = wait_for(place, f"{'f' if takes_file else 't' if is_tile else 'p'}{address_of(request)}", limit)
    if wait:
        raise MadangError("portal_too_often", limit=limit, seconds=wait)
