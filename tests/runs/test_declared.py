"""Declared tables and indicators: computed where their inputs are newer, kept as datasets, followed back to their rows."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from madang.access import Person, owner
from madang.methods.series_outlook import series_outlook
from madang.results import Cell, sentence
from madang.runs.scoreboard import WORST, scoreboard
from madang.runs.why import behind
from madang.workspace import Workspace
from runs.declared_city import INDICATOR, PEOPLE, TABLE, declared_city, people

BOTH = ("old-people", "young-share")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return declared_city(tmp_path)


def _rows(ws: Workspace, dataset: str) -> list[dict[str, object]]:
    return ws.table(dataset).to_pyarrow().to_pylist()


def test_a_table_is_a_dataset_with_what_it_is_made_of(ws: Workspace) -> None:
    (made,) = ws.refresh("old-people", by="lee")
    assert (made.verdict, made.error) == ("accepted", None)
    found = {(row["month"], row["hjd_code"]): row["old"] for row in _rows(ws, "old-people")}
    assert found == {
        (month, code): old for month, dongs in PEOPLE.items() for code, (_, old) in dongs.items()
    }
    version = ws.bank["old-people"].latest
    assert version is not None
    assert made.run is not None
    assert version.facts["inputs"][0]["dataset"] == "people"
    assert version.facts["run"] == made.run.key
    assert version.dataset.card["made_of"] == ["people"]
    assert [column.standard for column in version.columns] == ["month", "hjd_code", "old"]


def test_runs_of_analyses_are_listed_apart_from_those_of_what_is_declared(ws: Workspace) -> None:
    made = {each.id: each.run for each in ws.refresh(*BOTH)}
    assert ws.ledger.runs(by=owner("lee")) == []
    for name, run in made.items():
        assert ws.ledger.runs(by=owner("lee"), of=name) == [run]


def test_what_is_new_is_made_again_and_nothing_else(ws: Workspace, tmp_path: Path) -> None:
    assert {each.id for each in ws.refresh(*BOTH)} == {"tables/old-people", "indicators/young-share"}
    assert ws.refresh(*BOTH) == []
    more = PEOPLE | {"2026-03": dict.fromkeys(PEOPLE["2026-01"], (50, 50))}
    ws.deposit(
        people(tmp_path / "주민등록인구.csv", more), "people", standard="resident-population", by="lee"
    )
    assert [each.verdict for each in ws.refresh(*BOTH)] == ["accepted", "accepted"]
    assert len(_rows(ws, "old-people")) == 9
    assert ws.bank["old-people"].latest.n == 2


def test_inputs_with_the_same_rows_leave_the_version_and_are_not_asked_again(
    ws: Workspace, tmp_path: Path
) -> None:
    ws.refresh("old-people")
    other = tmp_path / "주민등록인구.csv"
    other.write_bytes(other.read_bytes() + b"\r\n")  # other bytes, the same rows
    ws.deposit(other, "people", standard="resident-population", by="lee")
    assert [each.verdict for each in ws.refresh("old-people")] == ["unchanged"]
    assert ws.refresh("old-people") == []


def test_a_changed_declaration_is_made_again(ws: Workspace) -> None:
    ws.refresh("old-people")
    file = ws.folder / "content" / "tables" / "old-people.toml"
    file.write_text(
        TABLE.replace("age_from >= 70", "age_from >= 0").replace("old > 100", "old > 110"), encoding="utf-8"
    )
    opened = Workspace.open(ws.folder)
    assert [each.verdict for each in opened.refresh("old-people")] == ["accepted"]
    assert {row["old"] for row in _rows(opened, "old-people")} == {100, 110}


def test_a_check_that_fails_keeps_the_last_good_version(ws: Workspace, tmp_path: Path) -> None:
    ws.refresh("old-people")
    too_many = {"2026-01": {**PEOPLE["2026-01"], "1111053000": (10, 101)}}
    ws.deposit(
        people(tmp_path / "주민등록인구.csv", too_many), "people", standard="resident-population", by="lee"
    )
    (failed,) = ws.refresh("old-people")
    assert failed.error is not None
    assert failed.error.code == "table_check"
    assert failed.error.params["first"] == "hjd_code 1111053000, old 101"
    assert ws.bank["old-people"].latest.n == 1


def test_one_that_cannot_be_made_stands_in_nobodys_way(ws: Workspace) -> None:
    file = ws.folder / "content" / "tables" / "old-people.toml"
    file.write_text(TABLE.replace("FROM people", "FROM read_csv('/etc/passwd')"), encoding="utf-8")
    found = {each.id: each for each in Workspace.open(ws.folder).refresh(*BOTH)}
    assert found["tables/old-people"].error.code == "declared_failed"  # a query reads its inputs and no file
    assert found["indicators/young-share"].verdict == "accepted"
    assert "old-people" not in ws.bank


def test_an_indicator_is_what_one_adds_by_hand(ws: Workspace) -> None:
    (made,) = ws.refresh("young-share")
    result = made.run.result
    latest = result.table("latest").rows.to_pylist()[0]
    assert (latest["numerator"], latest["denominator"]) == (44 + 8 + 4, 310)
    assert latest["value"] == pytest.approx(100 * 56 / 310)
    assert latest["change"] == pytest.approx(100 * 56 / 310 - 100 * 53 / 300)
    assert latest["achieved"] == pytest.approx(100 * (100 * 56 / 310) / 20)
    told = [sentence(each, result) for each in result.findings]
    assert (
        told[0].replace("\u202f", "")
        == "2026년 2월의 어린이의 몫은 18.1%입니다. 목표 20.0%에 조금 못 미칩니다."
    )
    assert told[1].replace("\u202f", "") == "앞달 17.7%에서 0.4%p 높아졌습니다. 좋아진 것입니다."


def test_a_small_cell_is_hidden_and_cannot_be_worked_out(ws: Workspace) -> None:
    (made,) = ws.refresh("young-share")
    found = {row["dong_code"]: row for row in made.run.result.table("areas").rows.to_pylist()}
    for code in ("1111054000", "1111053000"):  # 4 children, and the next smallest, or 56 - 44 - 8 would tell
        assert (
            found[code]["hidden"],
            found[code]["value"],
            found[code]["numerator"],
            found[code]["rows"],
        ) == ("숨김", None, None, None)
    kept = [row for row in _rows(ws, "indicator-young-share") if row["hjd_code"] == "1111054000"]
    assert len(kept) == 2
    assert all(row["value"] is None and row["numerator"] is None for row in kept)


def test_a_number_leads_to_its_rows(ws: Workspace) -> None:
    made = {each.id: each.run for each in ws.refresh(*BOTH)}
    run = made["indicators/young-share"]
    (whole,) = behind(run, Cell("latest", "value"), ws.bank)
    assert (whole.read.dataset, whole.total) == ("people", 6)
    areas = run.result.table("areas").rows.to_pylist()
    row = next(n for n, each in enumerate(areas) if each["dong_code"] == "1111051500")
    (own,) = behind(run, Cell("areas", "value", row), ws.bank)
    version, page, count = own.page(ws.bank, owner("lee"))
    at = [field.name for field in page.columns].index("population_persons")
    assert count == 2
    assert sorted(int(line[at]) for line in page.rows) == [44, 66]
    (cell,) = behind(made["tables/old-people"], Cell("rows", "old", 0), ws.bank)
    assert cell.page(ws.bank, owner("lee"))[2] == 2


def test_the_board_counts_every_indicator_once_and_hides_no_failing_part(
    ws: Workspace, tmp_path: Path
) -> None:
    for name, told in {
        "met": INDICATOR.replace("target = 20.0", "target = 10.0"),
        "far": INDICATOR.replace("target = 20.0", "target = 90.0"),
        "free": INDICATOR.replace("target = 20.0\n", ""),
        "sick": INDICATOR.replace("FROM people", "FROM nobody"),
    }.items():
        (ws.folder / "content" / "indicators" / f"{name}.toml").write_text(told, encoding="utf-8")
    names = ["young-share", "met", "far", "free", "sick"]
    ws = Workspace.open(ws.folder)
    ws.refresh(*names)
    board = scoreboard(ws.refresher, by=owner("lee"), today=ws.clock().date())
    (theme,) = [each for each in board.themes if each.name == "인구"]
    states = {line.indicator.id: line.state for line in theme.lines if line.indicator.id in names}
    assert states == {
        "young-share": "near",
        "met": "met",
        "far": "missed",
        "free": "none",
        "sick": "unmeasured",
    }
    assert theme.state == "missed"
    assert sum(board.count(state) for state in WORST) == len(board.lines)
    (sick,) = [line for line in theme.lines if line.indicator.id == "sick"]
    assert "nobody" in sick.standing.trouble
    assert [line.is_late for line in theme.lines if line.indicator.id == "met"] == [True]  # data of February


def test_targets_of_the_workspace_count(ws: Workspace) -> None:
    ws.refresh("young-share")
    (ws.folder / "content" / "indicators.toml").write_text(
        '[young-share]\ntarget = 15\nowner = "가족과"\n', "utf-8"
    )
    (made,) = Workspace.open(ws.folder).refresh("young-share")
    assert made.run.result.table("latest").rows.to_pylist()[0]["state"] == "이룸"


def test_a_target_of_a_wrong_kind_is_told(ws: Workspace) -> None:
    (ws.folder / "content" / "indicators.toml").write_text('[young-share]\ntarget = "많이"\n', "utf-8")
    declared = Workspace.open(ws.folder).declarations
    assert declared.indicators["young-share"].target == 20.0
    assert [error.code for error in declared.broken if str(ws.folder) in str(error)] == ["analysis_card"]


@pytest.mark.parametrize("broken", ["", "label = 3", INDICATOR.replace('time = "month"', 'time = "moon"')])
def test_a_broken_declaration_leaves_the_others(ws: Workspace, broken: str) -> None:
    (ws.folder / "content" / "indicators" / "broken.toml").write_text(broken, encoding="utf-8")
    declared = Workspace.open(ws.folder).declarations
    assert "young-share" in declared.indicators
    assert "broken" not in declared.indicators
    assert len([error for error in declared.broken if str(ws.folder) in str(error)]) == 1


def test_it_is_as_closed_as_its_inputs(ws: Workspace) -> None:
    ws.refresh(*BOTH)
    card = dict(ws.bank["people"].card) | {"access": "restricted", "steward": "인구과 통계팀"}
    ws.write_card("people", card, by="lee")
    nobody = Person("kim", roles=frozenset({"analyst"}))
    (standing,) = [
        each for each in ws.refresher.declared() if each.id == "indicators/young-share"
        and ws.refresher.standing(each, by=nobody).run is None
    ]  # fmt: skip
    assert standing.card.id == "young-share"
    assert ws.refresher.standing(standing, by=owner("lee")).run is not None


def test_rows_that_were_erased_leave_its_runs_too(ws: Workspace) -> None:
    (made, _) = ws.refresh(*BOTH)
    ws.erase("people", column="area_name", value="서울특별시 종로구 사직동", ground="요청", by="lee")
    assert not made.run.folder.exists()
    remade = ws.refresh("old-people")
    assert remade[0].error is None
    assert len(_rows(ws, "old-people")) == 4


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.8, 1.6])
def test_killed_anywhere_it_is_whole_or_not_there(ws: Workspace, seconds: float) -> None:
    code = f"import madang; print(1, flush=True); madang.open({str(ws.folder)!r}).refresh('old-people', 'young-share')"
    work = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert work.stdout is not None
    work.stdout.readline()
    try:
        work.wait(seconds)
    except subprocess.TimeoutExpired:
        os.kill(work.pid, signal.SIGKILL)
    work.wait()
    work.stdout.close()
    again = Workspace.open(ws.folder)
    assert all(each.error is None for each in again.refresh(*BOTH))
    assert len(_rows(again, "old-people")) == 6
    assert again.bank["old-people"].latest.n == 1
    assert again.refresh(*BOTH) == []


def test_an_outlook_of_a_steady_series_holds_what_it_says() -> None:
    rng = np.random.default_rng(7)
    held = []
    for _ in range(6):
        y = 100 + 20 * np.sin(np.arange(63) * 2 * np.pi / 12) + rng.normal(0, 3, 63)
        found = series_outlook(y[:60], 3, 12)
        assert found is not None
        assert found.error < found.naive_error * 1.0001
        held += list((found.low <= y[60:]) & (y[60:] <= found.high))
    assert np.mean(held) >= 0.6  # 80 % of 18
    assert series_outlook(np.arange(10.0), 3, 12) is None


def test_a_copy_elsewhere_stands_on_its_own(ws: Workspace, tmp_path: Path) -> None:
    ws.refresh(*BOTH)
    shutil.copytree(ws.folder, tmp_path / "other", symlinks=True)
    assert Workspace.open(tmp_path / "other").refresh(*BOTH) == []
