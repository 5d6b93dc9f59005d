"""Check digits of numbers of thirteen to sixteen digits, over matrices of digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Digits = NDArray[np.int64]  # one number in each row, one digit in each column
Marks = NDArray[np.bool_]

_FULL = "０１２３４５６７８９"
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def digits_of(texts: Any, length: int) -> Digits:
    """The digits of those `texts` (pa.Array of text) that have exactly `length` of them, anything else left out."""
    for number, full in enumerate(_FULL):
        texts = pc.replace_substring(texts, full, str(number))
    bare = pc.replace_substring_regex(texts.drop_null(), r"[^0-9]", "")
    bare = bare.filter(pc.equal(pc.binary_length(bare), length))
    joined = "".join(bare.to_pylist()).encode()
    return np.frombuffer(joined, np.uint8).astype(np.int64).reshape(-1, length) - ord("0")


def corporate(digits: Digits) -> Marks:
    """Whether thirteen digits obey the check digit of a corporate registration number (weights 1, 2 repeating)."""
    total = digits[:, :12] @ np.tile([1, 2], 6)
    return np.asarray((10 - total % 10) % 10 == digits[:, 12])


def barcode(digits: Digits) -> Marks:
    """Whether thirteen digits obey the check digit of an EAN-13 article number (weights 1, 3 repeating)."""
    total = digits[:, :12] @ np.tile([1, 3], 6)
    return np.asarray((10 - total % 10) % 10 == digits[:, 12])


def resident(digits: Digits) -> Marks:
    """Whether thirteen digits obey the check digit of resident numbers issued before October 2020."""
    total = digits[:, :12] @ np.array([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])
    return np.asarray((11 - total % 11) % 10 == digits[:, 12])


def foreigner(digits: Digits) -> Marks:
    """Whether thirteen digits obey the check digit of foreigners' numbers issued before October 2020."""
    total = digits[:, :12] @ np.array([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])
    return np.asarray((13 - total % 11) % 10 == digits[:, 12])


def dated(digits: Digits) -> Marks:
    """Whether digits 3 to 6 are a month and a day of it."""
    month, day = digits[:, 2] * 10 + digits[:, 3], digits[:, 4] * 10 + digits[:, 5]
    known = (month >= 1) & (month <= 12)
    return np.asarray(known & (day >= 1) & (day <= _DAYS[np.where(known, month, 0)]))


def century_gone(digits: Digits) -> Marks:
    """Whether the seventh digit says born before 1900: nobody alive has such a number, every running number does."""
    return np.asarray((digits[:, 6] == 0) | (digits[:, 6] == 9))


def luhn(digits: Digits) -> Marks:
    """Whether the digits obey the Luhn formula of payment cards (ISO/IEC 7812-1)."""
    backwards = digits[:, ::-1].copy()
    doubled = backwards[:, 1::2] * 2
    backwards[:, 1::2] = doubled - 9 * (doubled > 9)
    return np.asarray(backwards.sum(axis=1) % 10 == 0)


def luhn_text(number: str) -> bool:
    """`luhn` of one number as it is written."""
    array = pa.array([number])
    length = sum(character.isdigit() for character in number)
    found = luhn(digits_of(array, length))
    return bool(found.size and found[0])
