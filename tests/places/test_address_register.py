"""From the words of an address to its 행정동 and its point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from madang.declarations.places import SHIPPED, load_places
from madang.places.address import parse
from madang.places.address_register import AddressRegister

DECLARED = load_places(SHIPPED)
SAJIK, CHEONGUN, MYEONG, PAJANG, SERYU, JOCHIWON = (
    "1111053000", "1111051500", "1114055000", "4111156000", "4111356000", "3611025000",
)  # fmt: skip
NAMES = (
    "bjd_code", "sido", "sigungu", "emd", "ri", "san", "lot_main", "lot_sub", "road_code", "road_name", "underground",
    "building_main", "building_sub", "hjd_code",
)  # fmt: skip
ROWS = [
    ("1111011500", "서울특별시", "종로구", "사직동", None, "0", "1", "1", "111102005001", "사직로", "0", "100", "0", SAJIK),
    ("1111011500", "서울특별시", "종로구", "사직동", None, "0", "1", "2", "111102005001", "사직로", "0", "104", "0", SAJIK),
    ("1111010100", "서울특별시", "종로구", "청운동", None, "0", "5", "0", "111102005001", "사직로", "0", "120", "0", CHEONGUN),
    ("1111010100", "서울특별시", "종로구", "청운동", None, "1", "5", "0", "111102005002", "3·1대로", "0", "7", "3", CHEONGUN),
    ("1114010100", "서울특별시", "중구", "을지로1가", None, "0", "16", "1", "111402005003", "사직로", "0", "100", "0", MYEONG),
    ("1114010100", "서울특별시", "중구", "을지로1가", None, "0", "17", "0", "111402005009", "을지로", "1", "2", "0", MYEONG),
    ("4111112900", "경기도", "수원시 장안구", "파장동", None, "0", "9", "0", "411112005004", "정조로", "0", "900", "0", PAJANG),
    ("4111312600", "경기도", "수원시 권선구", "세류동", None, "0", "9", "0", "411132005004", "정조로", "0", "500", "0", SERYU),
    ("3611025021", "세종특별자치시", "", "조치원읍", "신흥리", "1", "12", "3", "361102005005", "새내로", "0", "5", "0", JOCHIWON),
    # one address in two 행정동
    ("1114010100", "서울특별시", "중구", "을지로1가", None, "0", "16", "1", "111402005003", "갈래로", "0", "1", "0", MYEONG),
    ("1111010100", "서울특별시", "종로구", "청운동", None, "0", "5", "0", "111102005007", "갈래로", "0", "1", "0", CHEONGUN),
    ("1111011500", "서울특별시", "종로구", "사직동", None, "0", "8", "0", "111102005007", "갈래로", "0", "1", "0", SAJIK),
]  # fmt: skip
POSITIONS = pa.table(
    {
        "road_code": ["111102005001", "111102005001", "999999999999"],
        "underground": ["0", "0", "0"],
        "building_main": ["100", "120", "1"],
        "building_sub": ["0", "0", "0"],
        "lon": [126.9700, 126.9720, 127.0],
        "lat": [37.5750, 37.5760, 37.0],
    }
)


def table(rows: list[tuple[str | None, ...]] = ROWS) -> pa.Table:
    return pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(NAMES)})


@pytest.fixture(scope="module")
def register() -> AddressRegister:
    return AddressRegister.build(table(), POSITIONS)


def ask(
    register: AddressRegister, *addresses: str, sigungu: pa.Array | None = None
) -> list[tuple[str | None, str]]:
    found = register.match(
        parse(pa.array(addresses)), sigungu, sidos=DECLARED.sidos, aliases=DECLARED.aliases
    )
    return list(zip(found["hjd_code"].to_pylist(), found["level"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("address", "dong", "level"),
    [
        ("서울특별시 종로구 사직로 100", SAJIK, "building"),
        ("서울 중구 사직로 100", MYEONG, "building"),
        ("종로구 사직로 120, 3층", CHEONGUN, "building"),
        ("서울 종로구 3.1대로 7-3", CHEONGUN, "building"),
        ("서울 중구 을지로 지하 2", MYEONG, "building"),
        ("경기도 수원시 정조로 500", SERYU, "building"),  # a city named without its 구
        ("세종특별자치시 새내로 5", JOCHIWON, "building"),
        ("서울 종로구 사직로 102", SAJIK, "road"),  # 100 and 104 lie in one dong
        ("서울 종로구 사직로 110", None, ""),  # 104 and 120 do not
        ("서울 종로구 사직로 130", None, ""),  # beyond the last number of a street of two dongs
        ("서울 중구 사직로 300", MYEONG, "road"),  # the whole street lies in one dong
        ("서울 중구 사직로 일원", MYEONG, "road"),
        ("서울 종로구 갈래로 1", None, ""),  # one address in two dongs
        ("서울 종로구 사직동 1-2", SAJIK, "lot"),
        ("서울 종로구 청운동 산 5", CHEONGUN, "lot"),
        ("서울 종로구 사직동 5", None, ""),
        ("세종 조치원읍 신흥리 산12-3", JOCHIWON, "lot"),
        ("부산 중구 사직로 100", None, ""),
        ("사직로 100", None, ""),
        ("", None, ""),
    ],
)
def test_an_address_finds_its_dong(
    register: AddressRegister, address: str, dong: str | None, level: str
) -> None:
    assert ask(register, address) == [(dong, level)]


def test_the_files_own_sigungu_stands_in_where_an_address_names_none(register: AddressRegister) -> None:
    given = pa.array(["11110", "11140", None, "11110"])
    addresses = ("사직로 100", "사직로 100", "사직로 100", "서울 중구 사직로 100")
    assert ask(register, *addresses, sigungu=given) == [
        (SAJIK, "building"),
        (MYEONG, "building"),
        (None, ""),
        (MYEONG, "building"),
    ]


def test_old_names_of_areas_find_the_register() -> None:
    rows = [("1233010100", "전남광주통합특별시", "광산구", "송정동", None, "0", "1", "0", "123302005001", "상무대로", "0", "233", "0", "1233051000")]  # fmt: skip
    register = AddressRegister.build(table(rows))  # type: ignore[arg-type]
    assert ask(register, "광주 광산구 상무대로 233", "광주광역시 광산구 송정동 1") == [
        ("1233051000", "building"),
        ("1233051000", "lot"),
    ]


def test_points_come_from_deposited_positions(register: AddressRegister) -> None:
    asked = ["서울 종로구 사직로 100", "서울 종로구 사직로 104", "서울 종로구 사직로 101"]
    found = register.match(parse(pa.array(asked)), sidos=DECLARED.sidos)
    np.testing.assert_allclose(
        found["lon"].to_numpy(), [126.97, np.nan, 126.97]
    )  # 101: that of the nearest, 100
    np.testing.assert_allclose(found["lat"].to_numpy(), [37.575, np.nan, 37.575])


def test_a_register_read_in_batches_and_from_disk_is_the_same(
    tmp_path: Path, register: AddressRegister
) -> None:
    batches = AddressRegister.build(iter(table().to_batches(max_chunksize=2)), POSITIONS)
    batches.save(tmp_path / "register")
    loaded = AddressRegister.load(tmp_path / "register")
    asked = parse(pa.array(["서울 종로구 사직로 102", "서울 종로구 청운동 산 5", "서울 종로구 사직로 120"]))
    expected = register.match(asked, sidos=DECLARED.sidos)
    found = loaded.match(asked, sidos=DECLARED.sidos)
    assert found.select(["hjd_code", "level"]).equals(expected.select(["hjd_code", "level"]))
    np.testing.assert_array_equal(found["lon"].to_numpy(), expected["lon"].to_numpy())
    assert len(loaded) == len(register) == 11  # twelve rows, one address twice


def test_an_empty_register_knows_nothing() -> None:
    assert ask(AddressRegister.build(table([])), "서울 종로구 사직로 100") == [(None, "")]
    assert ask(AddressRegister.build(iter([])), "서울 종로구 사직로 100") == [(None, "")]


def test_numbers_out_of_range_and_broken_cells_do_no_harm() -> None:
    rows = [
        ("1111011500", "서울특별시", "종로구", "사직동", "", "x", "999999999", "-1", "1", "사직로", "", "abc", "", SAJIK),
        (None, None, None, None, None, None, None, None, None, None, None, None, None, None),
        ("1111011500", "서울특별시", "종로구", "사직동", "", "0", "1", "0", "1", "사직로", "0", "7", "0", None),
    ]  # fmt: skip
    register = AddressRegister.build(table(rows))
    assert ask(register, "서울 종로구 사직로 99999", "서울 종로구 사직로 7") == [
        (SAJIK, "road"),
        (SAJIK, "road"),
    ]
