"""Tables in HWP 5 documents: records built here after the published format, and files written by another library."""

from __future__ import annotations

import random
import struct
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hwpx.document import HwpxDocument

from intake.archive_helper import rows_of
from intake.document_helper import LIBRARIES, PEOPLE, control, hwp, hwp_table, paragraph, record
from madang.intake import forms, hwp_read
from madang.intake.forms import read_tables
from madang.intake.hwp_read import plain, read_hwp
from madang.intake.raw import Override, RawTable, Refused, no_progress
from madang.workspace import Workspace

TABLE = control(11)


def read(path: Path, tmp_path: Path) -> list[RawTable]:
    return read_hwp(path, Path(mkdtemp(dir=tmp_path)), Override())


def labels(table: RawTable) -> list[str]:
    return [column.label for column in table.columns]


@pytest.mark.parametrize("flags", [0, 1])
def test_a_table_with_merged_cells_under_its_heading(tmp_path: Path, flags: int) -> None:
    section = (
        paragraph(0, "□ 자치구별 인구") + paragraph(0, "(단위: 명)") + paragraph(0, TABLE, hwp_table(1, PEOPLE))
        + paragraph(0, "□ 도서관 현황") + paragraph(0, TABLE, hwp_table(1, LIBRARIES)) + paragraph(0, "※ 별관 제외")
    )  # fmt: skip
    people, libraries = read(hwp(tmp_path / "a.hwp", section, flags=flags), tmp_path)
    assert labels(people) == ["구분", "인구_남", "인구_여", "세대"]
    assert rows_of(people) == [
        ["3", "동구", "100", "110", "90"],
        ["4", "서구", "120", "120", "80"],
        ["5", "남구", "80", "100", "70"],
    ]
    assert (people.member, people.header_rows) == ("자치구별 인구", (1, 2))
    assert people.left_out == [{"row": 0, "kind": "unit", "text": "(단위: 명)"}]
    assert libraries.member == "도서관 현황"
    assert libraries.left_out == [{"row": 5, "kind": "footnote", "text": "※ 별관 제외"}]


def test_caption_header_flags_and_tables_within_cells(tmp_path: Path) -> None:
    words = [["가", "나"], ["다", "라"], ["마", "바"], ["사", "아"]]
    inner = hwp_table(3, words, titles=1, caption="표 3. 말")
    head = struct.pack("<HIHHHHHII4HH", 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1)
    outer = record(71, 1, b" lbt" + bytes(42)) + record(
        77, 2, struct.pack("<IHHH4HHHH", 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0)
    )
    outer += record(72, 2, head) + paragraph(2, TABLE, inner)
    (table,) = read(hwp(tmp_path / "a.hwp", paragraph(0, TABLE, outer)), tmp_path)
    assert labels(table) == ["가", "나"]
    assert [row[1:] for row in rows_of(table)] == words[1:]
    assert any("다른 표를 담은 틀" in each.because for each in table.evidence)


def test_notes_headers_and_text_boxes(tmp_path: Path) -> None:
    note = record(71, 1, b"  nf" + bytes(16)) + record(72, 2, bytes(8)) + paragraph(2, "각주의 글")
    box = (
        record(71, 1, b" osg" + bytes(42))
        + record(76, 2, bytes(20))
        + record(72, 3, bytes(8))
        + paragraph(3, "도서관")
    )
    section = paragraph(0, control(17, "fn  ") + "".encode("utf-16-le"), note) + paragraph(
        0, control(11, "gso "), box
    )
    section += paragraph(0, TABLE, hwp_table(1, LIBRARIES)) + paragraph(0, TABLE, hwp_table(1, PEOPLE))
    first, _ = read(hwp(tmp_path / "a.hwp", section), tmp_path)
    assert first.member == "도서관"  # from the box; not from the note


def test_controls_within_words() -> None:
    units = "가".encode("utf-16-le") + control(9, "    ") + "나\n다".encode("utf-16-le") + control(3, "%hlk")
    units += "라\x18마\x1e바\x1f사\r".encode("utf-16-le")
    assert plain(units) == "가 나 다라-마 바 사 "


def test_parameters_of_a_control_are_no_words() -> None:
    units = struct.pack("<8H", 11, *(ord(char) for char in "ABCDEF"), 11) + "가😀".encode("utf-16-le")
    assert plain(units) == "가😀"


def test_a_control_cut_off_and_half_a_surrogate_do_no_harm() -> None:
    assert plain(struct.pack("<4H", 0xAC00, 11, 65, 66)).startswith("가")
    assert plain(struct.pack("<2H", 0xD800, 0xAC00))[-1] == "가"
    assert plain(b"\x00\xac\x01") == "가"


def test_records_above_4095_bytes_have_a_size_of_their_own(tmp_path: Path) -> None:
    rows = [LIBRARIES[0], ["1", "가" * 5000, "2001-03-02", "1"], *LIBRARIES[2:]]
    (table,) = read(hwp(tmp_path / "a.hwp", paragraph(0, TABLE, hwp_table(1, rows))), tmp_path)
    assert rows_of(table)[0][2] == "가" * 5000


def test_sections_are_read_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    parts = [paragraph(0, f"자료{n}") + paragraph(0, TABLE, hwp_table(1, LIBRARIES)) for n in range(11)]
    assert [t.member for t in read(hwp(tmp_path / "a.hwp", *parts), tmp_path)] == [
        f"자료{n}" for n in range(11)
    ]


def test_what_another_library_wrote_is_read_the_same_in_both_forms(tmp_path: Path) -> None:
    from madang.intake.hwpx_read import read_hwpx

    document = HwpxDocument.new()
    for heading, rows in (("자치구별 인구", PEOPLE), ("도서관 현황", LIBRARIES)):
        document.add_paragraph(heading)
        table = document.add_table(len(rows), len(rows[0]))
        for r, row in enumerate(rows):
            for c, given in enumerate(row):
                if given is not None:
                    table.set_cell_text(r, c, given if isinstance(given, str) else given[0])
        if rows is PEOPLE:
            for r0, c0, r1, c1 in ((0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)):
                table.merge_cells(r0, c0, r1, c1)
    document.save_to_path(tmp_path / "a.hwp")
    document.save_to_path(tmp_path / "a.hwpx")
    old = read(tmp_path / "a.hwp", tmp_path)
    new = read_hwpx(tmp_path / "a.hwpx", Path(mkdtemp(dir=tmp_path)), Override())
    assert [(t.member, labels(t), rows_of(t)) for t in old] == [
        (t.member, labels(t), rows_of(t)) for t in new
    ]
    assert [t.member for t in old] == ["자치구별 인구", "도서관 현황"]


def test_a_document_is_deposited(tmp_path: Path) -> None:
    path = hwp(tmp_path / "도서관_2026.hwp", paragraph(0, TABLE, hwp_table(1, LIBRARIES)))
    (receipt,) = Workspace.init(tmp_path / "w").deposit(path)
    assert (receipt.dataset, receipt.verdict, receipt.rows) == ("도서관", "accepted", 3)


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        (1, "encrypted"),
        (4, "encrypted"),
        (8, "encrypted"),
        (10, "encrypted"),
        (2, "for_show"),
        (14, "changes"),
    ],
)
def test_locked_documents_are_refused(tmp_path: Path, flag: int, code: str) -> None:
    path = hwp(tmp_path / "a.hwp", paragraph(0, TABLE, hwp_table(1, LIBRARIES)), flags=1 | 1 << flag)
    with pytest.raises(Refused, match=f"document_{code}"):
        read(path, tmp_path)


@pytest.mark.parametrize(
    "section",
    [
        record(66, 0, bytes(22)) + struct.pack("<I", 67 | 1 << 10 | 100 << 20) + b"short",
        record(66, 0, bytes(22)) + struct.pack("<II", 67 | 1 << 10 | 0xFFF << 20, 0xFFFFFFF0),
        b"\x01\x02",
        record(71, 0, b" lbt") + record(77, 1, bytes(8)) + record(72, 1, bytes(10)),
        record(71, 0, b" lbt")
        + record(77, 1)
        + record(72, 1, struct.pack("<HIHHHHH", 1, 0, 0, 65000, 0, 60000, 60000)),
        record(71, 0, b" lbt")
        + record(77, 1)
        + record(72, 1, struct.pack("<HIHHHHH", 1, 0, 0, 0, 0, 999, 65000)),
    ],
)
def test_records_that_lie_are_refused(tmp_path: Path, section: bytes) -> None:
    with pytest.raises(Refused, match="document_b(roken|omb)"):
        read(hwp(tmp_path / "a.hwp", section, flags=0), tmp_path)


def test_tables_nested_too_deep_are_refused(tmp_path: Path) -> None:
    deep = b"".join(record(71, 2 * n + 1, b" lbt") + record(77, 2 * n + 2) for n in range(400))
    with pytest.raises(Refused, match="document_"):
        read(hwp(tmp_path / "a.hwp", record(66, 0, bytes(22)) + deep), tmp_path)


def test_bodies_that_grow_too_large_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = hwp(tmp_path / "a.hwp", record(66, 0, bytes(1_000_000)))
    monkeypatch.setattr(hwp_read, "_SIZE", 100_000)
    with pytest.raises(Refused, match="document_bomb"):
        read(path, tmp_path)


def test_no_damage_of_a_document_is_more_than_a_refusal(tmp_path: Path) -> None:
    section = paragraph(0, "자료") + paragraph(0, TABLE, hwp_table(1, PEOPLE))
    whole = hwp(tmp_path / "a.hwp", section, flags=0).read_bytes()
    chance = random.Random(7)
    path = tmp_path / "b.hwp"
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(bytes(damaged[: chance.choice([len(damaged), chance.randrange(len(damaged))])]))
        with suppress(Refused):
            read(path, tmp_path)


def test_a_damaged_container_is_a_refusal_whatever_it_is_called(tmp_path: Path) -> None:
    chance = random.Random(3)
    whole = hwp(tmp_path / "a.hwp", paragraph(0, TABLE, hwp_table(1, LIBRARIES)), flags=0).read_bytes()
    for name, code in (("a.hwp", "document_"), ("a.xls", "workbook_")):
        damaged = bytearray(whole)
        damaged[40:80] = bytes(chance.randrange(256) for _ in range(40))
        (tmp_path / name).write_bytes(bytes(damaged))
        with pytest.raises(Refused, match=code):
            read_tables(tmp_path / name, name, Path(mkdtemp(dir=tmp_path)), Override(), no_progress)


def test_more_records_than_any_document_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hwp(tmp_path / "a.hwp", paragraph(0, "자료") + paragraph(0, TABLE, hwp_table(1, LIBRARIES)))
    count = sum(1 for section in hwp_read._sections(path) for _ in hwp_read._records(section))
    monkeypatch.setattr(hwp_read, "_RECORDS", count)
    assert len(read(path, tmp_path)) == 1
    monkeypatch.setattr(hwp_read, "_RECORDS", count - 1)
    with pytest.raises(Refused, match="document_bomb"):
        read(path, tmp_path)


def test_a_reader_in_rust_that_gives_up_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """As pyo3 raises it: no Exception."""

    def gives_up(*_: object) -> list[RawTable]:
        raise PanicException

    monkeypatch.setattr(forms, "reader_of", lambda kind: gives_up)
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(Refused, match="workbook_broken"):
        forms.read_tables(tmp_path / "a.xls", "a.xls", tmp_path, Override(), no_progress)
