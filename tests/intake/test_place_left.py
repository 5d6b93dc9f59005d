"""Rows that got no 행정동 are counted by cause, and the receipt says what to do about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.made_up_country import column, deposit, live, made, points, write
from madang.workspace import Workspace


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made(tmp_path_factory.mktemp("country"), "boundaries", "relation", "legal")


ADDRESSES = [
    "서울특별시 다온구 중앙동 12-3",  # found
    "부산광역시 수영구 광안동 12",  # missing
    "부산광역시 수영구 광안로 1",
    "경기도 부천시 심곡동 3",
    "경기도 새빛시 가람동 4",  # 가람동 is two 행정동
    "경기도 새빛시 가람로 3",  # a road, and no addresses are known
    "경기도 새빛시 없는동 3",
    "경기도 새빛시",
    "추후 결정",
    "",
]


def test_addresses_are_told_by_what_they_lack(country: Workspace, tmp_path: Path) -> None:
    rows = [f"{n},{address}" for n, address in enumerate(ADDRESSES)]
    receipt = deposit(country, write(tmp_path, "가게.csv", ["번호,소재지주소", *rows]))
    located = live(country, "가게").facts["located"]
    assert located["left"] == {
        "missing": 3, "several": 1, "road": 1, "unlisted": 1, "upper": 1, "nothing": 2,
    }  # fmt: skip
    assert located["missing"] == {"부산광역시": 2, "경기도 부천시": 1}
    (reason,) = [each for each in receipt.reasons if each.code == "places_left"]
    assert "10행 가운데 9행" in reason.text()
    assert "부산광역시 2행, 경기도 부천시 1행" in reason.text()
    assert "madang rekey 가게" in reason.text()
    assert receipt.verdict == "accepted"


def test_codes_and_names_of_other_areas_are_missing_too(country: Workspace, tmp_path: Path) -> None:
    codes = ["41910", "26500", "26500", "11810"] * 3
    rows = [f"{n},{code}" for n, code in enumerate(codes)]
    deposit(country, write(tmp_path, "코드.csv", ["번호,시군구코드", *rows]))
    located = live(country, "코드").facts["located"]
    assert located["left"] == {"missing": 6, "upper": 6}
    assert located["missing"] == {"부산광역시": 6}
    rows = [f"{n},경기도,{name}" for n, name in enumerate(["새빛시", "부천시", "한솔군"] * 3)]
    deposit(country, write(tmp_path, "이름.csv", ["번호,시도명,시군구명", *rows]))
    assert live(country, "이름").facts["located"]["missing"] == {"경기도 부천시": 3}


def test_points_beyond_the_known_areas_are_outside(country: Workspace, tmp_path: Path) -> None:
    rows = [f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(points(36))]
    rows[4] = "4,36.9876543,126.1234321"
    deposit(country, write(tmp_path, "정류장.csv", ["번호,위도,경도", *rows]))
    assert live(country, "정류장").facts["located"]["left"] == {"outside": 1}


def test_where_every_row_is_found_nothing_is_said(country: Workspace, tmp_path: Path) -> None:
    rows = [f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(points(36))]
    receipt = deposit(country, write(tmp_path, "쉼터.csv", ["번호,위도,경도", *rows]))
    assert receipt.reasons == ()
    assert None not in column(country, "쉼터", "dong_code")
