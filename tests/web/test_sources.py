"""Pages of sources: who sees, declares, runs and stops them; what goes wrong reaches the steward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from madang.collect.allowed import load_allowed
from madang.collect.history import History, Run, State
from madang.collect.origin import Origin, load_origin, load_origins, save_origin
from madang.collect.rhythm import Rhythm
from madang.messages import MadangError
from madang.web.audit.models import Entry
from madang.web.notices.models import Notice
from madang.web.sources.rhythm_field import parts_of
from madang.web.work.models import Job
from madang.workspace import Workspace
from web_page import Page

PARKING, LIBRARY = "교통과 주차관리팀", "문화과 도서관팀"
FILLED = {
    "id": "rain", "title": "강우량", "address": "https://apis.example.go.kr/rain", "dataset": "live-rain", "steward": PARKING,
    "rhythm_how": "minutes", "rhythm_every": "10", "parameters": "type=json\nuntil={now}", "secret": "COLLECT_RAIN", "secret_in": "query",
    "secret_name": "serviceKey", "shape": "portal", "items": "", "total": "", "page_rows": "500", "confirm": "on",
    "timeout_s": "60", "most_mb": "10", "attempts": "3", "wait_s": "30",
}  # fmt: skip


def origin(id_: str = "rain", **said: Any) -> Origin:
    given = {
        "title": "강우량",
        "kind": "http",
        "address": "https://x.go.kr/a.csv",
        "dataset": "live-rain",
        "steward": PARKING,
    }
    return Origin(id=id_, rhythm=Rhythm.of("daily 06:30"), **{**given, **said})


@pytest.fixture
def city(empty_city: Workspace) -> Workspace:
    """Sources may be fetched from names in go.kr and example.com."""
    hosts = 'hosts = ["*.go.kr", "*.go.kr:8088", "*.example.com"]\n'
    (empty_city.folder / "content" / "collect.toml").write_text(hosts)
    return empty_city


@pytest.fixture
def admin(city: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("administrator", posts=["민원과 총괄팀", PARKING], username="root")


@pytest.fixture
def steward(city: Workspace, signed_in: Callable[..., Any]) -> Any:
    """Alice answers for parking."""
    return signed_in("steward", posts=[PARKING], username="alice")


@pytest.fixture
def other(city: Workspace, signed_in: Callable[..., Any]) -> Any:
    """Bob answers for libraries."""
    return signed_in("steward", posts=[LIBRARY], username="bob")


def page(browser: Any, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


def test_nothing_yet_says_what_to_do(admin: Any, signed_in: Callable[..., Any]) -> None:
    assert "수집원 만들기" in page(admin, "/sources/")
    assert "담당자나 관리자가 만들면" in page(signed_in("official"), "/sources/")


def test_a_new_source_is_declared_in_a_file_and_paused(admin: Any, city: Workspace) -> None:
    for kind in ("http", "api", "folder", "sql", "feed"):
        assert "저장하기" in page(admin, f"/sources/-/new/{kind}/")
    answer = admin.post("/sources/-/new/api/", FILLED)
    assert (answer.status_code, answer["Location"]) == (302, "/sources/rain/")
    made = load_origin(city.folder, "rain")
    assert (made.paused, made.parameters, made.api.page_rows, made.api.confirm) == (
        True, {"type": "json", "until": "{now}"}, 500, True,
    )  # fmt: skip
    assert (made.secret and made.secret.variable, made.attempts) == ("COLLECT_RAIN", 3)
    assert Entry.objects.filter(what="source.create", thing="source:rain", by="root").count() == 1
    assert "COLLECT_RAIN" in page(admin, "/sources/rain/")


def test_the_only_post_of_a_steward_answers_for_a_new_dataset(steward: Any, city: Workspace) -> None:
    filled = Page(steward.get("/sources/-/new/api/")).filled("")
    assert filled["steward"] == [PARKING]
    told = steward.post("/sources/-/new/api/", {**FILLED, "steward": ""})
    assert told.status_code == 400
    assert "새 데이터에는 담당 자리를 골라야 합니다." in Page(told).text
    assert "collect" not in Page(told).text.replace("COLLECT_RAIN", "")
    assert load_origins(city.folder) == ([], [])


def test_a_host_that_may_not_be_asked_is_said_when_saving(steward: Any, admin: Any, city: Workspace) -> None:
    elsewhere = {**FILLED, "address": "https://data.elsewhere.org/rain"}
    told = Page(steward.post("/sources/-/new/api/", elsewhere))
    assert told.status == 400
    assert "data.elsewhere.org(포트 443)은 수집이 허용된 곳이 아닙니다" in told.text
    assert [each.get("value") for each in told.find("input#id_address")] == [
        "https://data.elsewhere.org/rain"
    ]
    assert "허용 목록 고치기" not in told.text
    assert load_origins(city.folder) == ([], [])
    assert Page(admin.post("/sources/-/new/api/", elsewhere)).link("허용 목록 고치기") == "/sources/-/hosts/"
    assert steward.post("/sources/-/new/api/", {**elsewhere, "paused": "1"}).status_code == 302
    assert load_origin(city.folder, "rain").paused
    steward.post("/sources/rain/do/", {"do": "resume"})
    assert steward.post("/sources/rain/edit/", elsewhere).status_code == 400
    assert steward.post("/sources/rain/edit/", {**elsewhere, "paused": "1"}).status_code == 302
    assert load_origin(city.folder, "rain").paused


@pytest.mark.parametrize(
    ("chosen", "written"),
    [
        ({"how": "minutes", "every": "10"}, "every 10 minutes"),
        ({"how": "hours", "every": "2"}, "every 2 hours"),
        ({"how": "daily", "at": "06:30"}, "daily 06:30"),
        ({"how": "weekly", "weekday": "fri", "at": "18:05"}, "weekly fri 18:05"),
        ({"how": "monthly", "day": "5", "at": "00:00"}, "monthly 5 00:00"),
        ({"how": "monthly", "day": "last", "at": "23:59"}, "monthly last 23:59"),
        ({"how": "other", "other": "30 6 * * 1-5"}, "30 6 * * 1-5"),
    ],
)
def test_a_rhythm_is_chosen_in_words_and_comes_back_as_chosen(
    admin: Any, city: Workspace, chosen: dict[str, str], written: str
) -> None:
    told = {key: value for key, value in FILLED.items() if not key.startswith("rhythm")}
    told |= {f"rhythm_{part}": value for part, value in chosen.items()}
    assert admin.post("/sources/-/new/api/", told).status_code == 302
    assert load_origin(city.folder, "rain").rhythm.said == written
    filled = Page(admin.get("/sources/rain/edit/")).filled("")
    assert {part: filled[f"rhythm_{part}"] for part in chosen} == {k: [v] for k, v in chosen.items()}
    admin.post("/sources/rain/edit/", filled)  # saved as it stands
    assert load_origin(city.folder, "rain").rhythm.said == written


def test_a_rhythm_told_in_hours_of_minutes_is_shown_as_hours() -> None:
    assert (parts_of("every 120 minutes")["how"], parts_of("every 120 minutes")["every"]) == ("hours", "2")
    assert (
        parts_of("monthly 31 06:30")["other"] == "monthly 31 06:30"
    )  # not every month has one: to be written
    assert parts_of("daily 6:05")["at"] == "06:05"


def test_what_is_wrong_is_said_at_the_form_and_nothing_is_kept(admin: Any, city: Workspace) -> None:
    for change, words in (
        ({"rhythm_how": "other", "rhythm_other": "often"}, "주기로 읽을 수 없습니다"),
        ({"rhythm_every": ""}, "주기로 읽을 수 없습니다"),
        ({"secret": "HOME"}, "COLLECT_로 시작"),
        ({"id": "../x"}, "이름"),
        ({"parameters": "type"}, "이름=값"),
        ({"dataset": ""}, "표시된 칸"),
        ({"timeout_s": "0"}, "표시된 칸"),
    ):
        answer = admin.post("/sources/-/new/api/", {**FILLED, **change})
        assert answer.status_code == 400
        assert words in answer.content.decode()
    assert load_origins(city.folder) == ([], [])
    save_origin(city.folder, origin())
    assert "이미 있습니다" in admin.post("/sources/-/new/api/", FILLED).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("address", "https://apis.example.go.kr/rain?serviceKey=g0ld-4711", "api"),
        ("address", "https://apis.example.go.kr/rain?a=1&service%4Bey=g0ld-4711", "http"),
        ("address", "http://openapi.seoul.go.kr:8088/g0ld4711g0ld4711g0ld/json/rain/", "seoul"),
        ("address", "https://alice:g0ld-4711@apis.example.go.kr/rain", "http"),
        ("address", "postgresql://alice:g0ld-4711@db.example.go.kr/city", "sql"),
        ("address", "postgresql://alice@db.example.go.kr/city?password=g0ld-4711", "sql"),
        ("parameters", "type=json\napikey = g0ld-4711", "api"),
        ("parameters", "X_Auth_Token=g0ld-4711", "feed"),
        ("secret", "g0ld-4711", "api"),
    ],
)
def test_a_key_in_plain_is_refused_and_stands_nowhere(
    admin: Any, city: Workspace, caplog: pytest.LogCaptureFixture, field: str, value: str, kind: str
) -> None:
    shape = "seoul" if kind == "seoul" else "portal"
    kind = "api" if kind == "seoul" else kind
    told = {**FILLED, "secret": "", "query": "SELECT 1", "shape": shape, field: value}
    answer = admin.post(f"/sources/-/new/{kind}/", told)
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "환경 변수" in said
    save_origin(city.folder, origin(kind=kind, query="SELECT 1" if kind == "sql" else ""))
    changed = admin.post("/sources/rain/edit/", told)
    assert changed.status_code == 400
    everywhere = [
        said,
        changed.content.decode(),
        caplog.text,
        *(str(e.__dict__) for e in Entry.objects.all()),
    ]
    everywhere += [p.read_text("utf-8") for p in (city.folder / "content").rglob("*.toml")]
    for each in everywhere:
        assert "g0ld" not in each


def test_a_key_that_is_named_may_stand_anywhere(admin: Any, city: Workspace) -> None:
    """{key} is filled in at the run; a page token or a sorting key is no secret."""
    told = {
        **FILLED,
        "shape": "seoul",
        "address": "http://openapi.seoul.go.kr:8088/{key}/json/rain/{first}/{last}/",
    }
    told |= {"parameters": "serviceKey={key}\nsortKey=name\npageToken=3\nkeyword=keys"}
    assert admin.post("/sources/-/new/api/", told).status_code == 302


def test_a_known_key_cannot_be_sent_elsewhere_by_editing_the_address(
    admin: Any, city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLLECT_RAIN", "g0ld")
    monkeypatch.setenv("COLLECT_RAIN_HOSTS", "apis.example.go.kr, *.weather.go.kr")
    assert admin.post("/sources/-/new/api/", FILLED).status_code == 302
    assert (
        admin.post("/sources/rain/edit/", {**FILLED, "address": "https://a.weather.go.kr/x"}).status_code
        == 302
    )
    answer = admin.post("/sources/rain/edit/", {**FILLED, "address": "https://evil.example.com/rain"})
    assert answer.status_code == 400
    assert "COLLECT_RAIN_HOSTS=evil.example.com" in answer.content.decode()
    assert load_origin(city.folder, "rain").address == "https://a.weather.go.kr/x"


def test_an_edit_keeps_what_the_form_does_not_know(admin: Any, city: Workspace) -> None:
    from madang.collect.origin_api import Api
    from madang.intake.raw import Override

    before = origin(
        kind="api", api=Api(ok=("Z",)), reading=Override(encoding="cp949"), settle_s=33, paused=False
    )
    save_origin(city.folder, before)
    assert 'value="강우량"' in page(admin, "/sources/rain/edit/")
    admin.post("/sources/rain/edit/", {**FILLED, "title": "비"})
    after = load_origin(city.folder, "rain")
    assert (after.title, after.api.ok, after.reading, after.settle_s) == ("비", ("Z",), before.reading, 33)
    assert Entry.objects.filter(what="source.change").count() == 1


def test_stewards_look_after_their_own_and_others_only_look(
    steward: Any, other: Any, signed_in: Callable[..., Any], city: Workspace
) -> None:
    save_origin(city.folder, origin(paused=True))
    official = signed_in("official")
    assert "지금 가져오기" in page(steward, "/sources/rain/")
    for stranger in (other, official):
        shown = page(stranger, "/sources/rain/")
        assert "강우량" in shown
        assert "지금 가져오기" not in shown
        for deed in ("run", "try", "pause", "resume", "remove"):
            assert stranger.post("/sources/rain/do/", {"do": deed}).status_code == 403
        assert stranger.post("/sources/rain/edit/", FILLED).status_code == 403
    assert official.get("/sources/-/new/").status_code == 403
    assert load_origin(city.folder, "rain").paused
    assert not Job.objects.exists()
    steward.post("/sources/rain/do/", {"do": "resume"})
    assert not load_origin(city.folder, "rain").paused


def test_a_steward_cannot_declare_for_another_post_nor_hand_over_to_it(
    steward: Any, other: Any, city: Workspace
) -> None:
    assert steward.post("/sources/-/new/api/", {**FILLED, "steward": LIBRARY}).status_code == 400
    assert steward.post("/sources/-/new/api/", FILLED).status_code == 302
    assert other.post("/sources/rain/edit/", {**FILLED, "steward": LIBRARY}).status_code == 403


def test_folders_and_databases_are_declared_by_administrators(
    steward: Any, admin: Any, city: Workspace
) -> None:
    assert "데이터베이스" not in page(steward, "/sources/-/new/")
    filled = {**FILLED, "address": "drop", "settle_s": "10", "dataset": ""}
    answer = steward.post("/sources/-/new/folder/", filled)
    assert "권한이 없습니다" in answer.content.decode()
    assert admin.post("/sources/-/new/folder/", filled).status_code == 302


def test_a_source_of_a_restricted_dataset_is_not_there_for_others(
    own_city: Workspace, signed_in: Callable[..., Any]
) -> None:
    dataset = own_city.bank.datasets()[0]
    card = {k: v for k, v in dataset.card.items() if k not in ("by", "at")}
    card = {"title": dataset.id, **card, "access": "restricted", "steward": PARKING}
    dataset.write_card(card, by="x", at=own_city.clock())
    save_origin(own_city.folder, origin(dataset=dataset.id, steward=""))
    holder, stranger = signed_in("steward", posts=[PARKING]), signed_in("analyst", username="eve")
    assert "강우량" in page(holder, "/sources/")
    assert "강우량" not in page(stranger, "/sources/")
    assert stranger.get("/sources/rain/").status_code == 404
    assert stranger.get("/sources/rain/state/").status_code == 404
    assert stranger.post("/sources/rain/do/", {"do": "run"}).status_code == 404


def test_nobody_fills_a_dataset_that_is_not_theirs(
    own_city: Workspace, signed_in: Callable[..., Any]
) -> None:
    dataset = own_city.bank.datasets()[0]
    alice = signed_in("steward", posts=[PARKING])
    answer = alice.post("/sources/-/new/api/", {**FILLED, "dataset": dataset.id, "paused": "1"})
    assert answer.status_code == 400
    assert "권한이 없습니다" in answer.content.decode()


def test_fetching_now_is_one_job_however_often_it_is_pressed(steward: Any, city: Workspace) -> None:
    save_origin(city.folder, origin(paused=True))
    for _ in range(3):
        steward.post("/sources/rain/do/", {"do": "run"})
    job = Job.objects.get()
    assert (job.kind, job.params, job.thing, job.by) == (
        "collect",
        {"origin": "rain"},
        "source:rain",
        "alice",
    )
    assert 'hx-trigger="every 2s"' in page(steward, "/sources/rain/")


def test_only_administrators_say_which_hosts_may_be_asked(steward: Any, admin: Any, city: Workspace) -> None:
    assert steward.get("/sources/-/hosts/").status_code == 403
    (city.folder / "content" / "collect.toml").write_text('private = ["10.0.0.0/8"]\nfolders = ["/srv/in"]\n')
    admin.post("/sources/-/hosts/", {"hosts": "apis.data.go.kr\r\n*.go.kr"})
    found = load_allowed(city.folder)
    assert (found.hosts, [str(each) for each in found.private]) == (
        ("apis.data.go.kr", "*.go.kr"),
        ["10.0.0.0/8"],
    )
    assert [str(each) for each in found.folders] == ["/srv/in"]
    wrong = admin.post("/sources/-/hosts/", {"hosts": "http://x"})
    assert (wrong.status_code, load_allowed(city.folder)) == (400, found)
    assert Entry.objects.filter(what="source.hosts").count() == 1


def test_the_lamp_and_the_runs_are_shown(steward: Any, city: Workspace) -> None:
    save_origin(city.folder, origin())
    now = city.clock()
    history = History(city.folder, "rain")
    error = {"code": "collect_sign_in", "params": {"host": "x.go.kr"}}
    evidence = ({"url": "https://x.go.kr/a.csv?k=***", "at": now.isoformat(), "status": 200, "size": 12,
                 "notes": [{"code": "collect_resumed", "params": {"size": "5"}, "text": ""}]},)  # fmt: skip
    history.add(Run("1", now, now + timedelta(seconds=2), "collector", "new", (), evidence))
    history.add(Run("2", now, now, "collector", "failed", error=error))
    history.save(State(now, now, 2, now, told=True))
    shown = page(steward, "/sources/rain/")
    for words in ("실패", "로그인 화면", "k=***", "이어 받았습니다", "2번 실패"):
        assert words in shown
    assert "실패 1" in page(steward, "/sources/")
    steward.cookies["madang_language"] = "en"
    assert "sent a sign-in page" in page(steward, "/sources/rain/")


def test_a_broken_declaration_is_told_to_administrators_and_stops_no_other(
    admin: Any, other: Any, city: Workspace
) -> None:
    save_origin(city.folder, origin())
    (city.folder / "content" / "collect" / "bad.toml").write_text("kind = 3")
    assert "bad.toml" in page(admin, "/sources/")
    shown = page(other, "/sources/")
    assert "강우량" in shown
    assert "bad.toml" not in shown


def test_what_is_due_is_planned_once_and_missed_runs_too(city: Workspace) -> None:
    from madang.web.sources.jobs import plan

    save_origin(city.folder, origin())
    save_origin(city.folder, origin("paused", paused=True))
    now = city.clock()
    plan(now)
    assert not Job.objects.exists()
    for days in (3, 4):
        plan(now + timedelta(days=days))
    job = Job.objects.get()
    assert (job.params, job.by) == ({"origin": "rain"}, "collector")


def test_a_run_that_died_is_told_but_not_one_that_waits_to_run_again(city: Workspace) -> None:
    from madang.web.sources.jobs import COLLECTOR, plan
    from madang.web.work.actions import start

    save_origin(city.folder, origin())
    now = city.clock()
    History(city.folder, "rain").save(State(now, now, under_way=True))
    job = start("collect", {"origin": "rain"}, by=COLLECTOR, key="collect:rain")
    plan(now)
    assert not Notice.objects.exists()
    Job.objects.filter(pk=job.pk).update(state="failed")
    plan(now)
    assert "갑자기 끝났습니다" in Notice.objects.get(post=PARKING).sentence


def test_a_failure_reaches_the_steward_once(city: Workspace, steward: Any) -> None:
    from madang.collect.run import collect
    from madang.web.sources.telling import tell_of

    made = origin(attempts=1, address="https://x.elsewhere.org/a.csv")
    save_origin(city.folder, made)
    for _ in range(3):
        tell_of(made, city, collect(made, city, by="collector"))  # no host may be asked
    told = Notice.objects.get()
    assert (told.post, told.url, told.thing) == (PARKING, "/sources/rain/", "source:rain")
    assert "허용된 곳이 아닙니다" in page(steward, "/notices/")


def test_a_post_that_nobody_holds_any_more_is_no_dead_letter_box(city: Workspace, admin: Any) -> None:
    from madang.collect.run import Done
    from madang.web.sources.telling import tell_of

    now = city.clock()
    tell_of(origin(steward=LIBRARY), city, Done(Run("1", now, now, "x", "failed"), tell=True))
    assert {(notice.post, notice.person) for notice in Notice.objects.all()} == {(LIBRARY, ""), ("", "root")}


def test_a_source_of_nobody_is_told_to_administrators(city: Workspace, admin: Any, steward: Any) -> None:
    from madang.collect.run import Done
    from madang.web.sources.telling import tell_of

    now = city.clock()
    tell_of(origin(steward=""), city, Done(Run("1", now, now, "x", "failed"), tell=True))
    assert [notice.person for notice in Notice.objects.all()] == ["root"]


def test_a_removed_source_leaves_its_runs(steward: Any, city: Workspace) -> None:
    save_origin(city.folder, origin())
    History(city.folder, "rain").save(State())
    steward.post("/sources/rain/do/", {"do": "remove"})
    with pytest.raises(MadangError):
        load_origin(city.folder, "rain")
    assert (city.folder / "collect" / "rain" / "state.json").exists()
