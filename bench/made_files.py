"""Made-up files of real forms and sizes, written once into a folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

HEADER = (
    "상가업소번호,상호명,지점명,상권업종대분류코드,상권업종대분류명,상권업종중분류코드,상권업종중분류명,"
    "상권업종소분류코드,상권업종소분류명,표준산업분류코드,표준산업분류명,시도코드,시도명,시군구코드,시군구명,"
    "행정동코드,행정동명,법정동코드,법정동명,지번코드,대지구분코드,대지구분명,지번본번지,지번부번지,지번주소,"
    "도로명코드,도로명,건물본번지,건물부번지,건물관리번호,건물명,도로명주소,구우편번호,신우편번호,동정보,층정보,"
    "호정보,경도,위도"
)
_NAMES = [
    "한우리식당",
    "명가부동산",
    "새벽편의점",
    "햇살카페",
    "자동차정비",
    "늘푸른약국",
    "머리방",
    "떡집",
    "세탁소",
    "치킨",
]
_TRADES = [
    "I2,음식,I201,한식 음식점업,I20101,백반/한정식,I56111,한식 일반 음식점업",
    "G2,소매,G204,종합 소매,G20405,편의점,G47122,체인화 편의점",
    "S2,수리·개인,S207,이용·미용,S20701,미용실,S96112,두발 미용업",
]
_BLOCK = 50_000


def shops(path: Path, rows: int, *, encoding: str = "cp949", changed_every: int = 0, seed: int = 1) -> Path:
    """A shops file of 39 columns (about 460 bytes a row in CP949). Every `changed_every`-th name is another one."""
    with open(path, "wb") as out:
        out.write((HEADER + "\r\n").encode(encoding))
        for first in range(0, rows, _BLOCK):
            rng = np.random.default_rng((seed, first))
            count = min(_BLOCK, rows - first)
            numbers = rng.integers(0, 1_000_000, (count, 7)).tolist()
            places = (rng.random((count, 2)) * [0.2, 0.15] + [126.65, 35.1]).tolist()
            lines = [
                _shop(
                    first + i,
                    *numbers[i],
                    *places[i],
                    bool(changed_every) and (first + i) % changed_every == 0,
                )
                for i in range(count)
            ]
            out.write(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def _shop(
    i: int,
    name: int,
    trade: int,
    dong: int,
    main: int,
    sub: int,
    floor: int,
    b: int,
    lon: float,
    lat: float,
    changed: bool,
) -> str:
    dong, main, sub = dong % 21, main % 1500 + 1, sub % 90
    lot = f"29200{10100 + dong:05d}1{main:04d}{sub:04d}"
    shop = f"{_NAMES[name % 10]}{i % 977}" + ("신" if changed else "")
    return (
        f'MA0101{2022}{i:010d},"{shop}",,{_TRADES[trade % 3]},29,마당광역시,29200,마당구,29200{510 + dong:03d}00,마당{dong}동,'
        f"29200{10100 + dong:05d},마당{dong}법정동,{lot},1,대지,{main},{sub or ''},마당광역시 마당구 마당{dong}동 {main}-{sub},"
        f"292003{160000 + dong},마당광역시 마당구 마당{dong}대로{main % 60}번길,{main % 200},,{lot}00{i % 1000000:06d},"
        f'{"마당타워빌딩" if b % 3 == 0 else ""},"마당광역시 마당구 마당{dong}대로{main % 60}번길, {main % 200}",'
        f"506{dong:03d},622{dong:02d},,{floor % 15 or ''},,{lon:.13f},{lat:.13f}"
    )


def areas(path: Path) -> Path:
    """The 21 made-up dongs that the shops name, as GeoJSON with codes and names: strips side by side."""
    features = []
    for dong in range(21):
        west, east = (126.65 + 0.2 * edge / 21 for edge in (dong, dong + 1))
        ring = [[west, 35.1], [east, 35.1], [east, 35.25], [west, 35.25], [west, 35.1]]
        told = {"adm_cd2": f"29200{510 + dong:03d}00", "adm_nm": f"마당광역시 마당구 마당{dong}동"}
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": told, "geometry": shape})
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8"
    )
    return path


def workbook(path: Path, rows: int) -> Path:
    """An XLSX of 12 columns: ids, names, dates, amounts, shares."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("보조금")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    names = "번호 사업명 부서 대상 교부일 정산일 교부액(원) 집행액(원) 집행률 담당 연락처 비고".split()
    sheet.write_row(0, 0, names)
    for i in range(rows):
        amount = 1_000_000 + i * 37 % 90_000_000
        sheet.write_row(i + 1, 0, [f"{i:07d}", f"사업 {i % 500}", f"부서{i % 40}과", f"단체 {i % 7000}"])
        sheet.write_number(i + 1, 4, 45_000 + i % 700, day)
        sheet.write_number(i + 1, 5, 45_100 + i % 700, day)
        sheet.write_row(
            i + 1, 6, [amount, amount * 9 // 10, 0.9, f"담당{i % 90}", f"062-960-{i % 10000:04d}", ""]
        )
    book.close()
    return path
