"""Codes of areas through time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from madang.declarations.places import SHIPPED, load_places
from madang.places.history import CodeChange, CodeHistory

HISTORY = load_places(SHIPPED).history
BEFORE, AFTER = date(2018, 1, 1), date(2026, 8, 1)


def forwards(code: str, **options: object) -> tuple[str | None, str | None]:
    found = HISTORY.rekey(pa.array([code]), BEFORE, AFTER, **options)  # type: ignore[arg-type]
    assert len(found.code) == 1
    return found.code[0].as_py(), found.kind[0].as_py()


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("46110", "12110", "rename"),  # 목포시
        ("2920052000", "1233052000", "rename"),  # a dong of 광산구: the last five digits stay
        ("29110", "12210", "rename"),
        ("46910", "12870", "rename"),
        ("29", "12", "merge"),  # 광주 and 전남 became one
        ("4600000000", "1200000000", "merge"),
        ("2817010100", "2817710100", "rename"),  # 인천 남구 -> 미추홀구
        ("1111053000", "1111053000", "same"),
        ("28140", "28125", "merge"),  # 동구 went into 제물포구 whole
        ("28110", "28110", "undecided"),  # 중구 was split: its series cannot be continued
    ],
)
def test_a_code_is_brought_forwards(old: str, new: str, kind: str) -> None:
    assert forwards(old) == (new, kind)


def test_what_was_changed_goes_back_the_same_way() -> None:
    codes = pa.array(["46110", "2920052000", "29110", "2817010100", "1111053000"])
    there = HISTORY.rekey(codes, BEFORE, AFTER)
    back = HISTORY.rekey(there.code, AFTER, BEFORE)
    assert back.code.to_pylist() == codes.to_pylist()


def test_rekeying_twice_changes_nothing_more() -> None:
    codes = pa.array(["46110", "2920052000", "28170", "28110"])
    once = HISTORY.rekey(codes, None, AFTER)
    twice = HISTORY.rekey(once.code, None, AFTER)
    assert twice.code.to_pylist() == once.code.to_pylist()
    assert HISTORY.rekey(codes, AFTER, AFTER).code.to_pylist() == codes.to_pylist()


def test_a_file_that_mixes_old_and_new_codes_becomes_one() -> None:
    mixed = pa.array(["29200", "12330", "28170", "28177"])
    assert HISTORY.rekey(mixed, None, AFTER).code.to_pylist() == ["12330", "12330", "28177", "28177"]
    assert HISTORY.rekey(mixed, None, date(2021, 1, 1)).code.to_pylist() == [
        "29200",
        "29200",
        "28177",
        "28177",
    ]


def test_the_day_of_a_change_has_the_new_code() -> None:
    day = date(2026, 7, 1)
    code = pa.array(["29200"])
    assert HISTORY.rekey(code, BEFORE, date(2026, 6, 30)).code.to_pylist() == ["29200"]
    assert HISTORY.rekey(code, BEFORE, day).code.to_pylist() == ["12330"]
    assert HISTORY.rekey(pa.array(["12330"]), day, date(2026, 6, 30)).code.to_pylist() == ["29200"]


def test_a_split_with_weights_is_shared_out() -> None:
    weights = {("28110", "28125"): 30_000.0, ("28110", "28155"): 90_000.0}
    found = HISTORY.rekey(pa.array(["11110", "28110"]), BEFORE, AFTER, weights=weights)
    assert found.index.tolist() == [0, 1, 1]
    assert found.code.to_pylist() == ["11110", "28125", "28155"]
    np.testing.assert_allclose(found.weight, [1, 0.25, 0.75])
    assert found.kind.to_pylist() == ["same", "split", "split"]


def test_parts_that_come_together_again_are_one() -> None:
    days = [date(2020, 1, 1), date(2021, 1, 1)]
    history = CodeHistory(
        (
            CodeChange(days[0], "11110", "11111", "split", weight=0.4),
            CodeChange(days[0], "11110", "11112", "split", weight=0.6),
            CodeChange(days[1], "11111", "11113", "merge"),
            CodeChange(days[1], "11112", "11113", "merge"),
        )
    )
    found = history.rekey(pa.array(["1111053000"]), BEFORE, AFTER)
    assert found.code.to_pylist() == ["1111353000"]
    np.testing.assert_allclose(found.weight, [1.0])
    assert history.rekey(pa.array(["1111053000"]), BEFORE, date(2020, 6, 1)).code.to_pylist() == [
        "1111153000",
        "1111253000",
    ]


def test_a_code_that_was_given_to_another_area_is_not_guessed() -> None:
    """43112 was one 구 and then another: without the day of the file nobody knows which is meant."""
    day = date(2014, 7, 1)
    history = CodeHistory(
        (CodeChange(day, "43112", "43113", "rename"), CodeChange(day, "43710", "43112", "rename"))
    )
    code = pa.array(["43112"])
    assert history.rekey(code, date(2010, 1, 1), AFTER).code.to_pylist() == ["43113"]
    assert history.rekey(code, None, AFTER).kind.to_pylist() == ["undecided"]


def test_a_dong_whose_digits_were_given_anew_is_known_to_its_sigungu_only() -> None:
    assert forwards("2814010100") == ("2812500000", "coarser")


def test_changes_from_memory_are_used_only_when_asked_for_and_marked() -> None:
    code = pa.array(["2811014700"])  # 운서동
    shy = HISTORY.rekey(code, BEFORE, AFTER)
    assert shy.kind.to_pylist() == ["undecided"]
    assert shy.skipped
    bold = HISTORY.rekey(code, BEFORE, AFTER, trust_unverified=True)
    assert bold.code.to_pylist() == ["2815500000"]
    assert bold.verified.tolist() == [False]


def test_codes_nobody_knows_pass_through_flagged() -> None:
    codes = pa.array(["9999999999", None, "abc", "1111053000"])
    found = HISTORY.rekey(codes, None, AFTER, known=pa.array(["1111053000"]))
    assert found.code.to_pylist() == codes.to_pylist()
    assert found.kind.to_pylist() == ["unknown", None, "unknown", "same"]


def test_a_million_rows_cost_no_more_than_their_distinct_codes() -> None:
    codes = pa.array(["46110", "2920052000"]).take(pa.array(np.arange(1_000_000) % 2))
    found = HISTORY.rekey(codes, None, AFTER)
    assert found.code[999_999].as_py() == "1233052000"
    assert found.index[-1] == 999_999
