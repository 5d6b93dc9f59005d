"""A made-up city in which one of everything is under way, made by its own pages: what every page is looked at with.

    python tests/busy_city.py FOLDER

Makes the city in FOLDER and prints, as JSON, the session of somebody who may do everything and the addresses of what is there.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

ALL_ROLES = ("administrator", "steward", "analyst", "official")
POST, DEPARTMENT = "교통과 주차관리팀", "복지과"
ROWS = """번호,이름,휴대전화번호,수량
1,가람,010-7391-4826,3
2,나루,010-2001-1001,많이
3,다온,010-2002-1002,5
"""


def make(folder: Path) -> dict[str, str]:
    """Name of a thing to what stands for it in addresses; "session" is the cookie."""
    import made_up_bank

    made_up_bank.shelters(made_up_bank.make(folder), folder)
    os.environ |= {"MADANG_WORKSPACE": str(folder), "DJANGO_SETTINGS_MODULE": "madang.web.config.settings"}
    from madang.web.serve import prepare

    prepare()
    import people
    from web.round_helper import RoundOfTwo, xlsx

    people.without_refresh()
    there: dict[str, str] = {"dataset": made_up_bank.PARKING}
    user = people.make(*ALL_ROLES, posts=[POST], department=DEPARTMENT, username="hong")
    browser = people.browser(user)
    there |= deposited(browser, folder)
    two = RoundOfTwo(lambda *roles, **said: people.browser(people.make(*roles, **said)))
    two.bora.post(
        f"{two.at('복지과')}file/", {"file": xlsx([["노인복지위원회", "열둘", "2010-03-02", "법정"]])}
    )
    there |= {
        "key": two.round.key,
        "part": str(two.part("복지과").pk),
        "token": two.link("도로과").split("/")[-2],
    }
    there |= collected(browser) | released(browser) | asked(browser) | people_of(user)
    there |= analysed(browser, folder)
    there["session"] = people.session("hong")
    return there


def deposited(browser: Any, folder: Path) -> dict[str, str]:
    """A deposit with problems, an upload under review, and an edit waiting for approval."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from madang.web.deposits.models import Draft
    from madang.workspace import Workspace
    from web.deposits_helper import ROWS as MORE
    from web.deposits_helper import seen_of, upload, work
    from web_page import Page

    key = upload(browser, ROWS.encode(), "물품.csv", piece=1000)
    work()
    review = Page(browser.get(f"/deposits/{key}/"))
    browser.post(
        f"/deposits/{key}/confirm/",
        {"seen": seen_of(review), "title": "물품", "dataset": "물품", "steward": POST},
    )
    work()
    waiting = upload(browser, MORE.encode(), "비품.csv", piece=1000)
    work()
    copy = b"".join(browser.get("/deposits/copy/물품.xlsx").streaming_content)
    browser.post("/deposits/files/", {"files": [SimpleUploadedFile("물품.xlsx", changed(copy))]})
    work()
    version = Workspace.open(folder).bank["물품"].latest
    assert version is not None
    return {
        "own": "물품",
        "deposit": version.deposit_id,
        "upload": waiting,
        "draft": str(Draft.objects.latest("pk").pk),
    }


def changed(copy: bytes) -> bytes:
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(copy))
    sheet = book.worksheets[0]
    quantity = next(cell.column for cell in sheet[1] if cell.value == "수량")
    sheet.cell(2, quantity).value = 4
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def collected(browser: Any) -> dict[str, str]:
    """A source that is declared and paused."""
    from web.test_sources import FILLED

    answer = browser.post("/sources/-/new/api/", {**FILLED, "paused": "1"})
    assert answer.status_code == 302, answer.content.decode()
    return {"id_": "rain"}


def released(browser: Any) -> dict[str, str]:
    """Car parks, opened with every column and their places, and a job that looks at how they would be opened anew."""
    import made_up_bank
    from madang.web.releases import jobs

    columns = {f"how:{each.name}": "keep" for each in made_up_bank.COLUMNS}
    said = {"edition": "주차장", "title": "공영주차장", "kind": "rows", "places": "keep", "document": "교통과-1", "post": POST,
            "ground": "공공데이터법 제17조", "licence": "kogl-1", "do": "decide", **columns}  # fmt: skip
    answer = browser.post(f"/releases/new/{made_up_bank.PARKING}/", said)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    jobs._ROWS = 0  # as a table of a million rows is: looked at by a job
    waiting = browser.post(f"/releases/new/{made_up_bank.PARKING}/", {**said, "do": "preview"})
    return {"edition_id": "주차장", "look": waiting["Location"].strip("/").split("/")[-1]}


def asked(browser: Any) -> dict[str, str]:
    """An answer of the SQL desk, a query that is kept, and a dataset made of one."""
    import made_up_bank
    from madang.engine import locked
    from madang.web.sql.models import Asked, Saved

    sql = f'SELECT prkplce_se, count(*) AS n FROM "{made_up_bank.PARKING}" GROUP BY 1'
    browser.post("/sql/run/", {"sql": sql})
    browser.post("/sql/saved/new/", {"title": "구분별 주차장", "sql": sql})
    answer = str(Asked.objects.latest("at").pk)
    made = browser.post(f"/sql/answers/{answer}/derive/", {"dataset": "구분별", "title": "구분별 주차장 수"})
    assert made.status_code == 302, made.content.decode()[-3000:]
    locked.cool()
    return {"answer": answer, "saved": str(Saved.objects.latest("pk").pk)}


def analysed(browser: Any, folder: Path) -> dict[str, str]:
    """Two runs of the survival of shops, one kept alive, of which one input has a newer version since; a third that waits."""
    from madang.release.result_decision import ResultDecision
    from madang.release.results import OpenResults
    from madang.workspace import Workspace
    from runs.test_shop_survival import licences

    ws = Workspace.open(folder)
    bakeries = [("2015-01-05", "03", "2017-01-05")] * 40 + [("2015-01-05", "01", "")] * 60
    cafes = [("2016-03-02", "03", "2016-09-01")] * 64 + [("2016-03-02", "02", "")] * 16
    for name, rows in (("제과점", bakeries), ("카페", cafes)):
        ws.deposit(licences(folder / f"{name}_20240101.csv", rows), standard="licence", by="hong")
    first, second = (ws.run("shop-survival", {"years": years}, by="hong") for years in (3, 1))
    browser.post(f"/runs/{first.key}/keep/", {"every": "week"})
    ws.deposit(licences(folder / "카페_20240201.csv", cafes[:-1]), standard="licence", by="hong")
    waiting = browser.post("/analyses/shop-survival/", {"p-years": "4", "in-shops": ["제과점", "카페"]})
    assert waiting.status_code == 302, waiting.content.decode()[-3000:]
    opened = OpenResults(ws.releases, ws.ledger)
    opened.decide(
        ResultDecision(
            "가게의-생존",
            first.key,
            "hong",
            "위생과",
            "2026-11-22",
            "위생과-1",
            "공공데이터법 제17조",
            licence="kogl-1",
        )
    )
    return {
        "result": "가게의-생존",
        "run": first.key,
        "other": second.key,
        "running": waiting["Location"].strip("/").split("/")[-1],
    }


def people_of(user: Any) -> dict[str, str]:
    from madang.web.accounts.models import Department, Post

    found = Department.objects.get(name=DEPARTMENT), Post.objects.get(name=POST)
    return {"person": str(user.pk), "department": str(found[0].pk), "post": str(found[1].pk)}


if __name__ == "__main__":
    print(json.dumps(make(Path(sys.argv[1]))))
