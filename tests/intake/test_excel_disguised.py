"""Files that are not what their name says, old workbooks, and files that must be refused."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt

from madang.intake.excel import read_excel
from madang.intake.raw import Override, RawTable, Refused
from madang.messages import text

HTML = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=euc-kr"></head><body>
<table border=1><tr><td colspan=3>시설 현황</td></tr>
<tr><th rowspan=2>구분</th><th colspan=2>시설 수</th></tr><tr><th>공공</th><th>민간</th></tr>
<tr><td rowspan=2>종로구</td><td>1,234</td><td> 5&nbsp;</td></tr><tr><td>2</td><td>6<br>7</td></tr></table></body></html>"""


def read(path: Path) -> list[RawTable]:
    return read_excel(path, path.parent, Override())


def rows(table: RawTable) -> list[list[object]]:
    return [list(row.values()) for batch in table.batches() for row in batch.to_pylist()]


def refused(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        read(path)
    for language in ("ko", "en"):  # a sentence stands for it in both languages, with no parameter missing
        assert "-" not in text(caught.value.code, language, **caught.value.params).split()
    return caught.value.code


def xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (["이름", "수"], ["가", 1], ["나", 2]):
        book.active.append(row)
    book.save(path)
    return path


def test_old_workbook(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("시설")
    sheet.write_merge(0, 0, 0, 2, "시설 현황")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, cells in enumerate(
        [("이름", "설치일자", "수"), ("가", dt.date(2020, 1, 2), 3), ("나", dt.date(2021, 3, 4), 4.5)]
    ):
        for column, cell in enumerate(cells):
            sheet.write(
                number + 2, column, cell, day if isinstance(cell, dt.date) else xlwt.Style.default_style
            )
    book.save(str(tmp_path / "a.xls"))
    (table,) = read(tmp_path / "a.xls")
    assert (table.header_rows, [c.label for c in table.columns]) == ((3,), ["이름", "설치일자", "수"])
    assert rows(table) == [[4, "가", "2020-01-02", "3"], [5, "나", "2021-03-04", "4.5"]]
    assert table.columns[1].native == {"date": 2}


def test_new_workbook_under_an_old_name_and_the_other_way_round(tmp_path):
    (table,) = read(xlsx(tmp_path / "new.xls"))
    assert rows(table) == [[2, "가", "1"], [3, "나", "2"]]
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    for number, cells in enumerate([("이름", "수"), ("가", 1), ("나", 2)]):
        for column, cell in enumerate(cells):
            sheet.write(number, column, cell)
    book.save(str(tmp_path / "old.xlsx"))
    (table,) = read(tmp_path / "old.xlsx")
    assert rows(table) == [[2, "가", "1"], [3, "나", "2"]]


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-8-sig", "utf-16"])
def test_html_that_calls_itself_a_workbook(tmp_path, encoding):
    path = tmp_path / "현황.xls"
    path.write_bytes(HTML.replace("euc-kr", encoding.replace("cp949", "euc-kr")).encode(encoding))
    (table,) = read(path)
    assert [c.label for c in table.columns] == ["구분", "시설 수_공공", "시설 수_민간"]
    assert (table.member, table.header_rows) == (None, (2, 3))
    assert rows(table) == [[4, "종로구", "1,234", "5"], [5, "종로구", "2", "67"]]
    assert table.encoding == encoding.removesuffix("-sig")


def test_html_fetches_nothing_and_expands_nothing(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("비밀", encoding="utf-8")
    page = f"""<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><table>
    <tr><td>이름</td><td>수</td></tr><tr><td>&x;</td><td>1</td></tr><tr><td>나</td><td>2</td></tr></table></body></html>"""
    (tmp_path / "a.xls").write_text(page, encoding="utf-8")
    (table,) = read(tmp_path / "a.xls")
    assert "비밀" not in str(rows(table))


def test_html_of_a_thousand_levels_is_refused_or_flat(tmp_path):
    page = "<html><body>" + "<div>" * 5000 + "<table><tr><td>a</td><td>b</td></tr></table>"
    (tmp_path / "a.xls").write_text(page, encoding="utf-8")
    assert refused(tmp_path / "a.xls") in ("workbook_bomb", "workbook_broken", "workbook_no_table")


def test_tab_text_that_calls_itself_a_workbook(tmp_path):
    pytest.importorskip("madang.intake.csv_read", reason="the CSV reader is not there yet")
    path = tmp_path / "목록.xls"
    path.write_bytes("이름\t설치일자\t수\n가\t2020-01-02\t1\n나\t2020-01-03\t2\n".encode("cp949"))
    (table,) = read(path)
    assert rows(table) == [[2, "가", "2020-01-02", "1"], [3, "나", "2020-01-03", "2"]]
    assert (table.encoding, table.delimiter) == ("cp949", "\t")


def test_cut_off_and_damaged_workbooks_are_refused(tmp_path):
    whole = xlsx(tmp_path / "a.xlsx").read_bytes()
    for keep in (30, len(whole) // 2, len(whole) - 10):
        (tmp_path / "cut.xlsx").write_bytes(whole[:keep])
        assert refused(tmp_path / "cut.xlsx") == "workbook_broken"
    (tmp_path / "ole.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    assert refused(tmp_path / "ole.xls") == "workbook_broken"


def test_a_damaged_sheet_is_refused(tmp_path):
    with zipfile.ZipFile(xlsx(tmp_path / "a.xlsx")) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for item in old.namelist():
            data = old.read(item)
            new.writestr(item, data[: len(data) // 2] if item.startswith("xl/worksheets/sheet") else data)
    assert refused(tmp_path / "b.xlsx") in ("workbook_broken", "workbook_sheet_broken")


def test_password(tmp_path):
    names = "".join(("EncryptionInfo", "EncryptedPackage")).encode("utf-16-le")
    (tmp_path / "a.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016 + names + b"\0" * 4000
    )
    assert refused(tmp_path / "a.xlsx") == "workbook_encrypted"


@pytest.mark.slow
def test_zip_bomb_is_not_opened(tmp_path):
    xlsx(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * (101 * 1024**2))
    assert refused(tmp_path / "a.xlsx") == "workbook_bomb"


def test_too_many_entries_and_paths_out_of_the_archive(tmp_path):
    with zipfile.ZipFile(xlsx(tmp_path / "many.xlsx"), "a") as archive:
        for number in range(10_001):
            archive.writestr(f"x/{number}", b"")
    assert refused(tmp_path / "many.xlsx") == "workbook_bomb"
    with zipfile.ZipFile(xlsx(tmp_path / "out.xlsx"), "a") as archive:
        archive.writestr("../../etc/cron.d/x", b"")
    assert refused(tmp_path / "out.xlsx") == "workbook_bomb"


def test_two_cells_at_the_far_ends_of_a_sheet_do_not_fill_the_memory(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "이름", 1
    book.save(tmp_path / "a.xlsx")
    assert refused(tmp_path / "a.xlsx") == "workbook_bomb"


def test_a_dimension_that_lies_is_not_believed(tmp_path):
    with zipfile.ZipFile(xlsx(tmp_path / "a.xlsx")) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for item in old.namelist():
            new.writestr(item, old.read(item).replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"'))
    (table,) = read(tmp_path / "b.xlsx")
    assert rows(table) == [[2, "가", "1"], [3, "나", "2"]]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'r="B3"', b'r="ZZZZ99999999"', "workbook_sheet_broken"),
        (b'r="B3"', b"r='B99999999'", "workbook_sheet_broken"),
        (b'r="B3"', b'r = "XFE3"', "workbook_sheet_broken"),
        (b'<row r="3"', b'<row r="4294967290"', "workbook_sheet_broken"),
    ],
)
def test_places_and_numbers_beyond_any_workbook_are_not_believed(old, new, code, tmp_path):
    """Each of these made the reader ask for more memory than there is, which ended the whole process."""
    with (
        zipfile.ZipFile(xlsx(tmp_path / "a.xlsx")) as source,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as made,
    ):
        for item in source.namelist():
            made.writestr(item, source.read(item).replace(old, new))
    assert refused(tmp_path / "b.xlsx") == code


def test_shared_strings_that_claim_more_than_their_bytes_hold_are_refused(tmp_path):
    with zipfile.ZipFile(xlsx(tmp_path / "a.xlsx"), "a") as archive:
        archive.writestr("xl/sharedStrings.xml", '<sst count="1" uniqueCount="99999999999999"><si/></sst>')
    assert refused(tmp_path / "a.xlsx") == "workbook_bomb"


@pytest.mark.slow
@pytest.mark.parametrize("others", [0, 3])
def test_an_old_workbook_with_a_cell_at_an_absurd_place_does_not_end_the_process(tmp_path, others):
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    sheet.write(0, 0, 1 / 3)
    for row in range(1, 1 + others):
        sheet.write(row, 0, "가")
    book.save(tmp_path / "a.xls")
    data = bytearray((tmp_path / "a.xls").read_bytes())
    at = data.find(b"\x03\x02\x0e\x00")  # NUMBER: two bytes of row and two of column follow
    assert at > 0
    data[at + 4 : at + 8] = b"\xff" * 4  # 65,536 rows by 65,536 columns
    (tmp_path / "a.xls").write_bytes(data)
    assert refused(tmp_path / "a.xls") == "workbook_bomb"


@pytest.mark.slow
def test_a_page_whose_cells_span_beyond_any_sheet_is_refused(tmp_path):
    page = "<html><table>" + "<tr><td colspan=1000 rowspan=900>가</td><td>나</td></tr>" * 20 + "</table>"
    (tmp_path / "a.xls").write_text(page, encoding="utf-8")
    assert refused(tmp_path / "a.xls") == "workbook_bomb"
