"""What administrators do with people, posts and departments, and what becomes of the data of a post."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner
from django.test import Client, override_settings
from django.utils import timezone

import people
from madang.access import Person, owner
from madang.cli import main
from madang.messages import MadangError
from madang.web.accounts import actions, first, handover
from madang.web.accounts.models import Department, Holding, Post, User
from madang.web.accounts.people import person_of_user
from madang.web.accounts.people_file import apply_people, read_people
from madang.web.accounts.tokens import holder_of, make_token, revoke_token
from madang.web.audit.models import Entry
from madang.workspace import Workspace
from made_up_bank import PARKING
from web_page import Page

BOSS = owner("boss", via="web")
TODAY = date(2026, 11, 22)
OLD, NEW = "교통과 주차관리팀", "교통정책과 주차팀"


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def did() -> list[str]:
    return list(Entry.objects.order_by("number").values_list("what", flat=True))


def code(of: Any, **said: Any) -> str:
    with pytest.raises(MadangError) as error:
        of(**said)
    return error.value.code


# people ------------------------------------------------------------------------------------------------------


def test_a_new_person_gets_a_one_time_password_shown_once(client: Any) -> None:
    said = {"username": "kim", "name": "김새빛", "roles": ["official", "steward"], "department": "교통과"}
    page = Page(client.post("/accounts/people/add/", said))
    word = page.texts(".secret code")[0]
    user = User.objects.get(username="kim")
    assert (user.check_password(word), user.must_change_password, user.role_set) == (
        True,
        True,
        {"official", "steward"},
    )
    assert word not in client.get(f"/accounts/people/{user.pk}/").content.decode()
    assert word not in str(list(Entry.objects.values_list("detail", "why", "thing")))
    assert did() == ["people.add_department", "people.add"]


def test_one_time_passwords_differ_and_are_long() -> None:
    words = {actions.one_time_password() for _ in range(500)}
    assert len(words) == 500
    assert {len(word) for word in words} == {19}


def test_names_are_taken_in_any_case_and_need_no_blanks() -> None:
    people.make("official", username="kim")
    add = actions.add_person
    assert code(add, username="KIM", name="x", roles=["official"], by=BOSS) == "person_exists"
    assert code(add, username="a b", name="x", roles=["official"], by=BOSS) == "person_unnamed"
    assert code(add, username="ok", name="x", roles=["god"], by=BOSS) == "role_unknown"


def test_the_last_administrator_stays() -> None:
    user = people.make("administrator", username="kim")
    assert code(actions.set_active, user=user, active=False, by=BOSS) == "last_administrator"
    assert (
        code(actions.change_person, user=user, name="x", roles=["official"], by=BOSS) == "last_administrator"
    )
    people.make("administrator", username="lee")
    actions.set_active(user=user, active=False, by=BOSS)
    assert not User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize("role", ["official", "steward", "analyst", "executive", "resident"])
def test_only_administrators_change_people(role: str) -> None:
    nobody = Person("x", roles=frozenset({role}))  # type: ignore[arg-type]
    user = people.make("official")
    for act in (actions.reset_password, actions.unlock, actions.end_sessions, actions.remove_second_factor):
        assert code(act, user=user, by=nobody) == "access_denied"
    assert code(actions.set_active, user=user, active=False, by=nobody) == "access_denied"
    assert code(actions.department_named, name="x", by=nobody) == "access_denied"


def test_pages_find_people_by_name_department_and_post(client: Any) -> None:
    people.make("steward", username="park", posts=[OLD])
    people.make("official", username="choi", department="감사실")
    for query, names in {"park": ["park"], "감사": ["choi"], "주차관리": ["park"], "nobody": []}.items():
        page = Page(client.get("/accounts/people/", {"q": query}))
        assert [row.split()[1] for row in page.texts("tbody tr")] == names, query
    assert "맞는 사람이 없습니다" in Page(client.get("/accounts/people/", {"q": "nobody"})).text


def test_acts_by_their_buttons(client: Any) -> None:
    user = people.make("official", username="kim", password="x")
    post = Post.objects.create(name=OLD, department=Department.objects.create(name="교통과"))
    at = f"/accounts/people/{user.pk}/"
    client.post(at + "give-post/", {"post": post.pk, "valid_from": "2026-01-01"})
    assert person_of_user(user).posts == {OLD}
    wrong = client.post(at + "give-post/", {"post": post.pk, "valid_from": "2026-13-01"})
    assert wrong.status_code == 400
    assert "2026-13-01" in Page(wrong).text
    client.post(at + "end-post/", {"holding": Holding.objects.get().pk, "on": "2026-01-31"})
    assert person_of_user(user).posts == set()
    client.post(at + "close/")
    assert not User.objects.get(pk=user.pk).is_active
    assert client.post(at + "explode/").status_code == 404


def test_a_post_that_has_begun_does_not_end_before(client: Any) -> None:
    user = people.make("official", username="kim")
    post = Post.objects.create(name=OLD, department=Department.objects.create(name="교통과"))
    holding = Holding.objects.create(user=user, post=post, valid_from=date(2024, 1, 1))
    at = f"/accounts/people/{user.pk}/"
    wrong = client.post(at + "end-post/", {"holding": holding.pk, "on": "2020-01-01"})
    assert wrong.status_code == 400
    assert "2024-01-01에 맡기 시작했습니다" in Page(wrong).text
    assert Holding.objects.get().valid_until is None
    assert "people.end_post" not in did()
    client.post(at + "end-post/", {"holding": holding.pk, "on": "2024-01-01"})
    assert Holding.objects.get().valid_until == date(2024, 1, 1)


def test_a_post_that_has_not_begun_is_taken_back() -> None:
    user = people.make("official", username="kim")
    post = Post.objects.create(name=OLD, department=Department.objects.create(name="교통과"))
    holding = Holding.objects.create(user=user, post=post, valid_from=timezone.localdate() + timedelta(30))
    actions.end_post(holding=holding, on=timezone.localdate(), by=BOSS)
    assert not Holding.objects.exists()


# posts over time ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2026-01-31", False), ("2026-02-01", True), ("2026-03-31", True), ("2026-04-01", False)],
)
def test_a_post_is_held_from_its_first_to_its_last_day(day: str, holds: bool) -> None:
    user = people.make("steward")
    post = Post.objects.create(name=OLD, department=Department.objects.create(name="교통과"))
    actions.give_post(
        user=user, post=post, valid_from=date(2026, 2, 1), valid_until=date(2026, 3, 31), by=BOSS
    )
    person = person_of_user(user, today=date.fromisoformat(day))
    assert (person.posts == {OLD}, person.departments == {"교통과"}) == (holds, holds)


def test_a_post_that_is_no_more_gives_nothing() -> None:
    user = people.make("steward", posts=[OLD])
    Post.objects.update(valid_until=date(2026, 6, 30))
    assert person_of_user(user, today=date(2026, 6, 30)).posts == {OLD}
    assert person_of_user(user, today=date(2026, 7, 1)).posts == set()


def test_who_takes_over_has_the_rights_of_the_old_name() -> None:
    people.make("steward", username="kim", posts=[OLD])
    old = Post.objects.get()
    new = Post.objects.create(name=NEW, department=Department.objects.create(name="교통정책과"))
    actions.succeed_post(post=old, successor=new, on=date(2026, 7, 1), by=BOSS)
    kim = User.objects.get(username="kim")
    assert person_of_user(kim, today=date(2026, 6, 30)).posts == {OLD}
    assert person_of_user(kim, today=date(2026, 7, 1)).posts == {OLD, NEW}


def test_successors_never_run_in_a_circle() -> None:
    department = Department.objects.create(name="과")
    a, b, c = (Post.objects.create(name=f"과 {name}", department=department) for name in "abc")
    for old, new in ((a, b), (b, c)):
        actions.succeed_post(post=old, successor=new, on=TODAY, by=BOSS)
    assert code(actions.succeed_post, post=c, successor=a, on=TODAY, by=BOSS) == "successor_circle"
    assert code(actions.succeed_post, post=a, successor=a, on=TODAY, by=BOSS) == "successor_circle"


def test_periods_of_one_post_do_not_overlap() -> None:
    user = people.make("steward")
    post = Post.objects.create(name=OLD, department=Department.objects.create(name="교통과"))
    give = actions.give_post
    give(user=user, post=post, valid_from=date(2026, 1, 1), valid_until=date(2026, 3, 31), by=BOSS)
    assert code(give, user=user, post=post, valid_from=date(2026, 3, 31), by=BOSS) == "holding_overlaps"
    give(user=user, post=post, valid_from=date(2026, 4, 1), by=BOSS)
    assert (
        code(give, user=user, post=post, valid_from=date(2026, 2, 2), valid_until=date(2026, 2, 1), by=BOSS)
        == "days_backwards"
    )


# handing over ------------------------------------------------------------------------------------------------


@pytest.fixture
def stewarded(own_city: Workspace) -> Workspace:
    card = own_city.bank[PARKING].card
    told = {**card, "steward": OLD, "readers": ["감사실", OLD], "rhythm_days": 1}
    own_city.bank.write_card(PARKING, told, by="x", at=own_city.clock())
    people.make("steward", username="kim", posts=[OLD])
    Post.objects.create(name=NEW, department=Department.objects.create(name="교통정책과"))
    return own_city


def test_the_inventory_says_what_is_owned_owed_and_late(
    stewarded: Workspace, signed_in: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(handover, "_providers", [])

    @handover.owes
    def rounds(post: str, today: date) -> Iterator[handover.Owed]:
        yield handover.Owed(f"{post} 취합", today + timedelta(days=3), "/rounds/x/")
        yield handover.Owed("언제든")

    kim = Client(SERVER_NAME="127.0.0.1")
    kim.force_login(User.objects.get(username="kim"))
    page = Page(kim.get(f"/accounts/posts/{Post.objects.get(name=OLD).pk}/"))
    assert page.status == 200
    assert page.link(f"{OLD} 취합") == "/rounds/x/"
    assert "김담당" in page.text
    command = ["-w", str(stewarded.folder), "handover", OLD, "--json"]
    said = json.loads(CliRunner().invoke(main, command).output)
    assert [each["id"] for each in said["owns"]] == said["late"] == [PARKING]
    assert [each["what"] for each in said["owes"]] == [f"{OLD} 취합", "언제든"]
    assert said["holders"] == ["김담당"]
    other = signed_in("steward", posts=["감사실 감사팀"])
    assert other.get(f"/accounts/posts/{Post.objects.get(name=OLD).pk}/").status_code == 403


def test_handing_over_moves_holders_cards_and_readers(stewarded: Workspace) -> None:
    command = [
        "-w",
        str(stewarded.folder),
        "handover",
        OLD,
        "--to",
        NEW,
        "--why",
        "조직개편-7",
        "--by",
        "boss",
    ]
    run = CliRunner().invoke(main, command)
    assert run.exit_code == 0, run.output
    card = stewarded.bank[PARKING].card
    assert (card["steward"], card["readers"]) == (NEW, ["감사실", NEW])
    assert person_of_user(User.objects.get(username="kim")).posts == {OLD, NEW}
    entry = Entry.objects.get(what="dataset.edit_card")
    assert (entry.by, entry.thing, entry.why, entry.detail) == (
        "boss",
        PARKING,
        "조직개편-7",
        {"steward": [OLD, NEW]},
    )
    assert CliRunner().invoke(main, command).exit_code == 0  # a run that broke off is run again
    assert Entry.objects.filter(what="dataset.edit_card").count() == 1


def test_a_split_department_passes_each_post_where_it_goes(stewarded: Workspace, signed_in: Any) -> None:
    department = Department.objects.get(name="교통과")
    other = Post.objects.create(name="교통과 버스팀", department=department)
    Department.objects.create(name="대중교통과")
    boss = signed_in("administrator", username="boss")
    on = timezone.localdate().isoformat()
    told = {"into": "교통정책과", "on": on, f"post-{other.pk}": "대중교통과 버스팀"}
    told[f"post-{Post.objects.get(name=OLD).pk}"] = NEW
    assert boss.post(f"/accounts/departments/{department.pk}/pass-on/", told).status_code == 302
    department.refresh_from_db()
    assert str(department.successor) == "교통정책과"
    bus = Post.objects.get(name="대중교통과 버스팀")
    assert (str(bus.department), str(Post.objects.get(pk=other.pk).successor)) == (
        "대중교통과",
        "대중교통과 버스팀",
    )
    assert stewarded.bank[PARKING].card["steward"] == NEW
    assert "교통과" in Page(boss.get("/accounts/departments/")).text


def test_a_post_that_nobody_holds_is_a_warning(client: Any) -> None:
    Post.objects.create(name="감사실 감사팀", department=Department.objects.create(name="감사실"))
    people.make("steward", posts=[OLD])
    assert [each.name for each in handover.vacant(timezone.localdate())] == ["감사실 감사팀"]
    assert Page(client.get("/accounts/people/")).texts(".vacant li") == ["감사실 감사팀"]


# a list of people --------------------------------------------------------------------------------------------


def sheet(*rows: list[str]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


HEAD = ["아이디", "이름", "부서", "직위/담당", "역할"]


def csv_of(*rows: list[str], encoding: str = "cp949") -> bytes:
    return "\r\n".join(",".join(row) for row in [HEAD, *rows]).encode(encoding)


@pytest.mark.parametrize(
    "make", [lambda *rows: sheet(HEAD, *rows), csv_of, lambda *r: csv_of(*r, encoding="utf-8-sig")]
)
def test_a_list_is_read_shown_and_then_done(make: Any) -> None:
    people.make("official", username="lee", department="교통과")
    content = make(
        ["kim", "김새빛", "교통과", "주차관리팀", "데이터 담당·부서 담당"],
        ["lee", "김담당", "교통과", "", "official"],
    )
    rows = read_people(content, "사람.xlsx" if content[:2] == b"PK" else "사람.csv", today=TODAY)
    assert [(row.state, row.post) for row in rows] == [("new", OLD), ("same", "")]
    assert not User.objects.filter(username="kim").exists()  # only looked at
    words = apply_people(rows, today=TODAY, by=BOSS)
    kim = User.objects.get(username="kim")
    assert kim.check_password(words["kim"])
    assert person_of_user(kim, today=TODAY).posts == {OLD}
    assert kim.role_set == {"steward", "official"}
    assert {
        row.state
        for row in read_people(content, "사람.csv" if content[:2] != b"PK" else "x.xlsx", today=TODAY)
    } == {"same"}


def test_what_is_wrong_with_a_list_is_said_by_row() -> None:
    Post.objects.create(name=OLD, department=Department.objects.create(name="감사실"))
    content = csv_of(
        ["a b", "김", "교통과", "", ""], ["kim", "김", "교통과", "", "대장"], ["lee", "이", "교통과", "", ""],
        ["lee", "이", "교통과", "", ""], ["park", "박", "교통과", "주차관리팀", ""],
    )  # fmt: skip
    rows = read_people(content, "x.csv", today=TODAY)
    assert [row.state for row in rows] == ["wrong", "wrong", "new", "wrong", "wrong"]
    assert "이미 감사실의 자리" in rows[4].told[0]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [(b"\xff\xfe\x00", "people_file_unreadable"), (b"PK\x03\x04rubbish", "people_file_unreadable"), ("이름\n김".encode(), "people_file_columns"), (b"", "people_file_columns")],
)  # fmt: skip
def test_files_that_are_no_list_say_why(content: bytes, wanted: str) -> None:
    assert code(read_people, content=content, file_name="x", today=TODAY) == wanted


def test_the_page_shows_the_changes_before_it_makes_them(client: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("사람.csv", csv_of(["kim", "김새빛", "교통과", "", ""]))
    page = Page(client.post("/accounts/people/import/", {"list": file}))
    assert "새 사람" in page.text
    assert not User.objects.filter(username="kim").exists()
    again = {
        each.get("name"): each.get("value")
        for each in page.find("form input")
        if each.get("name") in ("again", "name")
    }
    page = Page(client.post("/accounts/people/import/", {**again, "apply": "1"}))
    assert User.objects.get(username="kim").check_password(page.texts("td code")[0])


# keys --------------------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_opens_with_its_persons_rights() -> None:
    user = people.make("steward", username="kim", posts=[OLD])
    key = make_token(user=user, name="집계 프로그램", scopes=["read"], days=30, by=BOSS)
    assert key not in str(list(user.tokens.values_list()))
    held = holder_of(key)
    assert held
    assert (held.person.id, held.person.posts, held.person.via, held.scopes) == (
        "kim",
        {OLD},
        "api",
        {"read"},
    )
    assert holder_of(key, now=timezone.now() + timedelta(days=31)) is None
    assert holder_of(key[:-1]) is holder_of("") is holder_of("madang_") is None
    revoke_token(user=user, token_id=held.token_id, by=BOSS)
    assert holder_of(key) is None


def test_keys_of_closed_accounts_open_nothing() -> None:
    people.make("administrator")
    user = people.make("official")
    key = make_token(user=user, name="x", scopes=["read"], days=30, by=BOSS)
    actions.reset_password(user=user, by=BOSS)
    assert holder_of(key) is None  # first the one-time password has to be changed
    User.objects.update(must_change_password=False)
    assert holder_of(key)
    actions.set_active(user=user, active=False, by=BOSS)
    assert holder_of(key) is None


def test_my_page_makes_and_ends_my_keys_and_nobody_elses(made_up: Workspace, signed_in: Any) -> None:
    with override_settings(MADANG_WORKSPACE=str(made_up.folder)):
        me, other = signed_in("official", username="kim"), signed_in("official", username="lee")
        page = Page(
            me.post("/accounts/me/tokens/", {"name": "집계", "scopes": ["read", "deposit"], "days": "90"})
        )
        held = holder_of(page.texts(".secret code")[0])
        assert held
        assert held.scopes == {"read", "deposit"}
        assert me.post("/accounts/me/tokens/", {"name": "", "scopes": ["read"]}).status_code == 400
        for unknown in ("root", "sql"):
            assert me.post("/accounts/me/tokens/", {"name": "x", "scopes": [unknown]}).status_code == 400
        other.post(f"/accounts/me/tokens/{held.token_id}/revoke/")
        assert User.objects.get(username="kim").tokens.get().revoked_at is None
        me.post(f"/accounts/me/tokens/{held.token_id}/revoke/")
        assert User.objects.get(username="kim").tokens.get().revoked_at


# the first start ---------------------------------------------------------------------------------------------


def test_the_first_start_makes_one_administrator(empty_city: Workspace) -> None:
    said = first.welcome()
    assert "admin" in said[0]
    user = User.objects.get()
    assert (user.role_set, user.must_change_password) == ({"administrator"}, True)
    assert first.welcome() == []


def test_the_sample_city_gets_its_people_once(own_city: Workspace, settings: Any) -> None:
    assert code(first.sample_people) == "not_synthetic"
    toml = own_city.folder / "madang.toml"
    toml.write_text(toml.read_text().replace("synthetic = false", "synthetic = true"))
    card = own_city.bank[PARKING].card
    own_city.bank.write_card(PARKING, {**card, "steward": OLD}, by="x", at=own_city.clock())
    settings.MADANG_SAMPLE_LOGINS = True
    assert "sample-city" in first.welcome()[0]
    assert "steward01" in first.welcome()[0]  # others open with it too
    assert first.welcome() == first.welcome()
    assert Department.objects.count() == 30
    holder = Holding.objects.get(post__name=OLD).user
    door = Client(SERVER_NAME="127.0.0.1")
    said = {"login": holder.username, "password": "sample-city"}
    assert door.post("/accounts/login/", said).status_code == 302
    assert OLD in person_of_user(holder).posts
    proxied = Client(SERVER_NAME="127.0.0.1", headers={"x-forwarded-for": "10.0.0.1"})
    assert proxied.post("/accounts/login/", said).status_code == 200
    settings.MADANG_SAMPLE_LOGINS = False
    assert Client(SERVER_NAME="127.0.0.1").post("/accounts/login/", said).status_code == 200
    assert first.ensure_administrator()  # none of the made-up ones counts


@pytest.mark.parametrize(
    ("host", "synthetic", "proxy", "works"),
    [("127.0.0.1", True, "", True), ("0.0.0.0", True, "", False), ("127.0.0.1", False, "", False), ("127.0.0.1", True, "data.example", False)],
)  # fmt: skip
def test_the_stated_password_is_for_this_computer_alone(
    monkeypatch: Any, host: str, synthetic: bool, proxy: str, works: bool
) -> None:
    from madang.web.serve import sample_logins_work

    monkeypatch.setenv("MADANG_HOSTS", proxy)
    monkeypatch.delenv("MADANG_HTTPS", raising=False)
    assert sample_logins_work(host, synthetic=synthetic) is works


def test_the_command_line_adds_and_resets(empty_city: Workspace) -> None:
    run = CliRunner()
    at = ["-w", str(empty_city.folder), "people"]
    first_word = run.invoke(main, [*at, "add", "kim", "--role", "administrator"]).output.split()[-1]
    assert User.objects.get().check_password(first_word)
    word = run.invoke(main, [*at, "reset", "kim"]).output.split()[-1]
    assert User.objects.get().check_password(word)
    assert json.loads(run.invoke(main, [*at, "list", "--json"]).output)[0]["roles"] == ["administrator"]
    assert run.invoke(main, [*at, "reset", "nobody"]).exit_code == 2
