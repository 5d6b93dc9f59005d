"""What is made of others is as closed as the strictest: intersections worked out by hand."""

from __future__ import annotations

import pytest

from madang.access import Person, Thing, as_close, can

MADE = Thing("dataset", "made", steward="분석팀")


def closed(steward: str, *readers: str, own_rows: str = "") -> Thing:
    return Thing("dataset", "x", "restricted", steward, frozenset(readers), own_rows=own_rows)


@pytest.mark.parametrize(
    ("inputs", "readers", "steward"),
    [
        ([closed("가", "나", "다"), closed("나", "다", "라")], {"나", "다"}, ""),  # by union it would be four
        ([closed("가", "분석팀")], {"가", "분석팀"}, "분석팀"),
        ([closed("가", "나")], {"가", "나"}, "가"),
        ([closed("가", "나"), closed("가", "다")], {"가"}, "가"),
        ([closed("가"), closed("나")], set(), ""),
        ([closed("가", "나", own_rows="부서")], {"가"}, "가"),  # 나 sees rows of its own only
        ([closed("가", "나"), closed("가", "나", own_rows="부서")], {"가"}, "가"),
        ([closed("", "나")], {"나"}, ""),
        ([None, closed("가", "나")], set(), ""),  # one is gone: nobody can say who may read it
    ],
)
def test_readers_are_those_of_every_input(
    inputs: list[Thing | None], readers: set[str], steward: str
) -> None:
    for order in (inputs, inputs[::-1]):
        made = as_close(MADE, [*order, Thing("dataset", "open", "internal", "총무과")])
        assert (made.access, made.readers, made.steward) == ("restricted", readers, steward)


def test_an_own_card_that_is_stricter_stays() -> None:
    made = as_close(closed("나", "다"), [closed("가", "나", "라")])
    assert (made.readers, made.steward) == ({"나"}, "나")


def test_inputs_that_are_open_close_nothing() -> None:
    assert as_close(MADE, [Thing("dataset", "x", "internal", "가"), Thing("dataset", "y", "public")]) == MADE


def test_one_that_is_gone_is_for_administrators() -> None:
    made = as_close(MADE, [None])
    staff = Person("kim", roles=frozenset({"official", "steward"}), posts=frozenset({"분석팀", ""}))
    assert not can(staff, "read", made)
    assert can(Person("root", roles=frozenset({"administrator"})), "read", made)
