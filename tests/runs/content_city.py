"""The made-up city at its smallest, with what the shipped tables and indicators read, and its files as pandas reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from madang.samplecity import Setting
from madang.samplecity.city import City
from madang.samplecity.layers import layers
from madang.workspace import Workspace

SETTING = Setting(seed=7, scale=0.03)
FIRST = ("행정동경계", "행정동_법정동_연계")
LICENCES = "미용업 세탁업 일반음식점 제과점영업 휴게음식점"
WANTED = set(
    f"""{" ".join(FIRST)} {LICENCES} 격자인구_100m
    CCTV 무더위쉼터 보안등 소방용수시설 안전비상벨 어린이보호구역 횡단보도 과속방지턱 주차장 버스정류장 전기차충전소 도서관 공공시설개방
    도시공원 공중화장실 무인민원발급기 평생학습강좌 공원시설_점검결과 민원접수 언론보도 일별기상 교통소통_1분 카드매출_월별 지원사업_대상점포
    주민등록인구_5세별_월별 주민등록인구_연령별_연말 전출입_행정동별 인구동태 세대원수별_세대 거주인구_한국인_외국인""".split()
)


@dataclass(frozen=True)
class Files:
    """The newest file of each name, and the tables of what was planted."""

    newest: dict[str, Path]
    truths: dict[str, pa.Table]

    def frame(self, stem: str) -> pd.DataFrame:
        """A CSV file as text."""
        path = self.newest[stem]
        encoding = "utf-8-sig" if path.read_bytes().startswith(b"\xef\xbb\xbf") else "cp949"
        try:
            return pd.read_csv(path, dtype=str, encoding=encoding)
        except UnicodeDecodeError:
            return pd.read_csv(path, dtype=str, encoding="utf-8")

    def numbers(self, stem: str, column: str) -> pd.Series:
        """A column of numbers: what is none is missing."""
        return pd.to_numeric(self.frame(stem)[column].str.replace(",", ""), errors="coerce")

    def truth(self, name: str) -> pd.DataFrame:
        return self.truths[name].to_pandas()


def written(folder: Path) -> Files:
    """The files that are wanted of both deliveries, the newer of each."""
    city = City(SETTING)
    newest: dict[str, Path] = {}
    truths: dict[str, pa.Table] = {}
    for name, layer in layers("facilities", "people", "shops", "voices", "weather", "streams"):
        layer.build(city)
        for delivery in city.deliveries:
            for paper in layer.papers(city, delivery):
                stem = Path(paper.path).stem.rpartition("_")[0]
                if stem in WANTED:
                    paper.write(folder / str(delivery.number))
                    newest[stem] = folder / str(delivery.number) / paper.path
        truths |= {f"{name}/{each}": table for each, table in layer.truths(city).items()}
    _thin(newest["교통소통_1분"])
    return Files(newest, truths)


def _thin(path: Path) -> None:
    """Every 41st of the minutes of the roads: what is measured over them is a mean."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"".join(lines[1::41]))


def deposited(folder: Path, files: Files) -> Workspace:
    ws = Workspace.init(folder, area_code="9911000000", synthetic=True)
    for stem in sorted(files.newest, key=lambda stem: (stem not in FIRST, stem)):
        ws.deposit(files.newest[stem])
    return ws
