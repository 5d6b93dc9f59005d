"""APIs as they answer: envelopes, errors inside status 200, pages that do not fit together, quotas."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from madang.bank.durable import SEOUL
from madang.collect import api
from madang.collect.answer import Quota, understood
from madang.collect.fetched import Fetched, Means, Retry
from madang.collect.origin import Origin
from madang.collect.origin_api import SHAPES, Api
from madang.collect.secret import Secret
from madang.messages import MadangError
from tests.collect.rogue import ERROR_PAGE, Rogue, plain

Make = Callable[..., Origin]
ROW = {"name": "가게", "n": 1}


def envelope(
    items: Any, total: Any = None, code: str = "00", message: str = "NORMAL SERVICE."
) -> dict[str, Any]:
    body = {"items": items, "numOfRows": 10, "pageNo": 1} | ({} if total is None else {"totalCount": total})
    return {"response": {"header": {"resultCode": code, "resultMsg": message}, "body": body}}


def rows_of(answer: Any, shape: Api | None = None) -> list[dict[str, Any]]:
    raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return understood(raw, shape or Api(), "host").rows


def error_of(answer: Any, shape: Api | None = None) -> MadangError:
    with pytest.raises(MadangError) as caught:
        rows_of(answer, shape)
    return caught.value


def collected(found: list[Fetched]) -> list[dict[str, Any]]:
    (file,) = found
    return [json.loads(line) for line in file.path.read_text("utf-8").splitlines()]


# one answer -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "rows"),
    [
        ([ROW, ROW], 2), ({"item": [ROW, ROW, ROW]}, 3), ({"item": ROW}, 1), (ROW, 1), ("", 0), ([], 0), ({"item": ""}, 0),
        ({"item": []}, 0), ({}, 0), ([[1], "x"], 2),
    ],
)  # fmt: skip
def test_rows_however_they_are_packed(items: Any, rows: int) -> None:
    assert len(rows_of(envelope(items, rows))) == rows


def test_xml_is_rows_too() -> None:
    xml = (
        "<?xml version='1.0' encoding='UTF-8'?><response><header><resultCode>00</resultCode></header><body><items>"
        "<item><name>가게 &amp; 집</name><tags><tag>a</tag><tag>b</tag></tags><empty/></item><item><name>둘</name></item>"
        "</items><totalCount>2</totalCount></body></response>"
    )
    assert rows_of(xml.encode()) == [
        {"name": "가게 & 집", "tags": {"tag": ["a", "b"]}, "empty": ""},
        {"name": "둘"},
    ]
    one = xml.replace("<item><name>둘</name></item>", "")
    assert len(rows_of(one.encode())) == 1
    said_wrong = xml.encode("cp949")  # says UTF-8, is CP949
    assert rows_of(said_wrong)[1] == {"name": "둘"}


def test_entities_of_xml_are_never_opened() -> None:
    bomb = b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><response><header><resultCode>00</resultCode></header><body><items><item><a>&f;</a></item></items></body></response>"
    assert "root:" not in json.dumps(rows_of(bomb))


@pytest.mark.parametrize(
    ("answer", "code", "type_"),
    [
        (envelope("", 0, "22", "LIMITED…"), "collect_quota", Quota),
        (
            envelope("", 0, "30", "SERVICE_KEY…"),
            "collect_key",
            Retry,
        ),  # a new key needs an hour to be known everywhere
        (envelope("", 0, "31", "DEADLINE…"), "collect_key", MadangError),
        (envelope("", 0, "04", "HTTP_ERROR"), "collect_api_error", Retry),
        (envelope("", 0, "10", "INVALID…"), "collect_api_error", MadangError),
        ({"response": {"header": {"resultcode": "99", "resultMsg": "?"}}}, "collect_api_error", Retry),
        ({"cmmMsgHeader": {"returnReasonCode": "22"}}, "collect_quota", Quota),
        ({"resultCode": "12", "resultMsg": "NO_OPENAPI"}, "collect_api_error", MadangError),
        ({"error": "invalid_key"}, "collect_api_error", MadangError),
        (b"", "collect_empty", Retry),
        (ERROR_PAGE, "collect_html", Retry),
        (json.dumps(envelope([ROW], 1)).encode()[:40], "collect_answer_cut", Retry),
        (b"<response><header><resultCode>00</resultCode>", "collect_answer_cut", Retry),
        ({"something": "else"}, "collect_api_shape", MadangError),
        (b"[" * 100_000, "collect_answer_cut", Retry),
    ],
)
def test_errors_inside_status_200(answer: Any, code: str, type_: type) -> None:
    error = error_of(answer)
    assert (error.code, type(error)) == (code, type_)


def test_the_gateway_answers_in_xml_whatever_was_asked() -> None:
    said = (
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{}</returnAuthMsg>"
        "<returnReasonCode>{}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
    )
    full = "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"
    assert isinstance(error_of(said.format(full, "22").encode()), Quota)
    assert isinstance(error_of(said.format(full, "").encode()), Quota)
    error = error_of(said.format("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "30").encode())
    assert error.params["message"] == "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"


def test_no_data_said_in_so_many_words_is_no_error() -> None:
    page = understood(json.dumps(envelope("", 0, "03", "NODATA_ERROR")).encode(), Api(), "host")
    assert (page.rows, page.none) == ([], True)
    seoul = {"RESULT": {"CODE": "INFO-200", "MESSAGE": "해당하는 데이터가 없습니다."}}
    assert understood(json.dumps(seoul).encode(), SHAPES["seoul"], "host").none


def test_other_envelopes() -> None:
    seoul = {
        "bikeList": {"list_total_count": 1, "RESULT": {"CODE": "INFO-000", "MESSAGE": "정상"}, "row": [ROW]}
    }
    assert rows_of(seoul, SHAPES["seoul"]) == [ROW]
    bad_key = {"RESULT": {"CODE": "INFO-100", "MESSAGE": "인증키가 유효하지 않습니다."}}
    assert error_of(bad_key, SHAPES["seoul"]).code == "collect_key"
    odcloud = {"page": 1, "perPage": 10, "totalCount": 1, "currentCount": 1, "data": [ROW]}
    assert rows_of(odcloud, SHAPES["odcloud"]) == [ROW]
    assert (
        error_of({"code": -4, "msg": "등록되지 않은 인증키 입니다."}, SHAPES["odcloud"]).code
        == "collect_api_error"
    )
    assert rows_of([ROW, ROW], SHAPES["list"]) == [ROW, ROW]
    own = replace(SHAPES["list"], items="result.stations", total="result.count")
    assert (
        understood(json.dumps({"result": {"stations": [ROW], "count": "1,234"}}).encode(), own, "h").total
        == 1234
    )


# pages ------------------------------------------------------------------------------------------------------


def paged(
    rogue: Rogue, rows: list[dict[str, Any]], size: int, spoil: Callable[[int, Any], Any] | None = None
) -> None:
    """Serves rows page by page at /api; `spoil` may change the answer to the n-th request."""
    count = iter(range(1, 1000))

    def answer(asked: Any, handler: Any) -> None:
        number, page = next(count), int(asked.query["pageNo"])
        said: Any = envelope({"item": rows[(page - 1) * size : page * size] or ""}, len(rows))
        said = spoil(number, said) if spoil else said
        plain(handler, said if isinstance(said, bytes) else json.dumps(said).encode(), "application/json")

    rogue.answers["/api"] = answer


ROWS = [{"id": n, "name": f"이름 {n}"} for n in range(25)]
BY_TEN = Api(page_rows=10)


def test_all_pages_make_one_file(origin: Make, means: Means, rogue: Rogue) -> None:
    paged(rogue, ROWS, 10)
    found = api.fetch(origin("/api", "api", api=BY_TEN, parameters={"until": "{now}"}), means)
    assert collected(found) == ROWS
    assert [each.query for each in rogue.asked] == [
        {"until": "202611221200", "pageNo": str(n), "numOfRows": "10"} for n in (1, 2, 3)
    ]
    assert found[0].evidence.requests == 3
    assert found[0].path.name == "shops.jsonl"


def test_a_server_that_gives_fewer_rows_than_asked_is_read_to_its_end(
    origin: Make, means: Means, rogue: Rogue
) -> None:
    paged(rogue, ROWS, 4)
    assert collected(api.fetch(origin("/api", "api", api=BY_TEN), means)) == ROWS


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [
        (ERROR_PAGE, "collect_html"), (b'{"response": {"hea', "collect_answer_cut"), (b"", "collect_empty"),
        (json.dumps(envelope("", 0, "04", "HTTP_ERROR")).encode(), "collect_api_error"),
        (json.dumps(envelope("", 0, "22", "LIMITED")).encode(), "collect_quota"),
        (json.dumps(envelope("", 0, "30", "KEY")).encode(), "collect_key"),
    ],
)  # fmt: skip
def test_a_page_that_fails_once_is_asked_for_again_and_it_is_noted(
    origin: Make, means: Means, rogue: Rogue, clock: Any, spoiled: bytes, code: str
) -> None:
    paged(rogue, ROWS, 10, lambda number, said: spoiled if number == 2 else said)
    found = api.fetch(origin("/api", "api", api=BY_TEN), means)
    assert collected(found) == ROWS
    assert [note.code for note in found[0].evidence.notes] == [code]
    assert clock.slept == [0.1, 1.0, 0.1, 0.1]  # a pause before each request, one second for the second try


def test_a_quota_that_is_meant_waits_for_tomorrow(
    origin: Make, means: Means, rogue: Rogue, clock: Any
) -> None:
    said = envelope("", 0, "22", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR")
    paged(rogue, ROWS, 10, lambda number, answer: said if number > 1 else answer)
    with pytest.raises(Retry) as caught:
        api.fetch(origin("/api", "api", api=BY_TEN), means)
    assert caught.value.code == "collect_quota"
    assert caught.value.at == datetime(
        2026, 11, 23, 0, 22, 30, tzinfo=SEOUL
    )  # 15 minutes and half of 15 more
    assert clock.now < caught.value.at - timedelta(hours=11)


def test_a_total_that_changes_in_the_middle_begins_anew(origin: Make, means: Means, rogue: Rogue) -> None:
    def grows(number: int, said: Any) -> Any:
        if number == 1:
            said["response"]["body"]["totalCount"] = 24
        return said

    paged(rogue, ROWS, 10, grows)
    found = api.fetch(origin("/api", "api", api=BY_TEN), means)
    assert collected(found) == ROWS
    assert [note.code for note in found[0].evidence.notes] == ["collect_moved"]


def test_a_total_that_never_rests_is_given_up(origin: Make, means: Means, rogue: Rogue) -> None:
    def moves(number: int, said: Any) -> Any:
        said["response"]["body"]["totalCount"] = 25 + number
        return said

    paged(rogue, ROWS, 10, moves)
    with pytest.raises(Retry, match="계속 바뀌어"):
        api.fetch(origin("/api", "api", api=BY_TEN), means)


def test_a_page_that_comes_twice_is_noticed(origin: Make, means: Means, rogue: Rogue) -> None:
    rogue.says("/api", envelope(ROWS[:10], 25))  # never listens to the number of the page
    with pytest.raises(MadangError) as caught:
        api.fetch(origin("/api", "api", api=BY_TEN), means)
    assert caught.value.code == "collect_same_page"


def test_fewer_rows_than_announced_are_no_file(origin: Make, means: Means, rogue: Rogue) -> None:
    def short(number: int, said: Any) -> Any:
        said["response"]["body"]["totalCount"] = 40
        return said

    paged(rogue, ROWS, 10, short)
    with pytest.raises(Retry) as caught:
        api.fetch(origin("/api", "api", api=BY_TEN), means)
    assert (caught.value.code, caught.value.params["rows"]) == ("collect_rows_short", "25")


def test_nothing_said_in_words_is_nothing_new_and_an_empty_list_is_an_error(
    origin: Make, means: Means, rogue: Rogue
) -> None:
    rogue.says("/none", envelope("", 0, "03", "NODATA_ERROR"))
    assert api.fetch(origin("/none", "api"), means) == []
    rogue.says("/empty-list", envelope("", 0))
    with pytest.raises(MadangError) as caught:
        api.fetch(origin("/empty-list", "api"), means)
    assert caught.value.code == "collect_no_rows"


def test_pages_in_the_path_with_the_key_in_it(origin: Make, means: Means, rogue: Rogue) -> None:
    key = "a%2Bb%2Fc%3D%3D"

    def body(rows: Any) -> Any:
        return {"bikeList": {"list_total_count": 15, "RESULT": {"CODE": "INFO-000"}, "row": rows}}

    rogue.says(f"/{key}/json/bikeList/1/10/", body(ROWS[:10]))
    rogue.says(f"/{key}/json/bikeList/11/20/", body(ROWS[10:15]))
    made = origin("/{key}/json/bikeList/{first}/{last}/", "api", api=replace(SHAPES["seoul"], page_rows=10))
    found = api.fetch(replace(made, secret=Secret("COLLECT_KEY")), means)
    assert collected(found) == ROWS[:15]
    assert found[0].evidence.url == rogue.url("/***/json/bikeList/1/10/")


def test_two_answers_that_agree_are_believed(origin: Make, means: Means, rogue: Rogue) -> None:
    def shaky(number: int, said: Any) -> Any:
        if number == 1:  # a row is missing, and the total fits that
            said["response"]["body"] |= {"items": ROWS[:4], "totalCount": 4}
        return said

    paged(rogue, ROWS[:5], 10, shaky)
    found = api.fetch(origin("/api", "api", api=replace(BY_TEN, confirm=True)), means)
    assert collected(found) == ROWS[:5]
    assert [note.code for note in found[0].evidence.notes] == ["collect_disagree"]


def test_rows_that_come_twice_are_taken_once_where_no_two_are_alike(
    origin: Make, means: Means, rogue: Rogue
) -> None:
    rogue.says("/api", envelope([*ROWS[:5], ROWS[0]], 6))
    found = api.fetch(origin("/api", "api", api=replace(BY_TEN, distinct=True)), means)
    assert collected(found) == ROWS[:5]
    assert [note.code for note in found[0].evidence.notes] == ["collect_twice"]
    assert len(collected(api.fetch(origin("/api", "api", api=BY_TEN), means))) == 6
