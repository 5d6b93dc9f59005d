"""Whole numbers in addresses, forms and headers."""

from __future__ import annotations


def is_whole(said: str | None, digits: int = 18) -> bool:
    """Whether a text is 1 to `digits` digits from 0 to 9: "²" and "٣" are digits of Unicode, and no number that a
    person meant. Eighteen digits fit into every column of the database."""
    return said is not None and len(said) <= digits and said.isascii() and said.isdigit()


def whole(said: str | None, digits: int = 18, otherwise: int = 0) -> int:
    """The number that a text is; `otherwise` where it is none."""
    return int(said) if said is not None and is_whole(said, digits) else otherwise
