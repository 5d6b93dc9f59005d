"""Every delimited text file of the shared data, read with nothing given: what its README says must come out."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.intake.csv_read import read_csv
from madang.intake.raw import Override
from tests.intake.csv_helper import problems, rows, source_rows
from tests.shared_data import needs_shared, shared

# path, rows, columns, encoding, delimiter: as in the README (the licences' 33rd column is only a trailing comma)
FILES = [
    ("boundaries/coordinate_UTMK_이름포함.tsv", 5139, 5, "utf-8", "\t"),
    ("boundaries/vote_emd_20220309.tsv", 3512, 21, "utf-8", "\t"),
    ("licences/fulldata_02_03_01_P_동물병원.csv", 9736, 32, "cp949", ","),
    ("licences/상가상권정보_서울_202212_표본2행.csv", 2, 39, "utf-8", ","),
    ("commercial/서울시 우리마을가게 상권분석서비스(상권영역).csv", 1671, 10, "cp949", ","),
    ("commercial/시군구_코드명.csv", 91, 4, "utf-8", ","),
    ("commercial/행정동_코드명.csv", 424, 4, "utf-8", ","),
    ("standard/부산광역시_방범용CCTV 정보_구판.csv", 12625, 11, "cp949", ","),
    ("standard/서울시 주요 공원현황.csv", 132, 20, "cp949", ","),
    ("standard/서울특별시_박물관미술관정보_20180821.csv", 159, 24, "cp949", ","),
    ("standard/스마트 버스쉘터 설치 현황.csv", 44, 10, "cp949", ","),
    ("standard/전국공공시설개방정보표준데이터_2020.csv", 6721, 29, "cp949", ","),
    ("standard/전국도서관표준데이터_2020.csv", 3294, 28, "cp949", ","),
    ("population/광진구_격자_돌봄틈새공백.csv", 39, 17, "utf-8", ","),
    ("population/서울_행정동별_세대원수별세대_201712.txt", 450, 14, "utf-8", "\t"),
    ("population/서울_행정동별거주인구_2020q2.txt", 1353, 26, "utf-8", "\t"),
    ("population/주민등록_연령별_202107_1세단위.csv", 3848, 104, "cp949", ","),
    ("text/klue_ynat_test_data.csv", 9131, 2, "utf-8", ","),
    ("text/klue_ynat_topic_dict.csv", 7, 2, "utf-8", ","),
    ("text/seoul-120-text_even.csv", 1322, 5, "utf-8", ","),
    ("epidemic/kr_daily.csv", 1323, 7, "utf-8", ","),
    ("housing/서울시 공동주택 아파트 정보.csv", 2764, 26, "utf-8-sig", ","),
    ("weather_water/ASOS_대구_일별.csv", 366, 5, "cp949", ","),
    ("weather_water/팔당댐_한강수위_2022.csv", 11376, 15, "utf-8", ","),
    ("codes/법정동코드_utf8.csv", 46180, 3, "utf-8", ","),
]


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "count", "width", "encoding", "delimiter"), FILES, ids=[f[0] for f in FILES]
)
def test_a_real_file_is_read_as_its_readme_says(
    path: str, count: int, width: int, encoding: str, delimiter: str, tmp_path: Path
):
    (table,) = read_csv(shared(*path.split("/")), tmp_path, Override())
    assert (table.rows, len(table.columns)) == (count, width)
    assert (table.encoding, table.delimiter) == (encoding, delimiter)
    assert table.header_rows == (1,)
    assert problems(table) == []


@needs_shared
def test_records_over_several_lines_keep_their_physical_rows(tmp_path: Path):
    """159 records over 173 lines: the last record begins at or before the last line, and no row comes twice."""
    path = shared("standard", "서울특별시_박물관미술관정보_20180821.csv")
    (table,) = read_csv(path, tmp_path, Override())
    numbers = source_rows(table)
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 2
    assert 160 < numbers[-1] <= 173
    lines = path.read_bytes().decode("cp949").split("\r\n")
    for number, cells in zip(numbers, rows(table), strict=True):
        assert lines[number - 1].lstrip('"').startswith(cells[0].split("\n")[0].replace('"', '""'))


def test_a_made_up_twin_of_the_licence_file(tmp_path: Path):
    """CP949 beyond EUC-KR, every cell quoted, a comma at the end of each line."""
    cells = [
        ["번호", "사업장명", "좌표정보(x)"],
        ["1", "믜똠 동물병원", "199079.009091626    "],
        ["2", "가, 나", ""],
    ]
    path = tmp_path / "twin.csv"
    path.write_bytes("".join(",".join(f'"{c}"' for c in row) + ",\n" for row in cells).encode("cp949"))
    (table,) = read_csv(path, tmp_path, Override())
    assert [[column.label for column in table.columns], *rows(table)] == cells
    assert (table.encoding, problems(table)) == ("cp949", [])
