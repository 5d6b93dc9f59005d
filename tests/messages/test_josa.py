"""Particles follow the word before them; what steers a terminal does not get through."""

from __future__ import annotations

import pytest

from madang.messages.josa import josa, printable, with_josa


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("도서관", "을", "을"), ("주차", "을", "를"), ("공원", "이", "이"), ("버스", "이", "가"), ("3판", "은", "은"),
        ("서울", "으로", "로"), ("구", "으로", "로"), ("동", "으로", "으로"), ("1", "이", "이"), ("2", "이", "가"),
        ("파일(3)", "을", "을"), ("80.0\u202f%", "으로", "로"), ("", "을", "를"), ("자료.zip", "을", "을"), ("자료.csv", "은", "는"),
    ],
)  # fmt: skip
def test_a_particle_by_the_last_syllable(word: str, particle: str, expected: str) -> None:
    assert josa(word, particle) == expected


def test_a_sentence_is_filled() -> None:
    assert (
        with_josa("'{column}'{을} 봅니다. {n:,}건", {"column": "주소", "n": 1234})
        == "'주소'를 봅니다. 1,234건"
    )


@pytest.mark.parametrize("quoted", ["'{x}'{이}", "‘{x}’{이}", "“{x}”{이}", "「{x}」{이}", "《{x}》{이}"])
def test_a_particle_finds_the_word_behind_its_quotation_marks(quoted: str) -> None:
    assert with_josa(quoted, {"x": "문"})[-1] == "이"
    assert with_josa(quoted, {"x": "차"})[-1] == "가"


@pytest.mark.parametrize("hostile", ["\x1b]0;pwn\x07", "\x9b31m", "‮txt.exe", "a\rb", "\udcff"])
def test_what_steers_a_terminal_is_replaced(hostile: str) -> None:
    assert not set(printable(f"이름{hostile}")) & set("\x1b\x07\x9b‮\r\udcff")
    assert printable(f"이름{hostile}").startswith("이름")


def test_ordinary_text_stays() -> None:
    for text in ("가나다 123", "둘째\n줄", "탭\t칸", "a​b", "😀"):
        assert printable(text) == text
