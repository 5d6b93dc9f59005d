"""Address files without header, and tables whose columns stand at fixed places of the line."""

from __future__ import annotations

import pytest

from intake.csv_helper import labels, one, problems, rows, source_rows

# made up in the layouts of the road name address service
ROAD = (
    "{n:026d}|1111010{n}00|서울특별시|종로구|가상동||0|1|{n}|111102005001|가상로|0|{n}|0|"
    "1111051500|가상동|03045||20240101|0|31|||"
)
ENTRANCE = (
    "11110|{n}|1111010{n}00|서울특별시|종로구|가상동|111102005001|가상로|0|{n}|0||03045|업무시설|0|가상동|"
    "953241.683263|1954023.{n}"
)
ALIGNED = [
    ("시설명", "주소", "수량"),
    ("중앙 도서관", "종로구 세종로 1", "1234"),
    ("a", "중구 을지로1가 20-3", "5"),
    ("어린이집", "강남구", "17"),
    ("나무", "도봉구 방학동", "203"),
    ("하늘 공원 앞", "마포구 상암동 481-72", "9"),
    ("다", "은평구", "88"),
    ("라 마", "관악구 신림동", "6"),
    ("바사", "송파구 잠실본동 산 1", "77"),
]


def in_bytes(text: str, width: int, right: bool = False) -> str:
    """A cell filled up with blanks to so many bytes of CP949."""
    room = " " * (width - len(text.encode("cp949")))
    return room + text if right else text + room


def aligned(cells: tuple[str, str, str]) -> str:
    return in_bytes(cells[0], 16) + in_bytes(cells[1], 26) + in_bytes(cells[2], 6, right=True)


def test_a_road_address_file_gets_the_columns_of_its_layout(tmp_path):
    data = "".join(ROAD.format(n=n) + "\r\n" for n in range(1, 9)).encode("cp949")
    table = one(data, tmp_path)
    assert table.header_rows == ()
    assert len(table.columns) == 24
    assert labels(table)[:3] == ["도로명주소관리번호", "법정동코드", "시도명"]
    assert labels(table)[9:14] == ["도로명코드", "도로명", "지하여부", "건물본번", "건물부번"]
    assert labels(table)[16] == "기초구역번호"
    assert rows(table)[0][:3] == ["0" * 25 + "1", "1111010100", "서울특별시"]
    assert source_rows(table) == list(range(1, 9))
    assert "도로명주소관리번호" in next(e.because for e in table.evidence if e.value == "도로명주소 한글")


def test_an_entrance_file_gets_the_columns_of_its_layout(tmp_path):
    table = one("".join(ENTRANCE.format(n=n) + "\n" for n in range(1, 6)), tmp_path)
    assert labels(table)[-2:] == ["X좌표", "Y좌표"]
    assert [row[-2] for row in rows(table)] == ["953241.683263"] * 5


def test_another_file_of_as_many_cells_keeps_its_own_header(tmp_path):
    head = "|".join(f"열{n}" for n in range(24))
    body = "\n".join("|".join(f"{row}{n}" for n in range(24)) for row in range(5))
    table = one(f"{head}\n{body}\n", tmp_path)
    assert labels(table)[0] == "열0"
    assert table.header_rows == (1,)


@pytest.mark.parametrize("codec", ["cp949", "utf-8"])
def test_columns_aligned_by_bytes_of_cp949(tmp_path, codec):
    table = one(("\n".join(map(aligned, ALIGNED)) + "\n").encode(codec), tmp_path)
    assert labels(table) == list(ALIGNED[0])
    assert rows(table) == [list(cells) for cells in ALIGNED[1:]]
    assert problems(table) == []
    assert "두 자리" in next(e.because for e in table.evidence if e.decision == "delimiter")


def test_columns_aligned_by_letters(tmp_path):
    lines = [f"{a:<9}{b:<18}{c:>6}" for a, b, c in ALIGNED]
    table = one("\n".join(lines) + "\n", tmp_path)
    assert labels(table) == list(ALIGNED[0])
    assert rows(table) == [list(cells) for cells in ALIGNED[1:]]


def test_a_ruler_of_dashes_says_where_columns_begin(tmp_path):
    lines = [*map(aligned, ALIGNED[:1]), f"{'-' * 15} {'-' * 25} {'-' * 6}", *map(aligned, ALIGNED[1:4])]
    table = one("\n".join(lines) + "\n", tmp_path)
    assert labels(table) == list(ALIGNED[0])
    assert rows(table) == [list(cells) for cells in ALIGNED[1:4]]
    assert source_rows(table) == [3, 4, 5]


def test_a_value_that_runs_over_into_the_next_column_is_told(tmp_path):
    lines = [*map(aligned, ALIGNED * 30)]
    lines[150] = in_bytes("아주아주긴이름의시설물입니다", 42) + in_bytes("3", 6, right=True)
    table = one("\n".join(lines[:1] + [line for line in lines[1:] if "시설명" not in line]) + "\n", tmp_path)
    assert [rule for _, rule in problems(table)] == ["row_too_short"]


def test_prose_is_no_table_of_fixed_places(tmp_path):
    words = "가 나다 라마바 사아 자차카 타 파하 거너더 러머 버서어".split()
    lines = [" ".join(words[(i * 7 + j * j) % len(words)] for j in range(9)) for i in range(40)]
    table = one("\n".join(lines) + "\n", tmp_path)
    assert not any(e.value == "고정 폭" for e in table.evidence)
