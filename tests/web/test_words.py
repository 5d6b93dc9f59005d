"""The words of the pages: none is missing for what the core knows, and English pages say the same as Korean ones."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from madang.declarations import card, load
from madang.web.desk import quality
from madang.web.desk.templatetags.desk_tags import legend_word
from madang.web.shell import words
from made_up_bank import PARKING
from web_page import Page


def test_every_choice_of_a_card_and_every_kind_of_check_has_a_word() -> None:
    with translation.override("ko"):
        assert {key: str(word) for key, word in words.LICENCES.items()} == card.LICENCES
        assert {key: str(word) for key, word in words.ACCESS.items()} == card.ACCESS
        assert [str(word) for word in quality.KINDS.values()] == list(quality.KINDS) == list(load.KINDS)


def test_an_english_page_says_the_score_anew_from_the_same_numbers(client: Any) -> None:
    client.cookies["madang_language"] = "en"
    said = Page(client.get(f"/data/{PARKING}/")).texts("section#quality")[0]
    # 4 of 440 cells are wrong: 0.909 %
    assert "error rate 0.91 % = 4 wrong ÷ 440 checked × 100" in said
    assert "반드시 있어야 하는 값" not in said


def test_a_reason_is_said_in_the_language_of_the_page() -> None:
    stored = {"code": "no_register", "params": {}, "text": "그때 적은 글"}
    with translation.override("ko"):
        assert words.reason(stored) == "그때 적은 글"
    with translation.override("en"):
        assert words.reason(stored).isascii()
        assert words.reason({"code": "gone", "text": "그때 적은 글"}) == "그때 적은 글"
    assert words.reason({"code": "gone"}) == "gone"


def test_a_class_of_a_legend_that_a_picture_keeps_is_read() -> None:
    with translation.override("ko"):
        for kept in ("5–9", "1,234 이상", "0.5 미만", "비공개(5 미만)", "7"):
            assert legend_word(kept) == kept
