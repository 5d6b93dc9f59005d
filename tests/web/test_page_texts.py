"""Every text of the pages has its English, with the same places for numbers and names."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

import page_texts

_PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+")


@pytest.mark.slow
def test_every_text_has_its_english_and_none_is_left_over() -> None:
    known = {(each.id, each.context): each for each in page_texts.catalogue() if each.id}
    wanted = {(each.id, each.context): each for each in page_texts.renewed() if each.id}
    assert len(wanted) > 1_000
    assert sorted(map(str, known.keys() ^ wanted.keys())) == [], "run `make texts`"
    assert [key for key, each in known.items() if not each.string or "" in tuple(each.string)] == []


def test_english_keeps_the_places_of_the_korean() -> None:
    differing = []
    for each in page_texts.catalogue():
        if not each.id:
            continue
        one, many = (each.id, each.id) if isinstance(each.id, str) else each.id
        said = (each.string,) if isinstance(each.string, str) else each.string
        for korean, english in zip((one, many), said, strict=False):
            if sorted(_PLACES.findall(korean)) != sorted(_PLACES.findall(english)):
                differing.append((korean, english))
    assert differing == []


def test_the_compiled_catalogue_is_what_pages_speak() -> None:
    with translation.override("en"):
        assert translation.gettext("로그인") == "Log in"
    assert translation.gettext("로그인") == "로그인"
