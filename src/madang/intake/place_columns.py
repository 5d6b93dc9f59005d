"""Which columns of a table say where a row is: told by the standard's formats or, failing that, by headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from madang.declarations.headers import normalise, without_unit
from madang.declarations.standard import Format, Standard
from madang.intake.conform_plan import Plan, Source

# pieces of headers that name the second coordinate and the first, as `normalise` writes them
_PARTNERS = (
    ("위도", "경도"),
    ("latitude", "longitude"),
    ("lat", "lon"),
    ("lat", "lng"),
    ("lat", "lot"),
    ("북위", "동경"),
    ("northing", "easting"),
    ("와이", "엑스"),
    ("y", "x"),
)
_DEGREES = frozenset(("위도", "latitude", "lat", "북위"))
_TRIPLET = re.compile(r"(위도|경도)[도분초]$")
_HEADED: tuple[tuple[Format, re.Pattern[str]], ...] = (
    ("hjd_code", re.compile(r"^(행정동|행정기관)코드$|^adstrdcode|^hjd|^hdong|^admcd2?$|^행정동cd$|^dongcode$")),
    ("bjd_code", re.compile(r"^법정동코드$|^bjd|^ldongcode|^emdcd$|^legaldong")),
    ("sigungu_code", re.compile(r"^시군구코드$|^자치구코드$|^sigungu(cd|code)$|^sgg(cd|code)?$|^sigcd$|^signgucode$")),
    ("area_code", re.compile(r"^행정구역코드$|^지역코드$|^areacode$")),
    ("address_road", re.compile(r"도로명(전체)?주소|^도로명$|rdnmadr|roadnmaddr|roadaddress|^새주소")),
    ("address_lot", re.compile(r"지번(전체)?주소|소재지전체주소|lnmadr|lotnoaddr|^구주소|지번$")),
    ("sido_name", re.compile(r"^(시도|시도명|광역시도|광역시도명|ctprvnnm|sidonm|시도별)$")),
    ("sigungu_name", re.compile(r"^(시군구|시군구명|자치구|자치구명|구|구군|군구|signgunm|sggnm|지역구|시군구별|자치구별|지역)$")),
    ("dong_name", re.compile(r"^(행정동|행정동명|읍면동|읍면동명|동|동명|행정읍면동|admnm|emdkornm|행정동별|읍면동별)$")),
)  # fmt: skip
_ADDRESS = re.compile(r"주소|소재지$|소재지\(|^위치$|^소재$|설치장소$|address|adres")
_CODES = ("hjd_code", "bjd_code", "area_code", "sigungu_code", "sgis_code")
_NUMBERS = ("number", "integer")


@dataclass(frozen=True)
class Pair:
    """Two columns of coordinates: `x` east, `y` north as their headers say; `degrees` where they name latitudes.

    Both are indexes into the plan's sources. `written`: their cells are texts (36°25'10.5") and are read as degrees;
    `parts`: of 위도(도), 위도(분), 위도(초) the minutes and seconds of x, then of y, whose degrees `x` and `y` are.
    """

    x: int
    y: int
    degrees: bool = False
    written: bool = False
    parts: tuple[int, int, int, int] | None = None

    @property
    def sources(self) -> tuple[int, ...]:
        return (self.x, self.y, *(self.parts or ()))


@dataclass(frozen=True)
class PlaceColumns:
    """Indexes into the plan's sources of the columns that say where a row is, the most telling first."""

    pairs: tuple[Pair, ...] = ()
    codes: tuple[tuple[Format, int], ...] = ()
    addresses: tuple[int, ...] = ()
    names: dict[Format, int] = field(default_factory=dict)  # sido_name, sigungu_name, dong_name -> source

    def __bool__(self) -> bool:
        return bool(self.pairs or self.codes or self.addresses or self.names)


def place_columns(plan: Plan, standard: Standard | None) -> PlaceColumns:
    """The columns of `plan` that say where a row is."""
    formats = [_format(source, standard) for source in plan.sources]
    texts = [i for i, source in enumerate(plan.sources) if source.column.type == "text"]
    codes = [(formats[i], i) for i in texts if formats[i] in _CODES]
    codes.sort(key=lambda each: _CODES.index(each[0]))
    roads = [i for i in texts if formats[i] == "address_road"]
    lots = [i for i in texts if formats[i] == "address_lot"]
    names = {
        formats[i]: i for i in reversed(texts) if formats[i] in ("sido_name", "sigungu_name", "dong_name")
    }
    others: list[int] = []
    if not roads and not lots:
        labels = [without_unit(plan.sources[i].column.label) for i in texts]
        others = [i for i, label in zip(texts, labels, strict=True) if _ADDRESS.search(label)][:2]
    return PlaceColumns(_pairs(plan, formats), tuple(codes), (*roads, *lots, *others), names)


def _format(source: Source, standard: Standard | None) -> Format:
    if standard and source.column.standard:
        return standard.column(source.column.standard).format
    label = normalise(source.column.label)
    return next((form for form, headed in _HEADED if headed.search(label)), "")


def _pairs(plan: Plan, formats: Sequence[Format]) -> tuple[Pair, ...]:
    numbers = [i for i, source in enumerate(plan.sources) if source.column.type in _NUMBERS]
    found = [
        Pair(x, y, one == "longitude")
        for one, other in (("longitude", "latitude"), ("easting", "northing"))
        for x, y in zip(_with(formats, one), _with(formats, other), strict=False)
        if x in numbers and y in numbers
    ]
    found += _in_parts(plan)
    taken = {i for pair in found for i in pair.sources}
    texts = [i for i, source in enumerate(plan.sources) if source.column.type == "text"]
    for among, written in ((numbers, False), (texts, True)):
        labels = {normalise(plan.sources[i].column.label): i for i in among if i not in taken}
        labels = {label: i for label, i in labels.items() if not _TRIPLET.search(label)}
        for label, y in labels.items():
            x, degrees = _partner(label, labels)
            if x is not None and not {x, y} & taken and (degrees or not written):
                found.append(Pair(x, y, degrees, written))
                taken |= {x, y}
    return tuple(sorted(found, key=lambda pair: (not pair.degrees, pair.written)))


def _in_parts(plan: Plan) -> list[Pair]:
    """위도(도), 위도(분), 위도(초) and the same of 경도, as six columns."""
    labels = {normalise(source.column.label): i for i, source in enumerate(plan.sources)}
    found = []
    for label in labels:
        head, _, tail = label.partition("위도도")
        names = [f"{head}{axis}{part}{tail}" for axis in ("경도", "위도") for part in "도분초"]
        if label == names[3] and all(name in labels for name in names):
            x, x_minutes, x_seconds, y, y_minutes, y_seconds = (labels[name] for name in names)
            found.append(Pair(x, y, True, parts=(x_minutes, x_seconds, y_minutes, y_seconds)))
    return found


def _with(formats: Sequence[Format], wanted: str) -> list[int]:
    return [i for i, form in enumerate(formats) if form == wanted]


def _partner(label: str, labels: dict[str, int]) -> tuple[int | None, bool]:
    """The column whose header is that of a northing with its piece turned into that of an easting."""
    for north, east in _PARTNERS:
        for at in (match.start() for match in re.finditer(north, label)):
            other = label[:at] + east + label[at + len(north) :]
            if other in labels:
                return labels[other], north in _DEGREES
    return None, False
