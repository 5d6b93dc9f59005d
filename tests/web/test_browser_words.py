"""No page tells anybody to type a command: whatever the core says is said with what to press."""

from __future__ import annotations

import re

import pytest

from madang.messages import en, ko
from madang.messages.josa import with_josa
from madang.web.shell.browser_words import in_browser

# said at the command line only: its own usage, the server, erasing, linking areas again
COMMANDS = {
    "maps_usage", "sources_none", "rekey_unplaced", "rekey_usage", "personal_usage", "erase_column_absent", "port_taken",
}  # fmt: skip
ROOMS = ("geo", "intake", "learning", "places", "deposits", "bank", "quality", "privacy", "web")
ON_ERROR_PAGES = {"dataset_missing", "no_version", "edition_missing", "search_index_broken"}  # of other rooms
TYPED = re.compile(r"madang [a-z]|--[a-z]")


class Any_(dict[str, str]):
    def __missing__(self, _: str) -> str:
        return "무엇"


def texts(language: str) -> dict[str, str]:
    from importlib import import_module

    every = import_module(f"madang.messages.{language}").TEXTS
    found: dict[str, str] = {code: every[code] for code in ON_ERROR_PAGES}
    for room in ROOMS:
        found |= import_module(f"madang.messages.{language}.{room}").TEXTS
    return {code: text for code, text in found.items() if TYPED.search(text) and code not in COMMANDS}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_the_core_says_names_no_command_on_a_page(language: str) -> None:
    said = {code: in_browser(with_josa(text, Any_())) for code, text in texts(language).items()}
    assert len(said) > 25
    assert {code: line for code, line in said.items() if TYPED.search(line)} == {}


def test_the_rest_of_the_sentence_stays() -> None:
    said = with_josa(
        ko.TEXTS["other_columns"], {"dataset": "물품", "before": 5, "kept": 1, "proposal": "물품-2"}
    )
    assert in_browser(said) == (
        "'물품'의 지금 열 5개 가운데 1개만 이 파일에 있습니다. "
        "다른 데이터라면 ‘넣을 데이터’ 칸에 새 이름(예: 물품-2)을 적고 ‘다시 읽기’를 누르십시오."
    )
    assert in_browser(en.TEXTS["layout_gone"]) == en.TEXTS["layout_gone"]
