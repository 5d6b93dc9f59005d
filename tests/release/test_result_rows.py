"""A table that is rows of data which are not open leaves only where that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from madang.messages import MadangError
from madang.release import Treatment
from madang.release.result_rows import Carried, carried_by
from madang.results import Column, Origin, Table, table_of
from madang.runs import Run
from madang.runs.ledger import Read
from madang.workspace import Workspace
from release import city, found
from release.found import decision, results

ROWS = Carried("dongs", "동별 사람", "동별사람", ("행정동코드", "사람"))


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
    assert opened.decisions.latest("동의-사람").with_rows == ("dongs",)


def test_rows_that_are_open_are_nobody_s_secret_but_a_column_that_is_not_is(ws: Workspace) -> None:
    run, opened = ws.run("dong-people", by="lee"), results(ws)
    kept = {each.name: Treatment() for each in ws.bank["동별사람"].latest.columns}  # type: ignore[union-attr]
    number = next(each.name for each in ws.bank["동별사람"].latest.columns if each.label == "인구수")  # type: ignore[union-attr]
    ws.releases.decide(city.decision("people-open", "동별사람", columns=kept))
    assert opened.carried(run) == ()
    ws.releases.decide(
        city.decision("people-open", "동별사람", columns={**kept, number: Treatment("band", 10)})
    )
    assert opened.carried(run) == (replace(ROWS, columns=("사람",)),)
    ws.releases.decide(city.decision("people-open", "동별사람", columns={**kept, number: Treatment("drop")}))
    assert opened.carried(run) == (replace(ROWS, columns=("사람",)),)


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


@pytest.fixture
def read(ws: Workspace) -> Run:
    """A run that read the libraries and nothing else."""
    version = city.deposit(ws, "도서관", ["도서관명", "동코드", "열람좌석수", "위도", "경도"], LIBRARIES)
    columns = {each.label: each.name for each in version.columns} | {
        name: name for name in ("lon", "lat", "source_row")
    }
    of = Read("places", "도서관", version.n, "도서관", "", columns)
    return replace(ws.run("dong-people", by="lee"), inputs=(of,))


def carried(
    ws: Workspace, run: Run, rows: Sequence[Mapping[str, Any]], *origins: Origin, kinds: Mapping[str, Any]
) -> tuple[str, ...]:
    table: Table = table_of("t", "표", pa.Table.from_pylist([dict(each) for each in rows]),
                            [Column(name, name, kinds[name]) for name in rows[0]], origins)  # fmt: skip
    return next((each.columns for each in carried_by([table], run, ws.bank, {})), ())


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
    assert carried(ws, read, points(0), elsewhere, kinds=kinds) == ()


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
