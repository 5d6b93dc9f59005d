"""Korean endings: particles by the final consonant of the word before them, and predicates in the registers people write in.

A predicate is written in templates as its stem and a letter for what it is: ``<막히v>`` verb, ``<위험하a>`` adjective (있다 and 없다
too), ``<막히p>`` past, ``<상태n>`` noun with 이다, ``<단속하r>`` something asked for, ``<신청하q>`` a question.
"""

from __future__ import annotations

import re
from functools import cache

_FIRST, _TAILS = 0xAC00, 28
_PAIRS = {  # after a consonant, after a vowel
    "이": ("이", "가"),
    "을": ("을", "를"),
    "은": ("은", "는"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이라": ("이라", "라"),
    "이나": ("이나", "나"),
}
_MARK = re.compile(r"(.)([)\"'’”\]]*)\{(이|을|은|과|으로|이라|이나)\}")
_DIGIT_TAILS = dict(zip("0123456789", (21, 8, 0, 16, 0, 0, 1, 8, 8, 0), strict=True))  # 영 일 이 삼 …
_KEEP_P = set("잡뽑좁입씹집굽업뵙접꼽")  # ㅂ that stays
_SOFT_T = {"듣": "들", "걷": "걸", "묻": "물", "깨닫": "깨달"}
_SOFT_S = {"낫": "나", "붓": "부", "짓": "지", "잇": "이"}
_LIGHT = (0, 2, 8)  # ㅏ ㅑ ㅗ


def tail(word: str) -> int:
    """The number of the final consonant of a word, 0 where it has none: of digits as they are read."""
    last = word[-1:]
    if last in _DIGIT_TAILS:
        return _DIGIT_TAILS[last]
    code = ord(last) - _FIRST if last else -1
    return code % _TAILS if 0 <= code < 11172 else 0


def with_particles(text: str) -> str:
    """`{이}`, `{을}`, `{은}`, `{과}`, `{으로}` as they sound after the word before them."""
    return _MARK.sub(_particle, text) if "{" in text else text


def _particle(found: re.Match[str]) -> str:
    number = tail(found[1])
    closed = number != 0 and not (found[3] == "으로" and number == 8)
    return found[1] + found[2] + _PAIRS[found[3]][0 if closed else 1]


def _parts(syllable: str) -> tuple[int, int, int]:
    code = ord(syllable) - _FIRST
    return code // (21 * _TAILS), code // _TAILS % 21, code % _TAILS


def _made(first: int, vowel: int, last: int = 0) -> str:
    return chr(_FIRST + (first * 21 + vowel) * _TAILS + last)


def closed(stem: str, consonant: int) -> str:
    """A stem that ends in a vowel or ㄹ, with a final consonant: 하 + ㅂ = 합, 만들 + ㄴ = 만든."""
    first, vowel, last = _parts(stem[-1])
    if last == 8 and consonant == 16:  # ㄹ + ㅁ = ㄻ
        return stem[:-1] + _made(first, vowel, 10)
    return stem[:-1] + _made(first, vowel, consonant)


@cache
def soft(stem: str) -> str:
    """The stem as it stands before 으: 어둡 -> 어두우, 듣 -> 들으, 먹 -> 먹으, 하 -> 하, 만들 -> 만드."""
    last = tail(stem)
    if last == 0:
        return stem
    if last == 8:
        return closed(stem, 0)
    if last == 17 and stem[-1] not in _KEEP_P:
        return closed(stem, 0) + "우"
    return _softened(stem) + "으"


def _softened(stem: str) -> str:
    for table in (_SOFT_T, _SOFT_S):
        for hard, mild in table.items():
            if stem.endswith(hard):
                return stem[: -len(hard)] + mild
    return stem


@cache
def infinitive(stem: str) -> str:
    """The form in 아 or 어: 하 -> 해, 막히 -> 막혀, 어둡 -> 어두워, 모르 -> 몰라, 있 -> 있어."""
    if stem.endswith("하"):
        return stem[:-1] + "해"
    first, vowel, last = _parts(stem[-1])
    if last == 17 and stem[-1] not in _KEEP_P:
        return closed(stem, 0) + ("와" if stem[-1] in "돕곱" else "워")
    if last:
        return _softened(stem) + ("아" if vowel in _LIGHT else "어")
    if stem.endswith("르") and len(stem) > 1 and not stem.endswith(("따르", "치르", "들르")):
        light = _parts(stem[-2])[1] in _LIGHT
        return closed(stem[:-1], 8) + ("라" if light else "러")
    if vowel == 18:  # ㅡ falls
        light = len(stem) > 1 and _parts(stem[-2])[1] in _LIGHT
        return stem[:-1] + _made(first, 0 if light else 4)
    joined = {0: 0, 4: 4, 1: 1, 5: 5, 6: 6, 8: 9, 13: 14, 20: 6, 11: 10}.get(vowel)
    return stem[:-1] + _made(first, joined) if joined is not None else stem + "어"


@cache
def past(stem: str) -> str:
    """The stem of the past: 막히 -> 막혔, 하 -> 했."""
    found = infinitive(stem)
    return found[:-1] + _made(*_parts(found[-1])[:2], 20)


@cache
def nida(stem: str) -> str:
    return stem + "습니다" if tail(stem) not in (0, 8) else closed(stem, 17) + "니다"


@cache
def noun(stem: str) -> str:
    """The noun of a verb: 막히 -> 막힘, 있 -> 있음, 만들 -> 만듦, 어둡 -> 어두움."""
    if tail(stem) in (0, 8):
        return closed(stem, 16)
    mild = soft(stem)
    return closed(mild, 16)


def _bare(stem: str, kind: str) -> tuple[str, bool]:
    """The stem without its tense, and whether it is conjugated as a verb of the present."""
    if kind == "p":
        return past(stem), False
    return stem, kind == "v"


@cache
def plain(stem: str, kind: str) -> str:
    """막힌다, 먹는다, 위험하다, 막혔다."""
    stem, verb = _bare(stem, kind)
    if not verb:
        return stem + "다"
    return closed(stem, 4) + "다" if tail(stem) in (0, 8) else stem + "는다"


@cache
def before_noun(stem: str, kind: str) -> str:
    """막히는, 위험한, 있는, 막힌."""
    if kind == "p":
        return closed(soft(stem), 4)
    if kind == "v" or stem.endswith(("있", "없", "겠")):
        return (closed(stem, 0) if tail(stem) == 8 else stem) + "는"
    return closed(soft(stem), 4)


@cache
def though(stem: str, kind: str) -> str:
    """막히는데, 위험한데, 막혔는데."""
    return past(stem) + "는데" if kind == "p" else before_noun(stem, kind) + "데"


@cache
def surprised(stem: str, kind: str) -> str:
    stem, _ = _bare(stem, kind)
    return (closed(stem, 0) if tail(stem) == 8 else stem) + "네"


@cache
def said(stem: str, kind: str) -> str:
    """What is told of what somebody said: 막힌다고, 위험하다고, 상태라고."""
    if kind == "n":
        return stem + ("이라고" if tail(stem) else "라고")
    return plain(stem, kind) + "고"


@cache
def yo(stem: str, kind: str) -> str:
    if kind == "n":
        return stem + ("이에요" if tail(stem) else "예요")
    return past(stem) + "어요" if kind == "p" else infinitive(stem) + "요"
