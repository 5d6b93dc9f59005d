"""The look at the bytes may pass a cell for nothing; it may never leave one out. Refereed by searching every cell."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.privacy import mask, redact, redact_all, scan
from madang.privacy.patterns import SEARCHED
from madang.privacy.prefilter import bytes_of, numbered
from madang.privacy.scan import matching

PIECES = [
    "9", "01", "010", "02", "1234", "5678", "900101", "1234567", "1588", "4111", "1111", "110", "123456", "85", "서울", "82",
    "-", " ", ".", "–", "）", ")", "(", "\u00a0", "+", "*", "●", "X", "@", "a", "M", "x.kr", "가", "호", "동", "은행", "계좌 ", ":", "１２", "３４５６７",
    "９００１０１", "－", "\n", "/", "=", ",",
]  # fmt: skip
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), max_size=8)


def with_a_number(texts: list[str]) -> list[int]:
    cells = pa.array(texts, pa.string())
    hit = np.zeros(len(cells), np.bool_)
    for kind in SEARCHED:
        hit |= matching(cells, kind)
    return [int(row) for row in np.flatnonzero(hit)]


@settings(deadline=None)
@given(TEXTS)
def test_no_cell_with_a_number_is_left_out(texts: list[str]) -> None:
    passed = set(numbered(*bytes_of(pa.array(texts, pa.string()))).tolist())
    assert [row for row in with_a_number(texts) if row not in passed] == []


def test_no_cell_of_a_long_column_is_left_out() -> None:
    rng = random.Random(1)
    texts = ["".join(rng.choices(PIECES, k=rng.randrange(3, 10))) for _ in range(60_000)]
    found = with_a_number(texts)
    passed = set(numbered(*bytes_of(pa.array(texts, pa.string()))).tolist())
    assert len(found) > 300
    assert [texts[row] for row in found if row not in passed] == []


@settings(deadline=None)
@given(TEXTS)
def test_a_text_and_an_array_of_it_are_redacted_alike(texts: list[str]) -> None:
    cells = pa.array(texts, pa.string())
    assert redact_all(cells).to_pylist() == [redact(text) for text in texts]


@settings(deadline=None)
@given(TEXTS)
def test_what_was_redacted_holds_nothing_more(texts: list[str]) -> None:
    redacted = redact_all(pa.array(texts, pa.string()))
    left = {kind: n for kind, n in scan(redacted, SEARCHED).cells.items() if kind != "rrn_masked"}
    assert redact_all(redacted).equals(redacted) or left == {}
    assert mask(redacted, ["rrn"]).equals(redacted)


def test_empty_arrays_hold_nothing() -> None:
    for cells in (pa.array([], pa.string()), pa.array([None, None], pa.string()), pa.array(["", ""])):
        assert scan(cells).cells == {}
        assert redact_all(cells).equals(cells)
    assert scan(pa.chunked_array([], pa.string())).rows == 0
