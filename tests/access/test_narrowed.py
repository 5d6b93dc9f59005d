"""Two rules of who may read, held together, never let in anybody whom either keeps out."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from madang.access import Person, can, view
from madang.access.thing import narrowed, of_card
from madang.messages import MadangError


def card(access: str, *readers: str, own_rows: str = "") -> dict[str, Any]:
    return {"access": access, "steward": "가 담당", "readers": list(readers), "own_rows": own_rows}


EVERY = [
    card(access, *readers, own_rows=own)
    for access, readers, own in itertools.product(
        ("public", "internal", "restricted"), (("가",), ("가", "나"), ("나", "다")), ("", "부서", "기관")
    )
]
PEOPLE = [Person(name, departments=frozenset({name}), roles=frozenset({"official"})) for name in "가나다라"]


def refusal(before: dict[str, Any], most: dict[str, Any]) -> str:
    """Said by hand: what cannot be held together."""
    if {before["own_rows"], most["own_rows"]} == {"부서", "기관"}:
        return "narrowed_own_rows"
    closed = before["access"] == most["access"] == "restricted"
    return "narrowed_nobody" if closed and not {*before["readers"]} & {*most["readers"]} else ""


@pytest.mark.parametrize(("before", "most"), list(itertools.product(EVERY, EVERY)))
def test_nobody_reads_more_than_both_allow(before: dict[str, Any], most: dict[str, Any]) -> None:
    if code := refusal(before, most):
        with pytest.raises(MadangError) as caught:
            narrowed(before, most)
        assert caught.value.code == code
        return
    found = of_card("x", narrowed(before, most))
    for person, each in itertools.product(PEOPLE, (before, most)):
        one = of_card("x", each)
        if can(person, "see", found):
            assert can(person, "see", one)
            own = view(person, one, []).own_rows
            assert view(person, found, []).own_rows in ((own,) if own else ("", "부서", "기관"))


def test_two_columns_of_own_rows_are_not_one() -> None:
    with pytest.raises(MadangError) as caught:
        narrowed(card("internal", own_rows="부서"), card("restricted", "가", own_rows="기관"))
    assert (caught.value.code, caught.value.params) == (
        "narrowed_own_rows",
        {"before": "부서", "wanted": "기관"},
    )


def test_readers_of_both_stay() -> None:
    found = narrowed(card("restricted", "가", "나"), card("restricted", "나", "다", own_rows="부서"))
    assert (found["readers"], found["own_rows"]) == (["나"], "부서")
