"""What is shown of personal data found at the door, and what a killed deposit leaves. All numbers are made up."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import madang.intake.settle
from intake.privacy_helper import everything_said, resident, snapshots, table, traces
from madang.cli import main
from madang.workspace import Workspace

pytestmark = pytest.mark.slow

SECRETS = ("김나래", "1971", "010-2345", "서울 마포구 가람로")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.init(tmp_path / "w")


def deposit(workspace: Workspace, folder: Path, content: str) -> None:
    (folder / "a.csv").write_text(content, encoding="utf-8")
    (receipt,) = workspace.deposit(folder / "a.csv")
    assert receipt.accepted


def test_problems_of_a_column_found_personal_are_starred(workspace: Workspace, tmp_path: Path) -> None:
    rows = [[str(i), "김나래", f"1971-05-{i % 28 + 1:02d}", f"010-2345-{i:04d}"] for i in range(60)]
    rows[7][2] = "1971-02-30"
    deposit(workspace, tmp_path, table("번호,성명,생년월일,휴대전화", rows))
    live = workspace.bank["a"].latest
    assert live is not None
    assert [column.privacy for column in live.columns] == ["none", "personal", "personal", "personal"]
    (problem,) = (
        p for p in pq.read_table(live.problems_path).to_pylist() if p["column"] == live.columns[2].name
    )
    assert problem["value"] == "1*********"
    assert not [secret for secret in SECRETS if secret in everything_said(workspace, "a")]


def test_a_column_masked_whole_keeps_its_rows_and_none_of_its_words(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = [
        [str(i), f"국민은행 738291-04-{918_000 + i} 김나래" if i % 5 else "서울 마포구 가람로"]
        for i in range(50)
    ]
    rows[3][1] = ""
    deposit(workspace, tmp_path, table("번호,환불계좌번호", rows))
    live = workspace.bank["a"].latest
    assert live is not None
    cells = pq.read_table(live.files[0]).column(2).to_pylist()
    assert len(cells) == 50
    assert cells[3] is None
    assert set("".join(filter(None, cells))) <= set("*- ")
    assert [each["action"] for each in live.facts["personal_data"]] == ["mask"]


def test_commands_say_nothing_of_a_withheld_original(workspace: Workspace, tmp_path: Path) -> None:
    found = {7: resident(3), 300: resident(9)}
    rows = ([str(i), f"담당 {found[i]} 확인" if i in found else f"없음 {i}"] for i in range(900))
    deposit(workspace, tmp_path, table("번호,비고", rows))
    said = ""
    for command in (["show", "a"], ["show", "a", "--json"], ["problems", "a"], ["export", "a"], ["card", "a"],
                    ["doctor"], ["datasets"], ["search", "비고"]):  # fmt: skip
        result = CliRunner().invoke(main, ["-w", str(workspace.folder), *command], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        said += result.output
    assert not [n for n in found.values() if n in said or n[-7:] in said]
    assert "9행" in said


def test_a_deposit_killed_before_its_verdict_leaves_no_named_original(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [resident(i) for i in range(40)]
    path = tmp_path / "b.csv"
    path.write_text(
        table("번호,주민등록번호", ([str(i), n] for i, n in enumerate(numbers))), encoding="utf-8"
    )

    def killed(*args: object, **more: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if not child:
        monkeypatch.setattr(madang.intake.settle, "conform", killed)
        workspace.deposit(path)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert not [each for each in (workspace.folder / "bank/snapshots").iterdir() if len(each.name) == 64]
    deposit(workspace, tmp_path, "번호,이름\n1,가\n2,나\n")  # any deposit clears what the killed one left
    assert snapshots(workspace) == ["named"]
    assert traces(workspace.folder, numbers) == []
