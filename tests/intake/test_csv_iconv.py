"""The C library's CP949 is Python's CP949, code by code; what is no text is left to Python."""

from __future__ import annotations

import pytest

from madang.intake.csv_iconv import Converter, converter


@pytest.fixture
def quick() -> Converter:
    found = converter("cp949")
    if found is None:
        pytest.skip("this C library has no iconv for CP949")
    return found


def test_every_code_reads_as_python_reads_it(quick: Converter) -> None:
    codes = [bytes([a]) for a in range(0x80)] + [
        bytes([a, b]) for a in range(0x80, 0x100) for b in range(0x100)
    ]
    for code in codes:
        try:
            expected: tuple[bytes, int] | None = (code.decode("cp949").encode(), len(code))
        except UnicodeDecodeError:
            expected = None
        assert (
            quick.convert(code + b",")[0][:-1] == expected[0] if expected else quick.convert(code) is None
        ), code


def test_half_a_character_at_the_end_is_left(quick: Converter) -> None:
    assert quick.convert("가나".encode("cp949")[:3]) == ("가".encode(), 2)
    assert quick.convert("나".encode("cp949")) == ("나".encode(), 2)  # nothing was remembered


def test_other_codecs_have_none() -> None:
    assert converter("utf-8") is None
