"""A folder at the door: which files are taken, under which names, and that no file takes the others down."""

from __future__ import annotations

import os
import signal
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from madang.bank.describe import describe_dataset
from madang.cli import folder as folders
from madang.cli import main
from madang.cli.folder import Job, Outcome, deposit_folder, files_of, named
from madang.intake.raw import Override
from madang.workspace import Workspace

ROWS = "번호,이름\n1,가\n2,나\n"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def put(folder: Path, *names: str, content: str = ROWS) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def deposit_all(tmp_path: Path, inbox: Path, *more: str) -> Result:
    Workspace.init(tmp_path / "w")
    told = ["-w", str(tmp_path / "w"), "deposit", "--all", str(inbox), *more]
    return CliRunner().invoke(main, told, catch_exceptions=False)


def versions(tmp_path: Path) -> dict[str, int | None]:
    workspace = Workspace.open(tmp_path / "w")
    today = workspace.clock().date()
    return {d.id: describe_dataset(d, today)["version"] for d in workspace.bank.datasets()}


def test_only_regular_files_of_people_are_taken(tmp_path: Path, inbox: Path) -> None:
    put(inbox, "나.csv", "가/가.csv", "Thumbs.db", "가/Desktop.ini", ".DS_Store", "~$나.xlsx", ".숨김/다.csv")
    put(tmp_path, "밖.csv", "밖/속.csv")
    (inbox / "밖으로.csv").symlink_to(tmp_path / "밖.csv")
    (inbox / "밖폴더").symlink_to(tmp_path / "밖")
    (inbox / "안으로.csv").symlink_to(inbox / "나.csv")
    (inbox / "끊긴.csv").symlink_to(inbox / "없음.csv")
    os.mkfifo(inbox / "관.csv")
    notes: list[str] = []
    found = {str(path.relative_to(inbox)) for path in files_of(inbox, notes.append)}
    assert found == {"나.csv", "안으로.csv", "가/가.csv"}
    assert sorted(Path(note.split("은 ")[0].split("는 ")[0]).name for note in notes) == [
        "관.csv", "끊긴.csv", "밖으로.csv", "밖폴더",
    ]  # fmt: skip


def test_files_of_one_name_in_several_folders_are_several_datasets(inbox: Path) -> None:
    put(
        inbox,
        "강남구/공원_2025.csv",
        "강남구/공원_2026.csv",
        "서초구/공원.csv",
        "공원.csv",
        "도서관/도서관.csv",
    )
    put(inbox, "서초구-공원.csv")
    groups = named(inbox, files_of(inbox, print))
    assert {name: [str(p.relative_to(inbox)) for p in paths] for name, paths in groups.items()} == {
        "강남구-공원": ["강남구/공원_2025.csv", "강남구/공원_2026.csv"],
        "공원": ["공원.csv"],
        "서초구-공원-2": ["서초구/공원.csv"],
        "서초구-공원": ["서초구-공원.csv"],
        "도서관": ["도서관/도서관.csv"],
    }


def test_files_that_differ_in_their_date_are_versions_in_the_order_of_the_dates(inbox: Path) -> None:
    put(
        inbox,
        "인구_2021년 10월_동별.csv",
        "인구_2021년 9월_동별.csv",
        "인구_202108_동별.csv",
        "인구_202108_성별.csv",
    )
    groups = named(inbox, files_of(inbox, print))
    assert {name: [path.name for path in paths] for name, paths in groups.items()} == {
        "인구-동별": ["인구_202108_동별.csv", "인구_2021년 9월_동별.csv", "인구_2021년 10월_동별.csv"],
        "인구-성별": ["인구_202108_성별.csv"],
    }


@pytest.mark.slow
def test_a_dead_process_and_a_lost_file_stop_nobody(tmp_path: Path, inbox: Path) -> None:
    put(inbox, "가.csv", "나쁨.csv", "다.csv", "라.csv", "마.csv")
    workspace = Workspace.init(tmp_path / "w")
    groups = named(inbox, files_of(inbox, print))
    (inbox / "라.csv").unlink()
    job = Dying(workspace.folder, Override(), "시험")
    outcomes: list[Outcome] = []
    deposit_folder(job, groups, outcomes.append, lambda done: None)
    assert {o.path.name: o.error.code if o.error else o.receipts[0].verdict for o in outcomes} == {
        "가.csv": "accepted", "나쁨.csv": "worker_died", "다.csv": "accepted", "라.csv": "file_missing",
        "마.csv": "accepted",
    }  # fmt: skip


class Dying(Job):
    """A job whose process dies over one file."""

    def outcome(self, path: Path, dataset: str) -> Outcome:
        if path.name == "나쁨.csv":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().outcome(path, dataset)


@pytest.mark.slow
def test_files_in_flight_at_ctrl_c_are_told(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, "가.csv", "나.csv", "다.csv")

    def interrupted(*_: Any, **__: Any) -> Any:
        monkeypatch.setattr(folders, "wait", wait)
        raise KeyboardInterrupt

    monkeypatch.setattr(folders, "wait", interrupted)
    result = deposit_all(tmp_path, inbox)
    assert result.exit_code == 130
    assert "✓ 가.csv" in result.stdout
    assert "✓ 나.csv" in result.stdout
    assert versions(tmp_path) == {"가": 1, "나": 1}


@pytest.mark.slow
def test_a_folder_with_everything(tmp_path: Path, inbox: Path) -> None:
    put(inbox, "강남구/공원.csv", "서초구/공원.csv", "Thumbs.db")
    result = deposit_all(tmp_path, inbox)
    assert result.exit_code == 0, result.output
    assert versions(tmp_path) == {"강남구-공원": 1, "서초구-공원": 1}


def test_a_lost_file_is_a_line_and_code_2(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, "가.csv")

    def here(job: Job, groups: dict[str, list[Path]], told: Any, done: Any) -> None:
        (inbox / "가.csv").unlink()
        told(job.outcome(inbox / "가.csv", "가"))

    monkeypatch.setattr("madang.cli.deposit.deposit_folder", here)
    result = deposit_all(tmp_path, inbox)
    assert result.exit_code == 2
    assert "✕" in result.stderr
    assert "찾을 수 없습니다" in result.stderr
    assert "반려 0" in result.stdout


def test_a_wish_that_no_file_could_fulfil_is_told_once(tmp_path: Path, inbox: Path) -> None:
    put(inbox, "가.csv", "나.csv")
    result = deposit_all(tmp_path, inbox, "--encoding", "cp99999")
    assert result.exit_code == 2
    assert result.output.count("cp99999") == 1
    assert versions(tmp_path) == {}
