"""Which arrays and objects of a JSON text are tables: the lists of records, not what is wrapped around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from madang.intake.json_outline import Node, Outline
from madang.intake.json_parse import parse
from madang.intake.json_text import TextSource

Shape = Literal["records", "rows", "members", "columns", "single"]
TABLES = 50  # of a file that are read
WHOLE = 64 << 20  # bytes of a value that is parsed in one piece
_SHOWN = 1 << 20  # bytes of members looked at
_SINGLE = frozenset({"item", "row", "record"})  # a service gives its only record without a list
_WRAPPING = frozenset(
    "fields field columns column head header headers result schema links link meta metadata parameters license"
    " info error errors index dtypes".split()
)


@dataclass(frozen=True)
class Choice:
    """A value of the text that is a table, and how its rows stand in it."""

    shape: Shape
    node: Node


def choose(outline: Outline, source: TextSource) -> list[Choice]:
    """The tables of a text, the outermost lists of records first come; [] where there is none.

    What only describes the others (fields, head, result …) or is one object beside a list is left out.
    """
    found = [choice for root in outline.roots for choice in _tables(root, source)]
    if len(found) > 1:
        found = [choice for choice in found if choice.node.key.lower() not in _WRAPPING] or found
    if any(choice.node.objects > 1 for choice in found):
        found = [c for c in found if c.node.objects > 1 or c.shape in ("rows", "columns")]
    if not found:
        nodes = [node for root in outline.roots for node in root.walk()]
        found = [Choice("single", node) for node in nodes if node.key in _SINGLE and node.kind == "object"][
            :1
        ]
    largest = sorted(found, key=lambda choice: -choice.node.size)[:TABLES]
    return [choice for choice in found if choice in largest]


def _tables(node: Node, source: TextSource) -> Iterator[Choice]:
    if node.kind == "array" and node.objects and node.objects >= node.arrays and not _wraps(node):
        yield Choice("records", node)
        return
    if node.kind == "array" and node.arrays > 1 and not node.objects and _is_grid(node):
        yield Choice("rows", node)
        return
    inside = [choice for child in node.children for choice in _tables(child, source)]
    if inside and not (node.kind == "object" and all(c.shape == "rows" for c in inside) and node.arrays > 1):
        yield from inside
    elif node.kind == "object" and node.objects > 1 and not node.arrays:
        shape = _members_shape(node, source)
        if shape:
            yield Choice(shape, node)
    elif node.kind == "object" and node.arrays > 1 and not node.objects and node.size <= WHOLE and not inside:
        yield Choice("columns", node)
    else:
        yield from inside


def _is_grid(node: Node) -> bool:
    """Whether the arrays in an array are rows, most of plain values only, and not the coordinates of shapes."""
    plain = sum(not child.arrays and not child.objects for child in node.children)
    return 2 * plain >= len(node.children)


def _wraps(node: Node) -> bool:
    """Whether an array of objects is only an envelope: `[{"head": […]}, {"row": […]}]`, `[{"items": […]}]`."""
    objects = [child for child in node.children if child.kind == "object"]
    if node.objects > len(objects):
        return False
    inner = [{child.key for child in each.children} for each in objects]
    if len(inner) > 1:
        return all(inner) and sum(map(len, inner)) == len(set().union(*inner))
    below = (each for child in objects for each in child.walk())
    return any(each.kind == "array" and each.objects > 1 for each in below)


def _members_shape(node: Node, source: TextSource) -> Shape | None:
    """Whether the members of an object are records (or columns, as pandas writes them), by the first of them."""
    members = [child for child in node.children if child.end and child.kind == "object"]
    last = max((child.end for child in members), default=0)
    text = excerpt(source, node.start, min(last, node.start + _SHOWN))
    inner: list[set[str]] = []
    for child in members:
        piece = text[child.start - node.start : child.end - node.start]
        if len(piece) == child.size:
            found = _parsed(piece)
            inner.append(set(found) if isinstance(found, dict) else set())
    if len(inner) < 2 or not all(inner):
        return None
    shared = len(set.intersection(*inner)) / len(set.union(*inner))
    numbered = all(key.isdecimal() for key in inner[0])
    if shared == 1 and numbered and node.size <= WHOLE:
        return "columns"
    return "members" if shared >= 0.5 else None


def excerpt(source: TextSource, start: int, end: int) -> bytes:
    """The bytes of the text from `start` to `end`."""
    parts, at = [], 0
    for block in source.blocks():
        if at + len(block) > start:
            parts.append(block[max(0, start - at) : end - at])
        at += len(block)
        if at >= end:
            break
    return b"".join(parts)


def _parsed(text: bytes) -> Any:
    try:
        return parse(text)
    except (ValueError, RecursionError):
        return None


def value_of(source: TextSource, node: Node) -> Any:
    """A value of at most `WHOLE` bytes, parsed; None where it is longer or broken."""
    return _parsed(excerpt(source, node.start, node.end)) if node.size <= WHOLE else None
