"""The list of words that search treats alike: read strictly, and the shipped one is sound."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from madang.find import SHIPPED, load_synonyms
from madang.messages import MadangError

SMALL = """
[[synonym]]
word = "주차장"
same = ["공영 주차"]
asked = ["차"]
"""


def test_same_words_answer_both_ways_and_asked_ones_one_way(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.toml"
    path.write_text(SMALL, "utf-8")
    synonyms = load_synonyms(path, tmp_path / "absent.toml")
    assert synonyms.of("주차장") == {"공영주차"}
    assert synonyms.of("공영주차") == {"주차장"}
    assert synonyms.of("차") == {"주차장", "공영주차"}
    assert synonyms.of("차량") == frozenset()  # one syllable at the head of a word says nothing
    assert synonyms.of("공영주차안내") == {"공영주차", "주차장"}
    assert synonyms.of("도서관") == frozenset()


def test_files_add_to_each_other(tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(SMALL, "utf-8")
    two.write_text('[[synonym]]\nword = "주차장"\nsame = ["파킹"]\n', "utf-8")
    assert load_synonyms(one, two).of("주차장") == {"공영주차", "파킹"}


@pytest.mark.parametrize(
    "text",
    [
        "[[synonym]\n",
        "[[synonym]]\nsame = ['a']\n",
        "[[synonym]]\nword = 'a'\nsame = 'b'\n",
        "[[synonym]]\nword = 'a'\nsame = [1]\n",
        "[[synonym]]\nword = 'a'\nsames = ['b']\n",
        "[synonym]\nword = 3\n",
        "synonym = ['a']\n",
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "synonyms.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(MadangError) as raised:
        load_synonyms(path)
    assert raised.value.code == "synonyms_invalid"
    assert "synonyms.toml" in str(raised.value)


def test_the_shipped_words_each_stand_for_themselves() -> None:
    entries = tomllib.loads(SHIPPED.read_text("utf-8"))["synonym"]
    heads = [entry["word"] for entry in entries]
    assert len(heads) == len(set(heads))
    assert all(entry["word"] not in entry["same"] for entry in entries)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("공영주차", "주차장"), ("공용주차장", "주차장"), ("변소", "화장실"), ("책", "도서관"), ("작은도서관", "도서관"),
     ("주민등록인구", "인구")],
)  # fmt: skip
def test_the_shipped_words_hold_what_people_ask_for(typed: str, meant: str) -> None:
    assert meant in load_synonyms(SHIPPED).of(typed)
