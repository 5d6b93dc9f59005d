"""Which declared standard a table follows, from its headers first and its values second; none is `generic`.

Each header is compared with the aliases of each standard (`declarations.headers`). A header that many public forms
share (위도, 데이터기준일자, 전화번호 …) or that several standards claim says little, a rare one says much. A standard
is recognised when its required columns are there, when enough of it and of the file has been matched, and when it
beats the others; the values decide what headers leave open. Columns that match nothing stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from madang.declarations.headers import forms, normalise
from madang.declarations.standard import Standard, StandardColumn, Type
from madang.intake.cellfit import fit_of
from madang.intake.raw import Evidence, Override
from madang.intake.wide import WideHeader, wide_headers
from madang.messages import MadangError, text

GENERIC = "generic"
THRESHOLD = 0.6  # below it a table is generic
_REQUIRED_SHARE = 0.6  # of the weight of the required columns
_DISTINCTIVE = 2  # rare headers needed, unless the standard has fewer
_COMMON_WEIGHT = 0.2
# headers that dozens of public forms share: they place a table nowhere
_SHARED_BY_MANY = """
번호 연번 순번 구분 이름 명칭 코드 비고 특기사항 위도 경도 WGS84위도 WGS84경도 X좌표 Y좌표 좌표X 좌표Y 주소 도로명주소 지번주소
소재지도로명주소 소재지지번주소 전화번호 관리기관명 관리기관전화번호 관리번호 홈페이지 홈페이지주소 데이터기준일자 데이터기준일
제공기관코드 제공기관명 시도명 시군구명 시도코드 시군구코드 휴관일 운영요일 평일운영시작시각 평일운영종료시각 토요일운영시작시각
토요일운영종료시각 공휴일운영시작시각 공휴일운영종료시각 개방시간 설치연월 설치년월 설치연도 설치년도 개방자치단체코드
데이터갱신구분 데이터갱신일자 데이터갱신시점 최종수정시점 운영기관명 행정구역 행정구역코드 행정구역명 행정구역(시군구)별 행정동코드
행정기관 행정기관코드 행정기관명 성별 나이 인구 기준연월
"""
_REPEATED = re.compile(r"_\d{1,3}$")
COMMON = frozenset(normalise(label) for label in _SHARED_BY_MANY.split())


@dataclass(frozen=True)
class Derived:
    """A column of the standard that is read out of the cells of another header by the column's `extract`."""

    column: StandardColumn
    index: int


@dataclass(frozen=True)
class Wide:
    """Headers that become rows: each gives literal values to `columns`, its cell goes to `value`."""

    value: StandardColumn
    columns: tuple[StandardColumn, ...]
    headers: tuple[WideHeader, ...]


@dataclass(frozen=True)
class Recognition:
    """What a table was recognised as. `mapping` is by position of the header; what is not in it stays generic.

    `because` has a Korean clause for each mapped position. `runners_up` are (standard id, score), best first.
    """

    standard: Standard | None
    confidence: float
    mapping: dict[int, StandardColumn] = field(default_factory=dict)
    because: dict[int, str] = field(default_factory=dict)
    derived: tuple[Derived, ...] = ()
    wide: Wide | None = None
    evidence: tuple[Evidence, ...] = ()
    runners_up: tuple[tuple[str, float], ...] = ()

    @property
    def hints(self) -> dict[int, Type]:
        """The types that the standard gives, by position: those of mapped columns and of wide cells."""
        wide = {header.index: self.wide.value.type for header in self.wide.headers} if self.wide else {}
        return {index: column.type for index, column in self.mapping.items()} | wide

    @property
    def missing_required(self) -> tuple[StandardColumn, ...]:
        """Required columns of the standard that the table does not have."""
        if self.standard is None:
            return ()
        present = {column.name for column in self.mapping.values()} | {
            each.column.name for each in self.derived
        }
        if self.wide:
            present |= {self.wide.value.name, *(column.name for column in self.wide.columns)}
        return tuple(c for c in self.standard.columns if c.required and c.name not in present)


@dataclass(frozen=True)
class _Match:
    """How one standard fits: its mapping and the scores it is judged by."""

    standard: Standard
    mapping: dict[int, StandardColumn]
    because: dict[int, str]
    wide: tuple[WideHeader, ...]
    required: float  # share of the weight of required columns that are present
    distinctive: int  # rare headers matched
    score: float

    @property
    def accepted(self) -> bool:
        wanted = min(_DISTINCTIVE, _rare_columns(self.standard))
        return self.required >= _REQUIRED_SHARE and self.distinctive >= wanted and self.score >= THRESHOLD


def recognise(
    labels: Sequence[str],
    sample: pa.Table,
    standards: Mapping[str, Standard],
    override: Override | None = None,
) -> Recognition:
    """The standard that a table with these headers and this `sample` of text cells (c0 … cN) follows.

    An override names the standard (or ``generic``) and is obeyed. Raises MadangError ``standard_missing`` for a
    standard that is not declared.
    """
    weights = _weights(standards.values())
    wanted = override.standard if override else None
    if wanted is not None and wanted != GENERIC and wanted not in standards:
        raise MadangError("standard_missing", standard=wanted)
    if wanted == GENERIC:
        told = Evidence("standard", GENERIC, text("because_person"), 1.0)
        return Recognition(None, 1.0, evidence=(told,))
    if wanted is not None:
        return _told(_match(labels, sample, standards[wanted], weights))
    matches = [_match(labels, sample, standard, weights) for standard in standards.values()]
    matches.sort(key=lambda match: (match.accepted, match.score), reverse=True)
    runners = tuple((match.standard.id, round(match.score, 3)) for match in matches if match.score > 0.05)
    if matches and matches[0].accepted:
        return _recognition(matches[0], labels, runners[1:])
    return _generic(labels, matches[0] if matches else None, runners)


def _weights(standards: Iterable[Standard]) -> dict[str, float]:
    """What a header says about the standard, by comparable form: 1 shared by those that claim it, less if common."""
    claims: Counter[str] = Counter()
    for standard in standards:
        claims.update({normalise(alias) for column in standard.columns for alias in column.aliases})
    return {form: (_COMMON_WEIGHT if form in COMMON else 1.0) / number for form, number in claims.items()}


def _match(
    labels: Sequence[str], sample: pa.Table, standard: Standard, weights: Mapping[str, float]
) -> _Match:
    wide = wide_headers(labels, standard.unpivot)
    mapping, because = _map(labels, sample, standard, {header.index for header in wide})
    given = {name for header in wide for name in header.values}
    present = {column.name for column in mapping.values()} | given
    if wide and standard.unpivot:
        present.add(standard.unpivot.value)
    present |= {c.name for c in standard.columns if c.derived_from in present}
    cost = {column.name: _column_weight(column, weights) for column in standard.columns}
    needed = [column.name for column in standard.columns if column.required] or [*standard.key]
    required = _share(cost, needed, present)
    named = [i for i, label in enumerate(labels) if label.strip()]
    hit = sum(cost[mapping[i].name] for i in mapping) + 1.0 * len(wide)
    missed = sum(_miss(labels[i]) for i in named if i not in mapping and i not in {h.index for h in wide})
    precision = hit / (hit + missed) if hit else 0.0
    coverage = _share(cost, [column.name for column in standard.columns], present)
    score = 0.5 * required + 0.3 * precision + 0.2 * min(1.0, 2 * coverage)
    fit = _mean_fit(mapping, sample)
    distinctive = sum(1 for i in mapping if cost[mapping[i].name] >= 0.5) + min(_DISTINCTIVE, len(wide))
    return _Match(standard, mapping, because, wide, required, distinctive, score * (0.8 + 0.2 * fit))


def _map(
    labels: Sequence[str], sample: pa.Table, standard: Standard, taken: set[int]
) -> tuple[dict[int, StandardColumn], dict[int, str]]:
    """Headers to columns: an exact name before one without its unit, then the better values, then the first."""
    owner = {normalise(alias): column for column in standard.columns for alias in column.aliases}
    offers: list[tuple[int, float, int, StandardColumn, str]] = []
    for index, label in enumerate(labels):
        if index in taken:
            continue
        for rank, form in enumerate(headings(label)):
            if form and form in owner:
                column = owner[form]
                code = _because(label, column, rank)
                how = text(code, standard=standard.label, column=column.label)
                offers.append((rank, -fit_of(sample, index, column), index, column, how))
                break
    mapping: dict[int, StandardColumn] = {}
    because: dict[int, str] = {}
    used: set[str] = set()
    for _, _, index, column, how in sorted(offers, key=lambda offer: offer[:3]):
        if column.name not in used:
            used.add(column.name)
            mapping[index], because[index] = column, how
    return dict(sorted(mapping.items())), because


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
    """A column says as much as its most telling header; one with no header of its own (unpivoted) counts as rare."""
    return max((weights[normalise(alias)] for alias in column.aliases), default=1.0)


def _share(cost: Mapping[str, float], names: Sequence[str], present: set[str]) -> float:
    total = sum(cost[name] for name in names)
    return sum(cost[name] for name in names if name in present) / total if total else 0.0


def _miss(label: str) -> float:
    """An unknown header speaks a little against a standard; public forms grow columns over the years."""
    return 0.1 if normalise(label) in COMMON else 0.5


def _mean_fit(mapping: Mapping[int, StandardColumn], sample: pa.Table) -> float:
    if not mapping:
        return 1.0
    return sum(fit_of(sample, index, column) for index, column in mapping.items()) / len(mapping)


def _rare_columns(standard: Standard) -> int:
    return sum(1 for c in standard.columns if all(normalise(alias) not in COMMON for alias in c.aliases))


def _recognition(match: _Match, labels: Sequence[str], runners: tuple[tuple[str, float], ...]) -> Recognition:
    standard = match.standard
    named = sum(1 for label in labels if label.strip())
    needed = [column for column in standard.columns if column.required]
    base = Recognition(
        standard, round(min(1.0, match.score), 3), match.mapping, match.because, _derived(match), _wide(match)
    )
    missing = ", ".join(column.label for column in base.missing_required)
    because = text(
        "because_headers_fit_but" if missing else "because_headers_fit",
        named=named,
        mapped=len(match.mapping) + len(match.wide),
        standard=standard.label,
        required=len(needed),
        missing=missing,
    )
    evidence = (Evidence("standard", standard.id, because, base.confidence),)
    return Recognition(**{**base.__dict__, "evidence": evidence, "runners_up": runners})


def _told(match: _Match) -> Recognition:
    told = Evidence("standard", match.standard.id, text("because_person"), 1.0)
    return Recognition(
        match.standard, 1.0, match.mapping, match.because, _derived(match), _wide(match), evidence=(told,)
    )


def _generic(
    labels: Sequence[str], best: _Match | None, runners: tuple[tuple[str, float], ...]
) -> Recognition:
    if best is None or best.score <= 0.05:
        because, confidence = text("because_no_standard"), 1.0
    else:
        percent = f"{100 * best.score:.0f}"
        because = text("because_nearest_standard", standard=best.standard.label, percent=percent)
        confidence = round(1 - min(best.score, 0.9), 3)
    return Recognition(
        None, confidence, evidence=(Evidence("standard", GENERIC, because, confidence),), runners_up=runners
    )


def _derived(match: _Match) -> tuple[Derived, ...]:
    where = {column.name: index for index, column in match.mapping.items()}
    return tuple(
        Derived(column, where[column.derived_from])
        for column in match.standard.columns
        if column.derived_from in where and column.name not in where
    )


def _wide(match: _Match) -> Wide | None:
    unpivot = match.standard.unpivot
    if not match.wide or unpivot is None:
        return None
    given = {name for header in match.wide for name in header.values}
    columns = tuple(column for column in match.standard.columns if column.name in given)
    return Wide(match.standard.column(unpivot.value), columns, match.wide)
