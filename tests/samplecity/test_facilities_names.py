"""What facilities are called and when they are open: names fit the kind and are told apart, cells of a row agree."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from madang.samplecity import Setting
from madang.samplecity.layers import grown, streams
from madang.samplecity.layers.facilities.called import called
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.words import words
from tests.samplecity.facility_files import Files, Row, written

pytestmark = pytest.mark.slow  # they share one city

SERIAL = re.compile(r" \d+$|제\d+(초등학교|중학교|고등학교|어린이집|경로당|작은도서관)|\D\d(중|고등)학교")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return written(tmp_path_factory.mktemp("facilities"), Setting(seed=7, scale=0.05))


def clean(files: Files, stem: str) -> list[Row]:
    return [row for _, row in files.clean(stem)]


NAMED = {
    "도서관": "도서관명", "박물관미술관": "시설명", "문화축제": "축제명", "전통시장": "시장명", "어린이보호구역": "대상시설명",
    "무더위쉼터": "쉼터명칭", "지진옥외대피장소": "지진옥외대피장소명", "주차장": "주차장명", "무인민원발급기": "발급기명", "가로수길": "가로수길명",
}  # fmt: skip


@pytest.mark.parametrize("stem", NAMED)
def test_names_are_told_apart_without_numbers_behind_them(files: Files, stem: str) -> None:
    names = [row[NAMED[stem]] for row in clean(files, stem)]
    assert names
    assert len(set(names)) == len(names)
    assert [name for name in names if SERIAL.search(name)] == []


def test_buildings_that_were_only_counted_have_names_of_their_own() -> None:
    names = [f"새솔2제{number}{kind}" for kind in ("경로당", "어린이집", "고등학교", "119안전센터") for number in range(1, 200)]  # fmt: skip
    found = called([*names, "새솔고등학교", "새솔마을 3단지", "여울119안전센터", ""])
    assert found[-4:] == ("새솔고등학교", "새솔마을 3단지", "여울119안전센터", "")
    assert [(old, new) for old, new in zip(names, found, strict=False) if SERIAL.search(new)] == []
    assert all(new.endswith(("경로당", "어린이집", "고등학교", "119안전센터")) for new in found[: len(names)])
    assert found == called([*names, "새솔고등학교", "새솔마을 3단지", "여울119안전센터", ""])
    few = called([f"다온1제{number}초등학교" for number in range(1, 30)])
    assert len(set(few)) == 29
    assert few[0] == "다온초등학교"


def test_libraries_are_called_what_they_are(files: Files) -> None:
    for row in clean(files, "도서관"):
        name, kind = row["도서관명"], row["도서관유형"]
        assert name.endswith({"공공도서관": "도서관"}.get(kind, kind))
        assert (kind == "공공도서관") == (not name.endswith(("작은도서관", "어린이도서관")))
        assert len(name) > len("작은도서관") or kind == "공공도서관"


def test_what_is_closed_on_a_day_has_no_hours_on_it(files: Files) -> None:
    for row in clean(files, "도서관"):
        assert ("토요일" in row["휴관일"]) == (row["토요일운영종료시각"] == "00:00")
    for row in clean(files, "공공시설개방"):
        assert ("토요일" in row["휴관일"]) == (row["주말운영종료시각"] == "")
    for row in clean(files, "주차장"):
        for day in ("토요일", "공휴일"):
            if day not in row["운영요일"]:
                assert row[f"{day}운영시작시각"] == row[f"{day}운영종료시각"] == "00:00"
    for row in clean(files, "공중화장실"):
        assert (row["개방시간"] == "상시") == (row["개방시간상세"] == "00:00~24:00")


def test_feasts_are_held_once_in_their_season(files: Files) -> None:
    told = words("facilities")["festivals"]
    assert len({feast["name"] for feast in told}) == len({feast["dong"] for feast in told}) == len(told) >= 14
    for row in clean(files, "문화축제"):
        assert re.fullmatch(r"제\d+회 \D+", row["축제명"])


def test_museums_say_what_they_show(files: Files) -> None:
    for row in clean(files, "박물관미술관"):
        texts = dict(words("facilities")["museum"][row["박물관미술관구분"]])
        word = row["시설명"].removesuffix(f" {row['박물관미술관구분']}")
        assert texts.get(word, texts.get(word.partition(" ")[2])) == row["박물관미술관소개"]


def test_lights_for_walkers_show_no_arrows(files: Files) -> None:
    for row in clean(files, "신호등"):
        assert row["신호등화방식"][0] in {"보행등": "2", "차량등": "34"}[row["신호등구분"]]
        assert ("좌회전" in row["신호등화순서"]) == (row["신호등화방식"] == "4색등")
        assert row["신호등화순서"].count("+") == row["신호등화시간"].count("+")


def test_rows_of_trees_are_long_and_of_their_tree(files: Files) -> None:
    trees = words("facilities")["street-tree"]["나무"]
    for row in clean(files, "가로수길"):
        metres, count = float(row["가로수길길이"]) * 1000, int(row["가로수수량"])
        assert metres >= 100
        assert 5 <= metres / count <= 10
        assert row["가로수길명"].endswith(trees[row["가로수종류"]][0])
        assert not [tree for tree in trees if tree in row["도로명"] and tree != row["가로수종류"]]


def test_stops_are_called_after_places(files: Files) -> None:
    names = Counter(row["정류장명"] for row in clean(files, "버스정류장"))
    roads = {re.escape(name) for name in files.city.get(Streets).roads.name if not name.endswith("길")}
    assert not [
        name
        for name in names
        if re.fullmatch(rf"({'|'.join(sorted(roads))}) (앞|다리|건너|아파트|마을|사거리|입구)", name)
    ]
    assert sum(name.endswith("교차로") for name in names) > 3


def test_courses_are_held_when_and_for_whom_their_name_says(files: Files) -> None:
    online = words("facilities")["lifelong-course"]["온라인강좌"]
    for row in clean(files, "평생학습강좌"):
        name = row["강좌명"]
        assert not name.startswith("주말") or row["운영요일"] in ("토", "일", "토+일")
        assert not name.startswith("저녁") or row["교육시작시각"] >= "18:00"
        assert not name.startswith("어르신") or row["교육대상구분"] == "어르신"
        assert not name.startswith("어린이") or row["교육대상구분"] == "어린이"
        assert row["교육방법구분"] == "오프라인" or any(subject in name for subject in online)


def test_wifi_hangs_where_it_can_hang_and_no_railway_is_below_ground(files: Files) -> None:
    spots = {each.get("name", ""): each for each in words("facilities")["free-wifi"]["곳"]}
    for row in clean(files, "무료와이파이"):
        for name in ("버스정류장", "쉼터", "상점가"):
            if row["설치장소명"].endswith(f" {name}"):
                assert row["설치장소상세"] in spots[name]["spots"]
                assert row["설치시설구분명"] == spots[name]["kind"]
    for row in clean(files, "무인민원발급기"):
        assert "지하철" not in row["설치장소상세위치"]
        assert (row["설치장소상세위치"] == "대합실") == row["설치장소위치"].endswith(("역", "터미널"))


@pytest.mark.parametrize(
    ("stem", "header"),
    [("전통시장", "전화번호"), ("도서관", "도서관전화번호"), ("박물관미술관", "운영기관전화번호")],
)
def test_houses_have_telephones_of_their_own(files: Files, stem: str, header: str) -> None:
    phones = [row[header] for row in clean(files, stem)]
    assert len(set(phones)) == len(phones)


def test_the_counted_car_parks_are_those_of_the_list(files: Files, tmp_path: Path) -> None:
    """Numbers, names, spaces and places of the files of both layers, joined by their number."""
    city = grown(files.city.setting, "streams")
    for paper in streams.papers(city, city.deliveries[0]):
        paper.write(tmp_path / "1")
    live = Files(city, tmp_path, [], {})
    listed = {row["주차장관리번호"]: row for row in clean(files, "주차장")}
    known = {row["주차장관리번호"] for row in files.rows("주차장")}
    seen = {row["주차장관리번호"]: row for row in _utf8(live, "주차장_실시간")}
    sites = {row["관측지점코드"]: row for row in live.rows("관측지점")}
    assert len(seen) == 12
    assert seen.keys() <= known
    for number, row in seen.items():
        if number not in listed:
            continue
        own = listed[number]
        assert own["주차장구분"] == "공영"
        assert own["주차장명"] == row["주차장명"]
        assert own["주차구획수"] == row["총주차면수"] == sites[number]["주차면수"]
        for name in ("위도", "경도"):
            assert np.isclose(float(own[name]), float(sites[number][name]), atol=2e-6)


def _utf8(files: Files, stem: str) -> list[Row]:
    lines = files.path(stem).read_text("utf-8-sig").splitlines()
    headers = lines[0].split(",")
    return [dict(zip(headers, line.split(","), strict=True)) for line in lines[1:]]
