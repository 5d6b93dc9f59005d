"""The files that Vite built, served from memory: their names carry a hash, so they may be kept for a year."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse

_YEAR_S = 31_536_000
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def names(dist: Path) -> frozenset[str]:
    """Names of all files built, as they appear in an address."""
    manifest = dist / "manifest.json"
    return _names(dist, manifest.stat().st_mtime_ns if manifest.is_file() else 0)


@lru_cache(maxsize=4)
def _names(dist: Path, built: int) -> frozenset[str]:
    assets = dist / "assets"
    return frozenset(f"assets/{path.name}" for path in assets.iterdir()) if assets.is_dir() else frozenset()


@lru_cache(maxsize=16)
def _zipped(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


@login_not_required
def file(request: HttpRequest, name: str) -> HttpResponse:
    """One built file. Only names that were built are known, so no address leads elsewhere."""
    dist: Path = settings.MADANG_DIST
    if name not in names(dist):
        raise Http404
    path = dist / name
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = {"Cache-Control": f"public, max-age={_YEAR_S}, immutable"}
    if path.suffix in (".js", ".css"):
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return HttpResponse(_zipped(path), content_type=kind, headers=headers)
    return HttpResponse(path.read_bytes(), content_type=kind, headers=headers)
