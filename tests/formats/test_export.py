"""What leaves the bank: read back by other programs than the one that wrote it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from madang.declarations.standard import DatasetColumn
from madang.formats import FORMATS, export, order, xlsx
from madang.messages import MadangError

COLUMNS = [
    DatasetColumn("code", "관리 번호", "text"),
    DatasetColumn("name", "시설명", "text"),
    DatasetColumn("slots", "구획수", "integer"),
    DatasetColumn("share", "", "percent"),
    DatasetColumn("free", "무료 여부", "boolean"),
    DatasetColumn("day", "기준일자", "date"),
    DatasetColumn("seen", "확인 시각", "datetime"),
]
SCHEMA = pa.schema(
    [
        ("code", pa.string()), ("name", pa.string()), ("slots", pa.int64()), ("share", pa.float64()),
        ("free", pa.bool_()), ("day", pa.date32()), ("seen", pa.timestamp("us")), ("source_row", pa.int64()),
        ("lon", pa.float64()), ("lat", pa.float64()), ("dong_code", pa.string()),
    ]
)  # fmt: skip
ROWS: list[list[Any]] = [
    # in another order than the source's, as the bank keeps them
    ["0012", "둘째, \"따옴표\"", 7, 12.5, True, date(2026, 11, 21), datetime(2026, 11, 21, 9, 30), 3, 127.0, 37.5, "1132051100"],
    ["0003", "셋째\n두 줄", None, None, None, None, None, 4, None, None, None],
    ["0001", "첫째", -1, 40.0, False, date(1899, 1, 1), datetime(2026, 1, 2, 3, 4, 5, 600000), 2, 127.1, 37.6, "1132051200"],
]  # fmt: skip

WHOLE = [
    each for each in FORMATS if each != "hwpx"
]  # a document holds what people read, see test_for_people_and_maps


def version(folder: Path, rows: list[list[Any]], schema: pa.Schema = SCHEMA, files: int = 1) -> list[Path]:
    """A version as the bank hands it over: so many Parquet files."""
    table = pa.Table.from_arrays([pa.array(list(cells), field.type) for cells, field in zip(zip(*rows, strict=True), schema, strict=True)], schema=schema)  # fmt: skip
    share = -(-table.num_rows // files)
    paths = []
    for number in range(files):
        paths.append(folder / f"{number}.parquet")
        pq.write_table(table.slice(number * share, share), paths[-1])
    return paths


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    return version(tmp_path, ROWS, files=2)


def texts(folder: Path, cells: list[str | None]) -> tuple[list[Path], list[DatasetColumn]]:
    """A version of one text column."""
    schema = pa.schema([("note", pa.string()), ("source_row", pa.int64())])
    rows = [[cell, at] for at, cell in enumerate(cells, 2)]
    return version(folder, rows, schema), [DatasetColumn("note", "비고", "text")]


def exported(files: list[Path], columns: list[DatasetColumn], fmt: str, **options: Any) -> bytes:
    out = io.BytesIO()
    export(files, columns, fmt, out, **{"places": False, **options})
    return out.getvalue()


def workbook(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_csv_for_excel_byte_by_byte(three: list[Path]) -> None:
    assert (
        exported(three, COLUMNS, "csv")
        == (
            "\ufeff관리 번호,시설명,구획수,share,무료 여부,기준일자,확인 시각\r\n"
            "0001,첫째,-1,40,false,1899-01-01,2026-01-02 03:04:05.6\r\n"
            '0012,"둘째, ""따옴표""",7,12.5,true,2026-11-21,2026-11-21 09:30:00\r\n'
            '0003,"셋째\n두 줄",,,,,\r\n'
        ).encode()
    )


def test_plain_csv_has_no_mark_line_feeds_and_iso_times(three: list[Path]) -> None:
    data = exported(three, COLUMNS, "csv-utf8").decode()
    assert not data.startswith("\ufeff")
    assert "\r" not in data
    rows = list(csv.reader(io.StringIO(data)))
    assert rows[2] == ["0012", '둘째, "따옴표"', "7", "12.5", "true", "2026-11-21", "2026-11-21T09:30:00"]


def test_json_keeps_types_and_nulls(three: list[Path]) -> None:
    records = json.loads(exported(three, COLUMNS, "json"))
    assert [record["관리 번호"] for record in records] == ["0001", "0012", "0003"]
    assert records[1] == {
        "관리 번호": "0012", "시설명": '둘째, "따옴표"', "구획수": 7, "share": 12.5, "무료 여부": True,
        "기준일자": "2026-11-21", "확인 시각": "2026-11-21T09:30:00",
    }  # fmt: skip
    assert records[2]["구획수"] is None
    lines = exported(three, COLUMNS, "jsonl").decode().splitlines()
    assert [json.loads(line) for line in lines] == records


def test_parquet_is_typed_under_the_labels(three: list[Path]) -> None:
    file = pq.ParquetFile(io.BytesIO(exported(three, COLUMNS, "parquet", title="parking@3")))
    table = file.read()
    assert table.column("기준일자").to_pylist() == [date(1899, 1, 1), date(2026, 11, 21), None]
    assert table.column("구획수").to_pylist() == [-1, 7, None]
    assert [str(field.type) for field in table.schema] == [
        "string", "string", "int64", "double", "bool", "date32[day]", "timestamp[us]",
    ]  # fmt: skip
    assert file.metadata.metadata[b"madang.title"] == b"parking@3"


def test_xlsx_keeps_text_as_text_and_the_rest_as_itself(three: list[Path]) -> None:
    data = exported(three, COLUMNS, "xlsx", title="parking@3", as_of="2026-11-21", source="주차장.csv")
    book = workbook(data)
    assert book.sheetnames == ["데이터", "정보"]
    sheet = book["데이터"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == ["관리 번호", "시설명", "구획수", "share", "무료 여부", "기준일자", "확인 시각"]
    assert rows[1][:6] == ["0001", "첫째", -1, 40, False, "1899-01-01"]  # Excel has no days before 1900
    assert rows[2] == [
        "0012",
        '둘째, "따옴표"',
        7,
        12.5,
        True,
        datetime(2026, 11, 21),
        datetime(2026, 11, 21, 9, 30),
    ]
    assert rows[3] == ["0003", "셋째\n두 줄", None, None, None, None, None]
    assert sheet.freeze_panes == "A2"
    assert sheet["A3"].data_type == "s"
    assert sheet["F3"].number_format.replace("\\", "") == "yyyy-mm-dd"
    about = {row[0]: row[1] for row in book["정보"].iter_rows(values_only=True)}
    assert about == {
        "데이터와 판": "parking@3",
        "기준일": "2026-11-21",
        "원본 파일": "주차장.csv",
        "행 수": "3",
    }
    other = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("데이터").to_python()
    assert other[2][:6] == ["0012", '둘째, "따옴표"', 7, 12.5, True, date(2026, 11, 21)]


def test_the_row_of_the_source_comes_only_when_asked_for(three: list[Path]) -> None:
    listed = [*COLUMNS, DatasetColumn("dong_code", "", "text")]
    assert "dong_code" not in exported(three, listed, "csv").decode("utf-8-sig").splitlines()[0]
    rows = list(csv.reader(io.StringIO(exported(three, COLUMNS, "csv-utf8", with_source_row=True).decode())))
    assert rows[0][:2] == ["source_row", "관리 번호"]
    assert [row[0] for row in rows[1:]] == ["2", "3", "4"]


PLACED = [[127.1, 37.6, "1132051200"], [127.0, 37.5, "1132051100"], [None, None, None]]


@pytest.mark.parametrize("fmt", ["csv", "csv-utf8", "xlsx", "json", "jsonl", "geojson", "parquet"])
def test_places_stand_behind_the_columns_of_the_source(three: list[Path], fmt: str) -> None:
    out = io.BytesIO()
    export(three, COLUMNS, fmt, out)
    data = out.getvalue()
    if fmt.startswith("csv"):
        head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
        found = [[float(x) if x else None, float(y) if y else None, z or None] for *_, x, y, z in rows]
    elif fmt == "xlsx":
        cells = [list(row) for row in workbook(data)["데이터"].iter_rows(values_only=True)]
        head, found = [str(cell) for cell in cells[0]], [row[-3:] for row in cells[1:]]
    elif fmt == "parquet":
        table = pq.read_table(io.BytesIO(data))
        head, found = table.column_names, [list(row.values())[-3:] for row in table.to_pylist()]
    else:
        told = json.loads(data) if fmt != "jsonl" else [json.loads(line) for line in data.splitlines()]
        records = [each["properties"] for each in told["features"]] if fmt == "geojson" else told
        head, found = list(records[0]), [list(record.values())[-3:] for record in records]
    assert head == [*(c.label or c.name for c in COLUMNS), "lon", "lat", "dong_code"]
    assert found == PLACED


def test_a_source_with_such_a_header_keeps_it(three: list[Path]) -> None:
    columns = [DatasetColumn("share", "lon", "number")]
    head = exported(three, columns, "csv-utf8", places=True).decode().splitlines()[0]
    assert head == "lon,lon_2,lat,dong_code"


FORMULAS = [
    "=1+1",
    "+82-2-123-4567",
    "-현금",
    "@sum",
    "\t=1",
    "\r=1",
    "-",
    "+",
    "-12.5",
    "+3",
    "-1,234",
    "3%",
    "=",
    "a=b",
    "-5%",
    "-5 %",
]
HARMLESS = {"-", "+", "-12.5", "+3", "-1,234", "3%", "=", "a=b", "-5%", "-5 %"}


def test_text_that_looks_like_a_formula_is_marked_in_csv(tmp_path: Path) -> None:
    files, columns = texts(tmp_path, [*FORMULAS])
    back = [
        row[0] for row in csv.reader(io.StringIO(exported(files, columns, "csv-utf8").decode(), newline=""))
    ]
    assert back[1:] == [cell if cell in HARMLESS else "'" + cell for cell in FORMULAS]
    raw = exported(files, columns, "csv-utf8", raw=True).decode()
    assert [row[0] for row in csv.reader(io.StringIO(raw, newline=""))][1:] == FORMULAS


def test_text_that_looks_like_a_formula_stays_text_in_xlsx(tmp_path: Path) -> None:
    files, columns = texts(tmp_path, ["=1+1", "-12.5", "+82-2"])
    sheet = workbook(exported(files, columns, "xlsx"))["데이터"]
    cells = [sheet.cell(row, 1) for row in (2, 3, 4)]
    assert [cell.value for cell in cells] == ["=1+1", "-12.5", "+82-2"]
    assert [cell.quotePrefix for cell in cells] == [True, False, True]
    raw = workbook(exported(files, columns, "xlsx", raw=True))["데이터"]
    assert not raw["A2"].quotePrefix
    assert "<f>" not in sheet_xml(exported(files, columns, "xlsx"))


def sheet_xml(data: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_labels_that_look_like_formulas_and_labels_twice(tmp_path: Path) -> None:
    schema = pa.schema(
        [("a", pa.string()), ("b", pa.string()), ("c", pa.string()), ("source_row", pa.int64())]
    )
    files = version(tmp_path, [["1", "2", "3", 2]], schema)
    columns = [
        DatasetColumn("a", "=비고", "text"),
        DatasetColumn("b", "ID", "text"),
        DatasetColumn("c", "id", "text"),
    ]
    assert exported(files, columns, "csv-utf8") == "'=비고,ID,id\n1,2,3\n".encode()
    assert json.loads(exported(files, columns, "jsonl")) == {"=비고": "1", "ID": "2", "id_2": "3"}
    assert pq.read_table(io.BytesIO(exported(files, columns, "parquet"))).column_names == [
        "=비고",
        "ID",
        "id_2",
    ]


NASTY = [
    "<b>&amp;</b>",
    "  앞뒤 빈칸  ",
    "줄\n바꿈",
    "탭\t문자",
    "종\x07소리",
    "줄\r끝",
    "_x0041_",
    "'",
    '"',
    ",",
    "끝\\",
    "🏛️ 이모지",
    "{}[]",
]


def test_any_character_survives(tmp_path: Path) -> None:
    files, columns = texts(tmp_path, [*NASTY])
    rows = csv.reader(io.StringIO(exported(files, columns, "csv-utf8").decode(), newline=""))
    assert [row[0] for row in rows][1:] == NASTY
    assert [record["비고"] for record in json.loads(exported(files, columns, "json"))] == NASTY
    book = CalamineWorkbook.from_filelike(io.BytesIO(exported(files, columns, "xlsx")))
    back = [row[0] for row in book.get_sheet_by_name("데이터").to_python()][1:]
    assert back == NASTY
    written = sheet_xml(exported(files, columns, "xlsx"))
    assert "종_x0007_소리" in written
    assert "줄_x000D_끝" in written
    assert "_x005F_x0041_" in written


def test_empty_cells_of_a_single_column_are_not_lost_lines(tmp_path: Path) -> None:
    files, columns = texts(tmp_path, ["a", None, "b"])
    assert exported(files, columns, "csv-utf8") == '비고\na\n""\nb\n'.encode()


def test_numbers_are_written_as_people_write_them(tmp_path: Path) -> None:
    schema = pa.schema([("n", pa.float64()), ("i", pa.int64()), ("source_row", pa.int64())])
    values = [12.0, 0.1, 263.99999999999994, -0.0, 1e20, float("nan"), float("inf"), None]
    files = version(tmp_path, [[value, 12345678901234567, at] for at, value in enumerate(values)], schema)
    columns = [DatasetColumn("n", "값", "number"), DatasetColumn("i", "번호", "integer")]
    rows = list(csv.reader(io.StringIO(exported(files, columns, "csv-utf8").decode())))[1:]
    assert [row[0] for row in rows] == ["12", "0.1", "263.99999999999994", "0", "1e+20", "", "", ""]
    assert json.loads(exported(files, columns, "json"))[5]["값"] is None
    sheet = workbook(exported(files, columns, "xlsx"))["데이터"]
    assert sheet["A4"].value == 263.99999999999994
    assert sheet["B2"].value == "12345678901234567"  # Excel would make …560 of it


@pytest.mark.parametrize("fmt", WHOLE)
def test_a_version_without_rows_has_a_header(tmp_path: Path, fmt: str) -> None:
    files = version(tmp_path, [[None] * 11], SCHEMA)
    pq.write_table(pq.read_table(files[0]).slice(0, 0), files[0])
    for paths in (files, []):
        data = exported(paths, COLUMNS, fmt)
        if fmt.startswith("csv"):
            assert (
                data.decode("utf-8-sig").strip()
                == "관리 번호,시설명,구획수,share,무료 여부,기준일자,확인 시각"
            )
        elif fmt == "xlsx":
            assert workbook(data)["데이터"].max_row == 1
        elif fmt.endswith("parquet"):
            assert pq.read_table(io.BytesIO(data)).num_rows == 0
        elif fmt == "geojson":
            assert json.loads(data)["features"] == []
        else:
            assert (json.loads(data) if fmt == "json" else data.decode().splitlines()) == []


@pytest.mark.parametrize("fmt", WHOLE)
def test_many_parts_come_together_in_the_order_of_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fmt: str) -> None:  # fmt: skip
    """Rows of one source row (wide columns turned into rows) keep the order in which the bank has them."""
    monkeypatch.setattr(order, "_CELLS", 0)
    monkeypatch.setattr(order, "_FEWEST", 100)
    schema = pa.schema([("who", pa.string()), ("source_row", pa.int64())])
    shuffled = [2 + at * 389 % 1000 for at in range(1000)]  # 389 and 1000 have no common factor
    rows = [[f"{row}-{part}", row] for row in shuffled for part in ("남", "여")]
    files = version(tmp_path, rows, schema, files=3)
    expected = [f"{row}-{part}" for row in range(2, 1002) for part in ("남", "여")]
    data = exported(files, [DatasetColumn("who", "who", "text")], fmt)
    if fmt.startswith("csv"):
        found = [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))][1:]
    elif fmt == "xlsx":
        found = [row[0] for row in workbook(data)["데이터"].iter_rows(min_row=2, values_only=True)]
    elif fmt.endswith("parquet"):
        found = pq.read_table(io.BytesIO(data)).column("who").to_pylist()
    elif fmt == "geojson":
        found = [feature["properties"]["who"] for feature in json.loads(data)["features"]]
    else:
        records = json.loads(data) if fmt == "json" else [json.loads(line) for line in data.splitlines()]
        found = [record["who"] for record in records]
    assert found == expected


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert xlsx.ROWS_PER_SHEET == 2**20 - 1
    monkeypatch.setattr(xlsx, "ROWS_PER_SHEET", 4)
    files, columns = texts(tmp_path, [f"줄 {number}" for number in range(10)])
    book = workbook(exported(files, columns, "xlsx"))
    assert book.sheetnames == ["데이터", "데이터 2", "데이터 3", "정보"]
    found = {name: [row[0] for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames[:3]}
    assert found["데이터"] == ["비고", "줄 0", "줄 1", "줄 2", "줄 3"]
    assert found["데이터 3"] == ["비고", "줄 8", "줄 9"]
    assert '<row r="5"><c r="A5"' in sheet_xml(exported(files, columns, "xlsx"), 2)


def test_a_cell_longer_than_excel_keeps_is_cut_and_that_is_told(tmp_path: Path) -> None:
    files, columns = texts(tmp_path, ["가" * 32_768, "나" * 32_767])
    book = workbook(exported(files, columns, "xlsx"))
    assert [len(book["데이터"].cell(row, 1).value) for row in (2, 3)] == [32_767, 32_767]
    about = {row[0]: row[1] for row in book["정보"].iter_rows(values_only=True)}
    assert about["잘린 칸"].startswith("1칸을")


def test_the_same_version_gives_the_same_bytes(three: list[Path]) -> None:
    assert exported(three, COLUMNS, "xlsx") == exported(three, COLUMNS, "xlsx")


def test_a_path_gets_a_whole_file_or_keeps_its_old_one(three: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    seen: list[int] = []
    assert export(three, COLUMNS, "csv", out, progress=lambda done, total: seen.append(done)) == 3
    assert seen[-1] == 3
    whole = out.read_bytes()
    with pytest.raises(KeyError):
        export(three, [*COLUMNS, DatasetColumn("gone", "없음", "text")], "csv", out)
    assert out.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_wrong_use_says_what_is_right(three: list[Path], tmp_path: Path) -> None:
    with pytest.raises(MadangError) as raised:
        exported(three, COLUMNS, "hwp")
    assert raised.value.code == "format_unknown"
    assert "parquet" in str(raised.value)
    with pytest.raises(MadangError) as missing:
        export(three, COLUMNS, "csv", tmp_path / "absent" / "out.csv")
    assert missing.value.code == "folder_missing"


@pytest.mark.parametrize(
    ("number", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_column_letters(number: int, letters: str) -> None:
    assert xlsx.reference(number) == letters
