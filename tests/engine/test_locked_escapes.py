"""Attempts to get out of the query process, by way of the public call. None leads anywhere, whatever it says on the way."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from _pytest.mark import ParameterSet

from engine.locked_attempts import KINDS, READS_FILES
from engine.locked_forked import Forked, Nursery, forked
from madang.engine import locked
from madang.engine.locked import Limits, LockedTable, ask
from madang.engine.locked_copies import shown_copy
from madang.messages import MadangError

SECRET = "TOPSECRET-7391"
PHONE = "010-7391-7391"
LIMITS = Limits(seconds=6, rows=1_000, bytes=8 << 20)
GREEDY_LIMITS = Limits(seconds=1.5, rows=1_000, bytes=8 << 20)  # they take all the time there is
ESCAPES = [kind for kind in KINDS if kind != "columns"]
STARTED = (
    2  # attempts of each kind in a process that is started as the server starts it; the others are forked
)
DEAD_WITHIN = 30.0  # seconds after the deadline, with the start of a process on a busy machine


@dataclass
class Place:
    """A folder with a table that the asker may read in part and files that he may not."""

    folder: Path
    full: Path  # the table with every value
    shown: Path  # what of it is handed to the process

    def written(self, attempt: str) -> str:
        return attempt.format(
            secret=self.folder / "secret.csv",
            json=self.folder / "secret.json",
            other=self.folder / "other.parquet",
            data=self.shown,
            folder=self.folder,
            name=self.folder.name,
        )

    @property
    def tables(self) -> dict[str, LockedTable]:
        return {"people": LockedTable((self.shown,), ("id", "name", "phone"), frozenset({"phone"}))}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "secret.csv").write_text(f"id,word\n1,{SECRET}\n")
    (folder / "secret.json").write_text(f'{{"id": 1, "word": "{SECRET}"}}\n')
    full = folder / "people.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT '{SECRET}' AS word) TO '{folder}/other.parquet' (KV_METADATA {{word: '{SECRET}'}})"
        )
        con.execute(
            f"COPY (SELECT i AS id, 'name ' || i AS name, '{PHONE}' AS phone FROM range(1000) t(i)) TO '{full}'"
        )
    return Place(folder, full, shown_copy([full], ["id", "name"], folder / "copies"))


def _attempts(kind: str) -> list[ParameterSet]:
    return [pytest.param(attempt, id=f"{kind}-{number}") for number, attempt in enumerate(KINDS[kind])]


def _outcome(place: Place, sql: str, limits: Limits = LIMITS) -> str:
    """All that comes back of a query: the rows and names of its answer, or the words of its error."""
    try:
        answer = ask(sql, place.tables, limits)
    except MadangError as error:
        return f"{error} {error.params}"
    assert answer.table.num_rows <= limits.rows
    return f"{answer.names} {answer.types} {answer.table.to_pylist()}"


def _without_question(said: str, sql: str) -> str:
    """What was said, without the words of the question itself."""
    return said.replace(sql, "")


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Asserts that every process that ran a query is gone."""
    pids: list[int] = []
    ending = locked._Child.end

    def end(child: locked._Child) -> None:
        pids.append(child.pid)
        ending(child)

    monkeypatch.setattr(locked._Child, "end", end)

    def check() -> None:
        assert pids
        assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]

    return check


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.end()


@pytest.fixture
def forking(nursery: Nursery) -> Iterator[None]:
    with forked(nursery):
        yield


def _leads_nowhere(place: Place, attempt: str, limits: Limits) -> None:
    sql = place.written(attempt)
    files = sorted(place.folder.rglob("*"))
    started = time.monotonic()
    said = _without_question(_outcome(place, sql, limits), sql)
    assert time.monotonic() - started < limits.seconds + DEAD_WITHIN
    assert SECRET not in said
    if PHONE not in sql:
        assert "7391" not in said.replace("010-7391%", "")
    assert "copies" not in said.replace(str(place.shown), "") or str(place.folder) in sql
    assert "/usr/" not in said
    assert "PATH=" not in said
    assert sorted(place.folder.rglob("*")) == files, "it wrote a file"


@pytest.mark.slow
@pytest.mark.parametrize("attempt", [each for kind in ESCAPES for each in _attempts(kind)[:STARTED]])
def test_an_attempt_leads_nowhere(place: Place, attempt: str, ended: Callable[[], None]) -> None:
    _leads_nowhere(place, attempt, LIMITS)
    ended()


@pytest.mark.slow
@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("attempt", [each for kind in ESCAPES for each in _attempts(kind)[STARTED:]])
def test_another_attempt_leads_nowhere(place: Place, attempt: str, ended: Callable[[], None]) -> None:
    _leads_nowhere(place, attempt, GREEDY_LIMITS if attempt in KINDS["greedy"] else LIMITS)
    ended()


@pytest.mark.slow
@pytest.mark.parametrize("attempt", _attempts("columns"))
def test_a_query_of_absurd_width_or_depth_is_refused(place: Place, attempt: str) -> None:
    started = time.monotonic()
    with pytest.raises(MadangError, match="열|너무 깁니다"):
        ask(attempt, place.tables, LIMITS)
    assert time.monotonic() - started < LIMITS.seconds + DEAD_WITHIN


@pytest.mark.slow
def test_afterwards_the_server_answers_and_no_process_took_more_than_its_memory(place: Place) -> None:
    for attempt in (KINDS["greedy"][0], KINDS["greedy"][8], KINDS["greedy"][10]):
        _outcome(place, place.written(attempt))
    assert ask("SELECT count(*) FROM people", place.tables).table.to_pylist() == [{"c0": 1000}]
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert max(largest, Forked.most_memory) < LIMITS.address_bytes


# that these tests can fail: the same attempts where nothing is locked ----------------------------------------


@pytest.mark.parametrize("attempt", [each for each in READS_FILES[:22] if "file_metadata" not in each])
def test_without_the_lock_the_attempts_on_files_succeed(place: Place, attempt: str) -> None:
    with duckdb.connect() as con:
        con.execute(f"CREATE VIEW people AS SELECT * FROM read_parquet('{place.full}')")
        said = str(con.execute(place.written(attempt)).fetchall())
    kept_words = (SECRET, "secret.csv", "word", str(len(f"id,word\n1,{SECRET}\n")))
    assert any(word in said for word in kept_words) or "IN (SELECT content" in attempt


def test_without_the_copy_the_masked_column_is_read_through_the_file(place: Place) -> None:
    naked = {"people": LockedTable((place.full,), ("id", "name"))}
    with duckdb.connect() as con:
        con.execute(f"SET allowed_paths = ['{place.full}']")
        con.execute("SET enable_external_access = false")
        assert con.execute(f"SELECT phone FROM '{place.full}' LIMIT 1").fetchone() == (PHONE,)
    assert PHONE.encode() not in place.shown.read_bytes()
    with pytest.raises(MadangError) as error:
        ask("SELECT phone FROM people", naked)
    assert error.value.code == "sql_column_unknown"
