"""How well a table fits one standard: its headers against the aliases, then its values against what columns hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from madang.declarations.headers import forms, normalise
from madang.declarations.standard import Shape, Standard, StandardColumn
from madang.intake.cellfit import fit_of
from madang.intake.wide import WideHeader, wide_headers
from madang.messages import text

THRESHOLD = 0.6  # below it a table is generic
_REQUIRED_SHARE = 0.6  # of the weight of the required columns
_FEW = 6  # a standard of so few columns is told by all that are required
_DISTINCTIVE = 2  # rare headers needed, unless the standard has fewer
_LOOKED_AT = 250  # rows of the sample, spread over it
_RARE = 0.5  # a header that weighs this says what a table is
_COMMON_WEIGHT = 0.2
# headers that dozens of public forms share: they place a table nowhere
_SHARED_BY_MANY = """
번호 연번 순번 구분 이름 명칭 코드 비고 특기사항 위도 경도 WGS84위도 WGS84경도 X좌표 Y좌표 좌표X 좌표Y 주소 도로명주소 지번주소
소재지도로명주소 소재지지번주소 전화번호 관리기관명 관리기관전화번호 관리번호 홈페이지 홈페이지주소 데이터기준일자 데이터기준일
제공기관코드 제공기관명 시도명 시군구명 시도코드 시군구코드 휴관일 운영요일 평일운영시작시각 평일운영종료시각 토요일운영시작시각
토요일운영종료시각 공휴일운영시작시각 공휴일운영종료시각 개방시간 설치연월 설치년월 설치연도 설치년도 개방자치단체코드
데이터갱신구분 데이터갱신일자 데이터갱신시점 최종수정시점 운영기관명 행정구역 행정구역코드 행정구역명 행정구역(시군구)별 행정동코드
행정기관 행정기관코드 행정기관명 성별 나이 인구 기준연월 시도 시군구 자치구 행정동 읍면동 동 구 기간 연도 분기 날짜 일자 일시 지역 지점
지점명 면적 시설명 시설구분 시설면적 설치장소 설치위치 설치장소명 관리기관 관리부서 담당부서 담당부서명 연락처 소재지 수량 개수 계 합계 분류
법정동코드 법정동명 행정동명 읍면동명 도로명 도로명코드 건물명 우편번호 지정일자 설치일자 운영기관전화번호 경도위도 상태 등록일 작성일
rdnmadr lnmadr latitude longitude hardness phoneNumber institutionNm referenceDate insttCode insttNm ctprvnNm signguNm homepageUrl
MNG_NO LCTN_ROAD_NM_ADDR LCTN_LOTNO_ADDR WGS84_LAT WGS84_LOT LAT LOT MNG_INST_NM MNG_INST_TELNO TELNO DAT_CRTR_YMD DAT_UPDT_SE
DAT_UPDT_PNT LAST_MDFCN_PNT OPN_ATMY_GRP_CD CTPV_NM SGG_NM name code id date x y lat lon lng geometry address type tm
"""
_REPEATED = re.compile(r"_\d{1,3}$")
COMMON = frozenset(normalise(label) for label in _SHARED_BY_MANY.split())
GEOMETRY = "geometry"  # label of the column in which readers stage shapes
_WKB: dict[Shape, str] = {  # how hexadecimal WKB of a kind begins: either byte order, two or three dimensions
    "point": r"^(01(01|04)0000|00000000(01|04))",
    "line": r"^(01(02|05)0000|00000000(02|05))",
    "area": r"^(01(03|06)0000|00000000(03|06))",
}


@dataclass(frozen=True)
class Match:
    """How one standard fits: its mapping (by position of the header) and the scores it is judged by."""

    standard: Standard
    mapping: dict[int, StandardColumn]
    because: dict[int, str]
    wide: tuple[WideHeader, ...]
    required: float  # share of the weight of required columns that are present
    distinctive: int  # rare headers matched
    score: float

    @property
    def accepted(self) -> bool:
        if self.score < THRESHOLD:
            return False
        wanted = min(_DISTINCTIVE, _rare_columns(self.standard))
        share = 1.0 if len(self.standard.columns) <= _FEW else _REQUIRED_SHARE
        return self.required >= share and self.distinctive >= wanted


@dataclass(frozen=True)
class Table:
    """What is matched: the headers, their comparable forms and a sample of cells (c0 … cN)."""

    labels: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]
    sample: pa.Table

    @classmethod
    def of(cls, labels: Sequence[str], sample: pa.Table) -> Table:
        step = max(1, sample.num_rows // _LOOKED_AT)
        some = sample.take(pa.array(range(0, sample.num_rows, step))) if step > 1 else sample
        return cls(tuple(labels), tuple(headings(label) for label in labels), some)

    def has_shape(self, shape: Shape) -> bool:
        """Whether most of its shapes are of that kind."""
        found = [i for i, label in enumerate(self.labels) if label == GEOMETRY]
        if not found or f"c{found[-1]}" not in self.sample.column_names:
            return False
        cells = self.sample.column(f"c{found[-1]}")
        cells = cells.filter(pc.not_equal(cells, ""))
        return len(cells) > 0 and pc.mean(pc.match_substring_regex(cells, _WKB[shape])).as_py() > 0.5


def weigh(standards: Iterable[Standard]) -> dict[str, float]:
    """What a header says about a standard, by comparable form: 1 shared by those that claim it, little if common."""
    claims: Counter[str] = Counter()
    for standard in standards:
        claims.update(standard.by_form.keys())
    return {
        form: _COMMON_WEIGHT if form in COMMON else max(_COMMON_WEIGHT, 1.0 / number)
        for form, number in claims.items()
    }


def match(
    table: Table,
    standard: Standard,
    weights: Mapping[str, float],
    told: Mapping[str, str] | None = None,
) -> Match:
    """The fit of `standard`; `told` maps headers to its columns as a person said ("" = to none)."""
    wide = wide_headers(table.labels, standard.unpivot)
    apart = {header.index for header in wide}
    mapping, because, said = _map(table, standard, apart, weights, told or {})
    given = {name for header in wide for name in header.values}
    present = {column.name for column in mapping.values()} | given
    if wide and standard.unpivot:
        present.add(standard.unpivot.value)
    present |= {c.name for c in standard.columns if c.derived_from in present}
    cost = {column.name: _column_weight(column, weights) for column in standard.columns}
    needed = [column.name for column in standard.columns if column.required] or [*standard.key]
    required = _share(cost, needed, present)
    hit = sum(said.values()) + 1.0 * len(wide)
    missed = sum(
        _miss(label)
        for i, label in enumerate(table.labels)
        if label.strip() and label != GEOMETRY and i not in mapping and i not in apart
    )
    precision = hit / (hit + missed) if hit else 0.0
    coverage = _share(cost, [column.name for column in standard.columns], present)
    score = 0.5 * required + 0.3 * precision + 0.2 * min(1.0, 2 * coverage)
    distinctive = sum(1 for weight in said.values() if weight >= _RARE) + min(_DISTINCTIVE, len(wide))
    found = Match(standard, mapping, because, wide, required, distinctive, score)
    return _judged_by_values(found, table) if found.accepted else found


def _judged_by_values(found: Match, table: Table) -> Match:
    """The same with the score that its values leave it; only worth looking at where the headers fit."""
    if found.standard.shape and not table.has_shape(found.standard.shape):
        fit = -2.0
    elif found.mapping:
        fits = [fit_of(table.sample, index, column) for index, column in found.mapping.items()]
        fit = sum(fits) / len(fits)
    else:
        fit = 1.0
    return Match(**{**found.__dict__, "score": found.score * (0.8 + 0.2 * fit)})


def _map(
    table: Table, standard: Standard, taken: set[int], weights: Mapping[str, float], told: Mapping[str, str]
) -> tuple[dict[int, StandardColumn], dict[int, str], dict[int, float]]:
    """Headers to columns: an exact name before one without its unit, then the better values, then the first.

    Also why, and how much each header says.
    """
    offers: dict[str, list[tuple[int, int]]] = {}
    said: dict[int, float] = {}
    by_person = _told(table.labels, standard, told)
    for index, known in enumerate(table.forms):
        if index in taken or table.labels[index] in told:
            continue
        for rank, form in enumerate(known):
            column = standard.by_form.get(form)
            if form and column is not None:
                offers.setdefault(column.name, []).append((rank, index))
                said[index] = weights.get(form, 1.0)
                break
    mapping = dict(by_person)
    because = {index: text("because_person") for index in by_person}
    used = {column.name for column in by_person.values()}
    for name, found in offers.items():
        if name in used:
            continue
        column = standard.column(name)
        rank, index = found[0]
        if len(found) > 1:
            rank, _, index = min((r, -fit_of(table.sample, i, column), i) for r, i in found)
        mapping[index] = column
        code = _because(table.labels[index], column, rank)
        because[index] = text(code, standard=standard.label, column=column.label)
    mapping = dict(sorted(mapping.items()))
    return mapping, because, {index: said.get(index, 1.0) for index in mapping}


def _told(labels: Sequence[str], standard: Standard, told: Mapping[str, str]) -> dict[int, StandardColumn]:
    columns = {column.name: column for column in standard.columns}
    return {i: columns[told[label]] for i, label in enumerate(labels) if told.get(label, "") in columns}


def headings(label: str) -> tuple[str, ...]:
    """The forms under which a header may match, the best first: whole, without its unit, then its last level alone.

    Levels of a header are joined by `_`; a number behind the last one (성명_2) tells repeated headers apart.
    """
    last = _REPEATED.sub("", label).rpartition("_")
    levels = [last[2]] if last[1] else []
    levels += [_REPEATED.sub("", label)] if _REPEATED.search(label) else []
    return tuple(dict.fromkeys([*forms(label), *(form for level in levels for form in forms(level))]))


def _because(label: str, column: StandardColumn, rank: int) -> str:
    if rank >= len(forms(label)):
        return "because_alias_of_level"
    if rank:
        return "because_alias_without_unit"
    return "because_alias" if normalise(label) == normalise(column.label) else "because_other_alias"


def _column_weight(column: StandardColumn, weights: Mapping[str, float]) -> float:
    """A column says as much as its label; one with no header of its own (unpivoted) counts as rare."""
    return weights.get(normalise(column.label), 1.0) if column.aliases else 1.0


def _share(cost: Mapping[str, float], names: Sequence[str], present: set[str]) -> float:
    total = sum(cost[name] for name in names)
    return sum(cost[name] for name in names if name in present) / total if total else 0.0


def _miss(label: str) -> float:
    """An unknown header speaks a little against a standard; public forms grow columns over the years."""
    return 0.1 if normalise(label) in COMMON else 0.5


def _rare_columns(standard: Standard) -> int:
    return sum(1 for c in standard.columns if all(normalise(alias) not in COMMON for alias in c.aliases))
