"""Contributions of departments to one table: every planted row once, with who handed it in, and nothing changed."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from madang.bank import Bank
from madang.bank.durable import SEOUL
from madang.declarations import Card, Standard
from madang.declarations.standard import StandardColumn
from madang.engine.duck import connect
from madang.intake.deposit import Door
from madang.intake.merge import BOTH, Piece, conflicts, gather, rows_shared, write_keys
from madang.intake.merge_amend import amend, cells_of
from madang.intake.merge_commit import Merge, merge
from madang.intake.raw import Override
from madang.messages import MadangError

pytestmark = pytest.mark.slow
AT = datetime(2026, 11, 20, 9, 0, tzinfo=SEOUL)


def column(name: str, label: str, **more: object) -> StandardColumn:
    return StandardColumn(name, label, aliases=(label,), **more)  # type: ignore[arg-type]


COMMITTEES = Standard(
    "committees", "1", "위원회 현황", key=("name",),
    columns=(
        column("name", "위원회명", required=True),
        column("members", "위원수", type="integer", unit="명", required=True),
        column("founded", "설치일", type="date"),
        column("kind", "구분", values=("법정", "조례")),
    ),
)  # fmt: skip
WELFARE = [["노인복지위원회", "12", "2010-03-02", "법정"], ["아동위원회", "9", "2015-07-01", "조례"]]
ROADS = [["도로명주소위원회", "7", "2012-01-01", "법정"], ["교통안전위원회", "abc", "2001-05-05", "조례"]]


class Round:
    """The bank of a round, a door into it, and the bank that is merged into."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.bank = Bank(place / "round")
        self.target = Bank(place / "bank")
        self.door = Door(self.bank, {"committees": COMMITTEES}, clock=lambda: AT)

    def hand_in(
        self, who: str, number: int, rows: list[list[str]], header: str = "위원회명,위원수,설치일,구분"
    ) -> Piece:
        path = self.place / f"{number}.csv"
        path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="cp949")
        told = Override(standard="committees")
        (receipt,) = self.door.deposit(path, f"p{number}", override=told, by="tester")
        assert receipt.accepted, receipt.reasons
        return Piece(who, number, self.bank[f"p{number}"].version(receipt.version or 0))

    def merge(
        self, *pieces: Piece, decisions: dict[str, str] | None = None
    ) -> tuple[list[tuple[object, ...]], bool]:
        wanted = Merge("committees", COMMITTEES, pieces, "위원회 현황", {"round": "r1"}, Card("위원회 현황"))
        version, new = merge(self.target, wanted, decisions or {}, by="officer", at=AT)
        table = pq.read_table(version.files[0])
        return [
            tuple(row.values()) for row in table.drop(["lon", "lat", "dong_code", "geo_level"]).to_pylist()
        ], new


@pytest.fixture
def round_(tmp_path: Path) -> Round:
    return Round(tmp_path)


def test_rows_stand_side_by_side_with_who_handed_them_in(round_: Round) -> None:
    from datetime import date

    turned = [
        [row[3], row[1], row[0], "비고"] for row in WELFARE
    ]  # another order, no date, a column of its own
    a = round_.hand_in("복지과", 1, turned, "구분,위원수,위원회명,비고")
    b = round_.hand_in("도로과", 2, ROADS)
    rows, new = round_.merge(a, b)
    assert new
    assert rows == [
        (2, "노인복지위원회", 12, None, "법정", "복지과", 1, 2),
        (3, "아동위원회", 9, None, "조례", "복지과", 1, 3),
        (4, "도로명주소위원회", 7, date(2012, 1, 1), "법정", "도로과", 2, 2),
        (5, "교통안전위원회", None, date(2001, 5, 5), "조례", "도로과", 2, 3),
    ]


def test_problems_go_along_to_the_row_of_the_merged_table(round_: Round) -> None:
    a, b = round_.hand_in("복지과", 1, WELFARE), round_.hand_in("도로과", 2, ROADS)
    round_.merge(a, b)
    version = round_.target["committees"].latest
    assert version is not None
    problems = pq.read_table(version.problems_path).to_pylist()
    unread = [p for p in problems if p["rule"] == "cell_not_integer"]
    assert [(p["row"], p["column"], p["value"]) for p in unread] == [(5, "members", "abc")]


def test_the_original_of_a_merged_version_is_what_was_merged(round_: Round) -> None:
    round_.merge(round_.hand_in("복지과", 1, WELFARE))
    version = round_.target["committees"].latest
    assert version is not None
    kept = round_.target.snapshots.path(version.receipt["sha256"]).read_text(encoding="utf-8")
    lines = list(csv.reader(kept.splitlines()))
    assert lines[0] == ["위원회명", "위원수", "설치일", "구분", "제출 부서", "제출 번호", "제출 자료의 행"]
    assert lines[2] == ["아동위원회", "9", "2015-07-01", "조례", "복지과", "1", "3"]  # source_row 3


def test_lineage_names_every_contribution(round_: Round) -> None:
    a, b = round_.hand_in("복지과", 1, WELFARE), round_.hand_in("도로과", 2, ROADS)
    round_.merge(a, b)
    version = round_.target["committees"].latest
    assert version is not None
    told = version.facts["merged"]["contributions"]
    assert [(t["contributor"], t["rows"]) for t in told] == [("복지과", 2), ("도로과", 2)]
    assert all(round_.bank.snapshots.path(t["sha256"]).exists() for t in told)


def test_the_same_contributions_again_make_no_version_and_a_corrected_one_makes_one(round_: Round) -> None:
    a, b = round_.hand_in("복지과", 1, WELFARE), round_.hand_in("도로과", 2, ROADS)
    assert round_.merge(a, b)[1]
    assert not round_.merge(a, b)[1]
    corrected = round_.hand_in("도로과", 3, [ROADS[0], ["교통안전위원회", "11", "2001-05-05", "조례"]])
    rows, new = round_.merge(a, corrected)
    assert new
    assert rows[3][2] == 11
    assert [v.n for v in round_.target["committees"].versions] == [1, 2]


def test_rows_of_the_example_are_left_out(round_: Round) -> None:
    a = round_.hand_in("복지과", 1, [["예시위원회", "5", "2020-01-01", "조례"], *WELFARE])
    rows, _ = round_.merge(Piece(a.contributor, a.contribution, a.version, skip=(2,)))
    assert [row[1] for row in rows] == ["노인복지위원회", "아동위원회"]
    assert Piece("복지과", 1, a.version, skip=(2,)).rows == 2


def test_a_key_of_two_departments_waits_for_a_decision(round_: Round) -> None:
    a = round_.hand_in("복지과", 1, WELFARE)
    b = round_.hand_in("도로과", 2, [["아동위원회", "8", "2015-07-01", "조례"], ROADS[0]])
    with pytest.raises(MadangError, match="merge_undecided|아동위원회"):
        round_.merge(a, b)
    con = connect(temp_dir=round_.place)
    gather(con, [a, b], COMMITTEES)
    (found,) = conflicts(con, COMMITTEES)
    assert (found.values, found.rows, found.same) == (("아동위원회",), (("복지과", 3), ("도로과", 2)), False)
    con.close()
    rows, _ = round_.merge(a, b, decisions={found.key: "도로과"})
    assert [(r[1], r[2], r[5]) for r in rows if r[1] == "아동위원회"] == [("아동위원회", 8, "도로과")]
    rows, _ = round_.merge(a, b, decisions={found.key: BOTH})
    assert sorted(r[5] for r in rows if r[1] == "아동위원회") == ["도로과", "복지과"]


def test_rows_that_others_handed_in_too_are_told_by_their_own_number(round_: Round) -> None:
    a = round_.hand_in("복지과", 1, WELFARE)
    b = round_.hand_in("도로과", 2, [ROADS[0], ["아동위원회", "8", "2015-07-01", "조례"]])
    c = round_.hand_in("도로과", 3, [ROADS[0], ["", "8", "2015-07-01", "조례"]])
    files = {}
    with connect(temp_dir=round_.place) as con:
        for piece in (a, b, c):
            gather(con, [piece], COMMITTEES)
            files[piece.contribution] = round_.place / f"{piece.contribution}.parquet"
            write_keys(con, COMMITTEES, files[piece.contribution])
        assert rows_shared(con, [files[2], files[3]], [files[1]]) == (
            [3],
            [2],
        )  # 아동위원회; 도로명주소위원회 in both
        assert rows_shared(con, [files[1]], []) == ([], [])


def test_nothing_at_all_is_no_version(round_: Round) -> None:
    with pytest.raises(MadangError, match="모을 행이 없습니다"):
        round_.merge()
    assert "committees" not in round_.target


def test_another_dataset_is_not_overwritten(round_: Round) -> None:
    other = Standard("o", "1", "다른", columns=tuple(column(f"c{i}", f"다른항목{i}") for i in range(9)))
    door = Door(round_.target, {"o": other}, clock=lambda: AT)
    path = round_.place / "other.csv"
    header = ",".join(c.label for c in other.columns)
    path.write_text(f"{header}\n{','.join('가나다라마바사아자')}\n", encoding="utf-8")
    door.deposit(path, "committees", override=Override(standard="o"), by="tester")
    with pytest.raises(MadangError, match="다른 자료로 보입니다"):
        round_.merge(round_.hand_in("복지과", 1, WELFARE))


def test_a_corrected_cell_makes_a_file_to_hand_in_again(round_: Round) -> None:
    piece = round_.hand_in("도로과", 2, ROADS)
    assert cells_of(piece.version, [3], round_.place)[3]["members"] == "abc"
    out = round_.place / "corrected.csv"
    assert amend(piece.version, {(3, "members"): "11"}, out) == 2
    told = Override(standard="committees")
    (receipt,) = round_.door.deposit(out, "p2", override=told, by="tester")
    again = round_.bank["p2"].version(receipt.version or 0)
    found = duckdb.sql(
        f"SELECT name, members FROM read_parquet('{again.files[0]}') ORDER BY source_row"
    ).fetchall()
    assert found == [("도로명주소위원회", 7), ("교통안전위원회", 11)]
    rows, _ = round_.merge(Piece("도로과", 2, again))
    assert rows[1][-1] == 3  # still the row of the original


def test_what_nobody_corrected_is_still_told(round_: Round) -> None:
    piece = round_.hand_in("도로과", 2, ROADS)
    out = round_.place / "corrected.csv"
    amend(piece.version, {(2, "members"): "8"}, out, drop=())
    assert "abc" in out.read_text(encoding="utf-8")
    with pytest.raises(MadangError, match="자료에 없습니다"):
        amend(piece.version, {(99, "members"): "8"}, out)
    with pytest.raises(MadangError, match="자료에 없습니다"):
        amend(piece.version, {(2, "nothing"): "8"}, out)
