"""Runs: found, asked, kept once, recalled, stale, forgotten, and followed back to their rows."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from madang.access import Person, owner
from madang.declarations.analysis import AnalysisCard, Role
from madang.engine.rows import Filter
from madang.messages import MadangError
from madang.results import Cell, Result, keep, sentence
from madang.runs import analysis as analyses
from madang.runs.ledger import Ledger
from madang.runs.matching import chosen
from madang.runs.why import behind
from madang.workspace import Workspace
from runs.made import CARD, CODE, analysis, city, shops

OFFICIAL = Person("kim", "김주무", frozenset({"official"}), departments=frozenset({"경제과"}))


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shipped"
    monkeypatch.setattr(analyses, "SHIPPED", folder)
    analysis(folder)
    return folder


@pytest.fixture
def ws(tmp_path: Path, shipped: Path) -> Workspace:
    return city(tmp_path)


def refused(code: str, do: Any) -> None:
    with pytest.raises(MadangError) as caught:
        do()
    assert caught.value.code == code


def test_the_answer_is_what_was_planted(ws: Workspace) -> None:
    run = ws.run("closed-shops", by="lee")
    assert run.result.table("closed").rows.to_pylist() == [
        {"business_type": "카페", "shops": 20, "closed": 9},
        {"business_type": "제과점", "shops": 30, "closed": 7},
    ]
    assert [sentence(each, run.result) for each in run.result.findings] == [
        "카페가 가장 많이, 9\u202f곳 닫았습니다."
    ]
    assert [(each.role, each.dataset, each.version) for each in run.inputs] == [
        ("shops", "bakeries", 1), ("shops", "cafes", 1),
    ]  # fmt: skip


def test_the_same_question_is_recalled_and_another_computed(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    compute = Ledger._computed
    monkeypatch.setattr(Ledger, "_computed", lambda self, *told: made.append(1) or compute(self, *told))
    first = ws.run("closed-shops", {"least": "5"}, by="lee")
    assert ws.run("closed-shops", {"least": 5, "since": date(2000, 1, 1)}, by="park") == first
    assert len(made) == 1
    for other in ({"least": 6}, {"least": 5, "order": "name"}, {"since": "2022-01-01", "least": 5}):
        assert ws.run("closed-shops", other).key != first.key
    assert ws.run("closed-shops", {"least": 5}, seed=1).key != first.key
    assert ws.run("closed-shops", {"least": 5}, {"shops": "cafes"}).key != first.key
    assert len(made) == 6


def test_a_change_of_the_code_is_another_computation(ws: Workspace, shipped: Path) -> None:
    first = ws.run("closed-shops")
    before = (shipped / "closed-shops" / "analysis.py").stat()
    place = analysis(shipped, code=CODE.replace("가장 많이", "제일 많이"))
    os.utime(place / "analysis.py", (before.st_atime, before.st_mtime))  # as long, and of the same second
    second = ws.run("closed-shops")
    assert second.key != first.key
    assert "제일" in sentence(second.result.findings[0], second.result)
    assert ws.ledger[first.key].result.table("closed").rows.equals(first.result.table("closed").rows)


def test_a_newer_version_makes_a_run_stale_and_the_next_new(ws: Workspace, tmp_path: Path) -> None:
    run = ws.run("closed-shops")
    assert ws.ledger.behind(run) == []
    ws.deposit(shops(tmp_path / "카페.csv", "카페", 12, 11), "cafes", standard="licence", by="lee")
    assert ws.ledger.behind(run) == ["cafes"]
    again = ws.run("closed-shops")
    assert again.result.table("closed").value(0, "closed") == 12
    assert ws.run("closed-shops", inputs={"shops": "bakeries, cafes@1"}) == run


@pytest.mark.parametrize(
    ("said", "inputs", "code"),
    [
        ({"sites": 3}, {}, "run_parameter"),
        ({"least": "세 곳"}, {}, "run_value"),
        ({"least": 101}, {}, "run_range"),
        ({"since": "2021-13-01"}, {}, "run_value"),
        ({"order": "size"}, {}, "run_choice"),
        ({}, {"people": "cafes"}, "run_role"),
        ({}, {"shops": "없는것"}, "dataset_missing"),
        ({}, {"shops": "cafes@9"}, "version_missing"),
        ({}, {"shops": "cafes@²"}, "version_missing"),
        ({}, {"shops": "cafes@latest"}, "version_missing"),
    ],
)
def test_what_cannot_be_asked_is_told(
    ws: Workspace, said: dict[str, Any], inputs: dict[str, str], code: str
) -> None:
    refused(code, lambda: ws.run("closed-shops", said, inputs))
    assert ws.ledger.runs(by=owner("lee")) == []


def test_several_that_fit_are_for_the_user_to_choose(ws: Workspace, shipped: Path) -> None:
    analysis(shipped, "one", CARD.replace("many = true\n", ""))
    refused("run_input_several", lambda: ws.run("one"))
    assert ws.run("one", inputs={"shops": "cafes"}).result.table("closed").rows.num_rows == 1


def test_what_is_missing_is_told_with_the_columns_that_are_needed(ws: Workspace, shipped: Path) -> None:
    analysis(shipped, "one", CARD.replace('"closed_on"', '"closed_onn"'))
    with pytest.raises(MadangError, match=r"\(licensed_on, closed_onn, ") as error:
        ws.run("one")
    assert error.value.code == "run_input_none"


def test_an_optional_input_may_be_left_out_and_another_not(ws: Workspace, shipped: Path) -> None:
    analysis(shipped, "one", CARD.replace("many = true\n", "optional = true\n"))
    refused(
        "run_role", lambda: ws.run("one", inputs={"shops": "-"})
    )  # it runs, and reads what it was not given
    refused("dataset_missing", lambda: ws.run("closed-shops", inputs={"shops": "-"}))


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('inputs["shops"]', 'inputs["people"]', "run_role"),
        ('inputs["shops"]', 'inputs["shops"]; shops.arrow("phone")', "run_column"),
        ("return Result(", "1 / 0; return Result(", "run_failed"),
        ("import date", "import date; import nothing_of_that_name", "analysis_broken"),
        ('Cell("closed", "closed")', 'Cell("closed", "closed", 99)', "result_cell"),
        ("least: Annotated[int, Range(1, 100)] = 1", "least: list = None", "analysis_parameter"),
    ],
)
def test_an_analysis_that_goes_wrong_leaves_nothing(
    ws: Workspace, shipped: Path, before: str, after: str, code: str
) -> None:
    analysis(shipped, code=CODE.replace(before, after))
    refused(code, lambda: ws.run("closed-shops"))
    assert not list((ws.folder / "runs").glob("*")) if (ws.folder / "runs").is_dir() else True


def test_what_goes_wrong_in_an_analysis_is_told_with_its_line(ws: Workspace, shipped: Path) -> None:
    code = CODE.replace("return Result(", "1 / 0; return Result(")
    line = next(n for n, each in enumerate(code.splitlines(), 1) if "1 / 0" in each)
    analysis(shipped, code=code)
    with pytest.raises(MadangError, match=rf"ZeroDivisionError: division by zero \(analysis\.py:{line}\)"):
        ws.run("closed-shops")
    analysis(shipped, code=f"import json\nimport nothing_of_that_name\n{CODE}")
    with pytest.raises(MadangError, match=r"'nothing_of_that_name' \(analysis\.py:2\)"):
        Workspace.open(ws.folder).run("closed-shops")


def test_an_analysis_may_have_classes_of_its_own(ws: Workspace, shipped: Path) -> None:
    begin = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n\n\n"
        "@dataclass(frozen=True)\nclass Shop:\n    named: str | None\n"
    )
    analysis(shipped, code=f"{begin}{CODE}")
    assert ws.run("closed-shops").result


def test_a_card_that_cannot_be_read_hides_no_other(ws: Workspace, shipped: Path) -> None:
    analysis(shipped, "broken", 'title = "없음"')
    found = ws.ledger.analyses
    assert [each.id for each in found] == ["closed-shops"]
    assert [each.code for each in found.broken] == ["analysis_card"]


def test_a_number_leads_to_its_rows(ws: Workspace) -> None:
    run = ws.run("closed-shops")
    finding = run.result.findings[0]
    found = behind(run, finding.cells["closed"], ws.bank)
    assert [each.read.dataset for each in found] == ["bakeries", "cafes"]
    assert found[1].filters == (
        Filter("business_type", "eq", "카페"),
        Filter("closed_on", "ge", "2000-01-01"),
    )
    counts = {each.read.dataset: each.page(ws.bank, owner("lee"))[2] for each in found}
    assert (
        counts
        == {"bakeries": 0, "cafes": 9}
        == {"bakeries": 0, "cafes": run.result.table("closed").value(0, "closed")}
    )
    refused("result_column", lambda: behind(run, Cell("closed", "nothing"), ws.bank))


def test_a_run_is_as_closed_as_what_it_read(ws: Workspace) -> None:
    run = ws.run("closed-shops", by="lee")
    assert ws.ledger.seen(run.key, by=OFFICIAL) == run
    card = {"title": "카페", "access": "restricted", "steward": "위생과", "readers": []}
    ws.write_card("cafes", card)
    refused("run_missing", lambda: ws.ledger.seen(run.key, by=OFFICIAL))
    assert ws.ledger.runs(by=OFFICIAL) == []
    assert ws.ledger.runs(by=owner("lee")) == [run]
    refused("dataset_missing", lambda: ws.ledger.ask("closed-shops", {}, {"shops": "cafes"}, by=OFFICIAL))
    asked = ws.ledger.ask("closed-shops", by=OFFICIAL)
    assert [part.dataset for part in asked.inputs["shops"].parts] == ["bakeries"]


def test_a_run_over_rows_of_which_people_see_their_own_is_for_the_steward(ws: Workspace) -> None:
    run = ws.run("closed-shops", by="lee")
    card = {"title": "카페", "access": "internal", "steward": "위생과", "own_rows": "업태구분명"}
    ws.write_card("cafes", card)
    refused("run_missing", lambda: ws.ledger.seen(run.key, by=OFFICIAL))
    steward = Person("lee", roles=frozenset({"official"}), posts=frozenset({"위생과"}))
    assert ws.ledger.seen(run.key, by=steward) == run


def test_points_of_rows_that_tell_of_people_are_not_given(ws: Workspace, tmp_path: Path) -> None:
    """Licences have telephone numbers; libraries have none."""
    path = tmp_path / "도서관.csv"
    path.write_text(
        "도서관명,시도명,시군구명,위도,경도,데이터기준일자\n은행골,서울특별시,중구,37.56,126.98,2026-01-01\n",
        "utf-8-sig",
    )
    ws.deposit(path, "libraries", standard="library", by="lee")
    shops = ws.ledger.ask("closed-shops", by=owner("lee")).inputs["shops"]
    assert not any(name in part.columns for part in shops.parts for name in ("lon", "lat", "phone"))
    role = Role("places", ("library",), "도서관")
    (part,) = chosen(ws.bank, AnalysisCard("x", "x", "x", "x", (role,)), {}, owner("lee"))["places"].parts
    assert {"lon", "lat"} <= part.columns.keys()


def test_erasing_reaches_runs(ws: Workspace) -> None:
    run = ws.run("closed-shops")
    other = ws.run("closed-shops", inputs={"shops": "bakeries"})
    ws.erase("cafes", column="사업장명", value="카페 3", ground="정보주체 요구", by="lee")
    refused("run_missing", lambda: ws.ledger[run.key])
    assert ws.ledger[other.key] == other
    assert not [path for path in (ws.folder / "runs").iterdir() if path.name.startswith(run.key)]


def test_progress_may_stop_it_and_nothing_is_left(ws: Workspace, shipped: Path) -> None:
    analysis(
        shipped, code=CODE.replace("    rows = shops", '    inputs.progress(0, 2, "셈")\n    rows = shops')
    )

    class Stopped(Exception):
        pass

    def stop(done: int, whole: int | None, step: str) -> None:
        raise Stopped

    asked = ws.ledger.ask("closed-shops", by=owner("lee"))
    with pytest.raises(Stopped):
        ws.ledger.run(asked, by="lee", progress=stop)
    assert ws.ledger.recalled(asked) is None
    assert ws.ledger.run(asked, by="lee").result


def test_what_was_half_written_is_not_there(ws: Workspace) -> None:
    run = ws.run("closed-shops")
    (run.folder / "tables" / "closed.parquet").write_bytes(b"PAR1")
    refused("run_broken", lambda: ws.ledger[run.key].result)
    for name in (".half", "without-record"):
        (ws.folder / "runs" / name).mkdir()
    assert [each.key for each in ws.ledger.runs(by=owner("lee"))] == [run.key]
    for name in ("result.json", "run.json"):  # asked again, it is made again
        again = ws.run("closed-shops")
        assert again.key == run.key
        assert again.result.table("closed").rows.num_rows == 2
        (run.folder / name).write_text("{", encoding="utf-8")
    assert ws.ledger.runs(by=owner("lee")) == []  # its record cannot be read: no list falls with it
    assert ws.run("closed-shops").result.table("closed").rows.num_rows == 2
    assert not [each for each in (ws.folder / "runs").iterdir() if each.name.endswith(".broken")]


def test_a_result_of_rows_that_were_erased_meanwhile_is_not_kept(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = ws.ledger
    asked = ledger.ask("closed-shops", by=owner("lee"))
    real = Ledger._computed

    def slow(*told: Any) -> Any:
        found = real(*told)
        ws.erase("bakeries", column="business_name", value="제과점 1", ground="요청", by="lee")
        return found

    monkeypatch.setattr(Ledger, "_computed", slow)
    refused("run_erased", lambda: ledger.run(asked, by="lee"))
    assert ledger.recalled(asked) is None


def test_an_erasure_removes_a_run_of_which_nobody_can_say_what_it_read(ws: Workspace) -> None:
    run = ws.run("closed-shops")
    (run.folder / "run.json").write_text("{", encoding="utf-8")
    half = run.folder.with_name(f".{run.key}.abcd")  # a process was killed while it kept the same
    shutil.copytree(run.folder, half)
    assert ws.ledger.forget("cafes") == 2
    assert not run.folder.exists()
    assert not half.exists()


def test_a_run_is_never_kept_without_its_record(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def watched(result: Result, folder: Path) -> None:
        seen.append((folder / "run.json").is_file())
        keep(result, folder)

    monkeypatch.setattr("madang.runs.ledger.keep", watched)
    ws.run("closed-shops")
    assert seen == [True]
