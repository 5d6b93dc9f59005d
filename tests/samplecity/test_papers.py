"""Papers: what is written is what other readers read, and a planted defect lies in the row that is told."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio.raw
import pytest
import shapely
from hwpx.document import HwpxDocument
from openpyxl import load_workbook
from pyproj import Transformer

from madang.samplecity.map_paper import GeoJsonPaper, ShapefilePaper
from madang.samplecity.sheet_paper import DocumentPaper, Sheet, WorkbookPaper, merged
from madang.samplecity.text_paper import JsonPaper, TextPaper


def births() -> Sheet:
    return Sheet(
        "인구동태",
        header=[["행정동", "2025년", "2025년"], ["", "출생", "사망"]],
        rows=[["나루동", 10, 5], ["장터동", 7, 9], ["합계", 17, 14]],
        titles=["2025년 인구동태", "(단위: 명)"],
        notes=["주: 외국인 제외"],
    )


def test_text_of_values(tmp_path: Path) -> None:
    columns = {
        "번호": np.array([1, 2]),
        "값": np.array([1.5, np.nan]),
        "날": np.array(["2026-09-30", "NaT"], "datetime64[D]"),
        "시각": np.array(["2026-09-30T01:02:03", "2026-09-30T00:00:00"], "datetime64[s]"),
        "글": pa.array(["쉼표, 있음", None]),
        "일자": [date(2026, 9, 30), None],
    }
    TextPaper(path="a.csv", columns=columns).write(tmp_path)
    assert (tmp_path / "a.csv").read_bytes().decode("cp949").split("\r\n") == [
        "번호,값,날,시각,글,일자",
        '1,1.5,2026-09-30,2026-09-30 01:02:03,"쉼표, 있음",2026-09-30',
        "2,,,2026-09-30 00:00:00,,",
        "",
    ]


@pytest.mark.parametrize(("encoding", "start"), [("utf-8-sig", b"\xef\xbb\xbf"), ("utf-8", "가".encode())])
def test_encodings(tmp_path: Path, encoding: str, start: bytes) -> None:
    TextPaper(path="a.csv", columns={"가": ["나"]}, encoding=encoding).write(tmp_path)
    assert (tmp_path / "a.csv").read_bytes().startswith(start)


def test_a_defect_lies_in_the_line_that_is_told(tmp_path: Path) -> None:
    """Behind cells with line ends and behind lines above the header."""
    paper = TextPaper(
        path="a.csv", columns={"번호": [1, 2, 3], "글": ["가", "나\n다", "라"]}, before=("제목",)
    )
    paper.plant(2, "번호", "셋", "cell_not_integer")
    (defect,) = paper.write(tmp_path)
    lines = (tmp_path / "a.csv").read_bytes().decode("cp949").replace("\r\n", "\n").split("\n")
    assert (defect.row, defect.column, lines[defect.row - 1]) == (6, "번호", "셋,라")  # type: ignore[operator]


def test_a_column_of_the_layer_is_not_changed_by_its_plants(tmp_path: Path) -> None:
    given = ["1", "2"]
    paper = TextPaper(path="a.csv", columns={"번호": given})
    paper.plant(0, "번호", "x", "cell_not_integer")
    paper.write(tmp_path)
    paper.write(tmp_path / "again")
    assert given == ["1", "2"]
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "again/a.csv").read_bytes()


def test_without_header_and_with_bars(tmp_path: Path) -> None:
    paper = TextPaper(path="a.txt", columns={"a": ["1"], "b": ["가"]}, delimiter="|", header=False)
    paper.plant(0, "b", "나", "x")
    assert [defect.row for defect in paper.write(tmp_path)] == [1]
    assert (tmp_path / "a.txt").read_bytes().decode("cp949") == "1|나\r\n"


def test_standard_json(tmp_path: Path) -> None:
    JsonPaper(path="a.json", columns={"도서관명": ["가"], "좌석": np.array([3])}).write(tmp_path)
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == {
        "fields": [{"id": "도서관명"}, {"id": "좌석"}],
        "records": [{"도서관명": "가", "좌석": "3"}],
    }


def test_merged_cells_of_a_header() -> None:
    assert merged(births().header) == [(0, 0, 1, 0, "행정동"), (0, 1, 0, 2, "2025년"), (1, 1, 1, 1, "출생"), (1, 2, 1, 2, "사망")]  # fmt: skip


def test_a_workbook_as_another_reader_sees_it(tmp_path: Path) -> None:
    sheet = births()
    sheet.plant(1, "2025년_사망", "많음", "cell_not_integer")
    (defect,) = WorkbookPaper("a.xlsx", [sheet]).write(tmp_path)
    page = load_workbook(tmp_path / "a.xlsx")["인구동태"]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=3, max_row=5)] == [
        ["행정동", "2025년", None],
        [None, "출생", "사망"],
        ["나루동", 10, 5],
    ]
    assert sorted(map(str, page.merged_cells.ranges)) == ["A3:A4", "B3:C3"]
    assert page.cell(defect.row, 3).value == "많음"  # type: ignore[arg-type]
    assert page["A8"].value == "주: 외국인 제외"


def test_a_document_as_another_reader_sees_it(tmp_path: Path) -> None:
    sheet = births()
    sheet.plant(0, "2025년_출생", "-", "cell_dash", "info")
    (defect,) = DocumentPaper("a.hwpx", ["보고", sheet, "끝."]).write(tmp_path)
    document = HwpxDocument.open(tmp_path / "a.hwpx")
    (table,) = [table for paragraph in document.paragraphs for table in paragraph.tables]
    assert (table.row_count, table.column_count) == (5, 3)
    assert table.cell(defect.row - 1, 1).text == "-"  # type: ignore[operator]


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    shapes = shapely.points([[800_100.0, 1_736_100.0]])
    for folder in (tmp_path / "1", tmp_path / "2"):
        WorkbookPaper("a.xlsx", [births()]).write(folder)
        DocumentPaper("a.hwpx", [births()]).write(folder)
        ShapefilePaper(path="a.shp", shapes=shapes, columns={"NAME": ["가"]}, geometry_type="Point").write(
            folder
        )
    names = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert names == ["a.cpg", "a.dbf", "a.hwpx", "a.prj", "a.shp", "a.shx", "a.xlsx"]
    assert [name for name in names if (tmp_path / "1" / name).read_bytes() != (tmp_path / "2" / name).read_bytes()] == []  # fmt: skip


def test_shapes_come_out_where_they_are(tmp_path: Path) -> None:
    x, y = 800_100.0, 1_736_100.0
    shapes = shapely.points([[x, y]])
    columns = {"NAME": ["가나"], "N": np.array([7])}
    ShapefilePaper(path="a.shp", shapes=shapes, columns=columns, geometry_type="Point", epsg=5186).write(
        tmp_path
    )
    meta, _, wkb, values = pyogrio.raw.read(tmp_path / "a.shp", encoding="cp949")
    assert (list(meta["fields"]), [value[0] for value in values]) == (["NAME", "N"], ["가나", 7])
    read = shapely.from_wkb(wkb[0])
    assert (read.x, read.y) == pytest.approx(Transformer.from_crs(5179, 5186, always_xy=True).transform(x, y), abs=0.006)  # fmt: skip
    GeoJsonPaper("a.geojson", shapes, {"이름": ["가"], "n": np.array([7])}).write(tmp_path)
    (feature,) = json.loads((tmp_path / "a.geojson").read_text("utf-8"))["features"]
    assert feature["properties"] == {"이름": "가", "n": 7}
    assert feature["geometry"]["coordinates"] == pytest.approx(
        Transformer.from_crs(5179, 4326, always_xy=True).transform(x, y), abs=6e-7
    )


def test_plants_of_a_shapefile(tmp_path: Path) -> None:
    """Numbers stay numbers, the columns of the layer stay as they are, and once more gives the same bytes."""
    shapes = shapely.points([[800_100.0, 1_736_100.0]] * 3)
    given = {
        "NAME": ["가", "나", "다"],
        "LANES": np.array([2, 4, 6], np.int32),
        "AREA": np.array([1.5, 2.5, 3.5]),
    }
    paper = ShapefilePaper(path="a.shp", shapes=shapes, columns=given, geometry_type="Point")
    paper.plant(0, "NAME", "이름이 아닌 긴 글", "row_rule")
    paper.plant(2, "LANES", "0", "row_rule", "warning")
    paper.plant(1, "AREA", "-1", "quantity_negative")
    defects = paper.write(tmp_path)
    assert paper.write(tmp_path / "again") == defects
    assert [(each.row, each.column, each.value) for each in defects] == [(1, "NAME", "이름이 아닌 긴 글"), (3, "LANES", "0"), (2, "AREA", "-1")]  # fmt: skip
    meta, _, _, values = pyogrio.raw.read(tmp_path / "a.shp", encoding="cp949")
    read = {name: column.tolist() for name, column in zip(meta["fields"], values, strict=True)}
    assert read == {"NAME": ["이름이 아닌 긴 글", "나", "다"], "LANES": [2, 4, 0], "AREA": [1.5, -1.0, 3.5]}
    assert (given["NAME"][0], given["LANES"].tolist(), given["AREA"].tolist()) == (
        "가",
        [2, 4, 6],
        [1.5, 2.5, 3.5],
    )  # type: ignore[attr-defined]
    for path in tmp_path.glob("a.*"):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_csv_is_read_back_by_the_standard_library(tmp_path: Path) -> None:
    cells = ['큰따옴표 " 하나', "쉼표, 둘", "줄\n바꿈", ""]
    TextPaper(path="a.csv", columns={"글": cells}, encoding="utf-8").write(tmp_path)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["글", *cells]
