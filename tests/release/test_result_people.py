"""Which numbers of a result are of people: what an indicator counts, rows of the same name, what is too much to protect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from madang.declarations.indicator import Indicator
from madang.messages import MadangError
from madang.release import Treatment
from madang.release.relations import found_relations
from madang.release.result_decision import ResultDecision
from madang.release.result_small import MOST_ROWS, Around, small
from madang.release.result_written import Prepared
from madang.release.results import OpenResults
from madang.results import Column, Table, table_of
from madang.results.result import Kind
from madang.workspace import Workspace
from release.city import SAID, Clock, decision
from runs.declared_city import INDICATOR, declared_city, people

# young people and old ones; by month 1: 40 + 100 + 120, by month 2: 44 + 100 + 120
COUNTS = {
    "2026-01": {"1111051500": (40, 60), "1111053000": (100, 90), "1111054000": (120, 97)},
    "2026-02": {"1111051500": (44, 66), "1111053000": (100, 92), "1111054000": (120, 96)},
}
SHARE = INDICATOR.replace(
    'numerator = "sum(n) FILTER (age_from < 5)"', 'numerator = "sum(n) / 1000"'
).replace('denominator = "sum(n)"\n', "")


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A city whose indicator hides nothing by itself, as its people are many; another one counts in thousands."""
    folder = tmp_path_factory.mktemp("indicators")
    found = declared_city(folder)
    (found.folder / "content" / "indicators" / "thousands.toml").write_text(SHARE, encoding="utf-8")
    found = Workspace.open(found.folder)
    found.clock = Clock()
    found.deposit(
        people(folder / "주민등록인구.csv", COUNTS), "people", standard="resident-population", by="lee"
    )
    return found


def opened(
    ws: Workspace,
    least: int,
    indicators: Mapping[str, Indicator] | None = None,
    of: str = "young-share",
    people: Mapping[str, str] | None = None,
) -> Prepared:
    made = ws.refresh(of, by="lee")
    run = made[0].run.key if made and made[0].run else KNOWN[of]
    KNOWN[of] = run
    said = ResultDecision("young", run, **{**SAID, "least": least}, people=people or {})
    declared = ws.declarations.indicators if indicators is None else indicators
    return OpenResults(ws.releases, ws.ledger, declared).preview(said)


KNOWN: dict[str, str] = {}


def numerators(prepared: Prepared, table: str) -> dict[tuple[str, str], float | None]:
    rows = prepared.story.result.table(table).rows.to_pylist()
    return {(each["period"], each["dong_code"]): each["numerator"] for each in rows}


def test_what_an_indicator_counts_is_people_where_few_are_to_be_hidden(ws: Workspace) -> None:
    prepared = opened(ws, 42)
    told = numerators(prepared, "area_series")
    assert told[("2026년 1월", "1111051500")] is None
    assert [told[("2026년 1월", dong)] for dong in ("1111053000", "1111054000")] != [100, 120]
    assert prepared.small.counted != ()
    assert prepared.story.result.findings != ()


def test_all_tables_of_an_indicator_may_be_told_to_count_the_same_people(ws: Workspace) -> None:
    """The newest month is no sum of all months: its tables do not contradict those of every month."""
    parts = {"numerator": "아이", "denominator": "주민"}
    told = {
        f"{table}.{part}": name
        for table in ("latest", "series", "areas", "area_series")
        for part, name in parts.items()
    }
    alone = numerators(opened(ws, 42), "area_series")
    together = numerators(opened(ws, 42, people=told), "area_series")
    assert together[("2026년 1월", "1111051500")] is None
    assert {key for key, n in alone.items() if n is None} <= {key for key, n in together.items() if n is None}


def test_what_an_indicator_of_things_counts_is_not(ws: Workspace) -> None:
    things = {"young-share": replace(ws.declarations.indicators["young-share"], least=0)}
    prepared = opened(ws, 42, things)
    assert prepared.small.counted == ()
    assert numerators(prepared, "area_series")[("2026년 1월", "1111051500")] == 40


def test_the_parts_of_an_indicator_that_is_declared_no_more_are_people_and_its_rows_too(
    ws: Workspace,
) -> None:
    """Two rows of the input stand behind each number, and nobody knows any more that they are no two people."""
    with pytest.raises(MadangError) as caught:
        opened(ws, 42, {})
    assert caught.value.code == "release_result_no_findings"


def test_an_indicator_without_a_count_is_refused(ws: Workspace) -> None:
    with pytest.raises(MadangError) as caught:
        opened(ws, 5, of="thousands")
    assert caught.value.code == "release_result_uncounted"
    assert "온전한 수가 아닙니다" in str(caught.value)


def test_rows_that_a_query_names_have_no_way_outside(ws: Workspace) -> None:
    kept = {each.name: Treatment() for each in ws.bank["people"].latest.columns}  # type: ignore[union-attr]
    ws.releases.decide(decision("people-open", "people", columns=kept))
    prepared = opened(ws, 2)
    assert [each.edition for each in prepared.story.inputs] == ["people-open"]
    assert ws.ledger[KNOWN["young-share"]].result.table("latest").origins_of("numerator")[0].query
    assert prepared.story.result.table("latest").origins_of("numerator") == ()


OLD = """
label = "나이 든 사람의 수"
question = "일흔 살 넘은 사람은 몇입니까?"
why = "시험"
theme = "인구"
unit = "명"
least = 5
direction = "none"
rows = "SELECT source_row, dataset, strptime(month || '-01', '%Y-%m-%d')::DATE AS \\"day\\", old FROM old"
[measure]
numerator = "sum(old)"
[by]
time = "month"
area = false
[inputs.old]
standard = "old-people"
label = "나이 든 사람"
columns = ["month", "old"]
"""


def test_what_was_made_of_rows_that_are_erased_since_does_not_leave(tmp_path: Path) -> None:
    """The run read a table made of people; the erasure of some of them does not know of it."""
    ws = declared_city(tmp_path)
    (ws.folder / "content" / "indicators" / "old.toml").write_text(OLD, encoding="utf-8")
    ws = Workspace.open(ws.folder)
    ws.clock = Clock()
    _, made = ws.refresh("old-people", "old", by="lee")
    assert made.run is not None
    said = ResultDecision("old", made.run.key, **SAID)
    results = OpenResults(ws.releases, ws.ledger, ws.declarations.indicators)
    assert results.preview(said).story.result.findings
    ws.erase("people", column="area_name", value="서울특별시 종로구 사직동", ground="정보주체 요구", by="kim")
    assert ws.bank["old-people"].version(1)
    with pytest.raises(MadangError) as caught:
        results.preview(said)
    assert caught.value.code == "release_result_input_gone"


# tables made here -------------------------------------------------------------------------------------------


def made(name: str, rows: Sequence[Mapping[str, Any]], **columns: str) -> Table:
    """A table; a unit says that a column is of whole numbers."""
    kinds: dict[str, Kind] = {"dong_code": "code", "start": "date"}
    told = [
        Column(each, each, kinds.get(each, "number" if unit else "text"), unit.strip("-"))
        for each, unit in columns.items()
    ]
    return table_of(name, name, pa.Table.from_pylist([dict(each) for each in rows]), told)


def protected(ws: Workspace, tables: Sequence[Table], analysis: str, least: int = 5) -> dict[str, list[bool]]:
    around = Around(
        (), lambda entry: None, found_relations(ws.bank), "2026-03", ws.releases.open_bank.workshop, {}
    )
    said = ResultDecision("r", "run", **{**SAID, "least": least})
    return {name: mask.tolist() for name, mask in small(tables, said, analysis, around).hidden.items()}


def test_rows_that_are_called_as_a_hidden_one_are_hidden_in_every_table(ws: Workspace) -> None:
    """A table of shops by 행정동 has no people; its number was made of those that are hidden, as far as anybody knows."""
    counts = {"1111051500": 3, "1111053000": 40, "1111054000": 60, "1111055000": 80}
    dongs = made("dongs", [{"dong_code": code, "n": n} for code, n in counts.items()], dong_code="", n="명")
    shops = made(
        "shops", [{"dong_code": code, "s": n} for code, n in reversed(counts.items())], dong_code="", s="곳"
    )
    hidden = protected(ws, [dongs, shops], "x")
    assert hidden["dongs"][0]
    assert 1 < sum(hidden["dongs"]) < 4
    assert hidden["shops"] == hidden["dongs"][::-1]


def test_more_rows_of_people_than_can_be_protected_are_refused(ws: Workspace) -> None:
    many = made("many", [{"k": str(n), "n": 100} for n in range(MOST_ROWS + 1)], k="", n="명")
    with pytest.raises(MadangError) as caught:
        protected(ws, [many], "x")
    assert caught.value.code == "release_result_large"
    assert MOST_ROWS == 3_000


def test_the_newest_period_does_not_say_what_an_earlier_one_hides_and_the_next_one_is_expected(
    ws: Workspace,
) -> None:
    """Of 3 in the second month 12 % is all that is told: the fourth month says 12 % as that of last year."""
    counted = [(1, 50, 30.0), (2, 3, 12.0), (3, 60, 20.0), (4, 70, 25.0), (5, None, 26.0)]
    series = made("series", [{"period": f"{n}월", "value": share, "numerator": n_} for n, n_, share in counted],
                  period="", value="%", numerator="-")  # fmt: skip
    for before, is_hidden in ((12.0, True), (20.0, False)):
        latest = made("latest", [{"period": "4월", "value": 25.0, "numerator": 70, "before": before, "last_year": None}],
                      period="", value="%", numerator="-", before="%", last_year="%")  # fmt: skip
        hidden = protected(ws, [latest, series], "indicators/gone")
        assert hidden["series"][1]
        assert not hidden["series"][3]
        assert not hidden["series"][4]
        assert hidden["latest"] == [is_hidden]
