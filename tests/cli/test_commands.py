"""The command line as an officer uses it: one small day at the desk, and every wrong turn."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from madang.cli import main

PARKING = """관리번호,주차장명,구획수,개방일자
0001,시청 앞 공영주차장,120,2020-03-01
0002,중앙시장 주차장,45,2021.13.05
0003,역전 주차장,80,2022-07-15
"""


class Desk:
    """A workspace and its command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = folder / "w"
        assert self.run("init", str(self.workspace), "--name", "시험구").exit_code == 0

    def run(self, *arguments: str, code: int | None = None) -> Result:
        result = CliRunner().invoke(main, ["-w", str(self.workspace), *arguments], catch_exceptions=False)
        if code is not None:
            assert result.exit_code == code, result.output
        return result

    def json(self, *arguments: str, code: int = 0) -> Any:
        lines = self.run(*arguments, "--json", code=code).stdout.splitlines()
        values = [json.loads(line) for line in lines]
        return values[0] if len(values) == 1 else values

    def file(self, name: str, content: str = PARKING, encoding: str = "cp949") -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(encoding))
        return str(path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_receipt_has_the_documented_keys(desk: Desk) -> None:
    receipt = desk.json("deposit", desk.file("공영주차장_20260101.csv"))
    assert list(receipt) == [
        "deposit", "file", "member", "sha256", "dataset", "version", "verdict", "rows", "columns", "problems",
        "reasons", "standard", "encoding", "delimiter", "header_rows", "crs", "located_share", "personal_data",
        "seconds",
    ]  # fmt: skip
    assert receipt["dataset"] == "공영주차장"
    assert (receipt["version"], receipt["verdict"]) == (1, "accepted_with_problems")
    assert (receipt["rows"], receipt["columns"], receipt["problems"]) == (3, 4, 1)
    assert (receipt["encoding"], receipt["delimiter"], receipt["header_rows"]) == ("cp949", ",", [1])
    assert receipt["reasons"] == []


@pytest.mark.slow
def test_a_day_at_the_desk(desk: Desk) -> None:
    desk.run("deposit", desk.file("공영주차장.csv"), code=0)
    (problem,) = desk.run("problems", "공영주차장", "--json").stdout.splitlines()
    found = json.loads(problem)
    assert (found["row"], found["label"], found["value"]) == (3, "개방일자", "2021.13.05")
    assert "13월" in found["reason"]
    fixed = (
        PARKING.replace("2021.13.05", "2021.12.05").replace("120", "150") + "0004,새 주차장,10,2026-01-01\n"
    )
    second = desk.json("deposit", desk.file("공영주차장.csv", fixed))
    assert (second["version"], second["verdict"]) == (2, "accepted")
    changes = desk.json("diff", "공영주차장", "1", "2", "--key", "관리번호")
    assert (changes["added"], changes["removed"], changes["changed"]) == (1, 0, 2)
    assert changes["changed_cells"] == {"구획수": 1, "개방일자": 1}
    assert desk.json("rollback", "공영주차장", "1")["version"] == 3
    assert desk.json("datasets")[0]["version"] == 3
    shown = desk.json("show", "공영주차장")
    assert [v["kind"] for v in shown["versions"]] == ["deposit", "deposit", "rollback"]
    assert {c["name"]: c["type"] for c in shown["columns_detail"]} == {
        "관리번호": "text", "주차장명": "text", "구획수": "integer", "개방일자": "date",
    }  # fmt: skip
    out = desk.run("export", "공영주차장", "--version", "2", "--format", "csv-utf8", code=0).stdout
    assert out.splitlines()[0] == "관리번호,주차장명,구획수,개방일자"
    assert out.splitlines()[2] == "0002,중앙시장 주차장,45,2021-12-05"
    assert desk.json("search", "주차쟝")[0]["dataset"] == "공영주차장"
    assert desk.run("doctor", code=0).exit_code == 0


def test_the_same_file_again_is_unchanged(desk: Desk) -> None:
    path = desk.file("공영주차장.csv")
    first, again = desk.json("deposit", path), desk.json("deposit", path)
    assert (again["verdict"], again["version"], again["rows"]) == ("unchanged", 1, 3)
    assert again["deposit"] != first["deposit"]
    other_reading = desk.json("deposit", path, "--text")
    assert (other_reading["verdict"], other_reading["version"]) == ("accepted", 2)


def test_text_keeps_every_column_as_it_is(desk: Desk) -> None:
    desk.run("deposit", desk.file("a.csv"), "--text", code=0)
    assert desk.run("export", "a", "--format", "csv-utf8", code=0).stdout == PARKING


def test_a_bad_file_is_refused_and_the_last_version_stays(desk: Desk) -> None:
    desk.run("deposit", desk.file("a.csv"), code=0)
    empty = desk.file("a.csv", "")
    receipt = desk.json("deposit", empty, code=3)
    assert (receipt["verdict"], receipt["reasons"][0]["code"]) == ("refused", "file_empty")
    other = desk.json(
        "deposit", desk.file("b.csv", "이름,나이,성별\n가,1,남\n나,2,여\n"), "--as", "a", code=3
    )
    assert other["reasons"][0]["code"] == "other_columns"
    assert "--as a-2" in other["reasons"][0]["text"]
    headers_only = desk.json("deposit", desk.file("a.csv", PARKING.splitlines()[0] + "\n"), code=3)
    assert headers_only["reasons"][0]["code"] == "became_empty"
    assert desk.json("datasets")[0]["version"] == 1


def test_a_refusal_says_that_the_original_is_kept_only_where_it_is(desk: Desk) -> None:
    assert "원본은 보관했습니다." in desk.run("deposit", desk.file("a.pdf", "%PDF-1.7"), code=3).stdout
    people = desk.file("people.csv", "번호,주민등록번호\n1,900101-1234568\n2,910202-2345674\n")
    for already in (False, True):
        if already:
            desk.run("deposit", desk.file("b.csv"), "--as", "people", code=0)
        said = desk.run("deposit", people, code=3).stdout
        assert "원본 파일은 보관하지 않았습니다." in said
        assert "원본은 보관" not in said
        assert ("지금 판은 그대로입니다." if already else "아직 판이 없습니다.") in said


def test_other_forms_are_refused_by_name(desk: Desk) -> None:
    for name, content in (
        ("a.pdf", "%PDF-1.7"),
        ("b.py", "a,b"),
        ("c.csv", '<?xml version="1.0"?><svg/>'),
        ("d.prj", "GEOGCS[1]"),
    ):
        receipt = desk.json("deposit", desk.file(name, content), code=3)
        assert receipt["reasons"][0]["code"] == "form_not_supported"
        assert name in receipt["reasons"][0]["text"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "없음"), "'없음' 데이터가 뱅크에 없습니다"),
        (("diff", "a", "1", "9"), "9판이 없습니다"),
        (("rollback", "a", "1"), "되돌릴 것이 없습니다"),
        (("export", "a", "--as-of", "내일"), "날짜로 읽을 수 없습니다"),
        (("export", "a", "--as-of", "1999-01-01"), "당시 'a'의 판이 없습니다"),
        (("export", "a", "--format", "docx"), "docx"),
        (("deposit", "없는파일.csv"), "찾을 수 없습니다"),
        (("deposit", "--standard", "없음", "a.csv"), "표준이 없습니다"),
        (("deposit",), "--all"),
        (("deposit", "x", "--as", "Bad Name"), "찾을 수 없습니다"),
        (("problems", "../a"), "뱅크에 없습니다"),
        (("erase", "a", "--where", "없는열=1", "--ground", "시험", "--yes"), "'없는열' 열이 없습니다"),
    ],
)
def test_wrong_use_is_a_sentence_and_code_2(desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    path = desk.file("a.csv")
    desk.run("deposit", path, code=0)
    result = desk.run(*(path if a == "a.csv" else a for a in arguments), code=2)
    assert said in result.output
    assert "Traceback" not in result.output


def test_no_workspace_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["-w", str(tmp_path / "none"), "datasets"])
    assert result.exit_code == 2
    assert "madang init" in result.output


def test_our_own_failure_is_code_1_and_leaves_a_trace(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("madang.intake.csv_read.read_csv", broken)
    receipt = desk.json("deposit", desk.file("a.csv"), code=1)
    assert receipt["reasons"][0]["code"] == "own_failure"
    (trace,) = (desk.workspace / "bank").glob("a/deposits/*/failure.txt")
    assert "planted" in trace.read_text()
    monkeypatch.undo()
    assert desk.json("deposit", desk.file("a.csv"))["verdict"] == "accepted_with_problems"


def test_a_file_that_changes_meanwhile_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from madang.intake import csv_read

    path = Path(desk.file("a.csv"))
    read = csv_read.read_csv

    def saved_meanwhile(*arguments: Any) -> Any:
        tables = read(*arguments)
        path.write_text("다른 내용")
        return tables

    monkeypatch.setattr(csv_read, "read_csv", saved_meanwhile)
    receipt = desk.json("deposit", str(path), code=3)
    assert receipt["reasons"][0]["code"] == "file_changing"
    assert desk.json("datasets")[0]["version"] is None


def test_erasure_reaches_all_versions(desk: Desk) -> None:
    desk.run("deposit", desk.file("a.csv"), code=0)
    desk.run("deposit", desk.file("a.csv", PARKING.replace("45", "46")), code=0)
    stone = desk.json("erase", "a", "--where", "관리번호=0002", "--ground", "민원 2026-1", "--yes")
    assert (stone["rows"], stone["versions"]) == (2, 2)
    assert "digest" not in stone
    assert "0002" not in desk.run("export", "a", "--version", "1", "--format", "csv-utf8").stdout


def test_backup_and_restore(desk: Desk, tmp_path: Path) -> None:
    desk.run("deposit", desk.file("a.csv"), code=0)
    desk.run("backup", str(tmp_path / "b.tar"), code=0)
    other = CliRunner().invoke(main, ["-w", str(tmp_path / "other"), "restore", str(tmp_path / "b.tar")])
    assert other.exit_code == 0, other.output
    listed = CliRunner().invoke(main, ["-w", str(tmp_path / "other"), "datasets", "--json"])
    assert json.loads(listed.stdout) == desk.json("datasets")


@pytest.mark.slow
def test_a_folder_goes_in_and_goes_on_where_it_stopped(desk: Desk) -> None:
    for name, content in (
        ("in/공영주차장_20260101.csv", PARKING),
        ("in/공영주차장_20260201.csv", PARKING.replace("120", "130")),
        ("in/sub/도서관.csv", "이름,좌석\n중앙,10\n첨단,20\n"),
        ("in/broken.pdf", "%PDF-1.4"),
        ("in/.hidden.csv", PARKING),
    ):
        desk.file(name, content)
    first = desk.json("deposit", "--all", str(desk.folder / "in"), code=3)
    assert {(r["file"], r["verdict"]) for r in first} == {
        ("공영주차장_20260101.csv", "accepted_with_problems"),
        ("공영주차장_20260201.csv", "accepted_with_problems"),
        ("도서관.csv", "accepted"),
        ("broken.pdf", "refused"),
    }
    assert desk.json("show", "공영주차장")["versions"][1]["file"] == "공영주차장_20260201.csv"
    again = desk.json("deposit", "--all", str(desk.folder / "in"), code=3)
    assert {r["verdict"] for r in again} == {"unchanged", "refused"}
    assert desk.json("show", "공영주차장")["version"] == 2


def test_problems_of_a_refused_deposit_are_its_reasons(desk: Desk) -> None:
    first = desk.json("deposit", desk.file("a.csv"))
    refused = desk.run("deposit", desk.file("b.csv", ""), "--as", "a", code=3)
    assert "'a'의 지금 판은 그대로입니다" in refused.output
    said = desk.run("problems", "a", code=0).output
    assert "반려했습니다" in said
    assert "빈 파일입니다" in said
    assert desk.json("problems", "a")["rule"] == "file_empty"
    assert desk.json("problems", "a", "--version", "1")["row"] == 3
    assert desk.json("problems", "a", "--deposit", first["deposit"])["row"] == 3
    assert "반려" in desk.run("datasets").output
    assert "없습니다" in desk.run("problems", "a", "--deposit", "../x", code=2).output
    desk.run("deposit", desk.file("a.csv", PARKING + "0009,끝,1,2026-01-01\n"), code=0)
    assert desk.json("problems", "a")["row"] == 3
    assert "반려" not in desk.run("datasets").output


def test_a_first_refusal_does_not_speak_of_a_version(desk: Desk) -> None:
    said = desk.run("deposit", desk.file("b.csv", ""), code=3).output
    assert "아직 판이 없습니다" in said
    assert "빈 파일입니다" in desk.run("problems", "b", code=0).output


def test_small_things_at_the_desk(desk: Desk) -> None:
    desk.run("deposit", desk.file("a.csv"), code=0)
    desk.run("show", "a", "--version", "0", code=2)
    unknown = desk.run("problems", "a", "--rule", "nonsense", code=2).output
    (there,) = {row["rule"] for row in [desk.json("problems", "a")]}
    assert there in unknown
    elsewhere = desk.run("problems", "a", "--rule", "row_duplicate", code=0)
    assert there in elsewhere.stderr
    (line,) = desk.run("problems", "a", code=0).stdout.splitlines()
    assert line.count("개방일자") == 1
    (shown,) = [line for line in desk.run("show", "a", code=0).stdout.splitlines() if line.startswith("품질")]
    assert re.match(r"품질 \d{1,3}\.\d점", shown)


@pytest.mark.slow
def test_a_name_in_cp949_is_read(desk: Desk) -> None:
    import os

    (desk.folder / "in").mkdir()
    raw = os.fsencode(desk.folder / "in") + b"/" + "주차장.csv".encode("cp949")
    with open(raw, "wb") as stream:
        stream.write(PARKING.encode("cp949"))
    receipt = desk.json("deposit", "--all", str(desk.folder / "in"))
    assert (receipt["file"], receipt["dataset"]) == ("주차장.csv", "주차장")


def test_a_table_too_wide_is_refused(desk: Desk) -> None:
    wide = ",".join(f"열{i}" for i in range(5001)) + "\n" + ",".join("1" * 5001) + "\n"
    receipt = desk.json("deposit", desk.file("wide.csv", wide), code=3)
    assert receipt["reasons"][0]["code"] == "csv_too_many_columns"


def test_the_same_bytes_by_two_writers_at_once_are_one_version(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from madang.bank import Bank

    path, commit = desk.file("a.csv"), Bank.commit
    first = []

    def overtaken(self: Bank, *arguments: Any, **named: Any) -> Any:
        """Between the comparison with the live version and the commit another writer brings the same file."""
        if not first:
            first.append(True)
            first.append(desk.json("deposit", path))
        return commit(self, *arguments, **named)

    monkeypatch.setattr(Bank, "commit", overtaken)
    receipt = desk.json("deposit", path)
    assert (first[1]["version"], receipt["verdict"], receipt["version"]) == (1, "unchanged", 1)
    assert len(desk.json("show", "a")["versions"]) == 1


def test_standards_are_listed_and_one_of_them_is_told(desk: Desk) -> None:
    assert "free-wifi" in desk.run("standards", code=0).stdout
    told = desk.run("standards", "free-wifi", code=0).stdout
    assert "설치장소명" in told
    assert "지방행정 인허가" not in told
    listed = {each["id"]: each for each in desk.json("standards")}
    assert desk.json("standards", "free-wifi") == listed["free-wifi"]
    missing = desk.run("standards", "free-wify", code=2).stderr
    assert "'free-wify' 표준이 없습니다." in missing
