"""Numbers in addresses and forms: one function reads them, and only what a person means by a number is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.web import shell
from madang.web.shell.whole import is_whole, whole

_WEB = Path(shell.__file__).parents[1]


@pytest.mark.parametrize("said", ["0", "7", "007", "9" * 18])
def test_digits_are_a_number(said: str) -> None:
    assert is_whole(said)
    assert whole(said) == int(said)


@pytest.mark.parametrize(
    "said", [None, "", "²", "٣", "１", "-1", "+1", "1 ", "1.0", "1_0", "0x1", "9" * 19, "9" * 5_000]
)
def test_what_is_no_number_is_none(said: str | None) -> None:
    assert not is_whole(said)
    assert whole(said, otherwise=-5) == -5


def test_so_many_digits_and_no_more() -> None:
    assert whole("999", digits=3) == 999
    assert whole("1000", digits=3, otherwise=1) == 1


def test_no_page_reads_numbers_by_itself() -> None:
    """Digits of Unicode that ``int`` does not know have broken pages of the public."""
    own = [
        path.name
        for path in sorted(_WEB.rglob("*.py"))
        if path.name != "whole.py"
        and any(
            word in path.read_text(encoding="utf-8") for word in (".isdigit(", ".isdecimal(", ".isnumeric(")
        )
    ]
    assert own == []
