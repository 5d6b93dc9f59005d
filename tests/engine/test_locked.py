"""The query process: answers, limits, and what it says where it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from threading import Thread

import duckdb
import pytest

from engine.locked_attempts import READS_FILES
from madang.engine import locked
from madang.engine.locked import Limits, LockedTable, ask
from madang.engine.locked_copies import shown_copy
from madang.engine.locked_slots import slot
from madang.messages import MadangError

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> LockedTable:
    path = tmp_path_factory.mktemp("shops") / "shops.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT i AS id, ['카페', '서점', '식당'][i % 3 + 1] AS \"업종\", DATE '2026-01-01' + (i % 31)::INT AS opened"
            f" FROM range(300) t(i)) TO '{path}'"
        )
    return LockedTable((path,), ("id", "업종", "opened"))


@pytest.fixture(autouse=True)
def _no_process_stays() -> object:
    yield
    locked.cool()


def test_a_question_is_answered(shops: LockedTable) -> None:
    answer = ask('SELECT "업종", count(*) AS 수 FROM 점포 GROUP BY ALL ORDER BY 1', {"점포": shops})
    assert answer.names == ("업종", "수")
    assert answer.types == ("VARCHAR", "BIGINT")
    assert answer.table.to_pylist() == [{"c0": name, "c1": 100} for name in ("서점", "식당", "카페")]
    assert not answer.truncated
    assert "limits" in answer.walls
    assert answer.tables == ("점포",)


@pytest.mark.slow
def test_values_of_parameters_are_values_and_never_text_of_the_query(shops: LockedTable) -> None:
    sql = 'SELECT count(*) FROM shops WHERE opened = $day AND "업종" = $trade'
    # i % 31 = 0 and i % 3 = 1: 31·k with 31k % 3 = 1, k in 0..9: k = 1, 4, 7
    found = ask(sql, {"shops": shops}, parameters={"day": date(2026, 1, 1), "trade": "서점"})
    assert found.table.to_pylist() == [{"c0": 3}]
    attack = ask(sql, {"shops": shops}, parameters={"day": date(2026, 1, 1), "trade": "' OR 1 = 1 --"})
    assert attack.table.to_pylist() == [{"c0": 0}]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "code", "line", "column"),
    [
        ("SELECT 업종,\n  nope FROM shops", "sql_column_unknown", 2, 3),
        ("SELECT 1\nFROM shops x\nJOIN 없는표 y ON true", "sql_table_unknown", 3, 6),
        ("SELECT 한글 frm shops", "sql_syntax", 1, 15),
        ("SELECT id, count(*) FROM shops GROUP BY opened", "sql_group", 1, 8),
        ("SELECT\nfoo(id) FROM shops", "sql_function_unknown", 2, 1),
        ("SELECT *\nFROM read_csv('/etc/passwd')", "sql_function", 2, 6),
        ('SELECT CAST("업종" AS INTEGER) FROM shops', "sql_failed", 1, 8),
        ("  ", "sql_empty", None, None),
        ("SELECT 1; SELECT 2", "sql_one_statement", None, None),
        ("CREATE TABLE x AS SELECT 1", "sql_only_questions", None, None),
        ("SELECT '" + "x" * 100_001 + "'", "sql_too_long", None, None),
    ],
)
def test_an_error_says_where(
    shops: LockedTable, sql: str, code: str, line: int | None, column: int | None
) -> None:
    with pytest.raises(MadangError) as error:
        ask(sql, {"shops": shops})
    assert error.value.code == code
    assert error.value.params.get("line") == line
    assert error.value.params.get("column") == column


@pytest.mark.slow
def test_what_people_write_is_allowed(shops: LockedTable) -> None:
    for sql in (
        "FROM shops",
        "DESCRIBE shops",
        "SUMMARIZE shops",
        "EXPLAIN SELECT * FROM shops",
        "-- 머리말\nWITH a AS (FROM shops), b AS (FROM a) SELECT count(*) FROM b",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) FROM n",
        "SELECT * FROM range(3) r(i) JOIN main.shops s ON s.id = r.i",
        "PIVOT shops ON \"업종\" IN ('카페', '서점') USING count(*)",
        "SELECT unnest([1, 2])",
        "VALUES (1), (2);",
        'SELECT "업종", row_number() OVER (PARTITION BY "업종" ORDER BY id) FROM shops QUALIFY 2 = 2',
        "SELECT current_date",
    ):
        assert ask(sql, {"shops": shops}).table.num_rows > 0, sql


@pytest.mark.slow
def test_an_answer_ends_at_its_rows_and_bytes(shops: LockedTable) -> None:
    rows = ask("SELECT range FROM range(100000)", {}, Limits(rows=10))
    assert (rows.table.num_rows, rows.truncated) == (10, True)
    whole = ask("SELECT range FROM range(10)", {}, Limits(rows=10))
    assert (whole.table.num_rows, whole.truncated) == (10, False)
    wide = ask("SELECT repeat('x', 1000) FROM range(100000)", {}, Limits(bytes=20 << 20))
    assert wide.truncated
    assert 0 < wide.table.nbytes <= 20 << 20


@pytest.mark.slow
def test_it_is_stopped_at_the_deadline_and_when_cancelled() -> None:
    endless = "SELECT levenshtein(repeat('a', 100000), repeat('b', 100000))"
    started = time.monotonic()
    with pytest.raises(MadangError) as error:
        ask(endless, {}, Limits(seconds=1.5))
    assert error.value.code == "sql_time"
    assert time.monotonic() - started < 15  # with the start of a process on a busy machine
    asked_at = time.monotonic()
    with pytest.raises(MadangError) as error:
        ask(endless, {}, cancelled=lambda: time.monotonic() - asked_at > 1)
    assert error.value.code == "sql_cancelled"
    assert time.monotonic() - asked_at < 15


@pytest.mark.slow
def test_when_the_asker_dies_the_query_does(tmp_path: Path) -> None:
    asker = (
        "from madang.engine import locked\n"
        "child = locked._Child()\nprint(child.pid, flush=True)\nlocked._spare.append(child)\n"
        "locked.ask(\"SELECT levenshtein(repeat('a', 100000), repeat('b', 100000))\", {}, locked.Limits(seconds=60))"
    )
    with subprocess.Popen([sys.executable, "-c", asker], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        time.sleep(1.5)
        process.kill()
    until = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and "Z" not in _state(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists() or "Z" in _state(pid)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


@pytest.mark.slow
def test_several_ask_at_a_time(shops: LockedTable) -> None:
    counts: list[int] = []

    def one() -> None:
        counts.append(ask("SELECT count(*) FROM shops", {"shops": shops}).table.column(0)[0].as_py())

    threads = [Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [300] * 4


@pytest.mark.slow
def test_a_process_started_ahead_makes_the_first_answer_quick(tmp_path: Path) -> None:
    million = tmp_path / "million.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT i AS id, i % 17 AS kind, random() AS x FROM range(1000000) t(i)) TO '{million}'"
        )
    table = {"million": LockedTable((million,), ("id", "kind", "x"))}
    seconds = []
    for _ in range(3):
        locked.warm()
        time.sleep(2)
        started = time.perf_counter()
        assert ask("SELECT kind, avg(x) FROM million GROUP BY kind", table).table.num_rows == 17
        seconds.append(time.perf_counter() - started)
    if min(seconds) >= 0.3 and os.getloadavg()[0] > 2 * (os.cpu_count() or 1):
        pytest.skip(f"the machine is busy with something else: {seconds}")
    assert min(seconds) < 0.3, seconds


def test_a_copy_has_the_shown_columns_and_own_rows_only(tmp_path: Path) -> None:
    full = tmp_path / "full.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT i AS id, 'dept ' || i % 3 AS dept, 'PHONE' || i AS phone FROM range(30) t(i)) TO '{full}'"
        )
        copy = shown_copy([full], ["id", "dept"], tmp_path / "copies", own_rows="dept", own_values=["dept 1"])
        rows = con.execute(f"SELECT * FROM '{copy}' ORDER BY id").fetchall()
        assert rows == [(i, "dept 1") for i in range(1, 30, 3)]
        nobody = shown_copy([full], ["id"], tmp_path / "copies", own_rows="dept")
        assert con.execute(f"SELECT count(*) FROM '{nobody}'").fetchone() == (0,)
    assert b"PHONE" not in copy.read_bytes()
    made = copy.stat().st_ino
    assert (
        shown_copy([full], ["id", "dept"], tmp_path / "copies", own_rows="dept", own_values=["dept 1"])
        == copy
    )
    assert copy.stat().st_ino == made
    other = shown_copy([full], ["id", "dept"], tmp_path / "copies", own_rows="dept", own_values=["dept 2"])
    assert other != copy


def test_only_so_many_run_at_a_time(tmp_path: Path) -> None:
    with slot(tmp_path, 2), slot(tmp_path, 2):
        with pytest.raises(MadangError) as error, slot(tmp_path, 2):
            pass
        assert (error.value.code, error.value.params["most"]) == ("sql_busy", 2)
    with slot(tmp_path, 1):
        pass


# each wall alone ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("wall", ["duckdb", "system"])
def test_each_wall_alone_keeps_files_closed(wall: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("id,word\n1,TOPSECRET-7391\n")
    (tmp_path / "secret.json").write_text('{"id": 1, "word": "TOPSECRET-7391"}\n')
    data = tmp_path / "people.parquet"
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 1 AS id, 'x' AS name) TO '{data}'")
        con.execute(f"COPY (SELECT 'TOPSECRET-7391' AS word) TO '{tmp_path}/other.parquet'")
    places = {
        "secret": tmp_path / "secret.csv", "json": tmp_path / "secret.json", "other": tmp_path / "other.parquet",
        "data": data, "folder": tmp_path, "name": tmp_path.name,
    }  # fmt: skip
    attempts = [each.format(**places) for each in READS_FILES]
    tables = {"people": {"files": [str(data)], "columns": ["id", "name"], "masked": [], "said": ""}}
    attempts.append(f"SELECT * FROM read_parquet('{data}')")  # what it may read it can
    said = subprocess.run(
        [sys.executable, "-m", "engine.locked_alone"],
        input=json.dumps({"wall": wall, "tables": tables, "attempts": attempts}),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        timeout=120,
    )
    answers = json.loads(said.stdout)
    if "no landlock here" in answers:
        pytest.skip("a system without Landlock")
    assert "(1, 'x')" in answers[-1]
    for attempt, answer in zip(attempts, answers, strict=True):
        assert "TOPSECRET" not in answer.replace(attempt, ""), attempt
