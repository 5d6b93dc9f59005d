"""What an XML text is about, judged by its outermost element: a page, shapes on a map, or records."""

from __future__ import annotations

import re
from typing import Literal

_PROLOGUE = re.compile(  # possessive: what was taken is not tried in another way, or hostile heads take ages
    r"\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+|<!DOCTYPE(?:[^\[\]>]++|\[[^\]]*+\])*+>\s*+)*+", re.S | re.I
)
_ROOT = re.compile(r"<(?:[\w.\-]+:)?([^\W\d][\w.\-]*)(?=[\s/>])")
_PAGE = frozenset("html head meta style body div table center font span p".split())
_NO_RECORDS = {
    "svg": "SVG", "gml": "GML", "featurecollection": "GML", "rdf": "RDF", "schema": "XSD", "gpx": "GPX", "xsl": "XSL",
    "stylesheet": "XSL", "qgis": "QGIS",
}  # fmt: skip


def xml_kind(text: str, tail: str) -> Literal["xml", "layer", "excel"] | str | None:
    """ "xml" for records, "layer" for KML, "excel" for HTML; the name of a form that holds no records; None for no XML.

    `text` is the head and `tail` the end of the file: without a declaration it is XML if it ends as it begins."""
    root = _ROOT.match(text, prologue_end(text))
    declared = text.lstrip().startswith("<?xml")
    if root is None:
        return "xml" if declared else None
    name = root[1].lower()
    if name == "kml":
        return "layer"
    if name in _PAGE and not (declared and name == "table"):
        return "excel"
    if not declared and not re.search(rf"</(?:[\w.\-]+:)?{re.escape(root[1])}\s*>\s*\Z", tail):
        return None
    return _NO_RECORDS.get(name, "xml")


def root_name(text: str) -> str:
    """The name of the outermost element, without its namespace; "" where there is none."""
    found = _ROOT.match(text, prologue_end(text.lstrip("\ufeff")))
    return found[1] if found else ""


def prologue_end(text: str) -> int:
    """Where the first element begins, behind declaration, comments and document type."""
    found = _PROLOGUE.match(text)
    return found.end() if found else 0
