"""No page tells anybody to type a command: whatever the core says is said with what to press."""

from __future__ import annotations

import re
from typing import Any

import pytest

from madang.messages import en, ko, text
from madang.messages.josa import with_josa
from madang.web.shell.browser_words import in_browser, said_in_browser
from madang.web.shell.words import reason

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


NAMES = [
    "`madang datasets`로 이름을 확인하십시오",
    "--crs로 알려 주십시오.csv",
    "물품",
    "a1",
    "가.zip",
    "2026-10",
    "(x)",
    "",
    "'라'",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_filled_in_stays_as_it_is_with_the_particle_it_asks_for(name: str) -> None:
    said = said_in_browser("other_columns", "ko", dataset=name, before=5, kept=1, proposal="물품-2")
    assert said.startswith(f"'{name}'의 지금 열 5개 가운데 1개만")
    assert "‘넣을 데이터’ 칸에 새 이름(예: 물품-2)을 적고" in said
    assert not TYPED.search(said.replace(name, "") if name else said)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_sentence_reads_as_before_where_nothing_like_a_command_is_filled_in(language: Any) -> None:
    every = ko.TEXTS if language == "ko" else en.TEXTS
    for code, template in every.items():
        for value in ("물품", "서울", "a1", "3", "x.zip", "끝)"):
            params = dict.fromkeys(re.findall(r"{(\w+)", template), value) | {"count": 1234, "rows": 0}
            params = {name: each for name, each in params.items() if name not in ("code", "language")}
            before = in_browser(text(code, language, **params))
            assert said_in_browser(code, language, **params) == before, code


def test_a_stored_reason_is_told_without_touching_the_name_in_it() -> None:
    params = {"dataset": "--crs로 알려 주십시오", "before": 5, "kept": 1, "proposal": "나"}
    stored = {"code": "other_columns", "params": params, "text": text("other_columns", **params)}
    assert reason(stored).startswith("'--crs로 알려 주십시오'의 지금 열 5개")
    old = {"code": "other_columns", "params": params, "text": "예전 문장입니다. --crs로 알려 주십시오."}
    assert reason(old) == "예전 문장입니다. ‘좌표계’에서 고르십시오."
    assert reason({"code": "gone_code", "text": "옛 문장"}) == "옛 문장"
