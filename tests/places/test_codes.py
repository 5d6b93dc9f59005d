"""Which system a column of codes is written in, and what 행정동 a code names."""

from __future__ import annotations

import pyarrow as pa
import pytest

from madang.declarations.places import SHIPPED, load_places
from madang.places.codes import Relation, detect_system, to_dong, to_sigungu

SIDOS = load_places(SHIPPED).sidos
# made up after the real ones: 사직동 and 삼청동 of 종로구 as 행정동, 청운동 and 사직동 as legal dongs
HJD = ["1111053000", "1111054000", "1111051500"]
BJD = ["1111010100", "1111011500", "1111014000"]


@pytest.mark.parametrize(
    ("codes", "system"),
    [
        (HJD, "HJD"),
        (BJD, "BJD"),
        (["11110530", "11110540", "41110510"], "HJD8"),
        (["41110", "41111", "51110", "26110"], "SIGUNGU"),
        (["21010", "31011", "39020"], "SGIS"),
        (["1101053", "2105052", "3901011"], "SGIS"),
        (["3000000", "3220000", "6110000"], "OPN7"),
        (["1168010100107360005", "1168010100107370000"], "PNU"),
        (["1168010100107360005000001"], "BUILDING"),
        (["111104100289", "111103100014"], "ROAD"),
        (["26", "41", "48"], "SIDO"),
        (["01", "02", "08"], "KDCA"),
        (["41110.0", " 41111 ", "26110"], "SIGUNGU"),  # as a spreadsheet leaves them
        (["1111000000", "4111100000"], "HJD"),  # 시군구 in ten digits: the same in both systems
    ],
)
def test_a_column_of_codes_tells_its_system(codes: list[str], system: str) -> None:
    assert detect_system(pa.array(codes), {}, SIDOS).system == system


def test_five_digits_of_seoul_alone_are_not_decided() -> None:
    """11110 is 종로구 of 행정안전부 and 노원구 of 통계청."""
    found = detect_system(pa.array(["11110", "11140", "11170", "11200", "11230"]), {}, SIDOS)
    assert found.system == ""
    assert "통계청" in found.because


def test_a_list_of_known_codes_decides_what_digits_cannot() -> None:
    known = {"SIGUNGU": pa.array(["11110", "11140", "11170"]), "SGIS": pa.array(["11010", "11020", "11110"])}
    found = detect_system(pa.array(["11110", "11140", "11170"]), known, SIDOS)
    assert (found.system, found.share) == ("SIGUNGU", 1.0)
    registered = {"HJD": pa.array(["1111053000", "1114055000"])}
    assert detect_system(pa.array(["11110", "11140"]), registered, SIDOS).system == "SIGUNGU"
    assert detect_system(pa.array(["11110530"]), registered, SIDOS).system == "HJD8"
    assert detect_system(pa.array(["11010", "11020", "11250"]), registered, SIDOS).system == "SGIS"


def test_postcodes_and_dates_are_no_codes_of_areas() -> None:
    postcodes = ["03139", "61057", "04524", "63309", "61124", "06236"]
    assert detect_system(pa.array(postcodes), {}, SIDOS).system == ""
    assert detect_system(pa.array(["20230101", "20221231"]), {}, SIDOS).system == ""
    assert detect_system(pa.array([None, ""]), {}, SIDOS).system == ""


def test_a_legal_dong_leads_to_an_administrative_one_only_where_there_is_one() -> None:
    # 청운동 lies in 청운효자동 alone; 신림동 in many
    relation = Relation.build(
        pa.array(["1100000000", "1111051500", "1111051500", "1162069500", "1162071500", "4182025000"]),
        pa.array(["1100000000", "1111010100", "1111010200", "1162010200", "1162010200", "4182025021"]),
    )
    asked = pa.array(["1111010100", "1162010200", "4182025021", "4182025000", "9999999999", None])
    assert relation.to_admin(asked).to_pylist() == ["1111051500", "", "4182025000", "4182025000", "", None]
    parcel = pa.array(["1111010100100010002", "1162010200100010002"])
    assert to_dong(parcel, "PNU", relation=relation).to_pylist() == ["1111051500", None]


def test_codes_of_administrative_dongs_in_each_spelling() -> None:
    assert to_dong(pa.array(["11680640", "11680000"]), "HJD8").to_pylist() == ["1168064000", None]
    assert to_dong(pa.array(["1168064000", "1168000000"]), "HJD").to_pylist() == ["1168064000", None]
    crosswalk = (pa.array(["1101053"]), pa.array(["1111053000"]))
    assert to_dong(pa.array(["1101053", "1101054"]), "SGIS", crosswalk=crosswalk).to_pylist() == [
        "1111053000",
        None,
    ]
    assert to_dong(pa.array(["1101053"]), "SGIS").to_pylist() == [None]


def test_the_sigungu_of_a_code() -> None:
    assert to_sigungu(pa.array(["1168010100107360005", "1100000000"]), "PNU").to_pylist() == ["11680", None]
    assert to_sigungu(pa.array(["11010"]), "SGIS").to_pylist() == [None]
