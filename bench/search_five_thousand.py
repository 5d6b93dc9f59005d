"""Search over 5,000 made-up titles: seconds of a rebuild, milliseconds of a query by the way it is answered."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from madang.find import Doc, Index

CITIES = (
    "광산구 도봉구 창원시 군산시 서울특별시 부산광역시 종로구 해운대구 수원시 전주시 강릉시 제주시".split()
)
KINDS = "공영 노상 무료 어린이 장애인 전통시장 임시 민간 거주자우선 마을 작은 개방 야간 우수".split()
THINGS = (
    "주차장 화장실 도서관 공원 경로당 어린이집 체육시설 음식점 약국 병원 버스정류장 가로등 와이파이 인구 민원 쓰레기 하천 "
    "문화재 대피소 예산 공동주택 도로 가로수 무인민원발급기 전기차충전소 자전거도로 마을회관 배수펌프장"
).split()
FORMS = "현황 정보 목록 위치 이용현황 통계 요금 운영현황 설치현황 월별현황".split()
COLUMNS = "시설명 소재지도로명주소 위도 경도 관리기관명 전화번호 데이터기준일자 요금정보 운영시간 면적 구획수".split()
QUERIES = {
    "a word": "주차장",
    "a word of nearly all": "현황",
    "one syllable": "강",
    "two words": "도봉구 도서관",
    "synonym": "공영주차",
    "initials": "ㅈㅊㅈ",
    "typo": "주자장",
    "keyboard": "wnckwkd",
    "a column": "구획수",
    "nothing": "없는말찾기",
}


def docs(number: int, seed: int = 7) -> Iterator[Doc]:
    """So many made-up datasets, the same for the same seed."""
    rng = random.Random(seed)
    for at in range(number):
        city, kind, thing, form = (rng.choice(choices) for choices in (CITIES, KINDS, THINGS, FORMS))
        title = f"{city} {kind} {thing} {form} {rng.randint(2015, 2026)}"
        description = f"{city}에 있는 {kind} {thing}의 {form}입니다. 매 분기 갱신합니다."
        yield Doc(f"d{at}", title, description, tuple(rng.sample(COLUMNS, 7)), thing, f"{city}청", 1)


def measure(index: Index, times: int = 31) -> dict[str, float]:
    """Median milliseconds of each query."""
    medians = {}
    for name, text in QUERIES.items():
        seconds = []
        for _ in range(times):
            began = time.perf_counter()
            index.search(text)
            seconds.append(time.perf_counter() - began)
        medians[name] = 1000 * statistics.median(seconds)
    return medians


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder) / "search.db")
        began = time.perf_counter()
        count = index.rebuild(docs(5000))
        print(f"rebuild of {count:,} datasets: {time.perf_counter() - began:.2f} s, "
              f"{index.path.stat().st_size / 1e6:.1f} MB")  # fmt: skip
        medians = measure(index)
        for name, milliseconds in medians.items():
            hits = index.search(QUERIES[name], 1)
            answer = f"{hits[0].reason} in {hits[0].field}: {hits[0].title}" if hits else "nothing"
            print(f"{name:>22} {QUERIES[name]:<12} {milliseconds:6.1f} ms  {answer}")
        print(f"median of the medians: {statistics.median(medians.values()):.1f} ms")


if __name__ == "__main__":
    main()
