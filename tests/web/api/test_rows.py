"""Rows through the API: the same question in every form, pages that go on, marks that spare an answer."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest

import made_up_bank
from api_city import PARKING

ROWS = f"/api/v1/datasets/{quote(PARKING)}/rows"
NAMES = [column.name for column in made_up_bank.COLUMNS]


@pytest.fixture
def ask(program: Any) -> Any:
    """An official's program."""
    client = program("official")

    def get(address: str = "", status: int = 200, **headers: str) -> Any:
        answer = client.get(ROWS + address, headers=headers)
        assert answer.status_code == status, answer.content.decode()
        return answer

    return get


def test_rows_are_those_of_the_live_version_under_the_names_of_its_columns(ask: Any) -> None:
    said = ask("?limit=3").json()
    assert said["version"] == 2
    assert [each["name"] for each in said["columns"]] == NAMES
    first = made_up_bank._car_park(0)
    assert said["rows"][0] == {
        name: first[name].isoformat() if name == "reference_date" else first[name] for name in NAMES
    }
    assert len(said["rows"]) == 3
    assert said["total"] is None


def test_a_question_by_korean_labels(ask: Any) -> None:
    """Of car parks 0–58 and 60, numbers 0, 3, 6 … are 노외; 20 + 7 × (i mod 13) slots, number 7 was made 88."""
    said = ask(
        f"?{quote('구분')}=노외&{quote('주차구획수')}.gt=90&sort=-{quote('주차구획수')}&total=true&select={quote('주차장명,주차구획수')}"
    ).json()
    wanted = [20 + 7 * (i % 13) for i in (*range(59), 60) if i % 3 == 0 and 20 + 7 * (i % 13) > 90]
    assert [row["prkcmprt_co"] for row in said["rows"]] == sorted(wanted, reverse=True)
    assert said["total"] == len(wanted)
    assert set(said["rows"][0]) == {"prkplce_nm", "prkcmprt_co"}


def test_groups(ask: Any) -> None:
    said = ask("?group=prkplce_se&measure=count,max.prkcmprt_co").json()
    outside = [i for i in (*range(59), 60) if i % 3 == 0]
    assert {row["prkplce_se"]: row["count"] for row in said["rows"]} == {
        "노외": len(outside),
        "노상": 60 - len(outside),
    }


def test_an_older_version_and_a_day(ask: Any) -> None:
    assert ask("?version=1&basic_charge.eq=1500").json()["rows"] == []
    assert len(ask("?version=2&basic_charge.eq=1500").json()["rows"]) == 1
    assert ask("?as_of=2026-07-15").json()["version"] == 1
    assert ask("?version=9", 404).json()["code"] == "version_missing"
    assert ask("?as_of=gestern", 400).json()["code"] == "day_unreadable"


def test_pages_go_on_by_link_and_stay_at_their_version(ask: Any, program: Any) -> None:
    client = program("analyst")
    address, names = f"{ROWS}?sort=-basic_charge&limit=7&select=prkplce_nm", []
    for _ in range(20):
        answer = client.get(address)
        said = answer.json()
        names += [row["prkplce_nm"] for row in said["rows"]]
        if not said["next"]:
            break
        address = said["next"]
        assert f"<{address}>" in answer.headers["Link"]
        assert "version=2" in address
    assert len(names) == len(set(names)) == 60


@pytest.mark.parametrize("mark", ["abc", "AAAA", "eyJhIjoxfQ", "W10", "é", "a" * 9_000])
def test_a_made_up_mark_is_refused(ask: Any, mark: str) -> None:
    assert ask(f"?after={quote(mark)}", 400).json()["code"] == "rows_cursor"


def test_the_same_rows_in_every_form(ask: Any) -> None:
    question = "?sort=prkplce_nm&limit=9&select=prkplce_nm,prkcmprt_co,reference_date"
    wanted = ask(question).json()["rows"]
    lines = ask(f"{question}&format=ndjson")
    assert lines.headers["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line) for line in lines.content.splitlines()] == wanted
    table = list(csv.DictReader(io.StringIO(ask(question, Accept="text/csv").content.decode())))
    assert [(row["주차장명"], int(row["주차구획수"])) for row in table] == [
        (row["prkplce_nm"], row["prkcmprt_co"]) for row in wanted
    ]
    arrow = pa.ipc.open_stream(ask(question, Accept="application/vnd.apache.arrow.stream").content).read_all()
    assert arrow.schema.field("reference_date").type == pa.date32()
    got = [{**row, "reference_date": row["reference_date"].isoformat()} for row in arrow.to_pylist()]
    assert got == wanted


def test_an_answer_that_is_known_is_not_sent_again(ask: Any, program: Any) -> None:
    first = ask("?limit=2")
    tag = first.headers["ETag"]
    again = ask("?limit=2", 304, **{"If-None-Match": tag})
    assert again.content == b""
    assert ask("?limit=3").headers["ETag"] != tag
    assert ask("?limit=2&version=1").headers["ETag"] != tag
    assert "private" in first.headers["Cache-Control"]
    assert "Authorization" in first.headers["Vary"]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("?nix=1", "rows_column"), ("?sort=nix", "rows_column"), ("?limit=0", "rows_number"), ("?limit=100000", "rows_number"),
        ("?prkcmprt_co=viele", "rows_value"), ("?prkcmprt_co.contains=1", "rows_operator"), ("?prkcmprt_co.like=1", "rows_operator_unknown"),
        ("?measure=sum.prkplce_nm", "rows_operator"), ("?measure=nix", "rows_measure"), ("?format=xml", "api_format"),
        ("?group=prkplce_se&sort=prkplce_nm", "rows_sort_group"), ("?version=a", "rows_number"), ("?offset=-1", "rows_number"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told(ask: Any, question: str, code: str) -> None:
    said = ask(question, 400)
    assert said.headers["Content-Type"] == "application/problem+json"
    assert said.json()["code"] == code


def test_problems_speak_the_language_that_is_asked_for(ask: Any) -> None:
    korean = ask("?prkcmprt_co=many", 400).json()
    english = ask("?prkcmprt_co=many", 400, **{"Accept-Language": "en-US,en;q=0.9,ko;q=0.5"}).json()
    assert "'주차구획수' 항목에 쓴 'many'" in korean["detail"]
    assert "'many' cannot be read for the column '주차구획수'" in english["detail"]
    assert (korean["title"], english["title"]) == ("잘못된 요청", "Bad request")


def test_sketches_problems_and_files(program: Any) -> None:
    client = program("official")
    start = f"/api/v1/datasets/{quote(PARKING)}"
    sketches = {each["name"]: each for each in client.get(f"{start}/sketches").json()["sketches"]}
    assert sketches["prkplce_se"]["top"][0] == {"value": "노상", "count": 39}
    listed = client.get(f"{start}/problems?limit=5").json()
    assert (listed["total"], len(listed["problems"])) == (62, 5)
    assert (listed["problems"][0]["row"], listed["problems"][0]["value"]) == (13, "천원")
    rest = client.get(listed["next"]).json()
    assert rest["problems"][0] != listed["problems"][0]
    file = client.get(f"{start}/download?format=csv-utf8&prkplce_se=노외&select=prkplce_nm")
    body = b"".join(file.streaming_content).decode()
    assert body.splitlines()[0] == "주차장명"
    assert len(body.splitlines()) == 1 + 21
    assert "attachment" in file.headers["Content-Disposition"]


def test_text_that_a_spreadsheet_would_run_is_guarded() -> None:
    from madang.engine.rows import Field, Page
    from madang.web.api.rows import _csv

    page = Page((Field("a", "=머리"),), [("=1+1",), ("-3",), ("@x",), ("보통",)])
    assert _csv(page).decode().splitlines() == ["'=머리", "'=1+1", "-3", "'@x", "보통"]
