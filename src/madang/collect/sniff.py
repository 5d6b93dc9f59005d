"""Whether what came is data at all, and not a page that says to sign in or that something is wrong."""

from __future__ import annotations

import re
from pathlib import Path

from madang.messages import MadangError

_HEAD = 65_536
_HTML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html|head|body|script|meta)\b", re.I | re.S)  # fmt: skip
_SIGN_IN = re.compile(rb"type\s*=\s*[\"']?password", re.I)
_TITLE = re.compile(rb"<title[^>]*>(.{0,200}?)</title>", re.I | re.S)


def check_data(path: Path, content_type: str, *, html: bool, host: str) -> None:
    """Raises MadangError: collect_empty, collect_sign_in, collect_html. `html`: a page with a table is wanted."""
    with open(path, "rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise MadangError("collect_empty", host=host)
    if not is_html(head):
        return
    if _SIGN_IN.search(head):
        raise MadangError("collect_sign_in", host=host)
    if not html:
        raise MadangError("collect_html", host=host, title=title_of(head))


def is_html(head: bytes) -> bool:
    """Whether bytes begin as an HTML page does."""
    return bool(_HTML.match(head))


def title_of(head: bytes) -> str:
    """What a page calls itself; "" where it does not."""
    found = _TITLE.search(head)
    if not found:
        return ""
    return " ".join(found[1].decode("utf-8", "replace").split())[:100]
