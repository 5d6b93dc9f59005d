"""Questions to rows over HTTP, beside Datasette on the same million rows in the same run; then latencies on five million.

    python bench/rows_http.py [rows] [large rows] [seconds per kind]

Both servers are real: ours as `madang up` serves it (Granian, WORKERS processes), Datasette with one uvicorn process, the
index on the filtered column and without counts and facets. Eight clients keep their connections, each request has a
parameter of its own, no answer is kept anywhere.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import duckdb
import pyarrow.parquet as pq

from madang.bank.durable import SEOUL
from madang.declarations.standard import DatasetColumn
from madang.workspace import Workspace

CLIENTS, WORKERS = 8, 2
COLUMNS = [
    DatasetColumn(name, label, kind)  # type: ignore[arg-type]
    for name, label, kind in (
        ("id", "번호", "text"), ("field", "분야", "text"), ("dong", "동", "text"), ("received_on", "접수일", "date"),
        ("fee", "금액", "integer"), ("area", "면적", "number"), ("title", "상호", "text"), ("address", "주소", "text"),
        ("officer", "담당", "text"),
    )
]  # fmt: skip
_MADE = """
SELECT i + 2 AS source_row, 'C' || lpad(i::VARCHAR, 9, '0') AS id,
    ['교통', '환경', '건축', '복지', '세무', '안전', '문화', '보건'][1 + (hash(i) % 8)::INTEGER] AS field,
    '마당' || (hash(i * 7) % 21) || '동' AS dong, DATE '2015-01-01' + (hash(i * 3) % 4000)::INTEGER AS received_on,
    (hash(i * 5) % 200000)::BIGINT AS fee, (hash(i * 11) % 1000000) / 997.0 AS area,
    ['한우리식당', '명가부동산', '새벽편의점', '햇살카페', '자동차정비'][1 + (hash(i * 13) % 5)::INTEGER]
        || (hash(i * 17) % 99991) AS title,
    '마당광역시 마당구 마당' || (hash(i * 7) % 21) || '대로 ' || (hash(i * 19) % 1500) || '번길 ' || (hash(i * 23) % 99) AS address,
    (hash(i * 29) % 50000)::VARCHAR AS officer
FROM range({rows}) made(i) ORDER BY dong, id
"""
# what the files of licences have besides: codes, texts, days and numbers up to 39 columns, as rows are in the offices
MORE = [DatasetColumn(f"more_{n}", f"항목 {n}", "text" if n % 3 else "integer") for n in range(1, 31)]  # type: ignore[arg-type]
Kind = Callable[[random.Random], str]


def main(rows: int, large: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as name:
        place = Path(name)
        ws = Workspace.init(place / "w", "견주는 도시")
        deposit(ws, place, "rows", rows, COLUMNS + MORE)
        deposit(ws, place, "large", large, COLUMNS)
        sqlite = into_sqlite(ws.bank["rows"].latest.files, place / "rows.db")  # type: ignore[union-attr]
        token = token_of(ws.folder)
        command = [
            sys.executable,
            "-m",
            "datasette",
            "serve",
            str(sqlite),
            "--setting",
            "num_sql_threads",
            "3",
        ]
        command += ["--setting", "sql_time_limit_ms", "20000", "--setting", "default_cache_ttl", "0"]
        with (
            Served(our_command(ws.folder), our_environment(ws.folder), "/api/v1/me", token) as ours,
            Served(command, dict(os.environ), "/-/versions.json", "") as theirs,
        ):
            warm(ours, "rows")
            beside(ours, theirs, rows, seconds)
            warm(ours, "large")
            latencies(ours, large)
            print(
                f"peak memory: {ours.peak_mb():,.0f} MB of our {WORKERS} processes and the runner", end="; "
            )
            print(f"{theirs.peak_mb():,.0f} MB of Datasette")


def beside(ours: Served, theirs: Served, rows: int, seconds: float) -> None:
    """One kind of question after another, each to both in turn: what else the machine does hits both alike."""
    print(f"\n{rows:,} rows, {CLIENTS} clients, requests a second (median, p99 in ms)", flush=True)
    others = their_kinds(rows)
    for kind, path in our_kinds("rows", rows).items():
        rate, middle, late = throughput(ours, path, seconds)
        other, other_middle, other_late = throughput(theirs, others[kind], seconds)
        print(
            f"{kind:15} Madang {rate:7.1f} ({middle:6.1f}, {late:6.1f})   Datasette {other:7.1f}"
            f" ({other_middle:6.1f}, {other_late:6.1f})   {rate / other:6.1f} times",
            flush=True,
        )


# the same rows twice -------------------------------------------------------------------------------------


def deposit(ws: Workspace, place: Path, dataset: str, rows: int, columns: list[DatasetColumn]) -> None:
    """A version written through the bank, without the intake, which is not what is measured."""
    path = place / f"{dataset}.parquet"
    made = _MADE.format(rows=rows)
    if columns != COLUMNS:
        more = ", ".join(
            f"{'' if each.type == 'integer' else repr('값') + ' || '}(hash(id || {n}) % {10 ** (1 + n % 5)})"
            f"::{'BIGINT' if each.type == 'integer' else 'VARCHAR'} AS {each.name}"
            for n, each in enumerate(MORE)
        )
        made = f"SELECT *, {more} FROM ({made})"
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as con:
        con.execute(f"COPY ({made}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    problems = place / "problems.parquet"
    from madang.intake.problems import ProblemSink

    ProblemSink(problems).close()
    at = datetime(2026, 7, 1, 9, 30, tzinfo=SEOUL)
    facts = {"columns": [column.__dict__ for column in columns], "quality": {}}
    receipt = {"verdict": "accepted", "file": f"{dataset}.csv", "at": at.isoformat(), "sha256": None, "rows": rows,
               "columns": len(columns), "problems": 0}  # fmt: skip
    ws.bank.commit(
        dataset,
        [path],
        receipt=receipt,
        facts=facts,
        problems=problems,
        by="bench",
        at=at,
        card={"title": dataset},
    )


def into_sqlite(files: list[Path], target: Path) -> Path:
    names = [column.name for column in COLUMNS + MORE]
    db = sqlite3.connect(target)
    db.execute(f"CREATE TABLE rows (source_row INTEGER PRIMARY KEY, {', '.join(names)})")
    for path in files:
        for batch in pq.ParquetFile(path).iter_batches(50_000, columns=["source_row", *names]):
            cells = [column.to_pylist() for column in batch.columns]
            cells[4] = [day.isoformat() for day in cells[4]]
            db.executemany(
                f"INSERT INTO rows VALUES ({', '.join('?' * (len(names) + 1))})", zip(*cells, strict=True)
            )
    db.execute("CREATE INDEX rows_officer ON rows (officer)")
    db.execute("ANALYZE")
    db.commit()
    db.close()
    return target


def our_kinds(dataset: str, rows: int) -> dict[str, Kind]:
    start = f"/api/v1/datasets/{dataset}/rows?"

    def ask(**said: object) -> str:
        return start + urlencode({name.replace("__", "."): str(value) for name, value in said.items()})

    return {
        "indexed filter": lambda rng: ask(officer=rng.randrange(50_000)),
        "page": lambda rng: ask(offset=rng.randrange(rows - 100)),
        "text": lambda rng: ask(title__contains=f"카페{rng.randrange(99_991)}"),
        "group-by": lambda rng: ask(
            group="field,dong", measure="count,sum.fee", fee__ge=rng.randrange(1_000)
        ),
    }


def their_kinds(rows: int) -> dict[str, Kind]:
    start = "/rows/rows.json?_shape=objects&_size=100&_nocount=1&_nofacet=1&_labels=off&"
    query = "select field, dong, count(*) as n, sum(fee) as fee from rows where fee >= :fee group by field, dong order by n desc"

    def ask(**said: object) -> str:
        return start + urlencode(said)

    return {
        "indexed filter": lambda rng: ask(officer__exact=rng.randrange(50_000)),
        "page": lambda rng: ask(_next=rng.randrange(2, rows - 100)),
        "text": lambda rng: ask(title__contains=f"카페{rng.randrange(99_991)}"),
        "group-by": lambda rng: f"/rows.json?sql={quote(query)}&_shape=objects&fee={rng.randrange(1_000)}",
    }


def latencies(ours: Served, rows: int) -> None:
    start = "/api/v1/datasets/large/rows?"
    kinds: dict[str, Kind] = {
        "sort, a page": lambda rng: f"{start}sort=-fee&offset={rng.randrange(rows - 100)}",
        "filter one value": lambda rng: f"{start}officer={rng.randrange(50_000)}",
        "filter, sort": lambda rng: f"{start}officer={rng.randrange(50_000)}&sort=-received_on",
        "two filters": lambda rng: f"{start}{urlencode({'field': '교통', 'fee.ge': rng.randrange(150_000)})}",
        "range, sort": lambda rng: f"{start}fee.ge={rng.randrange(150_000)}&sort=area",
        "page": lambda rng: f"{start}offset={rng.randrange(rows - 100)}",
        "text": lambda rng: start + urlencode({"title.contains": f"카페{rng.randrange(99_991)}"}),
        "group-by": lambda rng: (
            f"{start}group=field,dong&measure=count,sum.fee&fee.ge={rng.randrange(1_000)}"
        ),
    }
    each = list(kinds.values())
    kinds["any of these"] = lambda rng: rng.choice(each)(rng)
    print(f"\n{rows:,} rows: milliseconds with one client, then with {CLIENTS} (median, p99)")
    for kind, path in kinds.items():
        ours.ask(http.client.HTTPConnection("127.0.0.1", ours.port, timeout=60), path(random.Random(1)))
        alone, together = throughput(ours, path, 4, clients=1), throughput(ours, path, 4)
        print(
            f"{kind:18} {alone[1]:7.1f} {alone[2]:7.1f}   {together[1]:7.1f} {together[2]:7.1f}   {together[0]:7.1f} a second"
        )


# asking --------------------------------------------------------------------------------------------------


def throughput(
    server: Served, path: Kind, seconds: float, clients: int = CLIENTS
) -> tuple[float, float, float]:
    """Requests a second, median and 99th percentile of milliseconds."""
    times: list[float] = []
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        rng = random.Random(time.time_ns() + number)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while time.perf_counter() < until:
            before = time.perf_counter()
            server.ask(connection, path(rng))
            times.append((time.perf_counter() - before) * 1000)
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    times.sort()
    return len(times) / (time.perf_counter() - began), statistics.median(times), times[int(len(times) * 0.99)]


def warm(server: Served, dataset: str) -> None:
    """Asks until the copy, the orders of the columns and the pairs of texts are there, and says how long that took."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    text = urlencode({"title.contains": "카페1234567"})  # is in no row: without its pairs all are looked at
    for question, within in (("sort=-fee", 0.1), ("officer=17", 0.1), ("sort=area", 0.1), (text, 0.03)):
        fast = 0
        while fast < 5 * WORKERS and time.perf_counter() - began < 200:
            before = time.perf_counter()
            server.ask(connection, f"/api/v1/datasets/{dataset}/rows?{question}")
            fast = fast + 1 if time.perf_counter() - before < within else 0
            time.sleep(0.02)
    connection.close()
    print(f"{dataset}: serving copy and orders there after {time.perf_counter() - began:.1f} s", flush=True)


class Served:
    """A server in a process of its own, on a free port, until the block ends."""

    def __init__(self, command: list[str], environment: dict[str, str], ready: str, token: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._ready, self._peak, self._ended = ready, 0.0, threading.Event()
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def ask(self, connection: http.client.HTTPConnection, path: str) -> None:
        connection.request("GET", path, headers=self.headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300].decode('utf-8', 'replace')}")

    def __enter__(self) -> Served:
        until = time.monotonic() + 300
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                self.ask(connection, self._ready)
                break
            except (OSError, http.client.HTTPException):
                if time.monotonic() > until:
                    self.__exit__()
                    raise
                time.sleep(0.2)
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)

    def peak_mb(self) -> float:
        return self._peak

    def _watch(self) -> None:
        """Proportional memory of all its processes: what they share, the mapped copies too, counts once."""
        while not self._ended.wait(0.5):
            total = 0
            for path in Path("/proc").glob("[0-9]*"):
                try:
                    if os.getpgid(int(path.name)) == self._process.pid:
                        lines = (path / "smaps_rollup").read_text().splitlines()
                        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
                except (OSError, ProcessLookupError):
                    continue
            self._peak = max(self._peak, total / 1024)


def our_environment(workspace: Path) -> dict[str, str]:
    return {**os.environ, "MADANG_API_PER_MINUTE": "10000000", "MADANG_WORKSPACE": str(workspace)}


def our_command(workspace: Path) -> list[str]:
    """As `madang up` serves, with WORKERS processes."""
    said = (
        "import sys; from pathlib import Path; from madang.web.serve import serve\n"
        f"serve(Path({str(workspace)!r}), port=int(sys.argv[2]), workers={WORKERS})"
    )
    return [sys.executable, "-c", said]


def token_of(workspace: Path) -> str:
    """An account and a key, made as the site makes them, in a process of its own."""
    said = (
        "from madang.web.serve import prepare; prepare()\n"
        "from madang.web.accounts.models import User; from madang.web.accounts.tokens import make_token\n"
        "from madang.access import owner\n"
        "user = User.objects.create_user('bench', None, name='bench', roles='analyst')\n"
        "print(make_token(user=user, name='bench', scopes=['read'], days=1, by=owner('bench')))"
    )
    environment = {**our_environment(workspace), "DJANGO_SETTINGS_MODULE": "madang.web.config.settings"}
    got = subprocess.run(
        [sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True
    )
    return got.stdout.strip().splitlines()[-1]


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    main(*(numbers + [1_000_000, 5_000_000, 10][len(numbers) :]))
