"""Originals without lines of their own are shown as they are read again; what cannot be is said, never a broken page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake.archive_helper import ROWS, zipped
from intake.document_helper import hwpx, p, tbl
from madang.intake import original_staged
from madang.intake.original import Original, SourceRow, original
from madang.messages import MadangError
from madang.workspace import Workspace

LIBRARIES = [
    ["연번", "시설명", "개관일", "면적"],
    ["1", "가람도서관", "2001-03-02", "120"],
    ["2", "나래도서관", "2003-04-05", "80"],
    ["3", "다온도서관", "2011-01-09", "95.5"],
]


def shown(tmp_path: Path, path: Path, row: int, which: int = 0) -> Original:
    """The row of the original of a deposited file, with the one after it."""
    workspace = Workspace.init(tmp_path / "w")
    receipt = workspace.deposit(path)[which]
    assert receipt.deposit
    dataset = workspace.bank[receipt.dataset]
    told, facts = dataset.receipt(receipt.deposit), dataset.facts(receipt.deposit)
    return original(workspace.bank.snapshots.path(str(receipt.sha256)), told, facts, first=row, count=2)


def test_a_worksheet_and_text_are_shown_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROWS, encoding="utf-8")
    assert shown(tmp_path, tmp_path / "a.csv", 4) == Original(
        ["시설명", "주소", "면적"], [SourceRow(4, ["다온도서관", "새별로 3", "30"])]
    )


def test_a_table_of_a_document(tmp_path: Path) -> None:
    other = [["구", "수"], ["동구", "10"], ["서구", "20"], ["남구", "30"]]
    path = hwpx(tmp_path / "a.hwpx", p("도서관") + p(tbl(LIBRARIES)) + p("자치구") + p(tbl(other)))
    assert shown(tmp_path, path, 3, which=1) == Original(
        ["구", "수"], [SourceRow(3, ["서구", "20"]), SourceRow(4, ["남구", "30"])], by_line=False
    )


def test_a_file_of_an_archive(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"가/도서관.csv": ROWS, "나/도서관.csv": ROWS.replace("30", "31")})
    assert shown(tmp_path, path, 4, which=1) == Original(
        ["시설명", "주소", "면적"], [SourceRow(4, ["다온도서관", "새별로 3", "31"])], by_line=False
    )


@pytest.mark.parametrize("form", ["records", "lines"])
def test_records_of_json(tmp_path: Path, form: str) -> None:
    records = [dict(zip(LIBRARIES[0], row, strict=True)) for row in LIBRARIES[1:]]
    text = json.dumps(records) if form == "records" else "\n".join(map(json.dumps, records))
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    found = shown(tmp_path, tmp_path / "a.json", 2)
    assert found.header == LIBRARIES[0]
    assert found.rows[0] == SourceRow(2, LIBRARIES[2])


def test_shapes_are_a_word(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [126.9, 37.5]}
    features: list[dict[str, Any]] = [
        {"type": "Feature", "properties": {"시설명": name}, "geometry": point}
        for name in ("가람", "나래", "다온")
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    (tmp_path / "a.geojson").write_text(text, encoding="utf-8")
    (row, _) = shown(tmp_path, tmp_path / "a.geojson", 2).rows
    assert "나래" in row.cells
    assert any(cell.startswith("(도형 ") for cell in row.cells)


def test_what_is_too_large_or_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text('[{"가": 1}, {"가": 2}]', encoding="utf-8")
    told: dict[str, Any] = {"file": "a.json"}
    (tmp_path / "broken.hwpx").write_bytes(hwpx(tmp_path / "b.hwpx", p("글")).read_bytes()[:300])
    for name in ("broken.hwpx", "b.hwpx"):
        with pytest.raises(MadangError) as error:
            original(tmp_path / name, {"file": name}, {}, first=1, count=3)
        assert error.value.code == "original_not_shown"
    monkeypatch.setattr(original_staged, "_SIZE", 10)
    with pytest.raises(MadangError) as error:
        original(tmp_path / "a.json", told, {}, first=1, count=3)
    assert error.value.code == "original_too_large"
