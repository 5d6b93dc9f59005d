"""Tables in HWPX documents: found among frames, laid out as worksheets are, called as the document calls them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hwpx.document import HwpxDocument

from intake.archive_helper import rows_of
from intake.document_helper import LIBRARIES, PEOPLE, hwpx, p, tbl
from madang.intake import hwpx_read
from madang.intake.hwpx_read import read_hwpx
from madang.intake.raw import Override, RawTable, Refused
from madang.workspace import Workspace


def read(path: Path, tmp_path: Path, override: Override | None = None) -> list[RawTable]:
    return read_hwpx(path, Path(mkdtemp(dir=tmp_path)), override or Override())


def labels(table: RawTable) -> list[str]:
    return [column.label for column in table.columns]


def why(table: RawTable) -> str:
    return " ".join(f"{each.value} {each.because}" for each in table.evidence)


def test_a_header_of_two_levels_with_merged_cells(tmp_path: Path) -> None:
    (table,) = read(hwpx(tmp_path / "a.hwpx", p("인구") + p(tbl(PEOPLE))), tmp_path)
    assert labels(table) == ["구분", "인구_남", "인구_여", "세대"]
    assert table.header_rows == (1, 2)
    assert rows_of(table)[0] == ["3", "동구", "100", "110", "90"]
    assert table.member is None


def test_tables_are_called_by_caption_heading_or_number(tmp_path: Path) -> None:
    body = (
        p("□ 도서관 현황") + p("(단위: ㎡)") + p(tbl(LIBRARIES)) + p("주: 별관 제외")
        + p(tbl(PEOPLE, caption="[표 2-1] 자치구별 인구")) + p("가" * 80) + p(tbl([["a", "b"], ["1", "2"], ["3", "4"]]))
    )  # fmt: skip
    first, second, third = read(hwpx(tmp_path / "a.hwpx", body), tmp_path)
    assert [first.member, second.member, third.member] == ["도서관 현황", "자치구별 인구", "표3"]
    assert first.left_out == [
        {"row": 0, "kind": "unit", "text": "(단위: ㎡)"},
        {"row": 5, "kind": "footnote", "text": "주: 별관 제외"},
    ]


def test_unit_lines_totals_and_notes_inside_a_table_are_not_data(tmp_path: Path) -> None:
    rows: list[list[str | tuple[str, int, int] | None]] = [
        [("(단위: 명)", 3, 1), None, None], ["자치구", "남", "여"], ["동구", "100", "110"], ["서구", "120", "120"],
        ["남구", "80", "100"], [("※ 외국인 제외", 3, 1), None, None],
    ]  # fmt: skip
    (table,) = read(hwpx(tmp_path / "a.hwpx", p(tbl(rows))), tmp_path)
    assert labels(table) == ["자치구", "남", "여"]
    assert [row[0] for row in rows_of(table)] == ["3", "4", "5"]
    assert {(each["kind"], each["row"]) for each in table.left_out} == {("unit", 1), ("footnote", 6)}


def test_words_of_merged_cells_are_filled_and_numbers_stand_once(tmp_path: Path) -> None:
    rows: list[list[str | tuple[str, int, int] | None]] = [
        ["권역", "시설명", "예산"],
        [("동부", 1, 2), "가람", ("1,000", 1, 2)],
        [None, "나래", None],
        ["서부", "다온", "500"],
    ]
    (table,) = read(hwpx(tmp_path / "a.hwpx", p(tbl(rows))), tmp_path)
    assert [row[1:] for row in rows_of(table)] == [
        ["동부", "가람", "1,000"],
        ["동부", "나래", ""],
        ["서부", "다온", "500"],
    ]


def test_frames_and_boxes_of_signatures_are_no_data_and_told(tmp_path: Path) -> None:
    box = tbl([["담당", "팀장", "과장"], ["", "", ""]])
    frame = tbl([["2026년 도서관 운영 계획"]])
    outer = tbl([[p("도서관 현황") + p(tbl(LIBRARIES)), "비고"]])
    (table,) = read(hwpx(tmp_path / "a.hwpx", p(box) + p(frame) + p(outer)), tmp_path)
    assert labels(table) == ["연번", "시설명", "개관일", "면적"]
    for word in ("결재란", "글을 두른 틀", "다른 표를 담은 틀"):
        assert word in why(table)


@pytest.mark.parametrize(
    "rows",
    [
        [["보도시점", "2026. 11. 2.(월)", "담당부서", "도시계획과"], ["담당자", "팀장 가나다", "전화", "02-123-4567"]],
        [[("신 청 서", 4, 1), None, None, None], ["성명", "", "생년월일", ""], ["주소", ("", 3, 1), None, None],
         ["전화", "", "전자우편", ""]],
        [["사업명", "도서관 건립"], ["위치", "새별동 1"], ["기간", "2026.1 ~ 2027.12"], ["사업비", "100억원"]],
    ],
)  # fmt: skip
def test_boxes_of_items_and_values_are_no_data(
    tmp_path: Path, rows: list[list[str | tuple[str, int, int] | None]]
) -> None:
    (table,) = read(hwpx(tmp_path / "a.hwpx", p(tbl(rows)) + p("현황") + p(tbl(LIBRARIES))), tmp_path)
    assert labels(table) == LIBRARIES[0]
    assert "항목과 값" in why(table)


def test_a_table_of_words_whose_columns_are_called_as_items_are_is_data(tmp_path: Path) -> None:
    rows = [["부서", "내용"], ["총무과", "인사"], ["재무과", "예산"], ["문화과", "도서관"]]
    (table,) = read(hwpx(tmp_path / "a.hwpx", p(tbl(rows))), tmp_path)
    assert (labels(table), table.rows) == (["부서", "내용"], 3)


def test_a_document_of_frames_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="document_no_table") as refused:
        read(hwpx(tmp_path / "a.hwpx", p("글뿐") + p(tbl([["알림"]]))), tmp_path)
    assert refused.value.params["frames"] == 1


def test_a_table_that_goes_on_with_the_same_header_is_one(tmp_path: Path) -> None:
    more = [LIBRARIES[0], ["4", "라온도서관", "2012-03-02", "60"], ["5", "마루도서관", "2013-04-05", "70"]]
    (table,) = read(hwpx(tmp_path / "a.hwpx", p(tbl(LIBRARIES)) + p() + p("(계속)") + p(tbl(more))), tmp_path)
    assert [row[:2] for row in rows_of(table)] == [["2", "1"], ["3", "2"], ["4", "3"], ["6", "4"], ["7", "5"]]
    assert table.left_out_counts == {"repeated_header": 1}
    assert "이어져" in why(table)


def test_the_same_header_under_another_heading_is_another_table(tmp_path: Path) -> None:
    found = read(
        hwpx(tmp_path / "a.hwpx", p("동구") + p(tbl(LIBRARIES)) + p("서구") + p(tbl(LIBRARIES))), tmp_path
    )
    assert [table.member for table in found] == ["동구", "서구"]


def test_rows_marked_as_header_are_the_header_where_words_alone_do_not_say(tmp_path: Path) -> None:
    rows = [["가", "나"], ["다", "라"], ["마", "바"], ["사", "아"]]
    (table,) = read(hwpx(tmp_path / "a.hwpx", p(tbl(rows, titles=1))), tmp_path)
    assert labels(table) == ["가", "나"]
    assert table.rows == 3


def test_cells_without_addresses_stand_where_spans_leave_room(tmp_path: Path) -> None:
    (table,) = read(hwpx(tmp_path / "a.hwpx", p(tbl(PEOPLE, addresses=False))), tmp_path)
    assert labels(table) == ["구분", "인구_남", "인구_여", "세대"]


def test_breaks_and_marks_within_words(tmp_path: Path) -> None:
    cell = "<hp:p><hp:run><hp:t>가람<hp:lineBreak/>도서관<hp:markpenBegin/>(본<hp:markpenEnd/>관)</hp:t></hp:run></hp:p>"
    note = "<hp:p><hp:run><hp:ctrl><hp:footNote><hp:subList><hp:p><hp:run><hp:t>각주</hp:t></hp:run></hp:p></hp:subList></hp:footNote></hp:ctrl><hp:t>80</hp:t></hp:run></hp:p>"
    rows = [["시설명", "면적"], [cell, note], ["나래", "70"], ["다온", "60"]]
    (table,) = read(hwpx(tmp_path / "a.hwpx", p(tbl(rows))), tmp_path)
    assert rows_of(table)[0] == ["2", "가람 도서관(본관)", "80"]


def test_sections_follow_one_another(tmp_path: Path) -> None:
    sections = [p("동구") + p(tbl(LIBRARIES)), *[p()] * 9, p("서구") + p(tbl(LIBRARIES))]
    assert [t.member for t in read(hwpx(tmp_path / "a.hwpx", *sections), tmp_path)] == ["동구", "서구"]


def test_what_another_library_wrote_is_read(tmp_path: Path) -> None:
    document = HwpxDocument.new()
    document.add_paragraph("자치구별 인구")
    table = document.add_table(5, 4)
    for r, row in enumerate(PEOPLE):
        for c, given in enumerate(row):
            if given is not None:
                table.set_cell_text(r, c, given if isinstance(given, str) else given[0])
    for r0, c0, r1, c1 in ((0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)):
        table.merge_cells(r0, c0, r1, c1)
    document.save_to_path(tmp_path / "a.hwpx")
    (found,) = read(tmp_path / "a.hwpx", tmp_path)
    assert labels(found) == ["구분", "인구_남", "인구_여", "세대"]
    assert [row[1] for row in rows_of(found)] == ["동구", "서구", "남구"]


def test_a_document_is_deposited_table_by_table(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    path = hwpx(
        tmp_path / "현황_2026.hwpx", p("도서관 현황") + p(tbl(LIBRARIES)) + p("인구 현황") + p(tbl(PEOPLE))
    )
    receipts = workspace.deposit(path)
    assert [(r.dataset, r.verdict, r.rows) for r in receipts] == [
        ("현황-도서관-현황", "accepted", 3),
        ("현황-인구-현황", "accepted", 3),
    ]


def test_a_locked_document_is_refused(tmp_path: Path) -> None:
    manifest = (
        '<odf:manifest xmlns:odf="x"><odf:file-entry><odf:encryption-data/></odf:file-entry></odf:manifest>'
    )
    path = hwpx(tmp_path / "a.hwpx", p(tbl(LIBRARIES)), more={"META-INF/manifest.xml": manifest})
    with pytest.raises(Refused, match="document_encrypted"):
        read(path, tmp_path)


def test_entities_are_not_unfolded(tmp_path: Path) -> None:
    head = '<!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
    body = p(tbl([*LIBRARIES, ["4", "<hp:p><hp:run><hp:t>가&out;</hp:t></hp:run></hp:p>", "", ""]]))
    (table,) = read(hwpx(tmp_path / "a.hwpx", body, head=head), tmp_path)
    assert rows_of(table)[-1] == ["5", "4", "가", "", ""]
    many = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    laughs = hwpx(
        tmp_path / "b.hwpx", body.replace("&out;", "&a12;"), head=f'<!DOCTYPE x [<!ENTITY a0 "lol">{many}]>'
    )
    with pytest.raises(Refused, match="document_broken"):
        read(laughs, tmp_path)


@pytest.mark.parametrize(
    "broken",
    [
        "<hp:p><hp:run><hp:tbl>",
        f"<hp:p>{'<hp:run>' * 300}{'</hp:run>' * 300}</hp:p>",
        '<hp:tbl><hp:tr><hp:tc><hp:subList/><hp:cellAddr colAddr="0" rowAddr="99999999999"/></hp:tc></hp:tr></hp:tbl>',
        '<hp:tbl><hp:tr><hp:tc><hp:subList/><hp:cellSpan colSpan="900" rowSpan="99000"/></hp:tc></hp:tr></hp:tbl>',
    ],
)
def test_broken_and_exploding_bodies_are_refused(tmp_path: Path, broken: str) -> None:
    with pytest.raises(Refused, match="document_b(roken|omb)"):
        read(hwpx(tmp_path / "a.hwpx", broken), tmp_path)


def test_tables_nested_too_deep_are_refused(tmp_path: Path) -> None:
    inner = tbl([["가", "1"]])
    for _ in range(70):
        inner = tbl([[p(inner)]])
    with pytest.raises(Refused, match="document_bomb"):
        read(hwpx(tmp_path / "a.hwpx", p(inner)), tmp_path)


def test_a_body_beyond_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = hwpx(tmp_path / "a.hwpx", p(tbl(LIBRARIES)))
    monkeypatch.setattr(hwpx_read, "_ELEMENTS", 20)
    with pytest.raises(Refused, match="document_bomb"):
        read(path, tmp_path)


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_document_is_refused(tmp_path: Path, cut: float) -> None:
    whole = hwpx(tmp_path / "a.hwpx", p(tbl(LIBRARIES))).read_bytes()
    (tmp_path / "b.hwpx").write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(Refused, match="document_broken"):
        read(tmp_path / "b.hwpx", tmp_path)


def test_a_package_without_sections_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.hwpx", "w") as package:
        package.writestr("Contents/content.hpf", "<opf/>")
    with pytest.raises(Refused, match="document_broken"):
        read(tmp_path / "a.hwpx", tmp_path)
