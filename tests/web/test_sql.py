"""The SQL desk. Ahn is an analyst, Park an official; the citizens' list belongs to the welfare team and nobody else."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pyarrow.parquet as pq
import pytest

from madang.engine import locked
from madang.messages import MadangError
from madang.web.audit.models import Entry
from madang.web.sql import actions
from madang.web.sql.models import Asked, Saved
from madang.workspace import Workspace
from web_page import Page

PHONE = "010-7391-4826"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("forking")]


@pytest.fixture
def city(own_city: Workspace, tmp_path: Path) -> Workspace:
    """The made-up city with two more tables: one with a personal column, one that only the welfare team may read."""
    rows = "".join(
        f"{n},동아리 {n},{PHONE if n == 7 else f'010-2{n:03d}-1{n:03d}'},{n * 10}\n" for n in range(1, 41)
    )
    (tmp_path / "clubs.csv").write_text("번호,동아리명,휴대전화번호,회원수\n" + rows, encoding="utf-8")
    own_city.deposit(tmp_path / "clubs.csv", "동아리-명부", by="test")
    (tmp_path / "care.csv").write_text(
        "번호,가구,금액\n" + "".join(f"{n},가구 {n},{n * 7}\n" for n in range(1, 31)), encoding="utf-8"
    )
    own_city.deposit(tmp_path / "care.csv", "돌봄-가구", by="test")
    card = {"title": "돌봄 가구", "access": "restricted", "steward": "복지과 돌봄팀", "readers": []}
    own_city.bank.write_card("돌봄-가구", card, by="test", at=own_city.clock())
    return own_city


@pytest.fixture
def ahn(city: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("analyst", username="ahn")


def ask(browser: Any, sql: str, **values: str) -> Page:
    """The page of the answer."""
    said = {"sql": sql, **{f"p-{name}": value for name, value in values.items()}}
    return Page(browser.post("/sql/run/", said, follow=True))


def newest() -> Asked:
    found = Asked.objects.order_by("-at").first()
    assert found is not None
    return found


# who -----------------------------------------------------------------------------------------------------------


def test_an_official_and_a_stranger_find_no_desk(
    city: Workspace, signed_in: Callable[..., Any], anonymous: Any
) -> None:
    park = signed_in("official")
    assert park.get("/sql/").status_code == 403
    assert park.post("/sql/run/", {"sql": "SELECT 1"}).status_code == 403
    assert park.get("/sql/tables.json").status_code == 403
    assert park.get("/sql/saved/").status_code == 403
    assert park.get("/sql/history/").status_code == 403
    assert anonymous.get("/sql/").headers["Location"].startswith("/accounts/login/")
    assert not Asked.objects.exists()


def test_the_tables_are_those_that_the_person_may_read(
    city: Workspace, ahn: Any, signed_in: Callable[..., Any]
) -> None:
    welfare = signed_in("analyst", posts=["복지과 돌봄팀"])
    for browser, sees in ((ahn, False), (welfare, True)):
        names = {each["dataset"] for each in browser.get("/sql/tables.json").json()["tables"]}
        assert {"새빛시-도서관", "동아리-명부"} <= names
        assert ("돌봄-가구" in names) == sees
        assert ("돌봄" in Page(browser.get("/sql/")).text) == sees
        page = ask(browser, "SELECT count(*) AS n FROM 돌봄_가구")
        assert ("30" in page.texts("td")) == sees
        assert ("볼 권한이 없는 표" in page.text) == (not sees)


def test_a_personal_column_reads_stars_and_its_values_are_nowhere(city: Workspace, ahn: Any) -> None:
    column = next(c.name for c in city.version("동아리-명부").columns if c.label == "휴대전화번호")
    page = ask(ahn, f'SELECT DISTINCT "{column}" AS phone FROM "동아리-명부"')
    assert page.texts("td") == ["***"]
    assert "0행" in ask(ahn, f"SELECT * FROM 동아리_명부 WHERE \"{column}\" = '{PHONE}'").text.replace(
        " ", ""
    )
    for sql in (
        "SELECT * FROM 동아리_명부",
        "SUMMARIZE 동아리_명부",
        f'SELECT CAST("{column}" AS INTEGER) FROM 동아리_명부',
    ):
        assert "7391" not in ask(ahn, sql).text
    assert all(
        b"7391" not in path.read_bytes() for path in (city.folder / "cache" / "sql").rglob("*.parquet")
    )
    told = next(t for t in ahn.get("/sql/tables.json").json()["tables"] if t["dataset"] == "동아리-명부")
    assert [c["label"] for c in told["columns"] if c["masked"] and c["label"]] == ["휴대전화번호"]


def test_rows_of_others_are_not_among_the_rows(city: Workspace, signed_in: Callable[..., Any]) -> None:
    card = {
        "title": "민원",
        "access": "restricted",
        "steward": "총무과 총무팀",
        "readers": ["복지과"],
        "own_rows": "name",
    }
    city.bank.write_card("새빛시-도서관", card, by="test", at=city.clock())
    reader = signed_in("analyst", posts=["복지과 돌봄팀"])
    assert ask(reader, "SELECT count(*) FROM 새빛시_도서관").texts("td") == ["0"]
    steward = signed_in("analyst", posts=["총무과 총무팀"])
    assert ask(steward, "SELECT count(*) FROM 새빛시_도서관").texts("td") == ["31"]


# asking --------------------------------------------------------------------------------------------------------


def test_a_question_has_a_page_of_its_own_and_is_recorded(city: Workspace, ahn: Any) -> None:
    # rows of 새빛시-도서관: value 0..30; 0 + 1 + … + 30 = 465
    sql = "SELECT sum(value) AS 합, count(*) AS 수 FROM 새빛시_도서관"
    page = ask(ahn, sql)
    assert page.texts("td") == ["465", "31"]
    assert "새빛시-도서관@1" in page.text
    asked = newest()
    assert (asked.by, asked.state, asked.rows, asked.inputs) == (
        "ahn",
        "answered",
        1,
        [{"dataset": "새빛시-도서관", "version": 1}],
    )
    entry = Entry.objects.get(what="sql.ask")
    assert (entry.by, entry.thing) == ("ahn", "새빛시-도서관")
    assert entry.detail["sql"] == sql
    assert entry.detail["sha256"] == hashlib.sha256(sql.encode()).hexdigest()
    history = Page(ahn.get("/sql/history/"))
    assert sql in history.text


def test_a_failure_is_told_with_its_line_and_kept(city: Workspace, ahn: Any) -> None:
    page = ask(ahn, "SELECT nope\nFROM 새빛시_도서관")
    assert "1행 8열의 'nope'" in page.text
    assert page.find("div.notice")[0].get("data-error-line") == "1"
    assert "SELECT nope" in page.find("textarea")[0].text_content()
    close = ask(ahn, "SELECT 1 FROM 새빛시_도서간")
    assert "새빛시_도서관" in close.texts("div.notice")[0]
    english = ahn.get(
        f"/sql/answers/{newest().pk}/",
        headers={"cookie": ahn.cookies.output(header="", sep=";") + "; madang_language=en"},
    )
    assert english.status_code == 200


def test_an_answer_is_the_askers_alone(city: Workspace, ahn: Any, signed_in: Callable[..., Any]) -> None:
    ask(ahn, "SELECT 1 AS one")
    number = newest().pk
    other = signed_in("analyst", "administrator")
    for tail in ("", "rows.json", "download/csv/"):
        with closing(ahn.get(f"/sql/answers/{number}/{tail}")) as told:
            assert told.status_code == 200
        assert other.get(f"/sql/answers/{number}/{tail}").status_code == 404
    assert other.post(f"/sql/answers/{number}/derive/", {"dataset": "x", "title": "x"}).status_code == 404


def test_an_answer_is_closed_when_a_table_of_it_is(city: Workspace, ahn: Any) -> None:
    ask(ahn, "SELECT * FROM 새빛시_도서관")
    number = newest().pk
    card = {"title": "도서관", "access": "restricted", "steward": "문화과 도서관팀"}
    city.bank.write_card("새빛시-도서관", card, by="test", at=city.clock())
    assert ahn.get(f"/sql/answers/{number}/").status_code == 404
    assert ahn.get(f"/sql/answers/{number}/download/csv/").status_code == 404


def test_pages_of_a_long_answer(city: Workspace, ahn: Any) -> None:
    page = ask(ahn, "SELECT value FROM 새빛시_공중화장실 ORDER BY value")
    assert "214행" in page.text.replace(" ", "")
    assert page.texts("td")[:2] == ["0", "1"]
    last = Page(ahn.get(f"/sql/answers/{newest().pk}/?page=3&part=1"))
    assert (last.texts("td")[0], last.texts("td")[-1], len(last.texts("td"))) == ("200", "213", 14)
    assert last.texts("tbody th")[0] == "201"


def test_a_query_is_cancelled_by_its_asker_only(
    city: Workspace, ahn: Any, signed_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = signed_in("analyst")
    number = uuid4()
    seen: list[bool] = []

    def slow(*_: Any, cancelled: Callable[[], bool], **__: Any) -> Any:
        monkeypatch.setattr(actions, "_LOOK_S", 0)
        other.post(f"/sql/answers/{number}/cancel/")
        seen.append(cancelled())
        ahn.post(f"/sql/answers/{number}/cancel/")
        seen.append(cancelled())
        raise MadangError("sql_cancelled")

    monkeypatch.setattr(actions.locked, "ask", slow)
    ahn.post("/sql/run/", {"sql": "SELECT 1", "number": str(number), "part": "1"})
    assert seen == [False, True]
    assert Asked.objects.get(pk=number).state == "cancelled"


# values, files -------------------------------------------------------------------------------------------------


def test_parameters_are_asked_for_with_their_kind_and_bound(city: Workspace, ahn: Any) -> None:
    sql = (
        "SELECT count(*) AS n FROM 새빛시_도서관 WHERE value < :상한::INTEGER AND :month = '2026-06' -- :not"
    )
    missing = ask(ahn, sql)
    assert "'상한' 값이 비어 있습니다" in missing.text
    kinds = {
        each.get("name"): each.get("type")
        for each in missing.find("form.sql-form input")
        if each.get("name", "").startswith("p-")
    }
    assert kinds == {"p-상한": "text", "p-month": "month"}
    assert ask(ahn, sql, 상한="10", month="2026-06").texts("td") == ["10"]
    assert "읽을 수 없습니다" in ask(ahn, sql, 상한="10 OR 1=1", month="2026-06").text
    assert ask(ahn, sql, 상한="10", month="' OR '1'='1").texts("td") == ["0"]


def test_the_whole_answer_as_a_file(city: Workspace, ahn: Any) -> None:
    ask(ahn, "SELECT value AS 수, '=1+1' AS 식, DATE '2026-06-30' AS 날 FROM 새빛시_도서관 ORDER BY value")
    start = f"/sql/answers/{newest().pk}/download/"
    said = {
        form: b"".join(ahn.get(f"{start}{form}/").streaming_content)
        for form in ("csv", "xlsx", "json", "parquet")
    }
    assert said["csv"].decode("utf-8-sig").splitlines()[:2] == ["수,식,날", "0,'=1+1,2026-06-30"]
    assert len(json.loads(said["json"])) == 31
    table = pq.read_table(io.BytesIO(said["parquet"]))
    assert table.column("수").to_pylist() == list(range(31))
    sheet = openpyxl.load_workbook(io.BytesIO(said["xlsx"])).worksheets[0]
    assert sheet.max_row == 32
    assert ahn.get(f"{start}exe/").status_code == 404


def test_what_a_chart_is_drawn_from(city: Workspace, ahn: Any) -> None:
    ask(
        ahn,
        "SELECT DATE '2026-01-01' AS d, 1.5 AS n, NULL AS x, [1, 2] AS l, sum(value) AS s FROM 새빛시_도서관",
    )
    told = ahn.get(f"/sql/answers/{newest().pk}/rows.json").json()
    assert told["columns"] == [
        {"name": "d", "type": "date"}, {"name": "n", "type": "number"}, {"name": "x", "type": "integer"},
        {"name": "l", "type": "text"}, {"name": "s", "type": "integer"},
    ]  # fmt: skip
    assert told["rows"] == [["2026-01-01", 1.5, None, "[1, 2]", 465]]


def test_limits_are_told_in_words(city: Workspace, ahn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "LIMITS", locked.Limits(seconds=2, rows=10))
    page = ask(ahn, "SELECT range FROM range(1000)")
    assert "앞의 10행만 담았습니다" in page.text
    slow = ask(ahn, "SELECT levenshtein(repeat('a', 100000), repeat('b', 100000))")
    assert "2초 안에 끝나지 않아 멈추었습니다" in slow.text


# kept ----------------------------------------------------------------------------------------------------------


def test_a_saved_query_keeps_every_text_it_had(
    city: Workspace, ahn: Any, signed_in: Callable[..., Any]
) -> None:
    other = signed_in("analyst", username="baek")
    ahn.post("/sql/saved/new/", {"sql": "SELECT 1", "title": "하나", "description": "하나를 묻습니다"})
    saved = Saved.objects.get()
    assert other.get(f"/sql/saved/{saved.pk}/").status_code == 404
    ahn.post(f"/sql/saved/{saved.pk}/save/", {"sql": "SELECT 2", "title": "둘", "shared": "1"})
    assert [text.sql for text in saved.texts.order_by("number")] == ["SELECT 1", "SELECT 2"]
    page = Page(other.get(f"/sql/saved/{saved.pk}/"))
    assert page.find("textarea")[0].text_content() == "SELECT 2"
    assert Page(ahn.get(f"/sql/saved/{saved.pk}/?text=1")).find("textarea")[0].text_content() == "SELECT 1"
    other.post(f"/sql/saved/{saved.pk}/save/", {"sql": "DROP", "title": "x"})
    other.post(f"/sql/saved/{saved.pk}/remove/")
    saved.refresh_from_db()
    assert (saved.title, saved.removed, saved.texts.count()) == ("둘", False, 2)
    ahn.post(f"/sql/saved/{saved.pk}/remove/")
    assert other.get(f"/sql/saved/{saved.pk}/").status_code == 404
    assert [entry.what for entry in Entry.objects.filter(thing=f"query:{saved.pk}")] == [
        "sql.save",
        "sql.save",
        "sql.remove",
    ]


def test_an_answer_becomes_a_dataset_that_says_where_it_is_from(
    city: Workspace, signed_in: Callable[..., Any], tmp_path: Path
) -> None:
    maker = signed_in("analyst", "steward", posts=["데이터정책과 분석팀"], username="maker")
    sql = "SELECT value // 10 AS 묶음, count(*) AS 수 FROM 새빛시_도서관 GROUP BY 1 ORDER BY 1"
    ask(maker, sql)
    made = maker.post(
        f"/sql/answers/{newest().pk}/derive/",
        {"dataset": "도서관-묶음", "title": "도서관 묶음", "description": "열씩"},
    )
    assert made.headers["Location"] == "/data/도서관-묶음/" or "/data/" in made.headers["Location"]
    version = city.version("도서관-묶음")
    assert version.rows == 4
    assert version.facts["inputs"] == [{"dataset": "새빛시-도서관", "version": 1, "erased": ""}]
    assert version.facts["sql"] == sql
    card = version.dataset.card
    assert (card["title"], card["access"], card["steward"]) == (
        "도서관 묶음",
        "internal",
        "데이터정책과 분석팀",
    )
    page = (
        ask(maker, "SELECT sum(수) FROM 도서관_묶음") if "수" in [c.name for c in version.columns] else None
    )
    assert page is None or page.texts("td") == ["31"]
    assert "최신" in Page(maker.get("/sql/saved/")).text
    (tmp_path / "새빛시-도서관.csv").write_text(
        "이름,수\n" + "".join(f"도서관 {n},{n}\n" for n in range(50)), encoding="utf-8"
    )
    city.deposit(tmp_path / "새빛시-도서관.csv", "새빛시-도서관", by="test")
    assert "원래 데이터가 바뀜" in Page(maker.get("/sql/saved/")).text


def test_a_dataset_made_of_restricted_ones_is_for_those_who_may_read_them(
    city: Workspace, signed_in: Callable[..., Any], ahn: Any
) -> None:
    maker = signed_in("analyst", "steward", posts=["복지과 돌봄팀"], username="maker")
    ask(maker, "SELECT count(*) AS n FROM 돌봄_가구, 새빛시_도서관")
    maker.post(f"/sql/answers/{newest().pk}/derive/", {"dataset": "돌봄-수", "title": "돌봄 수"})
    card = city.bank["돌봄-수"].card
    assert (card["access"], card["steward"], card["readers"]) == (
        "restricted",
        "복지과 돌봄팀",
        ["복지과 돌봄팀"],
    )
    assert ahn.get("/data/돌봄-수/").status_code == 404
    assert "볼 권한이 없는 표" in ask(ahn, "SELECT * FROM 돌봄_수").text


def test_only_who_may_create_makes_datasets(city: Workspace, ahn: Any) -> None:
    ask(ahn, "SELECT 1 AS n")
    assert "데이터로 만들기" not in Page(ahn.get(f"/sql/answers/{newest().pk}/")).text
    ahn.post(f"/sql/answers/{newest().pk}/derive/", {"dataset": "하나", "title": "하나"})
    assert "하나" not in city.bank


def test_erasing_takes_the_answers_too(city: Workspace, ahn: Any) -> None:
    ask(ahn, "SELECT name FROM 새빛시_도서관")
    kept = actions.answers(city).path(UUID(str(newest().pk)))
    assert kept.is_file()
    city.erase("새빛시-도서관", ground="시험", by="test")
    assert not kept.exists()
    assert ahn.get(f"/sql/answers/{newest().pk}/").status_code == 404


# what one begins with -----------------------------------------------------------------------------------------


def test_the_example_runs_as_it_stands(ahn: Any) -> None:
    desk = Page(ahn.get("/sql/"))
    example = desk.find("textarea#sql")[0].get("placeholder")
    assert "LIMIT 20" in example
    answer = ask(ahn, example)
    assert answer.texts("div.notice") == []
    assert newest().state == "answered"
    put = Page(ahn.get("/sql/" + desk.link("예시 넣기")))
    assert put.find("textarea#sql")[0].text.strip() == example


def test_an_unknown_column_is_answered_with_those_that_come_near(ahn: Any) -> None:
    said = ask(ahn, 'SELECT 주차구획 FROM "새빛시-공영주차장"').text  # called 주차구획수 in the file
    assert '"prkcmprt_co"(주차구획수)' in said
    assert "큰따옴표" in said
    assert '"회원수"' in ask(ahn, "SELECT 회원 FROM 동아리_명부").text
