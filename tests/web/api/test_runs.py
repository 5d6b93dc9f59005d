"""Analyses and runs for programs: asked, computed by a job, recalled, read, followed back, stopped; and who may not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client, override_settings

import people
from madang.access import owner
from madang.runs import analysis as analyses
from madang.web.accounts.tokens import make_token
from madang.web.audit.models import Entry
from madang.web.work.models import Job
from madang.workspace import Workspace
from runs.made import analysis, shops
from web.deposits_helper import work
from web.shops_site import shops_site

RUNS = "/api/v1/runs"
ASKED: dict[str, Any] = {
    "analysis": "closed-shops",
    "parameters": {"least": 5},
    "inputs": {"shops": ["bakeries", "cafes"]},
}


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Workspace]:
    monkeypatch.setattr(analyses, "SHIPPED", tmp_path / "shipped")
    analysis(tmp_path / "shipped")
    with shops_site(tmp_path) as made, override_settings(MADANG_API_PER_MINUTE=100_000):
        yield made


@pytest.fixture
def holder(ws: Workspace) -> Callable[..., Client]:
    def make(*roles: str, scopes: tuple[str, ...] = ("read", "run"), **said: Any) -> Client:
        user = people.make(*roles, **said)
        token = make_token(user=user, name="t", scopes=list(scopes), days=1, by=owner("test", via="web"))
        return Client(SERVER_NAME="127.0.0.1", HTTP_AUTHORIZATION=f"Bearer {token}")

    return make


@pytest.fixture
def program(holder: Callable[..., Client]) -> Client:
    return holder("analyst", username="kim")


def begin(program: Client, **more: Any) -> Any:
    return program.post(RUNS, json.dumps({**ASKED, **more}), content_type="application/json")


def computed(program: Client, **more: Any) -> str:
    """The address of a run that has been computed."""
    answer = begin(program, **more)
    assert answer.status_code == 202, answer.content
    work()
    return str(answer["Location"])


def test_an_analysis_tells_what_can_be_chosen_and_what_fits(program: Client) -> None:
    (line,) = program.get("/api/v1/analyses").json()["analyses"]
    assert (line["id"], line["approved"]) == ("closed-shops", True)
    told = program.get("/api/v1/analyses/closed-shops").json()
    kinds = {each["name"]: (each["kind"], each["default"]) for each in told["parameters"]}
    assert kinds == {"since": ("date", "2000-01-01"), "least": ("integer", 1), "order": ("choice", "closed")}
    assert told["parameters"][1]["range"] == {"low": 1.0, "high": 100.0, "step": None}
    (role,) = told["inputs"]
    assert role["many"]
    assert [(each["dataset"], each["version"], each["rows"]) for each in role["fits"]] == [
        ("bakeries", 1, 30),
        ("cafes", 1, 20),
    ]
    missing = program.get("/api/v1/analyses/none")
    assert (missing.status_code, missing.json()["code"]) == (404, "analysis_missing")


def test_a_run_is_begun_once_and_recalled_after(program: Client) -> None:
    first = begin(program)
    assert (first.status_code, first.json()["status"]) == (202, "waiting")
    again = begin(program)
    assert (again.status_code, again.json()["job"]) == (202, first.json()["job"])
    waiting = program.get(first["Location"])
    assert (waiting.status_code, waiting.json()["status"]) == (202, "waiting")
    work()
    done = program.get(first["Location"])
    assert done.status_code == 200
    recalled = begin(program)
    assert (recalled.status_code, recalled.json()["status"]) == (200, "done")
    assert recalled["Location"] == first["Location"]
    assert Job.objects.count() == 1
    assert Entry.objects.filter(what="run.make", thing=f"run:{first.json()['key']}").exists()
    other = begin(program, seed=7)
    assert (other.status_code, other.json()["key"] == first.json()["key"]) == (202, False)


def test_a_run_says_what_it_found_with_its_cells(program: Client, ws: Workspace, tmp_path: Path) -> None:
    address = computed(program)
    told = program.get(address).json()
    assert (told["status"], told["parameters"]["least"], told["stale"]) == ("done", 5, False)
    assert [(each["dataset"], each["version"]) for each in told["inputs"]] == [("bakeries", 1), ("cafes", 1)]
    (finding,) = told["findings"]
    assert finding["sentence"] == "카페가 가장 많이, 9\u202f곳 닫았습니다."
    assert finding["cells"][1] == {
        "name": "closed", "table": "closed", "column": "closed", "row": 0, "value": 9, "said": "9\u202f곳",
    }  # fmt: skip
    tag = program.get(address)["ETag"]
    assert program.get(address, headers={"If-None-Match": tag}).status_code == 304
    ws.deposit(shops(tmp_path / "카페.csv", "카페", 12, 11), "cafes", standard="licence", by="lee")
    told = program.get(address, headers={"If-None-Match": tag}).json()
    assert (told["stale"], told["behind"]) == (True, ["cafes"])


def test_tables_come_by_the_page_and_whole(program: Client) -> None:
    at = f"{computed(program)}/tables/closed"
    page = program.get(f"{at}?limit=1")
    assert page.json()["rows"] == [{"business_type": "카페", "shops": 20, "closed": 9}]
    assert page.json()["row_count"] == 2
    rest = program.get(page.json()["next"]).json()
    assert (rest["rows"], rest["next"]) == ([{"business_type": "제과점", "shops": 30, "closed": 7}], None)
    lines = list(csv.reader(io.StringIO(program.get(f"{at}?format=csv").content.decode("utf-8-sig"))))
    assert lines == [["업태", "가게 (곳)", "폐업 (곳)"], ["카페", "20", "9"], ["제과점", "30", "7"]]
    assert pq.read_table(io.BytesIO(program.get(f"{at}?format=parquet").content)).column(
        "closed"
    ).to_pylist() == [9, 7]
    arrow = program.get(at, headers={"Accept": "application/vnd.apache.arrow.stream"})
    assert pa.ipc.open_stream(arrow.content).read_all().num_rows == 2
    assert program.get(f"{at}?format=doc").json()["code"] == "api_format"
    assert program.get(f"{at}x").status_code == 404


def test_a_cell_leads_to_its_rows_and_their_address(program: Client) -> None:
    at = computed(program)
    told = program.get(f"{at}/why?table=closed&column=closed&row=1&limit=2").json()
    assert (told["value"], told["of"]) == (7, [{"label": "업태", "value": "제과점"}])
    bakeries, cafes = told["inputs"]
    assert (bakeries["count"], cafes["count"]) == (7, 0)
    assert [row["source_row"] for row in bakeries["rows"]] == [2, 3]
    assert bakeries["conditions"] == ["업태구분명 = 제과점", "폐업일자: 2000-01-01부터"]
    rows = program.get(f"{bakeries['rows_at']}&total=true")
    assert rows.json()["total"] == 7
    assert program.get(f"{at}/why?table=closed&column=none").status_code == 404
    assert program.get(f"{at}/why?table=closed&column=closed&row=99").json()["code"] == "result_cell"
    english = program.get(f"{at}/why?table=closed&column=closed", headers={"Accept-Language": "en"}).json()
    assert "폐업일자: from 2000-01-01" in english["inputs"][1]["conditions"]


def test_runs_are_listed_newest_first_by_the_page(program: Client) -> None:
    keys = [computed(program, parameters={"least": least}).rpartition("/")[2] for least in (1, 2, 3)]
    first = program.get(f"{RUNS}?limit=2").json()
    assert (first["total"], [each["key"] for each in first["runs"]]) == (3, keys[:0:-1])
    assert [each["key"] for each in program.get(first["next"]).json()["runs"]] == keys[:1]
    assert program.get(f"{RUNS}?analysis=other").json()["total"] == 0
    assert program.get(f"{RUNS}?after=nix").status_code == 400


def test_a_run_that_waits_can_be_stopped_by_who_asked_for_it(
    program: Client, holder: Callable[..., Client]
) -> None:
    at = begin(program)["Location"]
    other = holder("analyst", username="lee")
    assert other.get(at).status_code == 404
    assert other.post(f"{at}/cancel").status_code == 404
    stopped = program.post(f"{at}/cancel")
    assert (stopped.status_code, stopped.json()["status"]) == (200, "cancelled")
    assert program.get(at).json()["status"] == "cancelled"
    assert program.post(f"{at}/cancel").status_code == 409
    assert begin(program).status_code == 202


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"analysis": "none"}, 404, "analysis_missing"), ({"parameters": {"least": 0}}, 400, "run_range"),
        ({"parameters": {"most": 1}}, 400, "run_parameter"), ({"inputs": {"shops": "none"}}, 404, "dataset_missing"),
        ({"inputs": {"shops": "cafes@7"}}, 404, "version_missing"), ({"inputs": {"x": "cafes"}}, 400, "run_role"),
        ({"seed": -1}, 400, "api_input"), ({"parameters": 3}, 400, "api_input"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_told(
    program: Client, more: dict[str, Any], status: int, code: str
) -> None:
    answer = begin(program, **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert not Job.objects.exists()


def test_who_may_not_is_refused(program: Client, holder: Callable[..., Client], ws: Workspace) -> None:
    at = computed(program)
    reader = holder("analyst", username="lee", scopes=("read",))
    assert begin(reader).json()["code"] == "api_scope"
    assert reader.post(f"{at}/cancel").json()["code"] == "api_scope"
    assert Client(SERVER_NAME="127.0.0.1").get(RUNS).status_code == 401
    ws.write_card("cafes", {"title": "카페", "access": "restricted", "steward": "위생과"})
    for address in (
        at,
        f"{at}/tables/closed",
        f"{at}/why?table=closed&column=closed",
        f"{at}/tables/closed?format=csv",
    ):
        assert reader.get(address).status_code == 404
    assert reader.get(RUNS).json()["total"] == 0
    assert "cafes" not in {
        each["dataset"] for each in reader.get("/api/v1/analyses/closed-shops").json()["inputs"][0]["fits"]
    }
    steward = holder("steward", username="choi", posts=["위생과"])
    assert steward.get(f"{at}/tables/closed?format=csv").status_code == 200
    taken = Entry.objects.get(what="dataset.download")
    assert (taken.thing, taken.by, taken.detail["form"]) == ("cafes", "choi", "csv")
