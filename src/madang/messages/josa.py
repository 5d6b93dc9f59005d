"""Korean particles (조사) that depend on the word before them: 을/를, 이/가, 은/는, 과/와, 으로/로."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_PAIRS = {
    "을": ("을", "를"),
    "이": ("이", "가"),
    "은": ("은", "는"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
}
_DIGIT_FINAL = {
    "0": "ㅇ",
    "1": "ㄹ",
    "2": "",
    "3": "ㅁ",
    "4": "",
    "5": "",
    "6": "ㄱ",
    "7": "ㄹ",
    "8": "ㄹ",
    "9": "",
}
_HARMLESS = "\u200b\u200c\u200d\ufeff\u00ad"  # joiners and soft hyphens
_FIELD = re.compile(r"\{(\w+)(?::([^}]*))?\}(?:(['\"`’”」』〉》)]*)\{(을|이|은|과|으로)\})?")


def _final(word: str) -> str:
    """The final consonant of a word: "" for none, "ㄹ" for rieul, another mark for any other."""
    if word.lower().endswith("zip"):  # read as 집, not letter by letter
        return "ㅂ"
    for char in reversed(word):
        if char == "%":  # read as 퍼센트
            return ""
        if "가" <= char <= "힣":
            jong = (ord(char) - 0xAC00) % 28
            return "" if jong == 0 else ("ㄹ" if jong == 8 else "ㅇ")
        if char in _DIGIT_FINAL:
            return _DIGIT_FINAL[char]
        if char.isalpha():
            return {"l": "ㄹ", "r": "ㄹ", "m": "ㅁ", "n": "ㄴ"}.get(char.lower(), "")
    return ""


def josa(word: str, particle: str) -> str:
    """The form of `particle` (one of 을 이 은 과 으로) that follows `word`: josa("열", "을") -> "을"."""
    closed, open_ = _PAIRS[particle]
    final = _final(word)
    if particle == "으로" and final == "ㄹ":
        return open_
    return closed if final else open_


def printable(text: str) -> str:
    """`text` without what steers a terminal or turns a line around: such characters become U+FFFD."""
    return "".join("\ufffd" if _steers(char) else char for char in text) if not text.isprintable() else text


def _steers(char: str) -> bool:
    return (
        char not in "\n\t"
        and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and char not in _HARMLESS
    )


def with_josa(template: str, params: Mapping[str, Any]) -> str:
    """Fill ``{name}`` fields of `template` and the particle pairs that follow them."""

    def fill(match: re.Match[str]) -> str:
        name, spec, closing, particle = match.groups()
        value = params[name]
        shown = printable(format(value, spec) if spec and not isinstance(value, str) else str(value))
        tail = (closing or "") + josa(shown, particle) if particle else ""
        return shown + tail

    return _FIELD.sub(fill, template)
