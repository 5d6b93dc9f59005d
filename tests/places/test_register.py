"""The register of areas from boundary layers as public bodies hand them out, here of a made-up corner of two cities."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from madang.places.codes import Sido
from madang.places.register import Register, positions
from madang.places.register_build import AreaLayer, CodeList, build_register

SIDOS = (
    Sido("서울특별시", "서울", "11", "11"),
    Sido("부산광역시", "부산", "26", "21"),
    Sido("강원특별자치도", "강원", "51", "32", also=("강원도",), old=("42",)),
)
# Seoul, as 행정안전부 and as Statistics Korea know it; unit squares side by side
SEOUL = [
    ("1111053000", "1101053", "서울특별시 종로구 사직동"),
    ("1111061500", "1101061", "서울특별시 종로구 종로1·2·3·4가동"),
    ("1114052000", "1102052", "서울특별시 중구 소공동"),
    ("1114054000", "1102054", "서울특별시 중구 명동"),
]
BUSAN = [
    ("2611051000", "2101051", "부산광역시 중구 중앙동"),
    ("2611053000", "2101053", "부산광역시 중구 대청동"),
    ("2611056000", "2101056", "부산광역시 중구 광복제1동"),
]
LIST = CodeList(
    "codes@1",
    pa.array(["1111000000", *(row[0] for row in (*SEOUL, *BUSAN))]),
    pa.array(["서울특별시 종로구", *(row[2].replace("·", ".") for row in (*SEOUL, *BUSAN))]),
)


def squares(number: int, west: float) -> pa.Array:
    return pa.array(
        shapely.to_wkb([shapely.box(west + k, 37, west + k + 1, 38) for k in range(number)]).tolist()
    )


def layer(source: str, as_of: date | None, west: float, **columns: list[str | None]) -> AreaLayer:
    number = len(next(iter(columns.values())))
    return AreaLayer(
        source,
        as_of,
        squares(number, west),
        {name: pa.array(cells, pa.string()) for name, cells in columns.items()},
    )


def seoul_of_the_ministry(as_of: date = date(2021, 4, 1), west: float = 126.0) -> AreaLayer:
    return layer(
        f"seoul@{as_of.year}",
        as_of,
        west,
        OBJECTID=[str(k) for k in range(4)],
        adm_nm=[row[2] for row in SEOUL],
        adm_cd=[row[1] for row in SEOUL],
        adm_cd2=[row[0] for row in SEOUL],
        sgg=[row[0][:5] for row in SEOUL],
        sido=["11"] * 4,
        sidonm=["서울특별시"] * 4,
        sggnm=[row[2].split()[1] for row in SEOUL],
    )


def country_of_statistics(as_of: date = date(2018, 1, 1)) -> AreaLayer:
    rows = (*SEOUL, *BUSAN)
    bare = [row[2].split()[-1].replace("제1동", "1동") for row in rows]
    return layer("country@1", as_of, 126.0, name=bare, base_year=["2018"] * 7, code=[row[1] for row in rows])


def test_the_ten_digit_code_and_the_full_name_are_found_whatever_the_columns_are_called() -> None:
    named = seoul_of_the_ministry()
    renamed = AreaLayer(
        named.source,
        named.as_of,
        named.geometry,
        {f"F{at}": cells for at, cells in enumerate(reversed(named.columns.values()))},
    )
    for each in (named, renamed):
        register = build_register([each], [], SIDOS)
        assert register.codes.to_pylist() == [row[0] for row in SEOUL]
        assert register.names.to_pylist() == [row[2] for row in SEOUL]
        assert register.crosswalk[0].to_pylist() == [row[1] for row in SEOUL]
        assert register.dongs.valid_from.to_pylist() == [date(2021, 4, 1)] * 4
        assert register.notes == ()


def test_eight_digits_are_filled_up() -> None:
    eight = layer("s@1", None, 126.0, cd=[row[0][:8] for row in SEOUL], nm=[row[2] for row in SEOUL])
    assert build_register([eight], [LIST], SIDOS).codes.to_pylist() == [row[0] for row in SEOUL]


def test_codes_of_statistics_korea_are_bridged_by_names_however_they_are_spelled() -> None:
    register = build_register([country_of_statistics()], [LIST], SIDOS)
    assert register.codes.to_pylist() == [row[0] for row in (*SEOUL, *BUSAN)]
    assert register.names[1].as_py() == "서울특별시 종로구 종로1.2.3.4가동"
    assert register.sigungus.codes.to_pylist() == ["11110", "11140", "26110"]
    assert register.sigungus.names.to_pylist() == ["서울특별시 종로구", "서울특별시 중구", "부산광역시 중구"]


def test_what_no_list_knows_keeps_its_shape_without_a_code_and_is_counted() -> None:
    known = CodeList("codes@1", LIST.codes.slice(0, 7), LIST.names.slice(0, 7))  # without 광복제1동
    register = build_register([country_of_statistics()], [known], SIDOS)
    assert register.codes.to_pylist()[-1] is None
    assert register.names.to_pylist()[-1] == "광복1동"
    assert [("1개" in note, "7개" in note) for note in register.notes] == [(True, True)]
    lon, lat = [132.5, 130.5, 126.5, 140.0], [37.5] * 4
    assert register.locate(lon, lat).tolist() == [6, 4, 0, -1]
    assert register.dong_code(lon, lat).to_pylist() == [None, "2611051000", "1111053000", None]


def test_each_province_comes_from_one_layer_own_codes_first_then_the_newest() -> None:
    register = build_register(
        [
            country_of_statistics(date(2024, 1, 1)),
            seoul_of_the_ministry(date(2015, 1, 1)),
            seoul_of_the_ministry(),
        ],
        [LIST],
        SIDOS,
    )
    assert register.dongs.sources.to_pylist() == ["seoul@2021"] * 4 + ["country@1"] * 3
    assert register.codes.null_count == 0
    assert any("seoul@2015" in note for note in register.notes)


def test_a_layer_of_one_district_does_not_push_out_the_rest_of_its_city() -> None:
    whole = seoul_of_the_ministry()
    one = AreaLayer(
        "jongno@1",
        date(2025, 1, 1),
        whole.geometry.slice(0, 1),
        {k: v.slice(0, 1) for k, v in whole.columns.items()},
    )
    assert set(build_register([whole, one], [], SIDOS).dongs.sources.to_pylist()) == {"seoul@2021"}


def test_old_and_new_digits_of_a_province_are_one_province() -> None:
    old = layer("old@1", date(2020, 1, 1), 127.0, c=["4211051000"], n=["강원도 춘천시 신북읍"])
    new = layer("new@1", date(2024, 1, 1), 127.0, c=["5111051000"], n=["강원특별자치도 춘천시 신북읍"])
    assert build_register([old, new], [], SIDOS).codes.to_pylist() == ["5111051000"]


def test_districts_give_names_and_stand_in_where_dongs_have_no_shape() -> None:
    districts = layer(
        "gu@1",
        date(2015, 1, 1),
        130.0,
        SIG_CD=["11110", "26110"],
        SIG_KOR_NM=["종로구", "중구"],
        PK=["1", "2"],
    )
    register = build_register([seoul_of_the_ministry(), districts], [LIST], SIDOS)
    assert register.sigungus.codes.to_pylist() == ["11110", "11140", "26110"]
    assert [shape is not None for shape in register.sigungus.polygons] == [True, False, True]
    lon, lat = [126.5, 130.5, 131.5], [37.5] * 3
    assert register.area_code(lon, lat).to_pylist() == ["1111053000", None, "26110"]
    assert register.dong_code(lon, lat).to_pylist() == ["1111053000", None, None]


def test_boundaries_of_legal_dongs_and_of_nothing_are_left_out_and_said() -> None:
    legal = layer("legal@1", None, 126.0, EMD_CD=["11110101", "11110102"], EMD_KOR_NM=["청운동", "신교동"])
    parks = layer("parks@1", None, 126.0, name=["남산공원", "서울숲"], size=["12", "34"])
    register = build_register([legal, parks], [LIST], SIDOS)
    assert len(register.dongs) == 0
    assert [note.split(":")[0] for note in register.notes] == ["legal@1", "parks@1"]
    assert register.locate([126.5], [37.5]).tolist() == [-1]


def test_invalid_and_broken_shapes_are_repaired_or_left_empty() -> None:
    bow_tie = shapely.to_wkb(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    spike = shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)]))
    columns = {"c": pa.array([row[0] for row in SEOUL]), "n": pa.array([row[2] for row in SEOUL])}
    odd = AreaLayer("odd@1", None, pa.array([bow_tie, spike, None, b"\x01\x02"], pa.binary()), columns)
    register = build_register([odd], [], SIDOS)
    assert shapely.area(register.polygons[0]) == 2.0
    assert [shape is None for shape in register.polygons] == [False, True, True, True]
    assert register.locate([1.9], [1.0]).tolist() == [0]


def test_parts_of_one_area_become_one_area() -> None:
    twice = layer(
        "t@1", None, 126.0, c=[SEOUL[0][0]] * 2 + [SEOUL[1][0]], n=[SEOUL[0][2]] * 2 + [SEOUL[1][2]]
    )
    register = build_register([twice], [], SIDOS)
    assert register.codes.to_pylist() == ["1111053000", "1111061500"]
    assert shapely.area(register.polygons).tolist() == [2.0, 1.0]


def test_layers_that_overlap_are_told_with_the_area() -> None:
    one = seoul_of_the_ministry()
    other = layer("busan@1", None, 129.5, c=[row[0] for row in BUSAN], n=[row[2] for row in BUSAN])
    notes = build_register([one, other], [], SIDOS).notes
    assert len(notes) == 1
    assert "1곳" in notes[0]  # the fourth square and the fifth share half a degree


def test_equal_contents_have_one_version_and_the_saved_register_answers_the_same(tmp_path: Path) -> None:
    made = [build_register([country_of_statistics()], [LIST], SIDOS) for _ in range(2)]
    other = build_register([country_of_statistics(date(2019, 1, 1))], [LIST], SIDOS)
    assert made[0].version == made[1].version != other.version
    made[0].save(tmp_path / "r")
    made[0].save(tmp_path / "r")
    loaded = Register.load(tmp_path / "r")
    assert loaded.version == made[0].version
    assert loaded.dongs.table().equals(made[0].dongs.table())
    lon = np.linspace(125.5, 132.5, 50)
    assert loaded.locate(lon, lon * 0 + 37.5).tolist() == made[0].locate(lon, lon * 0 + 37.5).tolist()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r"]


def test_positions_of_codes() -> None:
    assert positions(pa.array(["a", "b", None]), ["b", "z", "a"]).tolist() == [1, -1, 0]
