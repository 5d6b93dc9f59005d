"""Korean words as keystrokes (자모), as initial consonants (초성), and as typed with the keyboard in English."""

from __future__ import annotations

import re
import unicodedata

_FIRST, _SYLLABLES, _MEDIALS, _FINALS = 0xAC00, 11172, 21, 28
_INITIAL = [
    "ㄱ",
    "ㄲ",
    "ㄴ",
    "ㄷ",
    "ㄸ",
    "ㄹ",
    "ㅁ",
    "ㅂ",
    "ㅃ",
    "ㅅ",
    "ㅆ",
    "ㅇ",
    "ㅈ",
    "ㅉ",
    "ㅊ",
    "ㅋ",
    "ㅌ",
    "ㅍ",
    "ㅎ",
]
_MEDIAL = [
    "ㅏ",
    "ㅐ",
    "ㅑ",
    "ㅒ",
    "ㅓ",
    "ㅔ",
    "ㅕ",
    "ㅖ",
    "ㅗ",
    "ㅗㅏ",
    "ㅗㅐ",
    "ㅗㅣ",
    "ㅛ",
    "ㅜ",
    "ㅜㅓ",
    "ㅜㅔ",
    "ㅜㅣ",
    "ㅠ",
    "ㅡ",
    "ㅡㅣ",
    "ㅣ",
]
_FINAL = [
    "",
    *[
        "ㄱ",
        "ㄲ",
        "ㄱㅅ",
        "ㄴ",
        "ㄴㅈ",
        "ㄴㅎ",
        "ㄷ",
        "ㄹ",
        "ㄹㄱ",
        "ㄹㅁ",
        "ㄹㅂ",
        "ㄹㅅ",
        "ㄹㅌ",
        "ㄹㅍ",
        "ㄹㅎ",
        "ㅁ",
        "ㅂ",
        "ㅂㅅ",
        "ㅅ",
        "ㅆ",
        "ㅇ",
        "ㅈ",
        "ㅊ",
        "ㅋ",
        "ㅌ",
        "ㅍ",
        "ㅎ",
    ],
]
_COMPOUND = {"ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ",
             "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ", "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ",
             "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ"}  # fmt: skip
_KEYS = dict(
    zip(
        "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml",
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        strict=False,
    )
)
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_LONE = re.compile("([ㄱ-ㅣ]+)")
_SURROGATE = re.compile("[\ud800-\udfff]")

_SPELLED = {
    chr(_FIRST + code): _INITIAL[code // (_MEDIALS * _FINALS)]
    + _MEDIAL[code // _FINALS % _MEDIALS]
    + _FINAL[code % _FINALS]
    for code in range(_SYLLABLES)
}
_TO_KEYS = str.maketrans({**_SPELLED, **_COMPOUND})
_TO_INITIALS = str.maketrans(
    {chr(_FIRST + i): _INITIAL[i // (_MEDIALS * _FINALS)] for i in range(_SYLLABLES)}
)


def words(text: str) -> list[str]:
    """The words of a text in the form that is compared: NFKC, lower case, without punctuation.

    Lone consonants and vowels stay as they are typed (NFKC alone would turn ㅈ into a combining letter).
    """
    text = _SURROGATE.sub("", unicodedata.normalize("NFC", text))
    parts = (
        part if at % 2 else unicodedata.normalize("NFKC", part) for at, part in enumerate(_LONE.split(text))
    )
    return [word for word in _BETWEEN_WORDS.split("".join(parts).casefold()) if word]


def squeezed(text: str) -> str:
    """The words of a text without anything between them: "공영 주차장(노상)" -> "공영주차장노상"."""
    return "".join(words(text))


def jamo(text: str) -> str:
    """A text as the keys that type it: 주차장 -> ㅈㅜㅊㅏㅈㅏㅇ, 관 -> ㄱㅗㅏㄴ. Other characters stay."""
    return text.translate(_TO_KEYS)


def initials(text: str) -> str:
    """The first consonant of each syllable: 주차장 -> ㅈㅊㅈ. Other characters stay."""
    return text.translate(_TO_INITIALS)


def only_initials(word: str) -> bool:
    """Whether a word is typed as initial consonants, two at least: ㅈㅊㅈ."""
    return len(word) > 1 and all("ㄱ" <= char <= "ㅎ" for char in word)


def from_english_keys(word: str) -> str | None:
    """Jamo of a Korean word that was typed with the keyboard set to English: wnckwkd -> ㅈㅜㅊㅏㅈㅏㅇ.

    None where it cannot be one: another character than a Latin letter, or no vowel key in it.
    """
    typed = "".join(_KEYS.get(char) or _KEYS.get(char.lower(), "?") for char in word)
    return typed if "?" not in typed and any(char >= "ㅏ" for char in typed) else None
