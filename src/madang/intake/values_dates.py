"""Dates, times, months and years as they stand in Korean tables, as DuckDB SQL over a text expression.

A year is read between 1800 and 2099. Two-digit years stand first (``21.03.05``): 00–68 are 20xx, 69–99 19xx.
A clock time with a zone is turned into Korean time (UTC+9). 24:00 stays in a time and is the next day in a date.
"""

from __future__ import annotations

from madang.intake.values_text import first_of, matches, plain, rewrite

_Y = r"((?:18|19|20)[0-9]{2})"
_SEP1 = r"\s*[-./년]\s*"
_SEP2 = r"\s*[-./월]\s*"
_N = r"([0-9]{1,2})"
_DAY = rf"{_Y}{_SEP1}{_N}{_SEP2}{_N}\s*[.일]?"
_WEEKDAY = r"(?:\s*\(?[월화수목금토일](?:요일)?\)?)?"
_MIDNIGHT = r"(?:[T\s]\s*0?0:00(?::00(?:\.0+)?)?)?"
YMD = rf"{_DAY}{_WEEKDAY}{_MIDNIGHT}"
_MIXED = (  # 2020.2/4 is a quarter, not a day: both separators are alike
    r"[0-9]{4}\s*(?:\.\s*[0-9]+\s*[-/월]|-\s*[0-9]+\s*[./월]|/\s*[0-9]+\s*[-.월]|년\s*[0-9]+\s*[-./]).*"
)
COMPACT = rf"{_Y}([0-9]{{2}})([0-9]{{2}})"
YY = r"'?([0-9]{2})\s?[./-]\s?([0-9]{1,2})\s?[./-]\s?([0-9]{1,2})\.?"
DMY = r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]((?:18|19|20)[0-9]{2})"
SERIAL = r"(?:[2-5][0-9]{4}|60000)(?:\.0+)?"
SENTINEL = (
    r"(?:0000[-./]?00[-./]?00|9999[-./]?(?:12[-./]?31|99[-./]?99)|2999[-./]?12[-./]?31|1900[-./]?0?1[-./]?0?[01])"
    r"\.?(?:[T\s]?[0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_HOUR = r"([01]?[0-9]|2[0-4])"
_SIXTY = r"([0-5]?[0-9])"
_CLOCK = rf"(?:오전|오후)?\s*{_HOUR}:([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]+)?)?"
_CLOCK_KO = rf"(?:오전|오후)?\s*{_HOUR}시(?:\s*{_SIXTY}분)?(?:\s*{_SIXTY}초)?"
_ZONE = r"\s*(?:Z|z|[-+][0-9]{2}:?[0-9]{2})?"
STAMP = rf"{_DAY}{_WEEKDAY}[T\s]\s*{_CLOCK}{_ZONE}"
_STAMP_KO = rf"{_DAY}{_WEEKDAY}\s*{_CLOCK_KO}"
COMPACT_STAMP = rf"{_Y}([0-9]{{2}})([0-9]{{2}})\s?([01][0-9]|2[0-4])([0-5][0-9])([0-5][0-9])?"
_FAST_YEAR = r"(?:190[1-9]|19[1-9][0-9]|20[0-9]{2})"  # 1900 may be a mark for "none"
_FAST_DAY = rf"{_FAST_YEAR}-[0-9]{{2}}-[0-9]{{2}}"
_FAST_COMPACT = rf"{_FAST_YEAR}(?:0[1-9]|1[0-2])[0-3][0-9]"
_FAST_STAMP = rf"{_FAST_DAY}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{{1,6}})?)?"
_FAST_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_FAST_COMPACT_STAMP = rf"{_FAST_COMPACT}(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?"
_FAST_HHMM = r"(?:[01][0-9]|2[0-3])[0-5][0-9]"
_HHMM = rf"{_HOUR}([0-5][0-9])()"
_FAST_MONTH = r"(?:18|19|20)[0-9]{2}-(?:0[1-9]|1[0-2])"
_MONTHS = (
    rf"{_Y}(0[1-9]|1[0-2])",
    rf"{_Y}{_SEP1}(0?[1-9]|1[0-2])\s*[.월]?(?:[-./]0?1\.?)?(?:\s*0?1일)?{_MIDNIGHT}",
)
_YEAR = rf"{_Y}\s*(?:\.0+|년도?)?"


def is_day(p: str) -> str:
    """SQL: the plain text `p` has the shape year, month, day."""
    return f"({matches(p, YMD)} AND NOT {matches(p, _MIXED)})"


def _day(text: str) -> str:
    return f"try_cast({text} AS DATE)"


def date(x: str, *, day_first: bool | None = None, serial: bool = False, quick: bool = False) -> str:
    """SQL: `x` as DATE or null.

    `day_first`: how 18/02/2018 is read, None: not at all. `serial`: Excel's day numbers 20000–60000 are dates.
    `quick`: only the usual forms, cheaply.
    """
    p = plain(x)
    yy = rewrite(p, YY, r"\1")
    century = f"CASE WHEN try_cast({yy} AS INTEGER) <= 68 THEN '20' ELSE '19' END"
    cases = [
        f"WHEN {matches(p, COMPACT)} THEN {_day(rewrite(p, COMPACT, chr(92) + '1-' + chr(92) + '2-' + chr(92) + '3'))}",
        f"WHEN {is_day(p)} THEN {_day(rewrite(p, YMD, chr(92) + '1-' + chr(92) + '2-' + chr(92) + '3'))}",
        f"WHEN {matches(p, YY)} THEN {_day(century + ' || ' + rewrite(p, YY, _order(1, 2, 3)))}",
    ]
    if day_first is not None:
        order = _order(3, 2, 1) if day_first else _order(3, 1, 2)
        cases.append(f"WHEN {matches(p, DMY)} THEN {_day(rewrite(p, DMY, order))}")
    if serial:
        cases.append(
            f"WHEN {matches(p, SERIAL)} THEN DATE '1899-12-30' + CAST(floor(CAST({p} AS DOUBLE)) AS INTEGER)"
        )
    slow = f"CASE {' '.join(cases)} END"
    usual = [
        f"WHEN {matches(x, _FAST_DAY)} THEN {_day(x)}",
        f"WHEN {matches(x, _FAST_COMPACT)} THEN {_day(_compact_day(x))}",
    ]
    return first_of(usual, None if quick else f"CASE WHEN {matches(p, SENTINEL)} THEN NULL ELSE {slow} END")


def _compact_day(x: str) -> str:
    return f"{x}[1:4] || '-' || {x}[5:6] || '-' || {x}[7:8]"


def _order(*groups: int) -> str:
    return "-".join(f"\\{group}" for group in groups)


def _clock(p: str, patterns: tuple[str, ...], first: int) -> str:
    """SQL: the clock time in `p` as an INTERVAL up to 24 hours; its hour is group `first`, minute and second follow."""
    parts = ":".join(f"\\{first + i}" for i in range(3))
    found = " ".join(f"WHEN {matches(p, pattern)} THEN {rewrite(p, pattern, parts)}" for pattern in patterns)
    text = f"regexp_replace(regexp_replace(CASE {found} END, '::', ':00:'), ':$', ':00')"
    clock = f"try_cast({text} AS INTERVAL)"
    half = (
        f"to_hours(CASE WHEN contains({p}, '오후') AND NOT {matches(p, '.*오후 *12.*')} THEN 12"
        f" WHEN {matches(p, '.*오전 *12.*')} THEN -12 ELSE 0 END)"
    )
    return f"CASE WHEN {clock} <= INTERVAL 24 HOUR THEN {clock} + {half} END"


def datetime(x: str, *, day_first: bool | None = None, serial: bool = False, quick: bool = False) -> str:
    """SQL: `x` as TIMESTAMP in Korean time, or null; a date alone is its midnight. `quick`: only the usual forms."""
    p = plain(x)
    forms = (STAMP, COMPACT_STAMP, _STAMP_KO)
    is_stamp = " OR ".join(matches(p, pattern) for pattern in forms)
    days = " ".join(f"WHEN {matches(p, form)} THEN {rewrite(p, form, _order(1, 2, 3))}" for form in forms)
    day = f"CASE {days} END"
    zone = f"regexp_extract({p}, '(?:Z|z|[-+][0-9][0-9]:?[0-9][0-9])$')"
    stamp = (
        f"CASE WHEN NOT {matches(p, _MIXED)} THEN"
        f" CAST({_day(day)} AS TIMESTAMP) + {_clock(p, forms, 4)} + to_minutes({_zone_minutes(zone)}) END"
    )
    whole = f"CAST({date(x, day_first=day_first, serial=serial)} AS TIMESTAMP)"
    clock = f"{x}[9:10] || ':' || {x}[11:12] || CASE WHEN strlen({x}) = 14 THEN ':' || {x}[13:14] ELSE '' END"
    usual = [
        f"WHEN {matches(x, _FAST_STAMP)} THEN try_cast({x} AS TIMESTAMP)",
        f"WHEN {matches(x, _FAST_COMPACT_STAMP)} THEN try_cast({_compact_day(x)} || ' ' || {clock} AS TIMESTAMP)",
    ]
    slow = f"CASE WHEN {matches(p, SENTINEL)} THEN NULL WHEN {is_stamp} THEN {stamp} ELSE {whole} END"
    return first_of(usual, None if quick else slow)


def _zone_minutes(zone: str) -> str:
    """SQL: minutes to add to a clock of `zone` ("", "Z", "+09:00") to have Korean time."""
    digits = f"replace({zone}, ':', '')"
    offset = f"(CAST({digits}[1] || {digits}[2:3] AS INTEGER) * 60 + CAST({digits}[1] || {digits}[4:5] AS INTEGER))"
    return f"CASE WHEN {zone} = '' THEN 0 WHEN lower({zone}) = 'z' THEN 540 ELSE 540 - {offset} END"


def time(x: str, *, quick: bool = False) -> str:
    """SQL: `x` as text HH:MM (HH:MM:SS where it has seconds), 24:00 allowed, or null. `quick`: only the usual forms."""
    p = plain(x)
    clock = f"CAST({_clock(p, (_CLOCK, _HHMM, _CLOCK_KO), 1)} AS VARCHAR)"
    slow = f"regexp_replace({clock}, '^(.....):00$', '\\1')"
    usual = [
        f"WHEN {matches(x, _FAST_TIME)} THEN {x}",
        f"WHEN {matches(x, _FAST_HHMM)} THEN {x}[1:2] || ':' || {x}[3:4]",
    ]
    return first_of(usual, None if quick else slow)


def month(x: str, *, quick: bool = False) -> str:
    """SQL: `x` as text YYYY-MM or null; the first of a month is its month, another day is not read. `quick`: only the usual forms."""
    p = plain(x)
    cases = [
        f"WHEN {matches(p, pattern)} THEN {rewrite(p, pattern, chr(92) + '1')} || '-' ||"
        f" lpad({rewrite(p, pattern, chr(92) + '2')}, 2, '0')"
        for pattern in _MONTHS
    ]
    usual = [
        f"WHEN {matches(x, _FAST_MONTH)} THEN {x}",
        f"WHEN {matches(x, _MONTHS[0])} THEN {x}[1:4] || '-' || {x}[5:6]",
    ]
    return first_of(usual, None if quick else f"CASE {' '.join(cases)} END")


def year(x: str) -> str:
    """SQL: `x` (2021, 2021년, 2021년도) as BIGINT or null."""
    p = plain(x)
    return f"CASE WHEN {matches(p, _YEAR)} THEN try_cast({rewrite(p, _YEAR, chr(92) + '1')} AS BIGINT) END"
