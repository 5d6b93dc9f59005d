"""Proper names for what the register of buildings only counts: 새솔2제1고등학교 is called 새솔고등학교, the next one 윤슬고등학교."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

from madang.samplecity.words import words

_COUNTED = re.compile(r"(?P<stem>[^\d ]+)(?:\d+|\d*제\d+)")  # what stands before the kind


def called(names: Sequence[str]) -> tuple[str, ...]:
    """The names of buildings, with a proper name of its own kind in place of each that counts; no two of them are equal."""
    told = {kind: each["words"] for each in words("facilities")["called"] for kind in each["kinds"]}
    kinds = [next((kind for kind in told if name.endswith(kind)), "") for name in names]
    counted = [_COUNTED.fullmatch(name.removesuffix(kind)) if kind else None for name, kind in zip(names, kinds, strict=True)]  # fmt: skip
    taken = {name for name, match in zip(names, counted, strict=True) if match is None}
    found = []
    for name, kind, match in zip(names, kinds, counted, strict=True):
        own = name if match is None else _free(match["stem"], kind, told[kind], taken, crc32(name.encode()))
        taken.add(own)
        found.append(own)
    return tuple(found)


def _free(stem: str, kind: str, told: Sequence[str], taken: set[str], start: int) -> str:
    """The first name that nobody has: that of the place, a word, a word of the place."""
    turned = [told[(start + step) % len(told)] for step in range(len(told))]
    tries = [
        f"{stem}{kind}",
        *(f"{word}{kind}" for word in turned),
        *(f"{stem}{word}{kind}" for word in turned),
    ]
    return next((each for each in tries if each not in taken), f"{stem}{turned[0]}{turned[1]}{kind}")
