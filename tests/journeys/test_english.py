"""Every page of the busy city in English: no Korean but what people and files said themselves.

Data, names and addresses stay as they are: what the fixtures of the city say is allowed, and what a template marks with
`lang="ko"`.
"""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from lxml import html

import madang
from journeys.test_every_page import PUBLIC, SIGNED_IN, address

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TESTS = Path(__file__).parents[1]
SAID_BY_PEOPLE = [
    TESTS / name
    for name in ("busy_city.py", "made_up_bank.py", "people.py", "web/round_helper.py", "web/deposits_helper.py", "web/test_sources.py")
]  # fmt: skip
_HANGUL = re.compile(r"[가-힣]+")
_STARRED = re.compile(r"[가-힣]\*+")  # a masked value
_KEPT = re.compile(
    r"'[^']+' 열의 [가-힣 ]+ [\d,]+칸"
)  # of personal data, as receipts keep it (intake/screen.py)
STANDARDS = Path(madang.__file__).parent / "content/standards"
INDICATORS = Path(madang.__file__).parent / "content/indicators"
ANALYSES = (
    Path(madang.__file__).parent / "content/analyses"
)  # say their results in the language they are written in
EXAMPLES = (
    "주차",
    "공영주차",
    "도서관",
    "화장실",
    "인구",
    "아이디",
    "이름",
    "부서",
    "담당",
    "역할",
)  # Korean to type, told in English


def said_by_people() -> set[str]:
    """Korean words of the data, cards and names of the city."""
    found: set[str] = set()
    for path in ANALYSES.glob("*/card.toml"):
        found.update(_HANGUL.findall(path.read_text("utf-8")))
    for path in [*SAID_BY_PEOPLE, *ANALYSES.glob("*/analysis.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(_HANGUL.findall(node.value))
    for path in INDICATORS.glob("*.toml"):
        found.update(_HANGUL.findall(tomllib.loads(path.read_text("utf-8"))["label"]))
    for path in STANDARDS.glob("*.toml"):  # standards are called what their publishers call them
        found.update(_HANGUL.findall(tomllib.loads(path.read_text("utf-8"))["label"]))
    return found.union(EXAMPLES)


def leftovers(page: str, allowed: set[str]) -> list[str]:
    """Texts and attributes of a page with Korean words that nobody said."""
    tree = html.fromstring(page)
    for each in [*tree.xpath("//script"), *tree.xpath("//*[@lang='ko']")]:
        each.drop_tree()
    tree = html.fromstring(_KEPT.sub("", _STARRED.sub("", html.tostring(tree, encoding="unicode"))))
    texts = [
        *tree.itertext(),
        *map(
            str,
            tree.xpath("//@aria-label | //@title | //@placeholder | //@alt | //@data-open | //@data-done"),
        ),
    ]
    return [" ".join(text.split()) for text in texts if set(_HANGUL.findall(text)) - allowed]


@pytest.mark.parametrize("route", [*SIGNED_IN, *PUBLIC])
def test_a_page_in_english(there: dict[str, str], route: str) -> None:
    session = f"madang_session={there['session']}; " if route in SIGNED_IN else ""
    asked = Request(
        there["site"] + quote(address(route, there), safe="/?=&-"),
        headers={"Cookie": f"{session}madang_language=en"},
    )
    with urlopen(asked) as answer:
        page = answer.read().decode()
    assert '<html lang="en"' in page
    assert leftovers(page, said_by_people()) == []


def test_leftovers_are_found() -> None:
    page = "<p>Rows <b>새빛시</b> 모두</p><p lang='ko'>한국어</p><i title='자료 없음'></i>"
    assert leftovers(page, {"새빛시"}) == ["모두", "자료 없음"]
