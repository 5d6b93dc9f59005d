"""Resident numbers where no column speaks for or against them: in titles, notes, names of files and sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import numpy as np

from madang.privacy import checksums
from madang.privacy.patterns import PATTERNS

# in bytes of any encoding that has ASCII within it; only with a dash between the halves
ASCII = r"(?:^|[^0-9.])[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]) ?- ?[1-8][0-9]{6}(?:$|[^0-9])"
_WRITTEN = re.compile(r"(?<![0-9.])[0-9]{6} ?- ?[1-8][0-9]{6}(?![0-9])")
_PATTERNS = [re.compile(pattern) for pattern in PATTERNS["rrn"]]
_CENTURY = {"1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}


def outright(texts: Iterable[str]) -> bool:
    """Whether some of `texts` surely hold a resident number, each seen by itself.

    Its birth date exists; with a mark between its halves it is no corporate number; in one run it has the
    check digit of numbers issued before October 2020, and not that of an article.
    """
    return any(
        _is_resident(found["number"])
        for text in texts
        for pattern in _PATTERNS
        for found in pattern.finditer(text)
    )


def written(text: str) -> set[str]:
    """The resident numbers in a text, as they are written there with a dash."""
    return {number for number in _WRITTEN.findall(text) if _is_resident(number)}


def _is_resident(written: str) -> bool:
    digits = "".join(str(int(c)) for c in written if c.isdigit())
    if len(digits) != 13 or digits[6] not in _CENTURY or not _born(digits):
        return False
    matrix = np.array([[int(digit) for digit in digits]])
    checked = bool(checksums.resident(matrix)[0] or checksums.foreigner(matrix)[0])
    if any(not c.isdigit() and not c.isspace() for c in written):
        return checked or not checksums.corporate(matrix)[0]
    return checked and not checksums.barcode(matrix)[0]


def _born(digits: str) -> bool:
    """Whether there is such a day (a leap day only in leap years)."""
    try:
        date(_CENTURY[digits[6]] + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return True
