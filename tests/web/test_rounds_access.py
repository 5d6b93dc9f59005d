"""Alice opens a round, Bora (복지과) and Chul (도로과) answer, Dan (세무과) is not asked: who reaches what, and how not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from madang.web.rounds.models import Round
from madang.workspace import Workspace
from web.round_helper import BAD, GOOD, RoundOfTwo, xlsx
from web_page import Page

pytestmark = pytest.mark.slow
STEPS = ("", "form.xlsx", "form.hwpx")
DEEDS = ("file/", "mend/", "map/1/", "remove/1/", "submit/", "nothing/", "sign/")


@pytest.fixture
def two(own_city: Workspace, signed_in: Any) -> RoundOfTwo:
    cache.clear()
    made = RoundOfTwo(signed_in)
    made.bora.post(f"{made.at('복지과')}file/", {"file": xlsx([*GOOD, BAD[1]], name="복지과 비밀.xlsx")})
    return made


@pytest.mark.parametrize("step", STEPS)
def test_a_department_does_not_find_the_part_of_another(two: RoundOfTwo, step: str) -> None:
    assert two.bora.get(two.at("복지과") + step).status_code == 200
    for other in (two.chul, two.dan):
        assert other.get(two.at("복지과") + step).status_code == 404


@pytest.mark.parametrize("step", DEEDS)
def test_nor_does_anything_in_it(two: RoundOfTwo, step: str) -> None:
    before = two.part("복지과").state
    for other in (two.chul, two.dan):
        assert other.post(two.at("복지과") + step, {"file": xlsx(GOOD), "note": "x"}).status_code == 404
    assert two.part("복지과").state == before
    assert two.part("복지과").uploads.count() == 1


def test_the_officer_looks_and_does_not_answer_for_a_department(two: RoundOfTwo) -> None:
    assert "복지과 비밀.xlsx" in Page(two.alice.get(two.at("복지과"))).text
    assert two.alice.post(f"{two.at('복지과')}submit/", {"note": "x"}).status_code == 404
    assert two.part("복지과").handed_in is None


def test_no_page_tells_a_department_of_another(two: RoundOfTwo) -> None:
    for address in ("/rounds/", two.at("도로과"), f"{two.link('도로과')}"):
        text = Page(two.chul.get(address)).text
        assert "복지과" not in text
        assert "비밀" not in text
        assert "열하나" not in text


@pytest.mark.parametrize("step", ["lines/", "merge/", "links/", "addresses.csv", "record.xlsx", "record/"])
def test_the_board_is_the_officers(two: RoundOfTwo, step: str, signed_in: Any) -> None:
    assert two.alice.get(two.url + step).status_code == 200
    assert two.bora.get(two.url + step).status_code == 403  # knows the round, and may not
    assert two.dan.get(two.url + step).status_code == 404  # has nothing to do with it
    other = signed_in("steward", posts=["문화과 시설팀"], username="other")
    assert other.get(two.url + step).status_code == 404  # another steward's round is not theirs


@pytest.mark.parametrize("step", ["settings/", "act/", "close/", "next/", "merge/"])
def test_only_the_officer_changes_a_round(two: RoundOfTwo, step: str) -> None:
    said = {"title": "빼앗음", "due_at": two.due, "do": "accept", "label-0": "x"}
    assert two.bora.post(two.url + step, said).status_code == 403
    assert two.dan.post(two.url + step, said).status_code == 404
    assert two.round.title == "위원회 현황"
    assert two.round.state == "open"
    assert "위원회-현황" not in Workspace.open(two_city(two)).bank


def two_city(two: RoundOfTwo) -> str:
    from django.conf import settings

    return str(settings.MADANG_WORKSPACE)


def test_the_round_itself_leads_a_department_to_its_part(two: RoundOfTwo) -> None:
    assert two.bora.get(two.url)["Location"] == two.at("복지과")
    assert two.dan.get(two.url).status_code == 404


def test_a_link_reaches_one_part_and_nothing_else(two: RoundOfTwo) -> None:
    nobody = Client(SERVER_NAME="127.0.0.1")
    link = two.link("도로과")
    assert "도로과" in Page(nobody.get(link)).text
    nobody.post(f"{link}file/", {"file": xlsx(BAD[:1])})
    nobody.post(f"{link}submit/")
    given = two.part("도로과").handed_in
    assert (given.rows, given.by) == (1, f"link:{two.part('도로과').pk}")
    for address in (two.at("도로과"), two.at("복지과"), two.url, "/rounds/", "/data/"):
        assert nobody.get(address)["Location"].startswith("/accounts/login/")


def test_a_link_does_not_sign(two: RoundOfTwo) -> None:
    nobody = Client(SERVER_NAME="127.0.0.1")
    link = two.link("복지과")
    nobody.post(f"{link}submit/", {"note": "그대로"})
    assert "로그인한 사람만" in Page(nobody.post(f"{link}sign/", follow=True)).text


def test_what_is_not_the_link_leads_nowhere(two: RoundOfTwo) -> None:
    nobody = Client(SERVER_NAME="127.0.0.1")
    link = two.link("도로과")
    token = link.split("/")[3]
    number, _, signature = token.partition(".")
    other = two.part("복지과").pk
    flipped = signature[:-2] + ("A" if signature[-2] != "A" else "B") + signature[-1]
    for wrong in (
        f"{other}.{signature}",
        f"{number}.{flipped}",
        f"{number}.",
        number,
        f"{number}.{signature}x",
        "가",
    ):
        assert nobody.get(f"/rounds/t/{wrong}/").status_code == 404


def test_who_tries_links_out_is_stopped_whichever_address_of_a_house_is_used(two: RoundOfTwo) -> None:
    cache.clear()
    nobody = Client(SERVER_NAME="127.0.0.1")
    for n in range(20):
        tried = nobody.get("/rounds/t/1.x/", REMOTE_ADDR=f"2001:db8:0:7::{n + 1:x}")
        assert tried.status_code == 404
    assert nobody.get(two.link("도로과"), REMOTE_ADDR="2001:db8:0:7::99").status_code == 429
    assert nobody.get(two.link("도로과"), REMOTE_ADDR="2001:db8:0:8::1").status_code == 200
    cache.clear()


def test_a_link_that_was_changed_or_taken_away_is_dead(two: RoundOfTwo) -> None:
    nobody = Client(SERVER_NAME="127.0.0.1")
    old = two.link("도로과")
    two.alice.post(f"{two.url}act/", {"do": "link", "part": two.part("도로과").pk})
    assert nobody.get(old).status_code == 404
    new = two.link("도로과")
    assert nobody.get(new).status_code == 200
    two.alice.post(f"{two.url}act/", {"do": "revoke", "part": two.part("도로과").pk})
    assert nobody.get(new).status_code == 404


def test_a_closed_round_takes_nothing(two: RoundOfTwo) -> None:
    nobody = Client(SERVER_NAME="127.0.0.1")
    link = two.link("복지과")
    two.alice.post(f"{two.url}close/")
    assert nobody.get(link).status_code == 404
    assert nobody.post(f"{link}file/", {"file": xlsx(GOOD)}).status_code == 404
    told = Page(two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)}, follow=True)).text
    assert "지금은 바꿀 수 없습니다" in told
    assert two.part("복지과").uploads.count() == 1
    assert two.bora.get(two.at("복지과")).status_code == 200  # what was handed in can still be seen


def test_guessing_links_is_stopped(two: RoundOfTwo) -> None:
    nobody = Client(SERVER_NAME="127.0.0.1")
    answers = [nobody.get(f"/rounds/t/{number}.{'x' * 43}/").status_code for number in range(25)]
    assert answers[:20] == [404] * 20
    assert answers[-1] == 429
    cache.clear()


def test_a_link_tells_nobody_where_it_came_from(two: RoundOfTwo) -> None:
    answer = Client(SERVER_NAME="127.0.0.1").get(two.link("복지과"))
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"


def test_a_cell_of_another_part_cannot_be_mended(two: RoundOfTwo) -> None:
    foreign = two.part("복지과").uploads.get()
    field = f"cell-{foreign.pk}-0-4-members"
    two.chul.post(f"{two.at('도로과')}file/", {"file": xlsx(BAD[:1])})
    told = Page(
        two.chul.post(f"{two.at('도로과')}mend/", {field: "99", f"was-{field}": ""}, follow=True)
    ).text
    assert "자료에 없습니다" in told
    assert two.part("복지과").errors == 1


def test_the_work_of_rounds_is_not_in_the_catalogue(two: RoundOfTwo) -> None:
    assert not [each.id for each in Workspace.open(two_city(two)).bank.datasets() if each.id.startswith("p")]


def hand_in(two: RoundOfTwo) -> None:
    for who, name, rows in ((two.bora, "복지과", GOOD), (two.chul, "도로과", BAD[:1])):
        who.post(f"{two.at(name)}file/", {"file": xlsx(rows)})
        who.post(f"{two.at(name)}submit/")


def test_of_the_merged_table_a_department_sees_its_own_rows_where_so_decided(
    own_city: Workspace, signed_in: Any
) -> None:
    two = RoundOfTwo(signed_in, own_rows_only="on")
    for who, name, rows in ((two.bora, "복지과", GOOD), (two.chul, "도로과", BAD[:1])):
        who.post(f"{two.at(name)}file/", {"file": xlsx(rows)})
        who.post(f"{two.at(name)}submit/")
    two.alice.post(f"{two.url}merge/")
    card = Workspace.open(own_city.folder).bank["위원회-현황"].card
    assert (card["access"], card["own_rows"], card["readers"]) == (
        "restricted",
        "contributor",
        ["도로과", "복지과"],
    )
    assert two.dan.get("/data/위원회-현황/").status_code == 404
    assert two.alice.get("/data/위원회-현황/").status_code == 200


@pytest.mark.parametrize("before", ["public", "internal", "restricted"])
def test_merged_into_a_dataset_that_was_open_it_is_as_closed_as_the_round(
    own_city: Workspace, signed_in: Any, before: str
) -> None:
    """Last year's dataset stood open; this year's round says that every department sees its own rows only."""
    two = RoundOfTwo(signed_in)
    hand_in(two)
    two.alice.post(f"{two.url}merge/")
    bank = Workspace.open(own_city.folder).bank
    told = {
        **bank["위원회-현황"].card,
        "access": before,
        "readers": ["복지과", "세무과"] if before == "restricted" else [],
    }
    bank.write_card("위원회-현황", told, by="alice", at=own_city.clock())
    assert "노인복지위원회" in Page(two.dan.get("/data/위원회-현황/rows/")).text
    Round.objects.filter(pk=two.round.pk).update(own_rows_only=True)
    again = two.alice.post(
        f"{two.url}merge/", follow=True
    )  # the same rows make no new version, and it closes
    assert again.status_code == 200
    card = Workspace.open(own_city.folder).bank["위원회-현황"].card
    readers = ["복지과"] if before == "restricted" else ["도로과", "복지과"]  # both let them in
    assert (card["access"], card["own_rows"], card["readers"]) == ("restricted", "contributor", readers)
    assert card["by"] == "alice"
    seen = two.dan.get("/data/위원회-현황/rows/")
    assert seen.status_code == 404 or "노인복지위원회" not in Page(seen).text
    bora = Page(two.bora.get("/data/위원회-현황/rows/")).text
    assert "노인복지위원회" in bora
    assert "도로명주소위원회" not in bora


@pytest.mark.parametrize(
    ("closed", "says"),
    [
        ({"readers": ["세무과"]}, "겹치는 곳이 없습니다"),
        ({"readers": ["복지과"], "own_rows": "department"}, "두 기준을 함께 지킬 수 없어"),
    ],
)
def test_a_round_that_would_open_a_closed_dataset_to_others_is_not_merged_and_says_so(
    own_city: Workspace, signed_in: Any, closed: dict[str, Any], says: str
) -> None:
    two = RoundOfTwo(signed_in)
    hand_in(two)
    two.alice.post(f"{two.url}merge/")
    bank = Workspace.open(own_city.folder).bank
    told = {**bank["위원회-현황"].card, "access": "restricted", **closed}
    bank.write_card("위원회-현황", told, by="alice", at=own_city.clock())
    before = (bank["위원회-현황"].card, bank["위원회-현황"].deposits())
    Round.objects.filter(pk=two.round.pk).update(own_rows_only=True)
    page = Page(two.alice.get(f"{two.url}merge/"))
    assert says in page.text
    assert "한 판으로 모으기" not in page.text
    assert says in Page(two.alice.post(f"{two.url}merge/", follow=True)).text
    dataset = Workspace.open(own_city.folder).bank["위원회-현황"]
    assert (dataset.card, dataset.deposits()) == before


def test_a_new_version_by_merging_is_closed_before_it_is_there(own_city: Workspace, signed_in: Any) -> None:
    two = RoundOfTwo(signed_in)
    hand_in(two)
    two.alice.post(f"{two.url}merge/")
    Round.objects.filter(pk=two.round.pk).update(own_rows_only=True)
    other = [["하천위원회", 3, "2001-05-05", "법정"]]
    two.chul.post(f"{two.at('도로과')}file/", {"file": xlsx(other), "mode": "replace"})
    two.chul.post(f"{two.at('도로과')}submit/")
    two.alice.post(f"{two.url}merge/")
    dataset = Workspace.open(own_city.folder).bank["위원회-현황"]
    assert len(dataset.versions) == 2
    assert (dataset.card["access"], dataset.card["own_rows"]) == ("restricted", "contributor")
    assert two.dan.get("/data/위원회-현황/rows/").status_code == 404


def test_a_round_of_everybodys_rows_does_not_open_what_was_closed(
    own_city: Workspace, signed_in: Any
) -> None:
    two = RoundOfTwo(signed_in, own_rows_only="on")
    hand_in(two)
    two.alice.post(f"{two.url}merge/")
    Round.objects.filter(pk=two.round.pk).update(own_rows_only=False)
    two.chul.post(f"{two.at('도로과')}file/", {"file": xlsx(BAD[:1]), "mode": "replace"})
    two.chul.post(f"{two.at('도로과')}submit/")
    two.alice.post(f"{two.url}merge/")
    card = Workspace.open(own_city.folder).bank["위원회-현황"].card
    assert (card["access"], card["own_rows"]) == ("restricted", "contributor")


def test_a_resident_and_nobody_reach_no_round(two: RoundOfTwo, signed_in: Any) -> None:
    resident = signed_in("resident", department="복지과", username="resident")
    assert resident.get(two.at("복지과")).status_code == 404
    assert resident.get(two.url).status_code == 404
    assert Client(SERVER_NAME="127.0.0.1").get(two.at("복지과"))["Location"].startswith("/accounts/login/")
