"""A preview says what a deposit would do and does nothing; confirming it does exactly that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from madang.bank.table import Table
from madang.intake.deposit import Door
from madang.intake.preview import Preview, preview
from madang.intake.preview_confirm import confirm, done_before
from madang.intake.raw import Override
from madang.messages import MadangError
from madang.workspace import Workspace

ROWS = "번호,이름,수량\n1,가,3\n2,나,4\n3,다,5\n"
PASSING = ("deposit", "version", "seconds", "dataset", "at")


def door(ws: Workspace) -> Door:
    return Door(ws.bank, ws.standards, clock=ws.clock, sources=ws.sources, registers=ws.registers)


def made(tmp_path: Path, name: str = "w") -> Workspace:
    return Workspace.init(tmp_path / name)


def csv(folder: Path, content: str = ROWS, name: str = "물품.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def looked(ws: Workspace, path: Path, **said: Any) -> Preview:
    said.setdefault("override", Override())
    return preview(door(ws), path, ws.folder / "uploads" / "1", by="김담당", **said)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def told(receipt: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in receipt.items() if key not in PASSING}


def test_a_preview_leaves_the_bank_and_what_was_learned_as_they_were(tmp_path: Path) -> None:
    ws = made(tmp_path)
    ws.deposit(csv(tmp_path), "물품")
    before = tree(ws.folder / "bank"), tree(ws.folder / "content")
    changed = csv(tmp_path, ROWS.replace("3,다,5", "3,다,6") + "4,라,1\n")
    seen = looked(ws, changed, dataset="물품", override=Override(types={"번호": "text"}))
    assert seen.takes
    assert (tree(ws.folder / "bank"), tree(ws.folder / "content")) == before


@pytest.mark.parametrize("content", [ROWS, "번호,날짜\n1,2026-01-02\n2,2026-13-05\n" + "3,2026-01-04\n" * 40])
def test_the_receipt_of_a_preview_is_that_of_the_deposit(tmp_path: Path, content: str) -> None:
    """Both by the same door: one workspace previews and confirms, its twin deposits."""
    path = csv(tmp_path, content)
    one, twin = made(tmp_path, "one"), made(tmp_path, "twin")
    seen = looked(one, path, dataset="물품", override=Override(types={"번호": "text"}))
    (expected,) = twin.deposit(path, "물품", override=Override(types={"번호": "text"}), by="김담당")
    (receipt,) = confirm(door(one), path, seen, by="김담당")
    kept = [ws.bank["물품"].version(1) for ws in (one, twin)]
    assert told(seen.tables[0].receipt) == told(kept[1].receipt) == told(kept[0].receipt)
    assert kept[0].facts == kept[1].facts
    assert (receipt.version, receipt.verdict, receipt.reasons) == (1, expected.verdict, expected.reasons)
    assert kept[0].problems_path.read_bytes() == kept[1].problems_path.read_bytes()
    tables = [pq.read_table(version.files[0]) for version in kept]
    assert tables[0].equals(tables[1])
    sources = [(ws.sources / "물품.toml").read_text() for ws in (one, twin)]
    assert [source.count("history") for source in sources] == [1, 1]
    assert (one.bank.snapshots.path(str(receipt.sha256))).read_bytes() == path.read_bytes()


def test_it_tells_what_would_change_against_the_live_version(tmp_path: Path) -> None:
    ws = made(tmp_path)
    ws.deposit(csv(tmp_path), "물품")
    new = csv(tmp_path, "번호,이름,수량\n1,가,3\n3,다,9\n4,라,1\n5,마,2\n")  # 2 gone, 3 changed, 4 and 5 new
    change = looked(ws, new, dataset="물품").tables[0].change
    assert change is not None
    assert (change["added"], change["removed"], change["changed"]) == (2, 1, 1)
    assert change["changed_cells"] == {"수량": 1}


def test_a_version_that_came_between_is_told(tmp_path: Path) -> None:
    ws = made(tmp_path)
    ws.deposit(csv(tmp_path), "물품")
    new = csv(tmp_path, ROWS + "4,라,1\n", "새.csv")
    seen = looked(ws, new, dataset="물품")
    ws.deposit(csv(tmp_path, ROWS + "9,하,1\n", "남.csv"), "물품")
    with pytest.raises(MadangError) as raised:
        confirm(door(ws), new, seen, by="김담당")
    assert raised.value.code == "conflict_moved"
    assert ws.bank["물품"].latest.n == 2  # type: ignore[union-attr]


class Killed(BaseException):
    """The process ends here."""


def test_a_deposit_that_was_killed_before_its_commit_is_not_taken_for_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = made(tmp_path)
    path = csv(tmp_path)
    seen = looked(ws, path, dataset="물품")
    with monkeypatch.context() as patch:
        patch.setattr(Table, "commit", lambda *_, **__: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            confirm(door(ws), path, seen, by="김담당", mark="가")
    assert [ws.bank["물품"].receipt(each)["mark"] for each in ws.bank["물품"].deposits()] == ["가"]
    assert done_before(door(ws), seen, "가") == {}
    (again,) = confirm(door(ws), path, Preview.load(seen.folder), by="김담당", mark="가")
    assert (again.version, ws.bank["물품"].latest.rows) == (1, 3)  # type: ignore[union-attr]
    assert done_before(door(ws), seen, "가").keys() == {"물품"}


@pytest.mark.parametrize("change", ["bytes", "learned", "standards", "staged"])
def test_what_does_not_hold_any_more_is_not_committed(tmp_path: Path, change: str) -> None:
    ws = made(tmp_path)
    path = csv(tmp_path)
    seen = looked(ws, path, dataset="물품")
    if change == "bytes":
        path.write_text(ROWS.replace("3,다,5", "3,다,6"), encoding="utf-8")
    elif change == "learned":
        ws.sources.mkdir(parents=True, exist_ok=True)
        (ws.sources / "물품.toml").write_text('id = "물품"\n[types]\n"번호" = "text"\n', encoding="utf-8")
    elif change == "standards":
        ws.standards = dict(list(ws.standards.items())[1:])
    else:
        seen.files(seen.tables[0])[0].unlink()
    with pytest.raises(MadangError) as raised:
        confirm(door(ws), path, Preview.load(seen.folder), by="김담당")
    assert raised.value.code == "review_outdated"
    assert "물품" not in ws.bank


def test_a_refused_file_says_why_and_offers_nothing(tmp_path: Path) -> None:
    ws = made(tmp_path)
    path = csv(tmp_path, "주민등록번호\n" + "900101-1234568\n" * 30)
    seen = looked(ws, path, dataset="물품")
    assert not seen.takes
    assert [r["code"] for r in seen.tables[0].receipt["reasons"]][0] == "rrn_refused"
    assert "900101-1234568" not in json.dumps(seen.tables[0].receipt, ensure_ascii=False)
    assert "물품" not in ws.bank
    assert not any(b"900101-1234568" in each for each in tree(seen.folder).values())


def test_one_sheet_of_a_workbook_can_be_chosen_and_is_remembered(tmp_path: Path) -> None:
    ws = made(tmp_path)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, label in (("안내", "말"), ("자료", "값"), ("지난해", "값")):
        sheet = book.create_sheet(name)
        for row in (["번호", label], *([i, f"{name}{i}"] for i in range(1, 5))):
            sheet.append(row)
    book.save(tmp_path / "책.xlsx")
    assert [t.dataset for t in looked(ws, tmp_path / "책.xlsx").tables] == ["책-안내", "책-자료", "책-지난해"]
    seen = looked(ws, tmp_path / "책.xlsx", override=Override(sheet="자료"))
    assert [table.dataset for table in seen.tables] == ["책"]
    confirm(door(ws), tmp_path / "책.xlsx", seen, by="김담당")
    book["자료"]["B2"] = "새 값"
    book.save(tmp_path / "책.xlsx")
    (again,) = ws.deposit(tmp_path / "책.xlsx")
    assert (again.dataset, again.version, again.member) == ("책", 2, "자료")
    book.remove(book["자료"])  # where it is gone the sheets are told apart anew
    book.save(tmp_path / "책.xlsx")
    assert {r.dataset for r in ws.deposit(tmp_path / "책.xlsx")} == {"책-안내", "책-지난해"}


def test_a_personal_decision_and_the_card_of_a_new_dataset_hold(tmp_path: Path) -> None:
    ws = made(tmp_path)
    rows = "".join(f"{n},010-1234-{5000 + n}\n" for n in range(40))
    path = csv(tmp_path, "번호,휴대전화\n" + rows)
    hidden, open_ = (
        looked(ws, path, dataset="연락", personal=personal) for personal in ({}, {"mobile": "keep"})
    )
    assert [c["privacy"] for c in hidden.tables[0].facts["columns"]] == ["none", "personal"]
    assert [c["privacy"] for c in open_.tables[0].facts["columns"]] == ["none", "none"]
    confirm(door(ws), path, open_, by="김담당", card={"title": "연락처", "personal_data": {"mobile": "keep"}})
    card = ws.bank["연락"].card
    assert (card["title"], card["personal_data"]) == ("연락처", {"mobile": "keep"})
    assert ws.deposit(path, "연락")[0].verdict == "unchanged"
