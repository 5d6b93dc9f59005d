"""The type of every column of a staged table, from evidence that is said.

A column is typed when at least NEARLY_ALL of its values read as the type: the worst honest column met in real files
(CCTV latitudes with degree-minute texts and lost decimal points) has 3.6 % defects, while free text that happens to
hold numbers stays far below. Codes stay text whatever they look like.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import duckdb

from madang.declarations.standard import RESERVED, STORAGE, DatasetColumn, Type
from madang.intake.raw import Override, RawColumn, RawTable
from madang.intake.values import PAIRS, Reading
from madang.intake.values_evidence import Evidence, Sample, may_be_boolean, sample, weigh
from madang.messages import MadangError, text

NEARLY_ALL = 0.95
SHAPES = "geometry"  # name of the column of shapes
_CODE = re.compile(
    r"(코드|번호|우편번호|전화|팩스|아이디|식별자|고유값)$|(^|[^A-Za-z])(id|cd|no|code|zip|tel|fax)$|(ID|CD|CODE|NO|TELNO|ZIP)$"
)
_ROW_NUMBER = re.compile(r"(연번|순번|일련번호|^번호|^no\.?|^index)$", re.IGNORECASE)
_DATE = re.compile(r"일자|날짜|일시|시점|년월일|연월일|date|ymd|_dt$|일$", re.IGNORECASE)
_DAY = re.compile(  # labels that can only mean a day, so that 44197 is the day number of a spreadsheet
    r"일자|날짜|년월일|연월일|(설치|개설|등록|허가|신고|준공|승인|지정|시행|개업|폐업|기준|수정|작성|접수|점검|변경|공고|계약)일$"
)
_MONTH = re.compile(r"년월|연월|년_월|월$|ym$|yyyymm|month|기간|시점", re.IGNORECASE)
_YEAR = re.compile(r"년도|연도|년$|year|yyyy$", re.IGNORECASE)
_TIME = re.compile(r"시각|(시작|종료|개시|마감|개방|운영|개관|폐관)시간|hhmm|time$", re.IGNORECASE)
_YES_NO = re.compile(r"여부|유무|yn$", re.IGNORECASE)
_QUANTITY = re.compile(
    r"(수|량|액|금|료|비|비용|가격|면적|인원|인구|율|률|시간|분|거리|높이|길이|폭|세대|좌석|정원)$|(count|total|amount|num)$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[(\[（][^)\]）]*[)\]）]\s*$")
_NATIVE = {"number": "number", "date": "date", "datetime": "datetime", "time": "time", "boolean": "boolean"}
_UNSAFE = re.compile(r"[\s,;{}()=]+")


@dataclass(frozen=True)
class Profile:
    """Columns and readings by position in the source, the evidence behind them and how many rows were looked at."""

    columns: list[DatasetColumn]
    readings: list[Reading]
    evidence: list[Evidence]
    rows: int

    def declared(self, index: int, kind: Type, missing: tuple[str, ...] = ()) -> Reading:
        """The reading of column `index` when a standard or a person says it is `kind`."""
        return declared_reading(self.evidence[index], kind, missing)


@dataclass(frozen=True)
class _Decision:
    type: Type
    because: str
    hits: int
    of: int

    @property
    def confidence(self) -> float:
        return min(round((self.hits + 1) / (self.of + 2), 3), 0.999)


def profile(
    table: RawTable,
    con: duckdb.DuckDBPyConnection,
    override: Override | None = None,
    hints: dict[int, Type] | None = None,
    seen: Sample | None = None,
) -> Profile:
    """The type of every column, with its evidence as a Korean clause and its confidence.

    `hints`: types that a standard gives, by position; `override`: what a person fixed (`text`, `types` by label)
    goes before them; `seen`: a sample already taken. A declared type has confidence 1.0, a guess at most 0.999. All rows are looked at up to
    200,000, of a longer table 100,000 spread over it. Raises MadangError(type_unknown).
    """
    override = override or Override()
    looked = seen or sample(table)
    given = {**(hints or {}), **_by_person(table, override)}
    shapes = table.layer.column if table.layer else None
    if shapes is not None:
        given[shapes] = "geometry"
    named = {i for i, column in enumerate(table.columns) if i not in given and is_code_label(column.label)}
    evidence = weigh(con, looked.columns, given.keys(), named)
    names = column_names([column.label for column in table.columns])
    columns, readings = [], []
    for index, (raw, cells) in enumerate(zip(table.columns, evidence, strict=True)):
        if table.layer and index == shapes:
            columns.append(_shape_column(raw, table.layer.declared_by))
            readings.append(Reading("geometry", True, crs=override.crs or table.layer.declared))
            continue
        if index in given:
            person = override.text or raw.label in override.types
            because = text("because_person" if person else "because_standard")
            kind, confidence, reading = given[index], 1.0, declared_reading(cells, given[index])
            reading = replace(reading, exact=override.text)
        else:
            decision = _with_natives(decide(raw.label, cells), raw, table.rows)
            kind, because, confidence = decision.type, decision.because, decision.confidence
            reading = _guessed_reading(raw.label, cells, kind)
        columns.append(DatasetColumn(names[index], raw.label, kind, because=because, confidence=confidence))
        readings.append(reading)
    return Profile(columns, readings, evidence, looked.rows)


def _shape_column(raw: RawColumn, declared_by: str) -> DatasetColumn:
    because = text("because_layer", by=declared_by or text("layer_no_crs"))
    return DatasetColumn(SHAPES, raw.label, "geometry", because=because)


def _by_person(table: RawTable, override: Override) -> dict[int, Type]:
    if override.text:
        return {column.index: "text" for column in table.columns}
    unknown = next((kind for kind in override.types.values() if kind not in STORAGE), None)
    if unknown is not None:
        raise MadangError("type_unknown", type=unknown, types=", ".join(STORAGE))
    return {c.index: override.types[c.label] for c in table.columns if c.label in override.types}  # type: ignore[misc]


def declared_reading(seen: Evidence, kind: Type, missing: tuple[str, ...] = ()) -> Reading:
    """The reading of a column whose type is given; how 18/02/2018 is read still follows its cells."""
    return Reading(kind, True, seen.day_first, _accepted(seen, kind), _pair(seen, kind), missing)


def _guessed_reading(label: str, seen: Evidence, kind: Type) -> Reading:
    quantity = bool(_QUANTITY.search(_bare(label)))
    return Reading(kind, False, seen.day_first, _accepted(seen, kind), _pair(seen, kind), quantity=quantity)


def _bare(label: str) -> str:
    """A label without the unit or remark in brackets behind it."""
    return _BRACKETS.sub("", label.strip())


def _accepted(seen: Evidence, kind: Type) -> frozenset[str]:
    found = set()
    if kind in ("date", "datetime") and seen.shapes.get("serial"):
        found.add("serial")
    if kind in ("integer", "number", "percent") and seen.shapes.get("suffix"):
        found.add("suffix")
    return frozenset(found)


def _pair(seen: Evidence, kind: Type) -> int | None:
    return seen.pair if kind == "boolean" else None


def decide(label: str, seen: Evidence) -> _Decision:
    """The type of a column that nobody declared, from its label and the evidence of its cells."""
    name = _bare(label)
    if seen.values <= 0 and not may_be_boolean(seen):
        return _Decision("text", text("because_empty"), 0, 0)
    if may_be_boolean(seen) and (seen.both_sides or _YES_NO.search(name)):
        yes, no = PAIRS[seen.pair or 0]
        return _Decision("boolean", text("because_pair", yes=yes[0], no=no[0]), seen.cells, seen.cells)
    for rule in (_time_like, _code, _month_or_year, _number):
        decision = rule(name, seen)
        if decision is not None:
            return decision
    return _text(seen)


def _with_natives(decision: _Decision, raw: RawColumn, rows: int) -> _Decision:
    """What a workbook said of its cells itself, added to the evidence."""
    kind, cells = max(raw.native.items(), key=lambda item: item[1], default=("", 0))
    if decision.type == "text" or 2 * cells < rows or kind not in _NATIVE:
        return decision
    note = text("because_native", cells=f"{cells:,}", type=text("type_" + _NATIVE[kind]))
    return replace(decision, because=f"{decision.because}; {note}")


def is_code_label(label: str) -> bool:
    """Whether a label names a code or number of a thing (관리번호, 행정동코드, 전화번호, ID), not a date or a month."""
    name = _bare(label)
    return bool(_CODE.search(name)) and not any(p.search(name) for p in (_ROW_NUMBER, _MONTH, _DATE))


def _typed(seen: Evidence, kind: Type, extra: int = 0, note: str = "") -> _Decision | None:
    """`kind` when nearly all values read as it (`extra`: further cells that do)."""
    hits = seen.reads.get(kind, 0) + extra
    if hits < NEARLY_ALL * seen.values or hits == 0:
        return None
    because = text("because_" + kind, hits=f"{hits:,}", of=f"{seen.values:,}")
    return _Decision(kind, because + (f"; {note}" if note else ""), min(hits, seen.values), seen.values)


def _time_like(name: str, seen: Evidence) -> _Decision | None:
    """Dates, dates with a clock, clocks. Day/month/year counts when the column says which is the day."""
    reads = seen.reads
    date, stamp = reads.get("date", 0), reads.get("datetime", 0)
    turned = seen.shapes.get("day_or_month_first", 0) if seen.day_first is not None else 0
    days = 2 * (date + turned) >= seen.values or bool(_DAY.search(name))
    serial = seen.shapes.get("serial", 0) if days else 0
    # 2021.13.05 is no day, yet plainly meant as one: it speaks for the type where half of the column are days
    impossible = max(0, seen.shapes.get("day", 0) - date) if serial or 2 * date >= seen.values else 0
    note = _date_note(seen)
    if is_code_label(name):
        return None
    if stamp > date:
        return _typed(seen, "datetime", turned + serial, note)
    if date + turned + serial > 0 and not (0 < reads.get("month", 0) >= date and _MONTH.search(name)):
        return _typed(seen, "date", turned + serial + impossible, note)
    numeric = seen.shapes.get("digits", 0) * 2 > seen.values
    if reads.get("time", 0) and (not numeric or (_TIME.search(name) and seen.shapes.get("longest") == 4)):
        return _typed(seen, "time")
    return None


def _date_note(seen: Evidence) -> str:
    if seen.shapes.get("day_or_month_first") and seen.day_first is not None:
        over = seen.shapes["day_over" if seen.day_first else "month_over"]
        return text("because_day_first" if seen.day_first else "because_month_first", over=f"{over:,}")
    if seen.shapes.get("year_first"):
        return text("because_short_year", cells=f"{seen.shapes['year_first']:,}")
    return ""


def _code(name: str, seen: Evidence) -> _Decision | None:
    """Numbers that name things: by their label, leading zeros, length."""
    shapes = seen.shapes
    if (
        _CODE.search(name)
        and not _ROW_NUMBER.search(name)
        and not (_MONTH.search(name) or _DATE.search(name))
    ):
        return _Decision("text", text("because_code_label"), seen.values, seen.values)
    if shapes.get("leading_zero") and not _QUANTITY.search(name):
        because = text("because_leading_zero", cells=f"{shapes['leading_zero']:,}")
        return _Decision("text", because, seen.values, seen.values)
    if shapes.get("too_long"):
        because = text("because_too_long", cells=f"{shapes['too_long']:,}")
        return _Decision("text", because, seen.values, seen.values)
    width = shapes.get("longest", 0)
    if width >= 10 and width == shapes.get("shortest") and shapes.get("digits") == seen.cells >= 5:
        return _Decision("text", text("because_same_width", width=width), seen.values, seen.values)
    return None


def _month_or_year(name: str, seen: Evidence) -> _Decision | None:
    reads, shapes = seen.reads, seen.shapes
    number = reads.get("number", 0)
    if reads.get("month", 0):
        compact = shapes.get("digits", 0) == seen.values and shapes.get("longest") == 6 and seen.values >= 5
        if _MONTH.search(name) or number < reads["month"] or (compact and reads["month"] == seen.values):
            decision = _typed(seen, "month")
            if decision:
                return decision
    if reads.get("year", 0) and (_YEAR.search(name) or reads.get("integer", 0) < reads["year"]):
        return _typed(seen, "year")
    return None


def _number(name: str, seen: Evidence) -> _Decision | None:
    reads, suffix = seen.reads, seen.shapes.get("suffix", 0)
    if _QUANTITY.search(name):
        suffix += seen.shapes.get("leading_zero", 0)
    if 2 * seen.shapes.get("percent", 0) >= seen.values:
        return _typed(seen, "percent", suffix)
    whole = reads.get("integer", 0) >= reads.get("number", 0) and not seen.shapes.get(
        "point"
    )  # 81.0 was measured
    return _typed(seen, "integer" if whole else "number", suffix)


def _text(seen: Evidence) -> _Decision:
    """Text, and what came nearest to being read as something else."""
    if seen.shapes.get("day_or_month_first", 0) * 2 > seen.values:
        return _Decision("text", text("because_day_unclear"), 0, 1)
    kind, hits = max(seen.reads.items(), key=lambda item: item[1], default=("text", 0))
    if 4 * hits >= seen.values:
        because = text("because_mixed", hits=f"{hits:,}", of=f"{seen.values:,}", type=text("type_" + kind))
        return _Decision("text", because, seen.values - hits, seen.values)
    return _Decision("text", text("because_words"), seen.values - hits, seen.values)


def column_names(labels: Sequence[str], taken_already: Sequence[str] = ()) -> list[str]:
    """A name for every label: NFC, without blanks and the signs a Delta table refuses, unique, never a reserved one.

    An empty label becomes 열_3 (its position), a second 이름 (or one of `taken_already`)
    이름_2, lon lon_source.
    """
    names: list[str] = []
    taken = {name.casefold() for name in (*RESERVED, *taken_already)}
    for position, label in enumerate(labels, start=1):
        stem = _UNSAFE.sub("_", unicodedata.normalize("NFC", label).strip()).strip("_") or f"열_{position}"
        if stem.casefold() in RESERVED:
            stem += "_source"
        names.append(_free(stem, lambda name: name.casefold() in taken))
        taken.add(names[-1].casefold())
    return names


def _free(stem: str, is_taken: Callable[[str], bool]) -> str:
    if not is_taken(stem):
        return stem
    number = 2
    while is_taken(f"{stem}_{number}"):
        number += 1
    return f"{stem}_{number}"
