"""A round of thirty departments in a browser: thirty files in six shapes, a third of them with slips, one table at the end."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import people
from journeys.conftest import serving
from journeys.thirty_departments import Department, departments, form, write
from madang.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect.set_options(timeout=20_000)
SEOUL = ZoneInfo("Asia/Seoul")
LATE, NOTHING, PARTIAL = ("제08과", "제09과"), "제11과", "제12과"
PEOPLE = """
import json, os
os.environ["MADANG_WORKSPACE"] = {folder!r}
from madang.web.serve import prepare
prepare()
import people
people.without_refresh()
people.make("steward", posts=["기획과 데이터팀"], username="officer")
for name in {names!r}:
    for which in ("a", "b"):
        people.make("official", department=name, username=f"{{name}}-{{which}}")
names = ["officer", *(f"{{n}}-{{w}}" for n in {names!r} for w in "ab")]
print(json.dumps({{name: people.session(name) for name in names}}))
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    Workspace.init(tmp_path / "town", "빈들군")
    return tmp_path / "town"


@pytest.fixture
def sessions(town: Path) -> dict[str, str]:
    said = PEOPLE.format(folder=str(town), names=[each.name for each in departments()])
    environment = {**os.environ, "PYTHONPATH": str(Path(people.__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def site_of_town(town: Path, sessions: dict[str, str]) -> Iterator[str]:
    yield from serving(town)


class Town:
    """People before their screens."""

    def __init__(self, browser: Browser, site: str, sessions: dict[str, str]) -> None:
        self.browser, self.site, self.sessions = browser, site, sessions
        self.context: BrowserContext = browser.new_context(
            base_url=site, viewport={"width": 1280, "height": 900}
        )
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def be(self, name: str) -> Page:
        """Somebody else sits down."""
        self.page.goto("about:blank")
        self.context.clear_cookies()
        if name:
            self.context.add_cookies(
                [{"name": "madang_session", "value": self.sessions[name], "url": self.site}]
            )
        return self.page


def moment(days: float) -> str:
    return f"{datetime.now(SEOUL) + timedelta(days=days):%Y-%m-%dT%H:%M}"


def open_round(page: Page, place: Path) -> str:
    """The officer opens the round; its address."""
    page.goto("/rounds/")
    page.get_by_role("link", name="새 취합 만들기").click()
    page.get_by_label("제목").fill("2026년 위원회 현황")
    page.get_by_label("기한").fill(moment(7))
    page.get_by_label("서식 파일(엑셀, HWPX)").set_input_files(form(place))
    page.get_by_role("button", name="만들기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2026년 위원회 현황")
    page.get_by_label("왜, 어떤 근거로").fill("지방자치법 제130조")
    page.get_by_label("모아 둘 데이터 이름").fill("위원회-현황")
    page.get_by_label("부서의 두 번째 사람이 결재해야 함").check()
    for place_, name in enumerate(("name", "members", "founded", "kind"), 1):
        page.get_by_label(f"영문 이름 {place_}", exact=True).fill(name)
    page.get_by_label("행을 가리킴 1", exact=True).check()
    page.get_by_label("종류 2", exact=True).select_option("integer")
    page.get_by_label("필수 2", exact=True).check()
    page.get_by_label("종류 3", exact=True).select_option("date")
    page.get_by_label("다른 이름 3", exact=True).fill("설치일자")
    page.get_by_label("쓸 수 있는 값 4", exact=True).fill("법정, 조례, 규칙")
    page.get_by_label("다른 이름 4", exact=True).fill("종류")
    page.get_by_label("모두 고르기").check()
    page.get_by_role("checkbox", name="기획과").uncheck()
    page.get_by_role("button", name="저장하고 취합 열기").click()
    expect(page.locator("[data-lines]")).to_contain_text("30곳 가운데 0곳 제출")
    return page.url


def links_of(page: Page, address: str) -> dict[str, str]:
    """The links of the departments, from the officer's list."""
    text = page.request.get(f"{address}addresses.csv").body().decode("utf-8-sig")
    rows = [line.split(",") for line in text.splitlines()[1:]]
    return {row[0]: row[4] for row in rows}


def hand_in(
    page: Page, department: Department, file: Path, *, partial: bool = False, drop: bool = False
) -> float:
    """Bring a file, mend what is told, hand in; seconds until the file was checked."""
    start = time.monotonic()
    if drop:
        dropped(page, file)
    else:
        page.locator("#file").set_input_files(file)
        page.get_by_role("button", name="올리고 점검하기").click()
    expect(page.get_by_role("heading", name="올린 파일")).to_be_visible()
    seconds = time.monotonic() - start
    for slip, right in department.slips.items():
        cell = page.locator(f'.round-row input.input[value="{slip}"]')
        expect(cell).to_have_count(1)
        cell.fill(right)
    if department.slips:
        page.get_by_role("button", name="고친 것 저장하고 다시 점검하기").click()
    expect(page.get_by_text("고칠 곳이 없습니다")).to_be_visible()
    if partial:
        page.get_by_label("일부만 먼저 냅니다").check()
    page.get_by_role("button", name="제출하기").click()
    expect(page.get_by_text("제출했습니다.", exact=False).first).to_be_visible()
    return seconds


def dropped(page: Page, file: Path) -> None:
    """Drop a file on the form as a mouse does."""
    data = page.evaluate_handle(
        """([bytes, name]) => { const data = new DataTransfer();
           data.items.add(new File([new Uint8Array(bytes)], name)); return data; }""",
        [list(file.read_bytes()), file.name],
    )
    page.dispatch_event("form[data-drop]", "drop", {"dataTransfer": data})


def sign(town: Town, address: str) -> None:
    page = town.page
    page.goto(address)
    page.get_by_role("button", name="결재하기").click()
    expect(page.get_by_text("결재했습니다.")).to_be_visible()


def truth(folder: Path) -> list[tuple[Any, ...]]:
    """The merged table as it stands in the bank."""
    version = Workspace.open(folder).bank["위원회-현황"].latest
    assert version is not None
    table = pq.read_table(version.files[0]).select(["name", "members", "founded", "kind", "contributor"])
    return sorted(tuple(str(value) for value in row.values()) for row in table.to_pylist())


def planted(asked: list[Department], *, partial_rows: int | None = None) -> list[tuple[Any, ...]]:
    """What has to stand there."""
    found = []
    for each in asked:
        if each.name != NOTHING:
            rows = each.rows[:partial_rows] if each.name == PARTIAL else each.rows
            found += [(*(str(cell) for cell in row), each.name) for row in rows]
    return sorted(found)


def answer(town: Town, department: Department, links: dict[str, str], address: str, folder: Path) -> float:
    """One department answers, every third by its link; a second person of it signs."""
    name, page = department.name, town.page
    if department.number % 3 == 1:
        town.be("")
        page.goto(links[name])
    else:
        town.be(f"{name}-a")
        page.goto("/rounds/")
        page.get_by_role("link", name="2026년 위원회 현황").click()
    if name == NOTHING:
        page.get_by_text("낼 것이 없습니다").click()
        page.get_by_role("button", name="해당 없음으로 답하기").click()
        expect(page.get_by_text("‘해당 없음’으로 답했습니다.").first).to_be_visible()
        return 0.0
    brought = department
    if name == PARTIAL:
        brought = Department(department.number, name, department.rows[:3], department.shape, department.slips)
    seconds = hand_in(
        page, brought, write(brought, folder), partial=name == PARTIAL, drop=department.number == 2
    )
    town.be(f"{name}-b")
    sign(town, address)  # the round leads whoever is signed in to the part of their department
    return seconds


def test_thirty_departments(
    browser: Browser, site_of_town: str, town: Path, sessions: dict[str, str], tmp_path: Path
) -> None:
    begun = time.monotonic()
    asked, people_ = departments(), Town(browser, site_of_town, sessions)
    page = people_.be("officer")
    address = open_round(page, tmp_path)
    links = links_of(page, address)
    assert len(links) == 30
    waits = [answer(people_, each, links, address, tmp_path) for each in asked if each.name not in LATE]

    page = people_.be("officer")
    page.goto(address)
    expect(page.locator("[data-lines]")).to_contain_text("30곳 가운데 28곳 제출")
    page.get_by_text("취합 설정").click()
    page.locator("#s-due").fill(moment(-0.01))
    page.get_by_role("button", name="저장하기", exact=True).click()
    expect(page.locator("[data-lines]")).to_contain_text("늦음 2곳")
    waits += [answer(people_, each, links, address, tmp_path) for each in asked if each.name in LATE]

    page = people_.be("officer")
    merge(page, address)
    assert truth(town) == planted(asked, partial_rows=3)
    board = page.locator("table.records")
    expect(board.get_by_role("row", name="제08과")).to_contain_text("늦게 냄")
    expect(board.get_by_role("row", name=PARTIAL)).to_contain_text("일부 제출")
    expect(board.get_by_role("row", name=NOTHING)).to_contain_text("해당 없음")

    whole = next(each for each in asked if each.name == PARTIAL)
    people_.be(f"{PARTIAL}-a").goto(address)
    hand_in(people_.page, whole, write(whole, tmp_path))
    people_.be(f"{PARTIAL}-b")
    sign(people_, address)
    page = people_.be("officer")
    page.goto(address)
    expect(page.get_by_text("다시 모으십시오.")).to_be_visible()
    merge(page, address)
    assert truth(town) == planted(asked)
    assert [version.n for version in Workspace.open(town).bank["위원회-현황"].versions] == [1, 2]

    next_year(page, address, asked)
    assert people_.wrong == []
    people_.context.close()
    total = time.monotonic() - begun
    print(
        f"thirty departments: {total:.0f} s; a file is checked in {sorted(waits)[15]:.2f} s (median), {max(waits):.2f} s"
    )
    assert total < 600  # a minute or two on a machine of its own


def merge(page: Page, address: str) -> None:
    page.goto(f"{address}merge/")
    page.get_by_role("button", name="한 판으로 모으기").click()
    expect(page.get_by_text("판을 만들었습니다.")).to_be_visible()


def next_year(page: Page, address: str, asked: list[Department]) -> None:
    """The round closes and the next one begins: its forms hold what was handed in."""
    page.goto(address)
    page.get_by_role("button", name="취합 닫기").click()
    page.get_by_label("제목").fill("2027년 위원회 현황")
    page.get_by_label("기한").fill(moment(365))
    page.get_by_role("button", name="다음 취합 만들기").click()
    page.get_by_role("button", name="취합 열기").click()
    expect(page.locator("[data-lines]")).to_contain_text("30곳 가운데 0곳 제출")
    for each in (asked[0], asked[4]):
        row = page.get_by_role("row", name=each.name)
        expect(row).to_contain_text(str(len(each.rows)))
        link = row.get_by_role("link", name=each.name).get_attribute("href")
        body = page.request.get(f"{link}form.xlsx").body()
        sheet = openpyxl.load_workbook(io.BytesIO(body))["작성"]
        found = [tuple(cell.value for cell in line) for line in sheet.iter_rows(min_row=3, max_col=4)]
        assert [line for line in found if line[0]] == each.rows
