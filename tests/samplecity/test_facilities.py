"""Facilities, read back from their files: exact headers, true places, gaps that are there, changes that are told."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from madang.samplecity import Setting
from madang.samplecity.layers.facilities.common import written as written_degrees
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.words import words
from tests.samplecity.facility_files import Files, numbers, written

SETTING = Setting(seed=7, scale=0.05)
# as the forms were published: 15013109, 15012896, 15012892, 15013094, 15021098
HEADERS = {
    "도서관": """도서관명,시도명,시군구명,도서관유형,휴관일,평일운영시작시각,평일운영종료시각,토요일운영시작시각,토요일운영종료시각,
공휴일운영시작시각,공휴일운영종료시각,열람좌석수,자료수(도서),자료수(연속간행물),자료수(비도서),대출가능권수,대출가능일수,
소재지도로명주소,운영기관명,도서관전화번호,부지면적,건물면적,홈페이지주소,위도,경도,데이터기준일자,제공기관코드,제공기관명""",
    "주차장": """주차장관리번호,주차장명,주차장구분,주차장유형,소재지도로명주소,소재지지번주소,주차구획수,급지구분,부제시행구분,운영요일,
평일운영시작시각,평일운영종료시각,토요일운영시작시각,토요일운영종료시각,공휴일운영시작시각,공휴일운영종료시각,요금정보,주차기본시간,
주차기본요금,추가단위시간,추가단위요금,1일주차권요금적용시간,1일주차권요금,월정기권요금,결제방법,특기사항,관리기관명,전화번호,위도,경도,
장애인전용주차구역보유여부,데이터기준일자,제공기관코드,제공기관명""",
    "공중화장실": """개방자치단체코드,관리번호,구분명,근거법령명,화장실명,소재지도로명주소,소재지지번주소,남성용-대변기수,남성용-소변기수,
남성용-장애인용대변기수,남성용-장애인용소변기수,남성용-어린이용대변기수,남성용-어린이용소변기수,여성용-대변기수,여성용-장애인용대변기수,
여성용-어린이용대변기수,관리기관명,전화번호,개방시간,개방시간상세,설치연월,화장실소유구분명,오물처리방식,안전관리시설설치대상여부,비상벨설치여부,
비상벨설치장소,화장실입구CCTV설치유무,기저귀교환대유무,기저귀교환대장소,리모델링연월,데이터기준일자,데이터갱신구분,데이터갱신시점,최종수정시점""",
    "CCTV": """개방자치단체코드,관리번호,관리기관명,소재지도로명주소,소재지지번주소,설치목적구분,카메라대수,카메라화소수,촬영방면정보,보관일수,
설치연월,관리기관전화번호,WGS84위도,WGS84경도,데이터기준일자,데이터갱신구분,데이터갱신시점,최종수정시점""",
    "민방위대피시설": """개방자치단체코드,관리번호,지정일자,해제일자,운영상태,시설명,시설구분,도로명전체주소,소재지전체주소,도로명우편번호,
시설위치(지상/지하),시설면적(㎡),최대수용인원,최종수정시점,데이터갱신구분,데이터갱신시점,위도(도),위도(분),위도(초),경도(도),경도(분),경도(초),
위도(EPSG4326),경도(EPSG4326),좌표정보X(EPSG5179),좌표정보Y(EPSG5179)""",
}
# kind -> name of its file, its columns of east and north, their system
PLACED = {
    "library": ("도서관", "경도", "위도", 4326),
    "parking": ("주차장", "경도", "위도", 4326),
    "cctv": ("CCTV", "WGS84경도", "WGS84위도", 4326),
    "free-wifi": ("무료와이파이", "WGS84경도", "WGS84위도", 4326),
    "security-light": ("보안등", "경도", "위도", 4326),
    "bus-stop": ("버스정류장", "경도", "위도", 4326),
    "hydrant": ("소방용수시설", "경도", "위도", 4326),
    "crosswalk": ("횡단보도", "경도", "위도", 4326),
    "no-smoking-area": ("금연구역", "경도", "위도", 4326),
    "women-safety-house": ("여성안심지킴이집", "경도", "위도", 4326),
    "public-facility": ("공공시설개방", "경도", "위도", 4326),
    "civil-defence-shelter": ("민방위대피시설", "좌표정보X(EPSG5179)", "좌표정보Y(EPSG5179)", 5179),
    "speed-bump": ("과속방지턱", "X좌표", "Y좌표", 5186),
    "trash-bin": ("휴지통", "X좌표(EPSG5174)", "Y좌표(EPSG5174)", 5174),
    "candidate-site": ("공공시설_후보지", "경도", "위도", 4326),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return written(tmp_path_factory.mktemp("facilities"), SETTING)


def places(files: Files, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row numbers and EPSG:5179 coordinates of the clean rows of a file, by their own columns."""
    stem, east, north, epsg = PLACED[kind]
    rows = files.clean(stem)
    to_metres = pyproj.Transformer.from_crs(epsg, 5179, always_xy=True)
    x, y = to_metres.transform(numbers(rows, east), numbers(rows, north))
    return np.array([number for number, _ in rows]), np.asarray(x), np.asarray(y)


@pytest.mark.parametrize("stem", HEADERS)
def test_headers_are_those_of_the_published_form(files: Files, stem: str) -> None:
    path = files.path(stem)
    first = path.read_bytes().decode(files.encoding(path)).splitlines()[0]
    assert first == HEADERS[stem].replace("\n", "")


def test_thirty_kinds_and_more_in_seven_forms(files: Files) -> None:
    paths = [path for path in (files.folder / "1").rglob("*") if path.is_file()]
    assert 30 <= len(paths) <= 40
    assert {path.suffix for path in paths} == {".csv", ".json", ".xlsx", ".hwpx", ".geojson", ".xml"}
    assert {files.encoding(path) for path in paths if path.suffix == ".csv"} == {"cp949", "utf-8-sig"}
    again = [path.name.rpartition("_")[0] for path in (files.folder / "2").rglob("*.csv")]
    assert len(again) >= 6
    assert set(again) <= {path.name.rpartition("_")[0] for path in paths}


@pytest.mark.parametrize("kind", PLACED)
def test_every_facility_lies_in_its_dong(files: Files, kind: str) -> None:
    """By the coordinates of the file, read in the system the file is in."""
    dongs = files.city.get(Ground).dongs
    truth = {int(str(row["row"])): str(row["dong_code"]) for row in files.truth("places", kind=kind, since=1)}
    number, x, y = places(files, kind)
    assert len(number) >= 3
    shape = [dongs.shape[dongs.code.index(truth[at + 1])] for at in number.tolist()]
    assert (shapely.distance(np.array(shape), shapely.points(x, y)) < 0.5).all()


def test_gaps_are_there(files: Files) -> None:
    to_metres = pyproj.Transformer.from_crs(4326, 5179, always_xy=True)
    gaps = files.truth("coverage_gaps")
    assert {gap["kind"] for gap in gaps} == {"library", "parking", "free-wifi", "cctv", "security-light"}
    assert sum(gap["kind"] == "library" for gap in gaps) == 2
    for gap in gaps:
        x, y = to_metres.transform(gap["lon"], gap["lat"])
        _, east, north = places(files, str(gap["kind"]))
        far = np.hypot(east - x, north - y)
        radius = float(str(gap["radius_m"]))
        assert far.min() > radius
        assert far.min() < 8 * radius, "the city goes on around it"
        dong = files.city.get(Ground).dongs_at(np.array([x]), np.array([y]))[0]
        assert files.city.get(Ground).dongs.code[dong] == gap["dong_code"]


def test_addresses_are_those_of_the_street_register(files: Files) -> None:
    houses = files.city.get(Streets).buildings
    road, lot = set(houses.road_address), set(houses.lot_address)
    for stem in ("공중화장실", "CCTV", "금연구역", "소방용수시설", "과속방지턱"):
        for _, row in files.clean(stem):
            assert {row["소재지도로명주소"]} <= road | {""}
            assert row["소재지지번주소"] in lot


def test_stops_stand_at_roads_and_lamps_do_not_stand_in_a_row(files: Files) -> None:
    links = shapely.STRtree(files.city.get(Streets).links.shape)
    for kind in ("bus-stop", "hydrant", "crosswalk"):
        _, x, y = places(files, kind)
        _, far = links.query_nearest(shapely.points(x, y), return_distance=True, all_matches=False)
        assert far.max() < 25
    _, x, y = places(files, "security-light")
    step = np.hypot(np.diff(x), np.diff(y))
    assert len(np.unique(np.round(step, 2))) > 0.9 * len(step)


def test_degrees_in_three_columns_are_the_degrees_beside_them(files: Files) -> None:
    for _, row in files.clean("민방위대피시설"):
        for name in ("위도", "경도"):
            parts = [float(row[f"{name}({unit})"]) for unit in ("도", "분", "초")]
            assert 0 <= parts[1] < 60
            assert 0 <= parts[2] < 60
            whole = parts[0] + parts[1] / 60 + parts[2] / 3600
            assert whole == pytest.approx(float(row[f"{name}(EPSG4326)"]), abs=2e-6)


def test_the_market_opens_on_its_days(files: Files) -> None:
    cycles = {row["시장명"]: row["시장개설주기"] for row in files.rows("전통시장")}
    assert cycles.pop("여울장터") == "2일+7일"
    assert set(cycles.values()) == {"매일"}


def test_feasts_are_held_in_their_dong(files: Files) -> None:
    told = {feast["name"]: feast["dong"] for feast in words("facilities")["festivals"]}
    dongs = files.city.get(Ground).dongs
    for row in files.truth("places", kind="festival"):
        name = str(row["name"]).partition("회 ")[2]
        assert dongs.name[dongs.code.index(str(row["dong_code"]))] == told[name]


def test_no_coordinate_looks_as_if_it_had_been_typed_to_fill_its_cell() -> None:
    assert written_degrees(35.6666661, 6) == "35.666671"
    assert written_degrees(125.3000001, 6) == "125.300005"
    assert written_degrees(35.6512344, 6) == "35.651234"


def test_the_second_delivery_changes_what_is_told_and_nothing_else(files: Files) -> None:
    keys = {"library": ("도서관", "도서관명"), "parking": ("주차장", "주차장관리번호"), "cctv": ("CCTV", "관리번호"),
            "free-wifi": ("무료와이파이", "관리번호"), "civil-defence-shelter": ("민방위대피시설", "관리번호"),
            "ev-charger": ("전기차충전소", "충전소명")}  # fmt: skip
    dated = {"데이터기준일자", "데이터갱신시점", "최종수정시점", "위도", "경도"}
    for kind, (stem, key) in keys.items():
        before = {row[key]: row for row in files.rows(stem)}
        after = {row[key]: row for row in files.rows(stem, 2)}
        new = {("added", name, "") for name in after.keys() - before.keys()}
        changed = {(name, header) for name in before for header in before[name]
                   if header not in dated and before[name][header] != after[name][header]}  # fmt: skip
        told = files.truth("changes", kind=kind)
        assert {("added", row["name"], "") for row in told if row["what"] == "added"} == new
        assert {(row["name"], row["column"]) for row in told if row["what"] != "added"} == changed, kind
        assert told


@pytest.mark.slow
def test_the_same_setting_gives_the_same_bytes(tmp_path: Path, files: Files) -> None:
    again = written(tmp_path, SETTING)

    def digest(folder: Path) -> str:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).hexdigest()

    assert digest(again.folder) == digest(files.folder)
    assert again.truths == files.truths
    assert digest(written(tmp_path / "other", Setting(seed=8, scale=0.05)).folder) != digest(files.folder)
