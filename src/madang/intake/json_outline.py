"""The outline of a JSON text: which objects and arrays stand in which, and how many; not their contents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from madang.intake.json_scan import Block, Scanner
from madang.intake.json_text import TextSource
from madang.intake.raw import Progress, Refused

_LEVELS = 8  # looked into so deep
_CHILDREN = 24  # of one object or array looked at one by one; more are only counted
_STEPS = 20_000  # brackets looked at one by one in a file
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:\s*\Z', re.S)
_BEFORE = 600  # bytes before a bracket in which its key is looked for
_OPEN = {ord("{"): "object", ord("["): "array"}


@dataclass
class Node:
    """An object or array: where it stands (bytes of the text, both brackets included) and what stands in it."""

    kind: Literal["object", "array"]
    key: str
    start: int
    line: int
    level: int  # its brackets' depth: 1 for the outermost
    end: int = 0
    objects: int = 0  # objects directly in it
    arrays: int = 0
    children: list[Node] = field(default_factory=list)  # the first of them
    parent: Node | None = None

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def path(self) -> tuple[str, ...]:
        """The keys on the way to it."""
        above = self.parent.path if self.parent else ()
        return (*above, self.key) if self.key else above

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Outline:
    """The outermost values of a text; `before` is what stands before the first."""

    roots: list[Node] = field(default_factory=list)
    count: int = 0  # of outermost objects and arrays
    before: bytes = b""


def outline(source: TextSource, progress: Progress) -> Outline:
    """The outline of a text, read once.

    Raises Refused(json_cut_off, json_unmatched, json_nested_too_deep) with the line."""
    scanner, builder = Scanner(), _Builder()
    for block in scanner.scan(source.blocks()):
        builder.take(block)
        progress(source.done // 3, source.size)
    if scanner.depth or scanner.in_string:
        raise Refused("json_cut_off", line=scanner.line, byte=f"{scanner.start:,}")
    return builder.outline


class _Builder:
    """Builds the outline from the brackets of one block after another."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.stack: list[Node] = []
        self.steps = _STEPS
        self.before = b""

    def take(self, block: Block) -> None:
        if not self.outline.count:
            first = int(block.at[0]) if len(block.at) else len(block.data)
            self.outline.before = (self.outline.before + block.data[:first])[:_BEFORE]
        at, total = 0, len(block.at)
        while at < total:
            if self._crowded():
                at = self._skip(block, at)
            else:
                self._step(block, at)
                at += 1
        self.before = block.data[-_BEFORE:]

    def _crowded(self) -> bool:
        top = self.stack[-1] if self.stack else None
        if self.steps <= 0 or len(self.stack) >= _LEVELS:
            return True
        return (top.objects + top.arrays if top else self.outline.count) >= _CHILDREN

    def _step(self, block: Block, at: int) -> None:
        self.steps -= 1
        place, sign = int(block.at[at]), int(block.sign[at])
        kind = _OPEN.get(sign)
        if kind is None:
            self._close(block, place, sign)
            return
        top = self.stack[-1] if self.stack else None
        node = Node(
            "object" if kind == "object" else "array",
            self._key(block, place) if top and top.kind == "object" else "",
            block.start + place,
            block.line_at(place),
            len(self.stack) + 1,
            parent=top,
        )
        if top is None:
            self.outline.roots.append(node)
            self.outline.count += 1
        else:
            top.children.append(node)
            top.objects += kind == "object"
            top.arrays += kind == "array"
        self.stack.append(node)

    def _skip(self, block: Block, at: int) -> int:
        """Count what is left in the innermost open value; the place of the next bracket to look at."""
        level = len(self.stack)
        depth, sign = block.depth[at:], block.sign[at:]
        closing = np.flatnonzero(depth < level) if level else depth[:0]
        last = int(closing[0]) if len(closing) else len(depth)
        inside = sign[:last][depth[:last] == level + 1]
        objects, arrays = int((inside == ord("{")).sum()), int((inside == ord("[")).sum())
        if not level:
            self.outline.count += objects + arrays
            return at + last
        self.stack[-1].objects += objects
        self.stack[-1].arrays += arrays
        if last == len(depth):
            return at + last
        self._close(block, int(block.at[at + last]), int(sign[last]))
        return at + last + 1

    def _close(self, block: Block, place: int, sign: int) -> None:
        node = self.stack.pop()
        if (node.kind == "object") != (sign == ord("}")):
            byte = block.start + place + 1
            raise Refused("json_unmatched", line=block.line_at(place), byte=f"{byte:,}")
        node.end = block.start + place + 1

    def _key(self, block: Block, place: int) -> str:
        text = block.data[max(0, place - _BEFORE) : place]
        if place < _BEFORE:
            text = self.before[-_BEFORE:] + text
        found = _KEY.search(text)
        if not found:
            return ""
        try:
            return str(json.loads(b'"' + found[1] + b'"', strict=False))
        except ValueError:
            return ""
