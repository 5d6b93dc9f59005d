"""Parses XML without entities, network or DTD, block by block; what is broken is refused with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal

from lxml import etree

from madang.intake.json_text import TextSource
from madang.intake.raw import Refused

_CONTROL = bytes(set(range(32)) - {9, 10, 13})  # not allowed in XML, yet found in exports
_BARE = re.compile(rb"&(?!#?\w{1,31};)")
Event = Literal["start", "end"]
_EDGE = 40  # bytes at the end of a block that may hold half of a reference


def elements(
    source: TextSource, events: Sequence[Event], tags: Sequence[str] | None = None, limit: int | None = None
) -> Iterator[tuple[str, Any]]:
    """Events and elements of a file (of its first `limit` bytes, at block's end), as lxml gives them.

    An ampersand that begins no reference is read as itself. Raises Refused(xml_broken | xml_entities | xml_cut_off).
    """
    parser = etree.XMLPullParser(
        events, tag=tags, encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    told = False
    done = 0
    try:
        for block in _mended(source.blocks()):
            parser.feed(block)
            done += len(block)
            for event, element in parser.read_events():
                if not told:
                    _check_entities(element)
                    told = True
                yield event, element
            if limit is not None and done >= limit:
                return
        parser.close()
        for event, element in parser.read_events():
            yield event, element
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        ended = "Premature end" in str(error) or "Couldn't find end" in str(error)
        raise Refused("xml_cut_off" if ended else "xml_broken", line=line) from error


def _check_entities(element: Any) -> None:
    """Entities of a document's own may grow without end: nothing a table would need."""
    dtd = element.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise Refused("xml_entities")


def _mended(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Blocks without control letters, bare ampersands written as references (outside of CDATA sections)."""
    rest = b""
    cdata = False
    for block in blocks:
        data = rest + block.translate(None, _CONTROL)
        cut = max(data.rfind(b"&", -_EDGE), data.rfind(b"<", -_EDGE))
        data, rest = (data[:cut], data[cut:]) if cut > 0 else (data, b"")
        cdata = cdata or b"<![CDATA[" in data
        yield data if cdata or b"&" not in data else _BARE.sub(b"&amp;", data)
    yield rest


@lru_cache(maxsize=10_000)
def local(tag: Any) -> str:
    """The name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


def forget(element: Any) -> None:
    """Free an element that has been read, and those before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
