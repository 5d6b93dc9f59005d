"""Names of places in letters: a table of sentences, and what they must be found to name."""

from __future__ import annotations

import pyarrow as pa
import pytest

from madang.messages import MadangError
from madang.methods.placenames import Gazetteer, Place, place_of_letters

PLACES = (
    Place("d1", "나루동"),
    Place("d2", "장터1동"),
    Place("d3", "종로1·2·3·4가동"),
    Place("r1", "나루로"),
    Place("r2", "나루로12길"),
    Place("r3", "나루로1"),
    Place("f1", "중앙도서관", frozenset({"d1"})),
    Place("f2", "중앙 도서관", frozenset({"d2"})),
    Place("f3", "나루동행정복지센터", frozenset({"d1"})),
    Place("f4", "중앙공원"),
)
KNOWN = Gazetteer(PLACES)


def named(text: str) -> list[tuple[str, str | None, str]]:
    return [(row["name"], row["id"], row["how"]) for row in KNOWN.mentions([text]).to_pylist()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("나루동 주민입니다", [("나루동", "d1", "only")]),
        ("나루동에서 왔어요", [("나루동", "d1", "only")]),
        ("나루동네 이야기", []),  # a longer word
        ("새나루동에 삽니다", []),  # does not begin a word
        ("나루동행정복지센터에서", [("나루동행정복지센터", "f3", "only")]),  # the longest
        ("나루로12길에 쓰레기", [("나루로12길", "r2", "only")]),
        ("나루로 12 앞", [("나루로", "r1", "only")]),
        ("나루로15 앞", []),  # neither 나루로1 nor 나루로
        ("나루동나루로 쪽", [("나루동", "d1", "only"), ("나루로", "r1", "only")]),  # begins where a name ends
        ("종로1.2.3.4가동", []),
        ("종로1·2·3·4가동 앞", [("종로1·2·3·4가동", "d3", "only")]),
        ("중앙도서관 앞", [("중앙도서관", None, "ambiguous")]),
        ("장터1동 중앙 도서관 앞", [("장터1동", "d2", "only"), ("중앙 도서관", "f2", "within")]),
        ("나루동, 장터1동의 중앙도서관", [("나루동", "d1", "only"), ("장터1동", "d2", "only"), ("중앙도서관", None, "ambiguous")]),
        ("나 루 동", []),  # short names are not looked for over blanks
        ("", []),
    ],
)  # fmt: skip
def test_names_in_sentences(text: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert named(text) == expected


def test_where_a_name_stands_and_what_else_it_may_mean() -> None:
    table = KNOWN.mentions(["", None, "어제 중앙  도서관에서"])
    (row,) = table.to_pylist()
    assert (row["letter"], row["start"], row["end"], row["name"]) == (2, 3, 10, "중앙  도서관")
    assert row["candidates"] == ["f1", "f2"]
    assert table.schema.field("id").type == pa.string()


def test_letters_are_numbered_over_batches() -> None:
    seen = []
    table = KNOWN.mentions(["나루동"] * 4500, progress=lambda done, whole, what: seen.append((done, what)))
    assert table["letter"].to_pylist() == list(range(4500))
    assert seen == [(2000, "places"), (4000, "places")]


def test_decomposed_syllables_are_read() -> None:
    import unicodedata

    assert named(unicodedata.normalize("NFD", "나루동에서")) == [("나루동", "d1", "only")]


def test_one_place_for_each_letter_by_rank() -> None:
    texts = [
        "나루동 나루로",
        "나루로에서 나루동",
        "중앙도서관",
        "나루동과 장터1동",
        "어디",
        "중앙도서관 나루동 장터1동 중앙공원",
    ]
    ranks = {"f1": 0, "f2": 0, "f4": 0, "r1": 1, "d1": 2, "d2": 2}
    assert place_of_letters(KNOWN.mentions(texts), len(texts), ranks) == (
        ["r1", "r1", None, "d1", None, "f4"],
        ["named", "named", "ambiguous", "several", "none", "named"],
    )


def test_a_gazetteer_without_names_is_refused_and_one_place_given_twice_is_one() -> None:
    with pytest.raises(MadangError) as told:
        Gazetteer([Place("a", "강"), Place("b", " ")])
    assert told.value.code == "gazetteer_empty"
    assert Gazetteer([Place("a", "중앙공원"), Place("a", "중앙 공원")]).mentions(["중앙공원"])[
        "how"
    ].to_pylist() == ["only"]
