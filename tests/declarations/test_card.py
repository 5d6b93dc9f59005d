"""The card of a dataset survives a round trip and refuses nonsense."""

from __future__ import annotations

import json

import pytest

from madang.declarations.card import Card
from madang.messages import MadangError

PARKING = Card(
    title="공영주차장",
    description="구가 운영하는 주차장",
    theme="교통물류 - 도로",
    steward="교통과 주차관리팀",
    licence="kogl-1",
    access="public",
    rhythm_days=180,
    standard="parking",
    known_defects=("요금은 2024년에 조사한 값이다",),
    not_for=("빈자리 안내",),
)


def test_a_card_survives_json() -> None:
    assert Card.from_json(json.loads(json.dumps(PARKING.to_json()))) == PARKING


def test_a_card_as_the_bank_keeps_it_is_read() -> None:
    assert Card.from_json(PARKING.to_json() | {"by": "data-officer", "at": "2026-11-21T09:00:00"}) == PARKING


def test_json_keys_are_the_documented_ones() -> None:
    assert list(PARKING.to_json()) == [
        "title", "description", "theme", "steward", "provider", "licence", "access", "rhythm_days", "standard", "keywords",
        "known_defects", "not_for", "readers", "own_rows", "personal_data", "made_of",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", " "),
        ("title", "두 줄\n제목"),
        ("theme", "교통"),
        ("licence", "마음대로"),
        ("access", "everyone"),
        ("rhythm_days", 0),
        ("rhythm_days", "매달"),
        ("known_defects", "결함"),
        ("description", None),
        ("colour", "red"),
    ],
)
def test_nonsense_is_refused_with_its_key(key: str, value: object) -> None:
    with pytest.raises(MadangError) as caught:
        Card.from_json(PARKING.to_json() | {key: value})
    assert caught.value.code.startswith("card_")
    assert caught.value.params["key"] == key
    assert f"'{key}'" in str(caught.value) or "제목" in str(caught.value)


def test_a_title_is_all_that_is_needed() -> None:
    assert Card.from_json({"title": "가로등"}).access == "internal"
    with pytest.raises(MadangError):
        Card.from_json({})
