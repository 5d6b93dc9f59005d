"""Sentences out of parts: a template is laid out into all its alternatives once, letters then pick among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from madang.samplecity.layers.voices.endings import ends

_ALTERNATIVE = re.compile(r"\(([^()]*\|[^()]*)\)")
_MARK = re.compile(r"<([^<>]+)([vapnrqQm])>\s*$")
_BEFORE_MARK = re.compile(r"\(([^()]*)\)<([a-zA-Z])>")
_WORD_MARK = re.compile(r"([가-힣]+)<([vapnrqQm])>")
_PARTICLE = re.compile(r"\)(이|가|을|를|은|는|과|와|으로|로)(?=[ ])")
_SAME = {"가": "이", "를": "을", "는": "은", "와": "과", "로": "으로"}
_ONLY = re.compile(r"^([^:<>()|]+):: ?(?=\S)")
_MONTHS = re.compile(r"m(\d+)-(\d+)$")
_MOST = 360  # alternatives of one template


@dataclass(frozen=True)
class Frame:
    """A sentence up to its predicate, and the predicate (stem "" where the sentence is complete).

    Where it stands under conditions (``공사,m11-2,-elder:: …``): about which subjects, in which months, not in which registers.
    """

    front: str
    stem: str
    kind: str
    subjects: frozenset[str] = frozenset()
    months: frozenset[int] = frozenset()
    not_in: frozenset[str] = frozenset()

    def fits(self, subjects: frozenset[str], month: int) -> bool:
        """Whether it may stand in a text about `subjects` written in `month` (0: in any, so that it must fit all)."""
        return (not self.subjects or bool(self.subjects & subjects)) and (
            not self.months or month in self.months
        )

    def said(self, register: str, pick: int, slot: str = "") -> str:
        """The sentence in a register; `pick` decides among its endings."""
        if not self.stem:
            return self.front
        forms = ends(self.stem, self.kind, register, slot)
        return self.front + forms[pick % len(forms)]


def frames(template: str) -> list[Frame]:
    """Every sentence that a template (lines, each with its alternatives) stands for."""
    return [frame for line in template.splitlines() if line.strip() for frame in _of_line(line.strip())]


def _of_line(line: str) -> list[Frame]:
    only = _ONLY.match(line)
    if only:
        conditions = _conditions(only[1].split(","))
        return [replace(frame, **conditions) for frame in _of_line(line[only.end() :])]
    line = _BEFORE_MARK.sub(r"<(\1)\2>", line)
    line = _WORD_MARK.sub(r"<\1\2>", line)
    line = line.replace(")로서", "){으로}서")
    line = _PARTICLE.sub(lambda found: "){" + _SAME.get(found[1], found[1]) + "}", line)
    pieces = _ALTERNATIVE.split(line)
    choices = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(pieces)]
    count = 1
    for choice in choices:
        count *= len(choice)
    step = max(1, count // _MOST)
    while step > 1 and any(step % len(choice) == 0 for choice in choices if len(choice) > 1):
        step += 1  # so that every alternative comes up
    return [_framed("".join(parts)) for parts in islice(product(*choices), 0, None, step)]


def _conditions(told: list[str]) -> dict[str, Any]:
    months: set[int] = set()
    for found in filter(None, map(_MONTHS.match, told)):
        first, last = int(found[1]), int(found[2])
        months |= {(first - 1 + at) % 12 + 1 for at in range((last - first) % 12 + 1)}
    subjects = {each for each in told if each[0] != "-" and not _MONTHS.match(each)}
    not_in = {each[1:] for each in told if each[0] == "-"}
    return {"subjects": frozenset(subjects), "months": frozenset(months), "not_in": frozenset(not_in)}


def _framed(sentence: str) -> Frame:
    found = _MARK.search(sentence)
    if not found:
        return Frame(sentence, "", "")
    return Frame(sentence[: found.start()], found[1], found[2])


def lines(template: str) -> list[str]:
    """Every line that a template of titles or finished sentences stands for."""
    return [frame.front for frame in frames(template)]


def said(pool: Sequence[Frame], register: str, pick: int) -> str:
    """One of the sentences of `pool`: `pick` decides which, and how it ends."""
    return pool[pick % len(pool)].said(register, pick // 7919)
