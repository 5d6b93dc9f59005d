"""The runner with real processes: a job each, lost ones found again, slow ones ended, two runners beside each other."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import postgresql
from madang.workspace import Workspace
from repository_files import ROOT

pytestmark = pytest.mark.slow


class Line:
    """A workspace with its database, and runners that work on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "MADANG_WORKSPACE": str(folder),
            "DJANGO_SETTINGS_MODULE": "work_app.settings",
            "PYTHONPATH": str(ROOT / "tests" / "web"),
        }
        self.runners: list[subprocess.Popen[bytes]] = []

    def python(self, script: str) -> str:
        """What a script says that speaks to the database through Django."""
        whole = f"import django\ndjango.setup()\n{script}"
        done = subprocess.run(
            [sys.executable, "-c", whole], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, kind: str, params: dict[str, Any] | None = None, times: int = 1) -> int:
        """Put a job in line for Alice; its number (of the last of them)."""
        return int(
            self.python(
                "from madang.access import Person\nfrom madang.web.work.actions import start\n"
                f"by = Person('alice', posts=frozenset({{'교통과 주차관리팀'}}))\n"
                f"for _ in range({times}): job = start({kind!r}, {params or {}!r}, by=by)\nprint(job.pk)"
            )
        )

    def runner(self, *options: str) -> subprocess.Popen[bytes]:
        """A runner, started; it is ended with the test."""
        command = [sys.executable, "-m", "madang", "-w", str(self.folder), "work", *options]
        self.runners.append(subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL))
        return self.runners[-1]

    def once(self) -> None:
        """Everything that is due now, done."""
        assert self.runner("--once").wait(60) == 0

    def job(self, number: int) -> dict[str, Any]:
        """A job as it stands in the database."""
        with sqlite3.connect(self.folder / "db.sqlite3", timeout=20) as connection:
            connection.row_factory = sqlite3.Row
            return dict(connection.execute("SELECT * FROM work_job WHERE id = ?", [number]).fetchone())

    def write(self, sql: str) -> None:
        """Change the database behind Django's back."""
        connection = sqlite3.connect(self.folder / "db.sqlite3", timeout=20, isolation_level=None)
        connection.execute(sql)
        connection.close()

    def until(self, number: int, state: str, seconds: float = 30) -> dict[str, Any]:
        """The job, as soon as it is in a state."""
        found = waited(lambda: (j := self.job(number))["state"] == state and j, seconds)
        assert found, f"{self.job(number)} never was {state}"
        return found


def waited(question: Callable[[], Any], seconds: float = 30) -> Any:
    """The first answer that is one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.05)
    return None


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose database has its tables."""
    folder = tmp_path_factory.mktemp("migrated") / "city"
    Workspace.init(folder, "빈들군")
    Line(folder).python(
        "from django.core.management import call_command\ncall_command('migrate', verbosity=0)"
    )
    return folder


@pytest.fixture
def line(migrated: Path, tmp_path: Path) -> Iterator[Line]:
    shutil.copytree(migrated, tmp_path / "city")
    found = Line(tmp_path / "city")
    yield found
    for runner in found.runners:
        if runner.poll() is None:
            runner.kill()
        runner.wait(20)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_job_runs_as_who_asked_and_leaves_its_result(line: Line) -> None:
    number = line.start("adds", {"a": 19, "b": 23})
    line.once()
    job = line.job(number)
    assert (job["state"], job["attempts"], job["lease"]) == ("done", 1, "")
    assert json.loads(job["result"]) == {
        "sum": 42,
        "by": "alice",
        "posts": ["교통과 주차관리팀"],
        "via": "work",
    }


def test_what_was_asked_wrongly_fails_at_once_with_a_sentence_and_a_notice(line: Line) -> None:
    number = line.start("refuses")
    line.once()
    job = line.job(number)
    assert (job["state"], job["attempts"], job["error_code"]) == ("failed", 1, "folder_missing")
    said = (
        "from madang.web.notices.models import Notice\nn = Notice.objects.get()\nprint(n.person, n.sentence)"
    )
    assert line.python(said).startswith(f"alice ‘거절’ 작업({number}번)이 실패했습니다.")


def test_a_process_that_is_killed_costs_an_attempt_and_is_tried_again(line: Line, tmp_path: Path) -> None:
    number = line.start("dies", {"file": str(tmp_path / "tries")})
    line.once()
    job = line.job(number)
    assert (job["state"], job["error_code"], job["attempts"]) == ("waiting", "job_died", 1)
    line.write("UPDATE work_job SET run_at = '2020-01-01 00:00:00'")
    line.once()
    job = line.job(number)
    assert (job["state"], json.loads(job["result"]), job["error_code"]) == ("done", "둘째에 됨", "")


def test_a_job_that_takes_too_long_is_ended_and_says_so(line: Line) -> None:
    number = line.start("sleeps", {"seconds": 60})
    began = time.monotonic()
    line.once()
    job = line.job(number)
    assert time.monotonic() - began < 30
    assert (job["state"], job["error_code"]) == ("failed", "job_timeout")


def test_a_job_that_is_stopped_hears_it(line: Line, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    number = line.start("listens", {"file": str(pid)})
    line.runner()
    assert waited(lambda: pid.exists() and pid.read_text())
    line.write("UPDATE work_job SET cancelled_by = 'alice'")
    line.until(number, "cancelled", 15)
    assert waited(lambda: not alive(int(pid.read_text())))


def test_a_job_that_does_not_listen_is_killed(line: Line, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    number = line.start("stubborn", {"file": str(pid)})
    line.runner()
    assert waited(lambda: pid.exists() and pid.read_text())
    line.write("UPDATE work_job SET cancelled_by = 'alice'")
    line.until(number, "cancelled", 25)
    assert waited(lambda: not alive(int(pid.read_text())))


def test_kill_of_the_runner_ends_its_jobs_and_the_next_runner_does_them_again(
    line: Line, tmp_path: Path
) -> None:
    file = tmp_path / "pids"
    number = line.start("stubborn", {"file": str(file)})
    runner = line.runner()
    assert waited(lambda: file.exists() and file.read_text().endswith("\n"))
    runner.send_signal(signal.SIGKILL)
    first = int(file.read_text())
    assert waited(lambda: not alive(first), 10), "the job outlived its runner"
    assert line.job(number)["state"] == "running"
    line.runner()
    time.sleep(1.0)
    assert line.job(number)["state"] == "running", "a lease was taken before it ran out"
    line.write("UPDATE work_job SET lease_until = '2020-01-01 00:00:00'")
    waiting = waited(lambda: (j := line.job(number))["state"] == "waiting" and j)
    assert (waiting["error_code"], waiting["attempts"]) == ("job_orphaned", 1)
    line.write("UPDATE work_job SET run_at = '2020-01-01 00:00:00'")
    assert waited(lambda: len(file.read_text().split()) == 2)
    assert line.job(number)["attempts"] == 2


def test_a_runner_that_is_told_to_end_puts_its_job_back(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    number = line.start("stubborn", {"file": str(file)})
    runner = line.runner()
    assert waited(lambda: file.exists() and file.read_text().endswith("\n"))
    runner.terminate()
    assert runner.wait(20) == 0
    job = line.job(number)
    assert (job["state"], job["attempts"], job["error_code"]) == ("waiting", 0, "")
    assert not alive(int(file.read_text()))


def test_two_runners_do_each_job_once(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "sums"
    line.start("adds", {"a": 1, "b": 2, "file": str(file)}, times=12)
    both = [line.runner("--once"), line.runner("--once")]
    assert [each.wait(120) for each in both] == [0, 0]
    assert file.read_text().split() == ["3"] * 12


def test_two_runners_do_each_job_once_on_postgresql_too(tmp_path: Path) -> None:
    try:
        with postgresql.cluster() as url:
            Workspace.init(tmp_path / "city", "빈들군")
            line = Line(tmp_path / "city")
            line.environment["MADANG_DATABASE_URL"] = url
            line.python(
                "from django.core.management import call_command\ncall_command('migrate', verbosity=0)"
            )
            file = tmp_path / "sums"
            line.start("adds", {"a": 1, "b": 2, "file": str(file)}, times=8)
            assert [each.wait(180) for each in [line.runner("--once"), line.runner("--once")]] == [0, 0]
            assert file.read_text().split() == ["3"] * 8
            counted = "from madang.web.work.models import Job\nprint(Job.objects.filter(state='done', attempts=1).count())"
            assert line.python(counted) == "8"
            assert not (tmp_path / "city" / "db.sqlite3").exists()
    except postgresql.NoPostgresql as none:
        pytest.skip(str(none))


def test_a_job_may_use_the_library_of_tables_with_its_threads(line: Line, tmp_path: Path) -> None:
    number = line.start("threads", {"folder": str(tmp_path / "table")})
    line.once()
    assert json.loads(line.job(number)["result"]) == 1000


def test_the_runner_plans(line: Line, tmp_path: Path) -> None:
    line.environment["WORK_APP_PLANNED"] = str(tmp_path / "planned")
    line.once()
    assert (tmp_path / "planned").read_text().startswith("20")
