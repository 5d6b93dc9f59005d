"""Personal numbers taken out of texts: a mask of their kind in their place, everything else as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.privacy import checksums, prefilter
from madang.privacy.patterns import DIGITS, MASKS, PATTERNS, SEARCHED, Kind
from madang.privacy.scan import coded, matching

_COMPILED = {kind: [re.compile(pattern) for pattern in PATTERNS[kind]] for kind in SEARCHED}


def mask(cells: Any, kinds: Iterable[Kind], *, whole: bool = False) -> Any:
    """`cells` (array of text) with every number of `kinds` replaced by the mask of its kind; nulls stay null.

    `whole` (of a Finding: the column is nothing else) stars every digit and letter instead, however it is written.
    `name` is always of whole cells (홍길동 -> 홍*동): use it on columns that `judge` found to hold names, never on
    free text. `birth` and `insurance` are, too.
    """
    wanted = tuple(kinds)
    if isinstance(cells, pa.ChunkedArray):
        return pa.chunked_array([mask(chunk, wanted, whole=whole) for chunk in cells.chunks], cells.type)
    if "name" in wanted:
        cells = _names_masked(cells)
    rest = [kind for kind in wanted if kind != "name"]
    if rest and (whole or {"birth", "insurance"} & set(rest)):
        return pc.replace_substring_regex(cells, rf"[A-Za-z가-힣{DIGITS}]", "*")
    return _numbers_masked(cells, [kind for kind in SEARCHED if kind in rest])


def redact_all(cells: Any) -> Any:
    """Free text (array) without any number of any kind: for everything that is shown, indexed or sent on."""
    return mask(cells, SEARCHED)


def redact(text: str, kinds: Iterable[Kind] = SEARCHED) -> str:
    """One free text without any number of `kinds`: problem rows, log lines, sentences of errors."""
    for kind in kinds:
        text = _redacted(text, kind)
    return text


def _redacted(text: str, kind: Kind) -> str:
    for pattern in _COMPILED[kind]:
        for _ in range(2):  # two numbers may share the character between them
            text = pattern.sub(lambda found: _masked(found, kind), text)
    return text


def _masked(found: re.Match[str], kind: Kind) -> str:
    if kind == "card" and not checksums.luhn_text(found["number"]):
        return found[0]
    return f"{found['left']}{MASKS[kind]}{found['right']}"


def _numbers_masked(cells: Any, kinds: list[Kind]) -> Any:
    texts = pc.fill_null(cells, "") if cells.null_count else cells
    rows = prefilter.numbered(*prefilter.bytes_of(texts))
    if not rows.size or not kinds:
        return cells
    values, codes = coded(texts.take(pa.array(rows)))
    for kind in kinds:
        values = _replaced(values, kind)
    masked = pc.take(values.cast(cells.type), pa.array(codes))
    chosen = np.zeros(len(cells), np.bool_)
    chosen[rows] = True
    return pc.replace_with_mask(cells, pa.array(chosen), masked)


def _replaced(values: Any, kind: Kind) -> Any:
    hit = matching(values, kind)
    if not hit.any():
        return values
    at = pa.array(hit)
    found = values.filter(at)
    if kind == "card":  # each number is checked by itself
        new = pa.array([_redacted(text, kind) for text in found.to_pylist()], values.type)
    else:
        new = found
        for pattern in PATTERNS[kind] * 2:  # two numbers may share the character between them
            new = pc.replace_substring_regex(new, pattern, rf"\1{MASKS[kind]}\3")
    return pc.replace_with_mask(values, at, new)


def _names_masked(cells: Any) -> Any:
    """홍길동 -> 홍*동, 이준 -> 이*, 남궁민수 -> 남**수; other words keep their first letter."""
    hangul = pc.replace_substring_regex(cells, r"([가-힣])[가-힣]{2}([가-힣])", r"\1**\2")
    hangul = pc.replace_substring_regex(hangul, r"([가-힣])[가-힣]([가-힣])", r"\1*\2")
    hangul = pc.replace_substring_regex(hangul, r"(^|[^가-힣*])([가-힣])[가-힣]($|[^가-힣*])", r"\1\2*\3")
    return pc.replace_substring_regex(hangul, r"([A-Za-z])[A-Za-z]+", r"\1***")
