"""Korean words as keys, as initials, and as typed in the other keyboard language; expected by hand."""

from __future__ import annotations

import unicodedata

import pytest

from madang.find.jamo import from_english_keys, initials, jamo, only_initials, squeezed, words


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("주차장", "ㅈㅜㅊㅏㅈㅏㅇ"),
        ("관", "ㄱㅗㅏㄴ"),  # a compound vowel is two keys
        ("값", "ㄱㅏㅂㅅ"),  # so is a compound final
        ("까", "ㄲㅏ"),  # a tense consonant is one, with shift
        ("의", "ㅇㅡㅣ"),
        ("wifi 5", "wifi 5"),
        ("가", "ㄱㅏ"),
        ("힣", "ㅎㅣㅎ"),
    ],
)
def test_jamo_are_the_keys_that_type_a_word(text: str, keys: str) -> None:
    assert jamo(text) == keys


def test_initials() -> None:
    assert initials("주차장") == "ㅈㅊㅈ"
    assert initials("꽃길 2호") == "ㄲㄱ 2ㅎ"


@pytest.mark.parametrize(
    ("word", "whether"), [("ㅈㅊㅈ", True), ("ㅈ", False), ("ㅈㅊ장", False), ("ㅏㅏ", False)]
)
def test_only_initials(word: str, whether: bool) -> None:
    assert only_initials(word) is whether


def test_words_are_compared_without_case_and_punctuation() -> None:
    assert words("공영 주차장(노상), Wi-Fi") == ["공영", "주차장", "노상", "wi", "fi"]
    assert squeezed("ＣＣＴＶ 설치_현황") == "cctv설치현황"
    assert words(' "* ') == []


def test_words_written_apart_by_a_mac_are_the_same() -> None:
    assert words(unicodedata.normalize("NFD", "주차장")) == ["주차장"]


def test_lone_consonants_stay_as_typed() -> None:
    assert words("ㅈㅊㅈ 주차ㅈ") == ["ㅈㅊㅈ", "주차ㅈ"]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("wnckwkd", jamo("주차장")),
        ("ehtjrhks", jamo("도서관")),
        ("Rhc", jamo("꽃")),
        ("rst", None),
        ("a1", None),
    ],
)
def test_korean_typed_with_the_english_keyboard(typed: str, keys: str | None) -> None:
    assert from_english_keys(typed) == keys
