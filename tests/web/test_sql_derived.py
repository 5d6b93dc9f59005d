"""A table made of an answer is as closed as what it was made of, at every later moment; so is a kept answer.

The maker is analyst and steward of 분석팀; Ahn is an analyst of nothing. What closes comes after the table was made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from madang.access import owner
from madang.bank.seen import SeenBank
from madang.collect.origin import Origin, save_origin
from madang.collect.rhythm import Rhythm
from madang.web.audit.models import Entry
from madang.web.sql import actions, jobs
from madang.web.sql import derive as sql_derive
from madang.web.sql.models import Asked, Derived
from madang.workspace import Workspace
from web.deposits_helper import at_another_start
from web_page import Page

ANALYSIS = "데이터정책과 분석팀"
LIBRARY = "새빛시-도서관"
TOILETS = "새빛시-공중화장실"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("forking")]


@pytest.fixture
def maker(own_city: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("analyst", "steward", posts=[ANALYSIS], username="maker")


@pytest.fixture
def ahn(own_city: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("analyst", username="ahn")


def ask(browser: Any, sql: str) -> Asked:
    browser.post("/sql/run/", {"sql": sql})
    found = Asked.objects.order_by("-at").first()
    assert found is not None
    assert found.state == "answered", (found.error_code, found.error_params)
    return found


def derive(browser: Any, sql: str, dataset: str) -> None:
    asked = ask(browser, sql)
    browser.post(f"/sql/answers/{asked.pk}/derive/", {"dataset": dataset, "title": f"제목 {dataset}"})


def card(ws: Workspace, dataset: str, **more: Any) -> None:
    kept = {key: value for key, value in ws.bank[dataset].card.items() if key not in ("by", "at")}
    ws.bank.write_card(dataset, {**kept, **more}, by="test", at=ws.clock())


def reads(browser: Any, dataset: str) -> list[bool]:
    """By every door: its page, the list, SQL, the API."""
    page = browser.get(f"/data/{quote(dataset)}/").status_code == 200
    listed = f"제목 {dataset}" in browser.get("/data/").content.decode()
    tables = {each["dataset"] for each in browser.get("/sql/tables.json").json()["tables"]}
    rows = browser.get(f"/api/v1/datasets/{quote(dataset)}/rows?limit=1").status_code == 200
    return [page, listed, dataset in tables, rows]


OPEN, SHUT = [True] * 4, [False] * 4


def test_closing_an_input_closes_what_was_made_of_it(
    own_city: Workspace, maker: Any, ahn: Any, signed_in: Callable[..., Any]
) -> None:
    derive(maker, f'SELECT name, value FROM "{LIBRARY}"', "옮긴-표")
    derive(maker, "SELECT name FROM 옮긴_표", "또-옮긴-표")
    assert (reads(ahn, "옮긴-표"), reads(ahn, "또-옮긴-표")) == (OPEN, OPEN)
    card(own_city, LIBRARY, access="restricted", steward="문화과 도서관팀", readers=["복지과 돌봄팀"])
    reader = signed_in("analyst", posts=["복지과 돌봄팀"])
    for made in ("옮긴-표", "또-옮긴-표"):
        assert reads(ahn, made) == SHUT
        assert reads(maker, made) == SHUT
        assert reads(reader, made) == OPEN
    card(own_city, LIBRARY, access="internal")
    assert reads(ahn, "또-옮긴-표") == OPEN


def test_its_own_steward_cannot_open_it_by_its_card(own_city: Workspace, maker: Any, ahn: Any) -> None:
    derive(maker, f'SELECT name FROM "{LIBRARY}"', "옮긴-표")
    own_city.bank.write_card(
        "옮긴-표", {"title": "제목 옮긴-표", "access": "public"}, by="x", at=own_city.clock()
    )
    card(own_city, LIBRARY, access="restricted", steward="문화과 도서관팀")
    assert reads(ahn, "옮긴-표") == SHUT


def test_own_rows_of_an_input_leave_its_steward_only(
    own_city: Workspace, maker: Any, ahn: Any, signed_in: Callable[..., Any]
) -> None:
    derive(maker, f'SELECT name FROM "{LIBRARY}"', "옮긴-표")
    card(
        own_city, LIBRARY, access="restricted", steward="문화과 도서관팀", readers=[ANALYSIS], own_rows="name"
    )
    assert reads(maker, "옮긴-표") == SHUT
    assert reads(signed_in("analyst", posts=["문화과 도서관팀"]), "옮긴-표") == OPEN


def test_readers_are_those_of_both_inputs_and_not_of_either(
    own_city: Workspace, maker: Any, signed_in: Callable[..., Any]
) -> None:
    card(own_city, LIBRARY, access="restricted", steward="문화과", readers=[ANALYSIS, "감사팀", "예산팀"])
    card(own_city, TOILETS, access="restricted", steward="환경과", readers=[ANALYSIS, "감사팀", "청소팀"])
    derive(maker, f'SELECT count(*) AS n FROM "{LIBRARY}", "{TOILETS}"', "두-표")
    assert own_city.bank["두-표"].card["readers"] == sorted([ANALYSIS, "감사팀"])
    for post, may in (("감사팀", OPEN), ("예산팀", SHUT), ("청소팀", SHUT), ("문화과", SHUT)):
        assert reads(signed_in("analyst", posts=[post]), "두-표") == may, post


def test_a_column_found_to_be_personal_later_closes_what_holds_it(
    own_city: Workspace, maker: Any, ahn: Any, tmp_path: Path
) -> None:
    """The column was text when the answer was made, and is personal in a version after it."""
    rows = "".join(f"동아리 {n},담당 {n},{n}\n" for n in range(1, 31))
    (tmp_path / "clubs.csv").write_text("동아리명,담당,회원수\n" + rows, encoding="utf-8")
    own_city.deposit(tmp_path / "clubs.csv", "동아리", by="test")
    name = next(c.name for c in own_city.version("동아리").columns if c.label == "담당")
    derive(maker, f'SELECT "{name}" AS who, "{name}" FROM 동아리', "담당-표")
    assert reads(ahn, "담당-표") == OPEN
    phones = "".join(f"동아리 {n},010-2{n:03d}-1{n:03d},{n}\n" for n in range(1, 31))
    (tmp_path / "clubs.csv").write_text("동아리명,담당,회원수\n" + phones, encoding="utf-8")
    own_city.deposit(tmp_path / "clubs.csv", "동아리", by="test")
    assert next(c for c in own_city.version("동아리").columns if c.name == name).privacy != "none"
    assert reads(ahn, "담당-표") == SHUT
    assert reads(maker, "담당-표") == SHUT
    made = own_city.version("담당-표")
    same = {c.name for c in made.columns if name in (c.name, c.label)}
    assert same
    assert same <= SeenBank(own_city.bank, owner("x")).view(made.dataset, made.columns).masked


def test_erasing_an_input_leaves_it_to_administrators(
    own_city: Workspace, maker: Any, signed_in: Callable[..., Any]
) -> None:
    derive(maker, f'SELECT name FROM "{LIBRARY}"', "옮긴-표")
    own_city.erase(LIBRARY, ground="시험", by="test")
    assert reads(maker, "옮긴-표") == SHUT
    assert reads(signed_in("administrator"), "옮긴-표") == OPEN


def test_making_it_again_of_another_table_counts_that_one_too(
    own_city: Workspace, maker: Any, ahn: Any
) -> None:
    derive(maker, f'SELECT name FROM "{LIBRARY}"', "옮긴-표")
    Derived.objects.filter(dataset="옮긴-표").update(sql=f'SELECT name FROM "{TOILETS}"')
    maker.post(f"/sql/made/{quote('옮긴-표')}/again/")
    card(own_city, TOILETS, access="restricted", steward="환경과")
    assert reads(ahn, "옮긴-표") == SHUT
    card(own_city, TOILETS, access="internal")
    card(own_city, LIBRARY, access="restricted", steward="문화과")
    assert reads(ahn, "옮긴-표") == SHUT  # an earlier version holds it


def test_a_card_that_is_written_meanwhile_stays_written(
    own_city: Workspace, maker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive(maker, f'SELECT name FROM "{LIBRARY}"', "옮긴-표")
    Derived.objects.filter(dataset="옮긴-표").update(sql=f'SELECT name FROM "{TOILETS}"')

    def edited() -> None:
        own_city.bank.change_card(
            "옮긴-표", lambda told: {**told, "title": "고친 제목"}, by="test", at=own_city.clock()
        )

    other = threading.Thread(target=edited)
    inputs = sql_derive._inputs

    def slow(asked: Asked) -> list[str]:  # between reading the card and writing it
        if other.ident is None:
            other.start()
            other.join(0.5)
        return inputs(asked)

    monkeypatch.setattr(sql_derive, "_inputs", slow)
    maker.post(f"/sql/made/{quote('옮긴-표')}/again/")
    other.join()
    told = own_city.bank["옮긴-표"].card
    assert (told["title"], told["made_of"]) == ("고친 제목", sorted([LIBRARY, TOILETS]))


class Killed(BaseException):
    """The process ends here."""


def test_a_table_whose_making_was_killed_is_on_record(
    own_city: Workspace, maker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sql_derive, "record", lambda *_, **__: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            derive(maker, f'SELECT name FROM "{LIBRARY}"', "옮긴-표")
    assert not Derived.objects.exists()
    finish = at_another_start(jobs.finish)
    finish(timezone.now())
    finish(timezone.now())
    at_another_start(jobs.finish)(timezone.now())
    entry = Entry.objects.get(what="sql.derive")
    assert (entry.by, entry.thing, entry.detail["version"]) == ("maker", "dataset:옮긴-표", 1)
    assert Derived.objects.get().inputs == [
        {"dataset": LIBRARY, "version": own_city.bank[LIBRARY].latest.n}  # type: ignore[union-attr]
    ]
    maker.post(f"/sql/made/{quote('옮긴-표')}/again/")
    assert Entry.objects.filter(what="sql.derive").count() == 2


CLUBS = "동아리"


def clubs(ws: Workspace, folder: Path, who: str) -> str:
    """A version of the clubs; returns the name of the column that has `who` answers for a club."""
    rows = "\n".join(f"동아리 {n},{who.format(n=n)},{n}" for n in range(1001, 1031))
    (folder / "clubs.csv").write_text(f"동아리명,담당,회원수\n{rows}\n", encoding="utf-8")
    ws.deposit(folder / "clubs.csv", CLUBS, by="test")
    return next(c.name for c in ws.version(CLUBS).columns if c.label == "담당")


def test_other_names_and_made_of_what_was_made_hide_no_personal_column(
    own_city: Workspace, maker: Any, ahn: Any, signed_in: Callable[..., Any], tmp_path: Path
) -> None:
    """In SQL, on the page and in the API of the one who may still read them the values are starred."""
    name = clubs(own_city, tmp_path, "담당 {n}")
    card(own_city, CLUBS, steward="문화과 도서관팀")
    derive(maker, f'SELECT "{name}" AS n2 FROM {CLUBS}', "별명-표")
    derive(maker, "SELECT n2 AS n3 FROM 별명_표", "손자-표")
    holder = signed_in("analyst", posts=["문화과 도서관팀"])
    rows = f"/api/v1/datasets/{quote('손자-표')}/rows?limit=30"
    assert "담당 1001" in holder.get(rows).content.decode()
    clubs(own_city, tmp_path, "010-2345-{n}")
    for made in ("별명-표", "손자-표"):
        assert reads(ahn, made) == SHUT, made
        assert reads(holder, made) == OPEN, made
        assert "담당 1001" not in holder.get(f"/data/{quote(made)}/").content.decode(), made
    assert "담당 1001" not in holder.get(rows).content.decode()
    asked = ask(holder, "SELECT n3 FROM 손자_표")
    assert "담당 1001" not in holder.get(f"/sql/answers/{asked.pk}/rows.json").content.decode()


def test_a_source_of_a_made_table_is_as_closed_as_the_table(
    own_city: Workspace, maker: Any, signed_in: Callable[..., Any]
) -> None:
    derive(maker, f'SELECT name FROM "{LIBRARY}"', "옮긴-표")
    rhythm = Rhythm.of("daily 06:30")
    said = {"dataset": "옮긴-표", "steward": ANALYSIS}
    leak = Origin("leak", "새는 곳", "http", "https://x.go.kr/a.csv", rhythm, **said)  # type: ignore[arg-type]
    save_origin(own_city.folder, leak)
    plain = signed_in("official", username="plain")
    assert plain.get("/sources/leak/").status_code == 200
    card(own_city, LIBRARY, access="restricted", steward="문화과 도서관팀", readers=[])
    for who in (maker, plain):
        assert "새는 곳" not in who.get("/sources/").content.decode()
        assert who.get("/sources/leak/").status_code == 404
        assert who.post("/sources/leak/do/", {"do": "run"}).status_code == 404
    holder = signed_in("steward", posts=["문화과 도서관팀"])
    assert holder.get("/sources/leak/").status_code == 200


def test_taking_a_table_that_its_inputs_closed_is_recorded(
    own_city: Workspace, maker: Any, signed_in: Callable[..., Any]
) -> None:
    derive(maker, f'SELECT name FROM "{LIBRARY}"', "옮긴-표")
    card(own_city, LIBRARY, access="restricted", steward="문화과 도서관팀")
    holder = signed_in("analyst", posts=["문화과 도서관팀"])
    answer = holder.get(f"/data/{quote('옮긴-표')}/download.csv")
    assert answer.status_code == 200
    b"".join(answer.streaming_content)
    assert Entry.objects.filter(what="dataset.download", thing="옮긴-표").count() == 1


def test_its_page_says_who_may_read_it_in_truth_and_why(
    own_city: Workspace, maker: Any, signed_in: Callable[..., Any]
) -> None:
    derive(maker, f'SELECT name FROM "{LIBRARY}"', "옮긴-표")
    holder = signed_in("analyst", posts=["문화과 도서관팀"])
    assert "때문에" not in holder.get(f"/data/{quote('옮긴-표')}/").content.decode()
    card(own_city, LIBRARY, access="restricted", steward="문화과 도서관팀", title="도서관 현황")
    assert "<dd>제한 (도서관 현황 때문에)</dd>" in holder.get(f"/data/{quote('옮긴-표')}/").content.decode()
    own_city.erase(LIBRARY, ground="시험", by="test")
    root = signed_in("administrator")
    assert "제한 (지금 읽을 수 없는 데이터 때문에)" in root.get(f"/data/{quote('옮긴-표')}/").content.decode()


# kept answers --------------------------------------------------------------------------------------------------

TAILS = ("", "rows.json", "download/csv/")


def kept(browser: Any, asked: Asked) -> set[int]:
    found = set()
    for tail in TAILS:
        answer = browser.get(f"/sql/answers/{asked.pk}/{tail}")
        found.add(answer.status_code)
        answer.close()
    return found


def test_a_kept_answer_ends_when_its_rows_become_others(
    own_city: Workspace, signed_in: Callable[..., Any]
) -> None:
    reader = signed_in("analyst", posts=["복지과 돌봄팀"], username="reader")
    closed = {"access": "restricted", "steward": "문화과 도서관팀", "readers": ["복지과 돌봄팀"]}
    card(own_city, LIBRARY, **closed)
    asked = ask(reader, f'SELECT name FROM "{LIBRARY}"')
    assert kept(reader, asked) == {200}
    card(own_city, LIBRARY, **closed, own_rows="name")
    assert kept(reader, asked) == {404}
    reader.post(f"/sql/answers/{asked.pk}/derive/", {"dataset": "빼낸-표", "title": "x"})
    assert "빼낸-표" not in own_city.bank


def test_a_kept_answer_of_a_steward_ends_with_the_post(
    own_city: Workspace, signed_in: Callable[..., Any]
) -> None:
    """As steward all rows are seen; as a reader only the own ones."""
    from madang.web.accounts.models import Post, User

    card(own_city, LIBRARY, access="restricted", steward="갑팀", readers=["을팀"], own_rows="name")
    steward = signed_in("analyst", posts=["갑팀", "을팀"], username="moved")
    asked = ask(steward, f'SELECT name FROM "{LIBRARY}"')
    assert kept(steward, asked) == {200}
    post = Post.objects.get(name="갑팀")
    User.objects.get(username="moved").holdings.filter(post=post).delete()
    assert kept(steward, asked) == {404}


def test_a_kept_answer_ends_when_a_column_becomes_personal(
    own_city: Workspace, ahn: Any, tmp_path: Path
) -> None:
    (tmp_path / "clubs.csv").write_text(
        "동아리명,담당\n" + "".join(f"동아리 {n},담당 {n}\n" for n in range(30)), encoding="utf-8"
    )
    own_city.deposit(tmp_path / "clubs.csv", "동아리", by="test")
    asked = ask(ahn, "SELECT * FROM 동아리")
    assert kept(ahn, asked) == {200}
    (tmp_path / "clubs.csv").write_text(
        "동아리명,담당\n" + "".join(f"동아리 {n},010-2{n:03d}-1{n:03d}\n" for n in range(30)),
        encoding="utf-8",
    )
    own_city.deposit(tmp_path / "clubs.csv", "동아리", by="test")
    assert kept(ahn, asked) == {404}


def test_an_answer_kept_before_rights_were_remembered_is_asked_again(own_city: Workspace, ahn: Any) -> None:
    asked = ask(ahn, f'SELECT name FROM "{LIBRARY}"')
    Asked.objects.filter(pk=asked.pk).update(seen={})
    assert kept(ahn, asked) == {404}
    assert actions.answers(own_city).path(asked.pk).is_file()


def test_who_may_read_it_and_its_inputs_sees_the_question_and_who_may_deposit_makes_it_again(
    own_city: Workspace, maker: Any, signed_in: Callable[..., Any], tmp_path: Path
) -> None:
    def deposited(clubs: int) -> None:
        rows = "".join(f"동아리 {n},{n}\n" for n in range(clubs))
        (tmp_path / "clubs.csv").write_text("동아리명,회원수\n" + rows, encoding="utf-8")
        own_city.deposit(tmp_path / "clubs.csv", "동아리", by="test")

    deposited(30)
    sql = "SELECT count(*) AS clubs FROM 동아리"
    derive(maker, sql, "옮긴-표")
    address = f"/sql/made/{quote('옮긴-표')}/"
    official = signed_in("official")
    assert Page(official.get(f"/data/{quote('옮긴-표')}/")).link("이 데이터를 만든 질의 보기") == address
    page = Page(official.get(address))
    assert page.texts("pre") == [sql]
    assert "다시 만들기" not in page.text
    assert official.post(address + "again/").status_code == 302
    assert Derived.objects.get().by == "maker"
    steward = signed_in(
        "official", posts=[ANALYSIS], username="stew"
    )  # may deposit, and may not ask at the desk
    assert steward.get("/sql/").status_code == 403
    assert "지금은" not in Page(steward.get(address)).text
    deposited(31)
    assert "지금은" in Page(steward.get(address)).text
    steward.post(address + "again/")
    assert Derived.objects.get().by == "stew"
    assert own_city.version("옮긴-표").n == 2
    assert "지금은" not in Page(steward.get(address)).text
    assert signed_in("resident").get(address).status_code == 403
    assert official.get(f"/sql/made/{quote(LIBRARY)}/").status_code == 404
    card(own_city, "동아리", access="restricted", steward="문화과 도서관팀")
    assert official.get(address).status_code == 404
