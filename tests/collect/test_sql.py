"""One SELECT of a database: read only, streamed, within its time. PostgreSQL is a real server started here."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.collect import sql
from madang.collect.allowed import Allowed
from madang.collect.fetched import Means, Retry
from madang.collect.origin import Origin
from madang.collect.secret import Secret
from madang.messages import MadangError

Make = Callable[..., Origin]
_POSTGRES = Path("/usr/lib/postgresql/15/bin")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1", "select a, count(*) from t group by 1;", "WITH x AS (SELECT 1) SELECT * FROM x",
        "SELECT 1 UNION ALL SELECT 2", "SELECT 'drop table t' -- really",
    ],
)  # fmt: skip
def test_one_select_is_a_query(query: str) -> None:
    sql.check_query(query, "postgres")


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM t", "SELECT 1; DROP TABLE t", "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
        "SELECT * INTO u FROM t", "COPY t TO '/tmp/x'", "SELECT * FROM t FOR UPDATE", "SET role postgres", "", "VACUUM",
        "ATTACH 'x' AS y", "PRAGMA table_info(t)", "SELECT FROM WHERE", "EXPLAIN ANALYZE DELETE FROM t", "CREATE TABLE t AS SELECT 1",
        "LOCK TABLE t", "CALL f()", "DO $$ BEGIN END $$",
    ],
)  # fmt: skip
def test_anything_else_is_not(query: str) -> None:
    for dialect in ("postgres", "sqlite"):
        with pytest.raises(MadangError) as caught:
            sql.check_query(query, dialect)
        assert caught.value.code == "collect_query"


# SQLite -----------------------------------------------------------------------------------------------------


@pytest.fixture
def shops(means: Means) -> Path:
    path = means.allowed.inbox / "shops.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE shops (id, name TEXT, size)")
        rows = [(n, f"가게 {n}", "크다" if n == 40_000 else n / 2) for n in range(1, 50_001)]
        connection.executemany("INSERT INTO shops VALUES (?, ?, ?)", rows)
    connection.close()
    return path


def test_sqlite_gives_every_row_as_text(origin: Make, means: Means, shops: Path) -> None:
    """A word in row 40,000 of a column of numbers is a value like the others."""
    (found,) = sql.fetch(origin("sqlite:shops.db", "sql", query="SELECT * FROM shops ORDER BY id"), means)
    table = pq.read_table(found.path)
    assert table.num_rows == 50_000
    assert set(table.schema.types) == {pa.string()}
    assert table.slice(0, 1).to_pylist() == [{"id": "1", "name": "가게 1", "size": "0.5"}]
    assert table["size"][39_999].as_py() == "크다"


def test_a_day_in_a_query_is_that_of_the_run(origin: Make, means: Means, shops: Path) -> None:
    query = "SELECT '{today:%Y-%m-%d}' AS day FROM shops LIMIT 1"
    (found,) = sql.fetch(origin("sqlite:shops.db", "sql", query=query), means)
    assert pq.read_table(found.path).to_pylist() == [{"day": "2026-11-22"}]


def test_a_query_without_rows_is_nothing_new(origin: Make, means: Means, shops: Path) -> None:
    assert sql.fetch(origin("sqlite:shops.db", "sql", query="SELECT * FROM shops WHERE id < 0"), means) == []


@pytest.mark.parametrize("address", ["sqlite:/etc/passwd", "sqlite:../db.sqlite3", "sqlite:../../x.db"])
def test_files_outside_are_not_databases_of_ours(origin: Make, means: Means, address: str) -> None:
    (means.workspace / "db.sqlite3").touch()
    with pytest.raises(MadangError) as caught:
        sql.fetch(origin(address, "sql", query="SELECT 1"), means)
    assert caught.value.code == "collect_file_outside"


def test_a_table_that_is_not_there_is_said_in_the_words_of_the_database(
    origin: Make, means: Means, shops: Path
) -> None:
    with pytest.raises(MadangError, match="no such table: nowhere") as caught:
        sql.fetch(origin("sqlite:shops.db", "sql", query="SELECT * FROM nowhere"), means)
    assert caught.value.code == "collect_sql"


def test_size_is_bounded(origin: Make, means: Means, shops: Path) -> None:
    query = "SELECT hex(randomblob(500)) AS x FROM shops"
    with pytest.raises(MadangError) as caught:
        sql.fetch(origin("sqlite:shops.db", "sql", query=query, most_mb=1), means)
    assert caught.value.code == "collect_too_large"


# PostgreSQL -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Callable[[str], str]]]:
    """A PostgreSQL of its own on a free port: its port, and a way to run SQL as its owner."""
    if not (_POSTGRES / "initdb").exists():
        pytest.skip("no PostgreSQL 15 on this machine")
    as_postgres: list[str] = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("PostgreSQL does not run as root, and there is no setpriv")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    import socket
    import tempfile

    place = Path(tempfile.mkdtemp(prefix="madang-pg-", dir="/tmp"))
    if as_postgres:
        shutil.chown(place, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])

    def run(*command: str, said: str = "") -> str:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [*as_postgres, *command], input=said, capture_output=True, text=True, cwd="/tmp", env=environment, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def psql(said: str) -> str:
        return run(str(_POSTGRES / "psql"), "-h", str(place), "-p", str(port), "-v", "ON_ERROR_STOP=1", "-Atq", "postgres", said=said)  # fmt: skip

    data = str(place / "data")
    run(
        str(_POSTGRES / "initdb"),
        "-D",
        data,
        "-A",
        "scram-sha-256",
        "--auth-local=trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
    )
    options = f"-p {port} -k {place} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(str(_POSTGRES / "pg_ctl"), "-D", data, "-o", options, "-l", str(place / "log"), "-w", "start")
    try:
        psql(
            "CREATE ROLE reader LOGIN PASSWORD 'ge/heim&?'; ALTER ROLE postgres PASSWORD 'boss';"
            "CREATE TABLE shops (id int, name text, rent numeric(12,2), opened date, seen timestamptz, tags text[], j jsonb);"
            "INSERT INTO shops SELECT n, '가게 ' || n, n * 1.25, date '2026-01-01' + n % 300, now(), '{a,b}', '{\"x\": 1}'"
            " FROM generate_series(1, 300000) n; GRANT SELECT ON shops TO reader;"
        )
        yield port, psql
    finally:
        run(str(_POSTGRES / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def there(server: Any, means: Means) -> tuple[Means, str]:
    port = server[0]
    allowed = Allowed(means.allowed.inbox, (f"localhost:{port}",), (ip_network("127.0.0.1"),))
    here = f"localhost:{port}"
    environment = {
        "COLLECT_DB": "ge/heim&?", "COLLECT_BOSS": "boss", "COLLECT_DB_HOSTS": here, "COLLECT_BOSS_HOSTS": here,
    }  # fmt: skip
    means = replace(means, allowed=allowed, environment=environment, resolve=lambda host, port: ["127.0.0.1"])
    return means, f"postgresql://reader@localhost:{port}/postgres"


def reading(origin: Make, address: str, query: str, **said: Any) -> Origin:
    return origin(
        address,
        "sql",
        query=query,
        **{"secret": Secret("COLLECT_DB", "password", ""), "most_mb": 500, **said},
    )


@pytest.mark.slow
def test_postgresql_is_streamed_with_its_types(origin: Make, there: Any) -> None:
    means, address = there
    query = "SELECT id, name, rent, opened FROM shops ORDER BY id"
    (found,) = sql.fetch(reading(origin, address, query), means)
    table = pq.read_table(found.path)
    assert table.num_rows == 300_000
    first = table.slice(0, 1).to_pylist()[0]
    assert (first["id"], first["name"], str(first["opened"])) == (1, "가게 1", "2026-01-02")
    assert float(first["rent"]) == 1.25
    assert "reader" not in found.evidence.url


@pytest.mark.slow
def test_every_usual_type_of_postgresql_can_be_written(origin: Make, there: Any) -> None:
    means, address = there
    (found,) = sql.fetch(reading(origin, address, "SELECT * FROM shops LIMIT 3"), means)
    assert pq.read_table(found.path).num_rows == 3


@pytest.mark.slow
def test_writing_is_refused_by_the_session_itself(
    origin: Make, there: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    means, address = there
    server[1]("CREATE TABLE IF NOT EXISTS open_to_all (x int); GRANT ALL ON open_to_all TO reader;"
              "CREATE OR REPLACE FUNCTION sneak() RETURNS int LANGUAGE sql AS 'INSERT INTO open_to_all VALUES (1) RETURNING x';")  # fmt: skip
    with pytest.raises(MadangError, match="read-only"):
        sql.fetch(reading(origin, address, "SELECT sneak()"), means)
    with pytest.raises(MadangError):
        sql.fetch(
            reading(origin, address, "SELECT set_config('transaction_read_only','off',false), sneak()"), means
        )
    assert server[1]("SELECT count(*) FROM open_to_all").strip() == "0"


@pytest.mark.slow
def test_a_query_that_takes_too_long_is_ended(origin: Make, there: Any, server: Any) -> None:
    means, address = there
    began = time.monotonic()
    with pytest.raises(Retry) as caught:
        sql.fetch(reading(origin, address, "SELECT pg_sleep(60)", timeout_s=1), means)
    assert caught.value.code == "collect_slow"
    assert time.monotonic() - began < 5
    assert (
        server[1](
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state='active' AND pid <> pg_backend_pid()"
        ).strip()
        == "0"
    )


@pytest.mark.slow
def test_a_superuser_is_not_what_one_reads_with(origin: Make, there: Any) -> None:
    means, address = there
    boss = reading(
        origin,
        address.replace("reader", "postgres"),
        "SELECT 1",
        secret=Secret("COLLECT_BOSS", "password", ""),
    )
    with pytest.raises(MadangError) as caught:
        sql.fetch(boss, means)
    assert caught.value.code == "collect_superuser"


@pytest.mark.slow
def test_a_wrong_password_a_missing_table_and_nobody_there(origin: Make, there: Any) -> None:
    means, address = there
    wrong = replace(means, environment={**means.environment, "COLLECT_DB": "wrong"})
    with pytest.raises(MadangError) as caught:
        sql.fetch(reading(origin, address, "SELECT 1"), wrong)
    assert caught.value.code == "collect_sql"
    assert "wrong" not in str(caught.value)
    with pytest.raises(MadangError, match='relation "nowhere" does not exist'):
        sql.fetch(reading(origin, address, "SELECT * FROM nowhere"), means)
    allowed = replace(means.allowed, hosts=("localhost:1",))
    means = replace(means, environment={**means.environment, "COLLECT_DB_HOSTS": "localhost:1"})
    with pytest.raises(Retry) as caught:
        sql.fetch(
            reading(origin, "postgresql://reader@localhost:1/x", "SELECT 1"), replace(means, allowed=allowed)
        )
    assert caught.value.code == "collect_unreachable"


@pytest.mark.parametrize(
    "asked",
    ["host=other.example", "hostaddr=192.0.2.66&host=other.example", "port=6543", "host=a%2Cb", "%68ost=other.example"],
)  # fmt: skip
def test_the_database_reached_is_the_one_that_was_checked(
    origin: Make, means: Means, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """libpq takes the last of each parameter: none of the address may name another host, port or certificate."""
    from urllib.parse import parse_qs, urlsplit

    from adbc_driver_postgresql import dbapi

    opened: list[str] = []
    monkeypatch.setattr(dbapi, "connect", lambda uri: opened.append(uri) or nullcontext())
    allowed = Allowed(means.allowed.inbox, ("db.example:5433",), (ip_network("192.0.2.0/24"),))
    means = replace(means, allowed=allowed, resolve=lambda host, port: ["192.0.2.7"])
    address = f"postgresql://reader@db.example:5433/x?sslmode=verify-full&{asked}"
    with sql._postgresql(origin(address, "sql", query="SELECT 1"), means):
        pass
    (uri,) = opened
    found = urlsplit(uri)
    last = {name: said[-1] for name, said in parse_qs(found.query).items()}
    assert (found.hostname, found.port) == ("db.example", 5433)
    assert (last["host"], last["hostaddr"], last["port"]) == ("db.example", "192.0.2.7", "5433")
    assert last["sslmode"] == "verify-full"


def test_a_database_that_nobody_allowed_or_a_password_in_its_address(origin: Make, means: Means) -> None:
    for address, code in (
        ("postgresql://reader@db.internal/x", "collect_host"),
        ("postgresql://reader:pw@localhost/x", "collect_userinfo"),
    ):
        with pytest.raises(MadangError) as caught:
            sql.fetch(origin(address, "sql", query="SELECT 1"), means)
        assert caught.value.code == code
