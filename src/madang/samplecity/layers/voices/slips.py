"""Slips of the finger and of spelling, as people make them."""

from __future__ import annotations

import re
from collections.abc import Callable

_FIRST = 0xAC00
_SWAPPED = {1: 5, 5: 1}  # ㅐ, ㅔ
_WORDS = (
    ("됐", "됬"),
    ("돼", "되"),
    ("왜 ", "외 "),
    ("며칠", "몇일"),
    ("안 ", "않 "),
    ("어이가", "어의가"),
    ("거예요", "거에요"),
    ("금세", "금새"),
    ("오랜만", "오랫만"),
    ("굳이", "구지"),
    ("바랍니다", "바램니다"),
    ("웬 ", "왠 "),
    ("습니다", "슴니다"),
    ("할게", "할께"),
)
_PARTICLE = re.compile(r"(?<=[가-힣]{2})[을를](?= )")
_SPACE = re.compile(r" ")
_STOP = re.compile(r"\.(?= |$)")


def _no_spaces(text: str, pick: int) -> str:
    """Most blanks are lost: every blank but each second, third or fourth."""
    keep, at = 2 + pick % 3, 0

    def blank(found: re.Match[str]) -> str:
        nonlocal at
        at += 1
        return " " if at % keep == 0 else ""

    return _SPACE.sub(blank, text)


def _one_space(text: str, pick: int) -> str:
    places = [at for at, sign in enumerate(text) if sign == " "]
    if not places:
        return text
    at = places[pick % len(places)]
    return text[:at] + text[at + 1 :]


def _vowel(text: str, pick: int) -> str:
    """One ㅐ becomes ㅔ or the other way round."""
    places = [at for at, sign in enumerate(text) if "가" <= sign <= "힣" and (ord(sign) - _FIRST) // 28 % 21 in _SWAPPED]  # fmt: skip
    if not places:
        return text
    at = places[pick % len(places)]
    code = ord(text[at]) - _FIRST
    vowel = code // 28 % 21
    return text[:at] + chr(_FIRST + code + (_SWAPPED[vowel] - vowel) * 28) + text[at + 1 :]


def _spelling(text: str, pick: int) -> str:
    for step in range(len(_WORDS)):
        right, wrong = _WORDS[(pick + step) % len(_WORDS)]
        if right in text:
            return text.replace(right, wrong, 1)
    return text


def _particle(text: str, pick: int) -> str:
    return _PARTICLE.sub("", text, count=1 + pick % 2)


def _doubled(text: str, pick: int) -> str:
    places = [at for at, sign in enumerate(text) if "가" <= sign <= "힣"]
    at = places[pick % len(places)] if places else 0
    return text[: at + 1] + text[at : at + 1] + text[at + 1 :]


def _stops(text: str, pick: int) -> str:
    return _STOP.sub(("", "..", ",", "~", " .")[pick % 5], text)


_SLIPS: tuple[Callable[[str, int], str], ...] = (
    _one_space,
    _no_spaces,
    _vowel,
    _spelling,
    _particle,
    _stops,
    _doubled,
    _one_space,
    _vowel,
    _stops,
)


def slipped(text: str, pick: int) -> str:
    """The text with one to three slips."""
    for _ in range(1 + pick % 3):
        pick //= 3
        text = _SLIPS[pick % len(_SLIPS)](text, pick // 11)
        pick = pick * 48271 % 2147483647
    return text
