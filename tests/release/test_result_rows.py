"""A table that is rows of data which are not open leaves only where that is known."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from madang.messages import MadangError
from madang.release import Treatment
from madang.release.result_decision import Carried
from madang.release.result_known import closed_of
from madang.release.result_rows import carried_by
from madang.release.result_story import MOST_CELLS
from madang.results import Column, Origin, Table, table_of
from madang.runs import Run
from madang.runs.ledger import Read
from madang.workspace import Workspace
from release import city, found
from release.found import decision, results

ROWS = Carried(
    "dongs",
    "동별 사람",
    "동별사람",
    ("행정동코드", "사람"),
    ("동별사람", 1),
    (("code",), ("persons",)),
    5,
    5,
)
NUMBER = replace(ROWS, columns=("사람",), of=(("persons",),))


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    return found.city(tmp_path, monkeypatch)


def test_a_table_with_a_row_for_each_row_of_closed_data_leaves_only_where_that_is_known(
    ws: Workspace,
) -> None:
    """Of five rows of people each is one of the table, whose numbers are theirs and twice theirs; of shops there are twenty."""
    run, opened = ws.run("dong-people", by="lee"), results(ws)
    assert opened.preview(decision(run, with_rows=())).carried == (ROWS,)
    with pytest.raises(MadangError) as caught:
        opened.decide(decision(run, with_rows=("kinds",)))
    assert caught.value.code == "release_result_rows"
    assert opened.decisions.editions() == []
    opened.decide(decision(run, with_rows=(), without=("dongs",)))
    opened.decide(decision(run, with_rows=("dongs",)))
    last = opened.decisions.latest("동의-사람")
    assert (last.with_rows, last.carried) == (("dongs",), (ROWS,))


def test_rows_that_are_open_are_nobody_s_secret_but_a_column_that_is_not_is(ws: Workspace) -> None:
    run, opened = ws.run("dong-people", by="lee"), results(ws)
    kept = {each.name: Treatment() for each in ws.bank["동별사람"].latest.columns}  # type: ignore[union-attr]
    number = next(each.name for each in ws.bank["동별사람"].latest.columns if each.label == "인구수")  # type: ignore[union-attr]
    ws.releases.decide(city.decision("people-open", "동별사람", columns=kept))
    assert opened.carried(run) == ()
    ws.releases.decide(
        city.decision("people-open", "동별사람", columns={**kept, number: Treatment("band", 10)})
    )
    assert opened.carried(run) == (NUMBER,)
    ws.releases.decide(city.decision("people-open", "동별사람", columns={**kept, number: Treatment("drop")}))
    assert opened.carried(run) == (NUMBER,)


def test_rows_that_were_open_and_are_no_more_have_to_be_known_before_they_are_opened_again(
    ws: Workspace,
) -> None:
    """As after a restore: the open bank is gone, the decisions are there."""
    run, opened = ws.run("dong-people", by="lee"), results(ws)
    kept = {each.name: Treatment() for each in ws.bank["동별사람"].latest.columns}  # type: ignore[union-attr]
    ws.releases.decide(city.decision("people-open", "동별사람", columns=kept))
    opened.decide(decision(run, with_rows=(), mark="once"))
    assert opened.result("동의-사람").unknown == ()
    people(ws)
    ws.releases.refresh("동별사람")
    assert opened.result("동의-사람").unknown == ()  # the version before is open beside the new one
    ws.releases.withdraw("people-open", by="kim", post="통계팀", document="통계팀-2", ground="다시 셈")
    one = opened.result("동의-사람")
    assert (one.state, one.unknown) == ("open", (ROWS,))
    shutil.rmtree(ws.releases.open_bank.folder / "동의-사람")
    assert opened.refresh() == []
    assert opened.result("동의-사람").state == "waiting"
    with pytest.raises(MadangError) as caught:
        opened.decide(decision(run, with_rows=(), mark="once"))
    assert caught.value.code == "release_result_rows"
    opened.decide(decision(run))
    assert opened.result("동의-사람").unknown == ()
    shutil.rmtree(ws.releases.open_bank.folder / "동의-사람")
    assert [each.dataset.id for each in opened.refresh()] == ["동의-사람"]


def people(ws: Workspace) -> None:
    found.people(ws, {code: n + 1 for code, n in found.PEOPLE.items()})


def test_a_sum_of_several_rows_is_none_of_them(ws: Workspace) -> None:
    """Two rows of each 행정동 but the first: of four of five the table has a sum."""
    rows = [("9911051000", 3), *((code, n) for code, n in found.PEOPLE.items() for _ in range(2) if n != 3)]
    city.deposit(ws, "동별사람", ["동코드", "인구수", "통장"], [(*each, "-") for each in rows])
    code = ws.folder.parent / "shipped" / "dong-people" / "analysis.py"
    told = code.read_text("utf-8").replace("persons AS people, persons * 2.0 AS twice FROM rows ORDER BY persons",
                                           "sum(persons)::BIGINT AS people, 2.0 * sum(persons) AS twice FROM rows GROUP BY code ORDER BY people")  # fmt: skip
    code.write_text(told, encoding="utf-8")
    run = Workspace.open(ws.folder).run("dong-people", by="lee")
    assert run.result.table("dongs").rows.num_rows == 5
    assert results(ws).carried(run) == ()


# tables made here: libraries of which each has a name, a place and seats -------------------------------------------

LIBRARIES = [(f"도서관 {n}", f"99110{51 + n % 5}000", 10 + n, 35.6 + n / 500, 124.9 + n / 500) for n in range(20)]  # fmt: skip


HEADER = ["도서관명", "동코드", "열람좌석수", "위도", "경도"]


def read_of(
    ws: Workspace, dataset: str, rows: Sequence[tuple[Any, ...]], header: Sequence[str] = HEADER
) -> Read:
    version = city.deposit(ws, dataset, list(header), list(rows))
    columns = {each.label: each.name for each in version.columns} | {"source_row": "source_row"}
    if "위도" in header:
        columns |= {"lon": "lon", "lat": "lat"}
    return Read("places", dataset, version.n, dataset, "", columns)


@pytest.fixture
def read(ws: Workspace) -> Run:
    """A run that read the libraries and nothing else."""
    return replace(ws.run("dong-people", by="lee"), inputs=(read_of(ws, "도서관", LIBRARIES),))


def carried(
    ws: Workspace, run: Run, rows: Sequence[Mapping[str, Any]], *origins: Origin, kinds: Mapping[str, Any]
) -> tuple[str, ...]:
    table: Table = table_of("t", "표", pa.Table.from_pylist([dict(each) for each in rows]),
                            [Column(name, name, kinds[name]) for name in rows[0]], origins)  # fmt: skip
    return next((each.columns for each in carried_by([table], run, ws.bank)), ())


def test_points_of_closed_data_are_rows_of_theirs(ws: Workspace, read: Run) -> None:
    def points(move: float) -> list[dict[str, float]]:
        return [{"lon": lon + move, "lat": lat, "people": 7.0} for *_, lat, lon in LIBRARIES[:4]]

    kinds = {"lon": "number", "lat": "number", "people": "integer"}
    assert carried(ws, read, points(0), kinds=kinds) == ("lon", "lat")
    assert carried(ws, read, points(0.0005), kinds=kinds) == ()
    two = points(0)[:2] + points(0.0005)[:2]
    assert carried(ws, read, two, kinds=kinds) == ("lon", "lat")
    assert carried(ws, read, points(0)[:1] + points(0.0005)[:2], kinds=kinds) == ()
    elsewhere = Origin("other", {"lon": "lon"})  # where the rows come from is told
    assert carried(ws, read, points(0), elsewhere, kinds=kinds) == ("lon", "lat")
    words = [{"lon": "동쪽", "lat": "북쪽", "people": 1}]
    assert carried(ws, read, words, kinds={**kinds, "lon": "text", "lat": "text"}) == ()


def test_names_of_closed_data_are_rows_of_theirs(ws: Workspace, read: Run) -> None:
    kinds = {"name": "text", "seats": "integer"}
    named = [{"name": name, "seats": seats} for name, _, seats, *_ in LIBRARIES[3:6]]
    assert carried(ws, read, named, kinds=kinds) == ("name", "seats")
    assert carried(ws, read, [{**each, "seats": 1} for each in named], kinds=kinds) == ("name",)
    others = [{"name": f"서점 {n}", "seats": n} for n in range(4)]
    assert carried(ws, read, [*named, *others], kinds=kinds) == ()


def test_rows_that_a_query_names_are_rows_of_theirs_where_it_names_one_for_each(
    ws: Workspace, read: Run
) -> None:
    """Libraries 0 to 9 by twos: of each pair a sum is told, of the others each is told alone."""
    query = "SELECT dataset, source_row, CASE WHEN 열람좌석수 < 20 THEN 열람좌석수 // 2 ELSE 열람좌석수 END AS of FROM places"
    by = Origin("places", {"of": "of"}, query=query)
    kinds = {"of": "integer", "seats": "integer"}
    alone = [{"of": 20 + n, "seats": 20 + n} for n in range(10)]
    pairs = [{"of": 5 + n, "seats": 21 + 4 * n} for n in range(5)]
    assert carried(ws, read, [*alone[:5], *pairs], by, kinds=kinds) == ("of", "seats")
    assert carried(ws, read, [*alone[:4], *pairs], by, kinds=kinds) == ()


KINDS = {"source_row": "integer", "dataset": "text", "name": "text", "dong": "code", "seats": "integer"}


def test_whole_rows_are_found_whatever_way_is_told(ws: Workspace, read: Run) -> None:
    """By 행정동 four libraries stand behind each row, by its name one."""
    whole = [{"name": name, "dong": dong, "seats": seats} for name, dong, seats, *_ in LIBRARIES]
    by = Origin("places", {"dong": "동코드"})
    assert carried(ws, read, whole, by, kinds=KINDS) == ("name", "dong", "seats")
    assert carried(ws, read, [{"dong": each["dong"]} for each in whole], by, kinds=KINDS) == ()


def test_a_column_is_the_same_where_nine_of_ten_cells_are(ws: Workspace, read: Run) -> None:
    """Of twenty libraries two are told with other seats, then three; numbers that lead to rows may have a point."""
    by = Origin("places", {"source_row": "source_row"})

    def rows(others: int) -> list[dict[str, Any]]:
        return [
            {"source_row": n + 2, "seats": each[2] + 500 * (n < others)} for n, each in enumerate(LIBRARIES)
        ]

    assert carried(ws, read, rows(2), by, kinds=KINDS) == ("source_row", "seats")
    assert carried(ws, read, rows(3), by, kinds=KINDS) == ("source_row",)
    floats = [{**each, "source_row": float(each["source_row"])} for each in rows(0)]
    assert carried(ws, read, floats, by, kinds={**KINDS, "source_row": "number"}) == ("source_row", "seats")


def test_rows_of_several_closed_data_are_counted_together(ws: Workspace, read: Run) -> None:
    """Twenty libraries of each of three: a third of the table is of one alone."""
    one = [
        [(f"{of} {name}", dong, seats + 100 * n, *at) for name, dong, seats, *at in LIBRARIES]
        for n, of in enumerate("가나다")
    ]
    reads = tuple(read_of(ws, f"도서관{of}", rows) for of, rows in zip("가나다", one, strict=True))
    rows = [{"name": name, "seats": seats} for each in one for name, _, seats, *_ in each]
    table = table_of("t", "표", pa.Table.from_pylist(rows), [Column("name", "이름", "text"), Column("seats", "좌석", "integer")])  # fmt: skip
    found = carried_by([table], replace(read, inputs=reads), ws.bank)
    assert [(each.dataset, each.columns, each.rows) for each in found] == [
        (f"도서관{of}", ("이름", "좌석"), 20) for of in "가나다"
    ]
    shown = {("도서관가", 1): frozenset(("도서관명", "열람좌석수"))}
    assert [each.dataset for each in closed_of(found, shown)] == ["도서관나", "도서관다"]
    assert closed_of(found, {**shown, ("도서관나", 1): shown["도서관가", 1]}) == ()  # twenty of sixty


def test_the_conditions_of_a_way_back_are_kept_to(ws: Workspace, read: Run) -> None:
    """Each name is of two rows, of which one is open for business."""
    rows = [(f"곳{n // 2}", "열림" if n % 2 else "닫힘", n) for n in range(20)]
    run = replace(read, inputs=(read_of(ws, "가게들", rows, ("이름", "상태", "크기")),))
    told = [{"name": name, "seats": n} for name, state, n in rows if state == "열림"]
    by = Origin("places", {"name": "이름"}, (("상태", "eq", "열림"),))
    assert carried(ws, run, told, by, kinds=KINDS) == ("name", "seats")
    assert carried(ws, run, told, Origin("places", {"name": "이름"}), kinds=KINDS) == ()
    counted = [{"name": each["name"], "seats": 1000} for each in told]
    assert (
        carried(ws, run, counted, by, kinds=KINDS) == ()
    )  # what was counted is one row, and nothing of it is told


@pytest.mark.parametrize("query", ["SELECT 1 / nothing FROM places", "SELECT", "SELECT 1; SELECT 2"])
def test_where_a_way_back_cannot_be_walked_the_rows_may_be_there(
    ws: Workspace, read: Run, query: str
) -> None:
    table = table_of("t", "표", pa.table({"n": [1, 2]}), [Column("n", "수", "integer")], [Origin("places", {"n": "n"}, query=query)])  # fmt: skip
    (one,) = carried_by([table], read, ws.bank)
    assert (one.table, one.dataset, one.columns) == ("t", "도서관", ())
    some = {("도서관", 1): frozenset(("도서관명",))}
    assert [each.columns for each in closed_of([one], some)] == [()]
    assert closed_of([one], {("도서관", 1): frozenset(read.inputs[0].columns.values())}) == ()


def test_a_table_too_large_to_leave_is_not_looked_at(ws: Workspace, read: Run) -> None:
    rows = [{"source_row": n % 20 + 2, "seats": 1} for n in range(MOST_CELLS // 2 + 1)]
    assert carried(ws, read, rows[:20], Origin("places", {"source_row": "source_row"}), kinds=KINDS)
    assert carried(ws, read, rows, Origin("places", {"source_row": "source_row"}), kinds=KINDS) == ()
