"""What a sick record, a moved version or a foreign folder must not do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import madang
from madang.bank import Bank
from madang.bank.doctor import examine
from madang.cli import main
from madang.messages import MadangError
from madang.workspace import Workspace
from tests.bank.made import LIBRARIES, NOON, make_version, parquet


def run(workspace: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, ["-w", str(workspace), *arguments])


def test_a_restore_into_a_new_folder_brings_settings_and_declarations(tmp_path: Path) -> None:
    old = Workspace.init(tmp_path / "old", "광산구")
    toml = old.folder / "madang.toml"
    toml.write_text(toml.read_text().replace('area_code = ""', 'area_code = "2920000000"'))
    (old.folder / "content" / "synonyms.toml").write_text("도서관 = ['책방']\n")
    make_version(old.bank, "libraries", LIBRARIES)
    old.backup(tmp_path / "b.tar")
    assert run(tmp_path / "new", "restore", str(tmp_path / "b.tar")).exit_code == 0
    for name in ("madang.toml", "content/synonyms.toml"):
        assert (tmp_path / "new" / name).read_bytes() == (old.folder / name).read_bytes()
    assert not list((tmp_path / "new").glob("*.before-restore"))
    assert madang.open(tmp_path / "new").settings.name == "광산구"


def test_a_backup_into_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    with pytest.raises(MadangError) as refused:
        workspace.backup(tmp_path / "none" / "b.tar")
    assert refused.value.code == "folder_missing"


def commit(bank: Bank, folder: Path, **options: Any) -> Any:
    (folder / "problems.parquet").write_bytes(parquet(folder, LIBRARIES).read_bytes())
    return bank.commit(
        "libraries",
        [parquet(folder, LIBRARIES)],
        receipt={"sha256": "0" * 64, "verdict": "accepted", "rows": 3},
        facts={},
        problems=folder / "problems.parquet",
        by="kim",
        at=NOON,
        **options,
    )


def test_the_first_card_is_written_before_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = Bank(tmp_path / "bank")
    seen = []
    real = madang.bank.table.Table.commit
    monkeypatch.setattr(
        madang.bank.table.Table,
        "commit",
        lambda table, *a: seen.append(madang.bank.Dataset(table.folder).card["title"]) or real(table, *a),
    )
    commit(bank, tmp_path, card={"title": "도서관"})
    commit(bank, tmp_path, card={"title": "다른 이름"})
    assert seen == ["도서관", "도서관"]
    assert [p.name for p in (bank.folder / "libraries" / "cards").iterdir()] == ["1.json"]


def test_a_commit_that_compared_with_another_version_is_refused(tmp_path: Path) -> None:
    bank = Bank(tmp_path / "bank")
    commit(bank, tmp_path, live_n=0)
    with pytest.raises(MadangError) as refused:
        commit(bank, tmp_path, live_n=0)
    assert refused.value.code == "conflict_moved"
    assert len(bank["libraries"].deposits()) == 1
    assert commit(bank, tmp_path, live_n=1).n == 2


@pytest.mark.parametrize("harm", ["receipt.json", "facts.json", "log", "gone"])
def test_a_sick_dataset_is_a_finding_and_no_crash(tmp_path: Path, harm: str) -> None:
    workspace = Workspace.init(tmp_path / "w")
    version = make_version(workspace.bank, "sick", LIBRARIES)
    make_version(workspace.bank, "sound", LIBRARIES, content=b"other")
    folder = version.dataset.deposit_folder(version.deposit_id)
    if harm == "gone":
        (folder / "receipt.json").unlink()
    elif harm == "log":
        (version.dataset.table.link / "_delta_log" / f"{version.commit.delta_version:020d}.json").write_text(
            '{"commitInfo": {'
        )
    else:
        (folder / harm).write_text("{")
    found = examine(workspace.bank)
    assert {f.params["dataset"] for f in found} == {"sick"}
    assert "dataset_broken" in {f.code for f in found}
    assert [d.id for d in workspace.bank.datasets()] == ["sick", "sound"]
    result = run(workspace.folder, "doctor", "--fix")
    assert (result.exit_code, "sick" in result.output) == (1, True)
    assert "프로그램에 오류" not in result.output


def test_a_day_without_leading_zeros_is_understood(tmp_path: Path) -> None:
    version = make_version(Bank(tmp_path / "bank"), "libraries", LIBRARIES)
    assert version.dataset.as_of("2026-6-3").n == 1
    with pytest.raises(MadangError, match="날짜로 읽을 수 없습니다"):
        version.dataset.as_of("내일")


def test_an_export_goes_by_the_extension_and_overwrites_only_when_told(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    make_version(workspace.bank, "libraries", LIBRARIES)
    out = tmp_path / "a.parquet"
    assert run(workspace.folder, "export", "libraries", "--out", str(out)).exit_code == 0
    assert out.read_bytes()[:4] == b"PAR1"
    again = run(workspace.folder, "export", "libraries", "--out", str(out))
    assert (again.exit_code, "--force" in again.stderr) == (2, True)
    assert run(workspace.folder, "export", "libraries", "--out", str(out), "--force").exit_code == 0
    other = run(workspace.folder, "export", "libraries", "--format", "csv", "--out", str(tmp_path / "b.xlsx"))
    assert (other.exit_code, (tmp_path / "b.xlsx").exists()) == (2, False)
    utf8 = (
        "export",
        "libraries",
        "--format",
        "csv-utf8",
        "--out",
        str(tmp_path / "c.csv"),
        "--as-of",
        "2026-6-1",
    )
    assert run(workspace.folder, *utf8).exit_code == 0
    assert run(workspace.folder, "diff", "libraries", "1", "1", "--limit", "-1").exit_code == 2
