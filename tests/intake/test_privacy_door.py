"""Resident numbers at the door: refused or masked, and left nowhere in the workspace. All numbers are made up."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from intake.archive_helper import zipped
from intake.document_helper import hwpx, p, tbl
from intake.privacy_helper import article, corporate, everything_said, resident, snapshots, table, traces
from madang.bank.doctor import examine
from madang.intake.receipt import Receipt
from madang.workspace import Workspace

pytestmark = pytest.mark.slow

SOME = [resident(number) for number in range(40)]
HEADER = "번호,업소명,비고"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.init(tmp_path / "w")


def sealing(workspace: Workspace) -> Workspace:
    toml = workspace.folder / "madang.toml"
    toml.write_text(toml.read_text("utf-8").replace('"discard"', '"seal"'), "utf-8")
    return Workspace.open(workspace.folder)


def written(folder: Path, content: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def people(count: int = 30) -> str:
    return table("번호,주민등록번호,이름", ([str(i), SOME[i], "김가온"] for i in range(count)))


def remarks(rows: int, found: dict[int, str], column: str = "비고") -> str:
    """A table of so many rows with a remark in each, those of `found` as told."""
    return table(f"번호,업소명,{column}", ([str(i), "가게", found.get(i, f"없음 {i}")] for i in range(rows)))


def codes(receipt: Receipt) -> list[str]:
    return [reason.code for reason in receipt.reasons]


def test_a_column_headed_so_is_refused_and_nothing_stays(workspace: Workspace, tmp_path: Path) -> None:
    (receipt,) = workspace.deposit(written(tmp_path, people()))
    assert (receipt.verdict, codes(receipt)) == ("refused", ["rrn_refused", "original_withheld"])
    assert snapshots(workspace) == [".withheld"]
    assert traces(workspace.folder, SOME) == []
    assert workspace.bank["a"].latest is None


def test_sealed_it_stands_apart_readable_by_its_owner_only(workspace: Workspace, tmp_path: Path) -> None:
    content = people()
    (receipt,) = sealing(workspace).deposit(written(tmp_path, content))
    sealed = workspace.folder / f"bank/snapshots/{receipt.sha256}.sealed"
    assert "original_sealed" in codes(receipt)
    assert sealed.read_text("utf-8") == content
    assert sealed.stat().st_mode & 0o777 == 0o400
    assert traces(workspace.folder, SOME) == [f"bank/snapshots/{receipt.sha256}.sealed"]
    assert snapshots(workspace) == [".sealed", ".withheld"]


@pytest.mark.parametrize(
    "content",
    [
        remarks(900, {100 * i: f"본인 {SOME[i]} 입니다" for i in range(5)}),  # five different ones
        remarks(300, {100 * i: SOME[3] for i in range(3)}),  # one in a hundred
        remarks(300, {i: resident(i, "") for i in range(0, 300, 7)}),  # without a dash
        table("번호,식별", ([str(i), resident(i, "")] for i in range(40))),  # whole numbers
    ],
)
def test_five_different_ones_or_one_in_a_hundred_are_refused(
    workspace: Workspace, tmp_path: Path, content: str
) -> None:
    (receipt,) = workspace.deposit(written(tmp_path, content))
    assert codes(receipt) == ["rrn_refused", "original_withheld"]
    assert traces(workspace.folder, map(resident, range(300))) == []


FOUR = {7 + 500 * i: SOME[i] for i in range(4)}
BARE = {row: number.replace("-", "") for row, number in FOUR.items()}


@pytest.mark.parametrize(
    ("others", "found", "type"),
    [
        (lambda i: f"없음 {i}", {row: f"본인 {each} 입니다" for row, each in FOUR.items()}, "text"),
        (str, BARE, "text"),
        (lambda i: f"{i}.25", BARE, "text"),
        (lambda i: f"2026-01-{i % 28 + 1:02d}", FOUR, "date"),
    ],
    ids=["remarks", "integers", "numbers", "dates"],
)
def test_four_in_two_thousand_are_masked_and_listed(
    workspace: Workspace, tmp_path: Path, others: object, found: dict[int, str], type: str
) -> None:
    rows = ([str(i), "가게", found.get(i) or others(i)] for i in range(2000))  # type: ignore[operator]
    (receipt,) = workspace.deposit(written(tmp_path, table(HEADER, rows)))
    assert receipt.verdict == "accepted_with_problems"
    assert receipt.personal_data == {"rrn": 4}
    assert {"personal_masked", "original_withheld"} <= set(codes(receipt))
    assert snapshots(workspace) == [".withheld"]
    assert traces(workspace.folder, SOME) == []
    live = workspace.bank["a"].latest
    assert live is not None
    assert live.columns[2].type == type
    kept = pq.read_table(live.files[0]).column(3).to_pylist()
    assert len(kept) == 2000
    masked = [str(kept[row]) for row in found]
    assert all("*******" in cell for cell in masked) if type == "text" else masked == ["None"] * 4
    told = [p for p in pq.read_table(live.problems_path).to_pylist() if p["rule"] == "cell_rrn_masked"]
    assert [(p["row"], p["label"], p["value"]) for p in told] == [(row + 2, "비고", None) for row in FOUR]


def test_an_original_is_withheld_for_what_is_masked_even_if_no_cell_is_listed(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("madang.intake.conform.list_masked", lambda *_: None)
    content = remarks(2000, {row: f"본인 {each} 입니다" for row, each in FOUR.items()})
    (receipt,) = workspace.deposit(written(tmp_path, content))
    assert "original_withheld" in codes(receipt)
    assert snapshots(workspace) == [".withheld"]
    assert traces(workspace.folder, SOME) == []


@pytest.mark.parametrize(
    "content",
    [
        f"수강생 명부,,\n담당 {SOME[7]},,\n{remarks(30, {})}",
        f"{remarks(30, {})}※ 문의: {SOME[7]},,\n",
        remarks(30, {}, column=SOME[7]),
        f"{remarks(30, {})}31;가게;담당 {SOME[7]} 확인;끝\n",
    ],
    ids=["title", "footnote", "header", "line"],
)
def test_outside_the_table_it_is_hidden_and_the_original_withheld(
    workspace: Workspace, tmp_path: Path, content: str
) -> None:
    workspace.deposit(written(tmp_path, content))
    assert snapshots(workspace) == [".withheld"]
    assert traces(workspace.folder, SOME) == []
    assert SOME[7] not in everything_said(workspace, "a")


def test_names_of_files_and_sheets_lose_it(workspace: Workspace, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / f"명부_{SOME[5]}.xlsx"))
    for name in (f"가{SOME[7]}", "나"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["번호", "시설"])
        for i in range(20):
            sheet.write_row(i + 1, 0, [i, f"시설{i}"])
    book.close()
    receipts = workspace.deposit(tmp_path / f"명부_{SOME[5]}.xlsx")
    assert [receipt.dataset for receipt in receipts] == ["명부-가", "명부-나"]
    assert traces(workspace.folder, SOME) == []


def json_records(folder: Path) -> Path:
    rows = [{"번호": i, "주민등록번호": SOME[i]} for i in range(20)]
    return written(folder, json.dumps({"records": rows}, ensure_ascii=False), "a.json")


def xml_items(folder: Path) -> Path:
    items = "".join(f"<item><no>{i}</no><id>{SOME[i]}</id></item>" for i in range(20))
    return written(folder, f'<?xml version="1.0" encoding="UTF-8"?><r><items>{items}</items></r>', "a.xml")


def parquet(folder: Path) -> Path:
    numbers = [int(number.replace("-", "")) for number in SOME]
    pq.write_table(pa.table({"번호": list(range(40)), "식별": numbers}), folder / "a.parquet")
    return folder / "a.parquet"


def document(folder: Path) -> Path:
    rows = [["번호", "주민등록번호", "이름"], *([str(i), SOME[i], "김가온"] for i in range(9))]
    return hwpx(folder / "a.hwpx", p("명부") + p(tbl(rows)))


@pytest.mark.parametrize("made", [json_records, xml_items, parquet, document])
def test_every_form_is_refused(workspace: Workspace, tmp_path: Path, made: object) -> None:
    (receipt,) = workspace.deposit(made(tmp_path))  # type: ignore[operator]
    assert "rrn_refused" in codes(receipt)
    assert snapshots(workspace) == [".withheld"]
    assert traces(workspace.folder, SOME) == []


def test_the_other_members_of_an_archive_stay_its_bytes_do_not(workspace: Workspace, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"가.csv": people(), "나.csv": remarks(30, {})})
    first, second = workspace.deposit(archive)
    assert (first.verdict, second.verdict) == ("refused", "accepted")
    assert snapshots(workspace) == [".withheld"]
    assert traces(workspace.folder, SOME) == []
    assert examine(workspace.bank) == []
    again = workspace.deposit(archive)
    assert [receipt.verdict for receipt in again] == ["refused", "unchanged"]
    assert snapshots(workspace) == [".withheld"]


def test_withheld_bytes_that_come_again_are_not_kept_either(workspace: Workspace, tmp_path: Path) -> None:
    file = written(tmp_path, remarks(900, {500: SOME[1]}))
    workspace.deposit(file)
    (again,) = workspace.deposit(file)
    assert again.verdict == "unchanged"
    assert snapshots(workspace) == [".withheld"]
    sealing(workspace).deposit(file)
    assert snapshots(workspace) == [".sealed", ".withheld"]


def test_what_is_refused_for_another_reason_is_withheld_too(workspace: Workspace, tmp_path: Path) -> None:
    def shops(provider: str, remark: str) -> Path:
        rows = ([str(i), remark if i == 200 else "가게", provider] for i in range(300))
        return written(tmp_path, table("번호,업소명,제공기관명", rows))

    workspace.deposit(shops("북구", "가게"))
    (receipt,) = workspace.deposit(shops("남구", SOME[7]))
    assert codes(receipt) == ["other_provider", "original_withheld"]
    assert snapshots(workspace) == [".withheld", "named"]
    assert traces(workspace.folder, SOME) == []


def test_rollback_backup_and_erasure_know_of_withheld_originals(workspace: Workspace, tmp_path: Path) -> None:
    sealed = sealing(workspace)
    sealed.deposit(written(tmp_path, remarks(900, {500: SOME[1]})))
    sealed.deposit(written(tmp_path, remarks(901, {})))
    assert sealed.rollback("a", 1).n == 3
    assert examine(sealed.bank) == []
    sealed.backup(tmp_path / "b.tar")
    fresh = Workspace.init(tmp_path / "fresh")
    fresh.restore(tmp_path / "b.tar")
    assert snapshots(fresh) == [".sealed", ".withheld", "named"]
    (kept,) = (fresh.folder / "bank/snapshots").glob("*.sealed")
    assert kept.stat().st_mode & 0o777 == 0o400
    assert examine(fresh.bank) == []
    fresh.erase("a", ground="시험")
    assert snapshots(fresh) == [".withheld"]


def json_about(folder: Path) -> Path:
    rows = [{"번호": i, "시설": f"시설{i}"} for i in range(20)]
    return written(folder, json.dumps({"담당": SOME[7], "records": rows}, ensure_ascii=False), "a.json")


def document_words(folder: Path) -> Path:
    rows = [["번호", "시설", "면적"], *([str(i), f"시설{i}", "9"] for i in range(9))]
    return hwpx(folder / "a.hwpx", p(tbl(rows)), p(f"끝. 담당 {SOME[7]}"))


def workbook_comment(folder: Path) -> Path:
    book = xlsxwriter.Workbook(str(folder / "a.xlsx"))
    sheet = book.add_worksheet()
    for i in range(20):
        sheet.write_row(i, 0, [i, f"시설{i}"] if i else ["번호", "시설"])
    sheet.write_comment(3, 1, f"본인 {SOME[7]}")
    book.close()
    return folder / "a.xlsx"


def archive_letter(folder: Path) -> Path:
    return zipped(folder / "a.zip", {"나.csv": remarks(30, {}), "읽어 보기.md": f"담당은 {SOME[7]}입니다."})


def broken_workbook(folder: Path) -> Path:
    return written(folder, f"PK\x03\x04 {SOME[7]} 끝", "a.xlsx")


@pytest.mark.parametrize(
    "made", [json_about, document_words, workbook_comment, archive_letter, broken_workbook]
)
def test_what_no_table_holds_is_searched_too(workspace: Workspace, tmp_path: Path, made: object) -> None:
    receipt = workspace.deposit(made(tmp_path))[0]  # type: ignore[operator]
    assert {"rrn_outside", "original_withheld"} <= set(codes(receipt))
    assert snapshots(workspace) == [".withheld"]
    assert traces(workspace.folder, SOME) == []


def test_corporate_numbers_in_records_are_not_outside_of_them(workspace: Workspace, tmp_path: Path) -> None:
    rows = [{"번호": i, "법인등록번호": f"7001{i % 28 + 1:02d}-12345{i:02d}"} for i in range(40)]
    (receipt,) = workspace.deposit(written(tmp_path, json.dumps(rows, ensure_ascii=False), "a.json"))
    assert receipt.accepted
    assert snapshots(workspace) == ["named"]


ALIKE = {
    "경도,위도": lambda i: f"126.{9001011234567 + i * 977},37.{5206127169276 + i * 13}",
    "X좌표,Y좌표": lambda i: f"{200115 + i}.{1234567 + i},{450000 + i}.{7654321 - i}",
    "법인등록번호": corporate,
    "등록번호": corporate,
    "지번코드": lambda i: f"29200101001{i:04d}{i % 90:04d}",
    "건물관리번호": lambda i: f"292001010010{i % 1500:04d}00{i % 90:02d}{i:06d}"[:25].ljust(25, "1"),
    "등록시각": lambda i: str(1_480_000_000_000 + i * 104_729_111),
    "바코드": article,
    "품번": article,
}


@pytest.mark.parametrize("header", ALIKE)
def test_what_only_looks_alike_is_taken(workspace: Workspace, tmp_path: Path, header: str) -> None:
    rows = ([str(i), f"시설{i}", ALIKE[header](i)] for i in range(300))
    (receipt,) = workspace.deposit(written(tmp_path, table(f"번호,시설명,{header}", rows)))
    assert receipt.accepted
    assert not receipt.personal_data
    assert snapshots(workspace) == ["named"]
