"""Numbers as they stand in Korean tables, as DuckDB SQL over a text expression.

Read: ``1,234`` ``△1,234`` ``▲5`` ``▽5`` ``(1,234)`` ``−5`` ``１２３`` ``1.5E+03`` ``12.5%``; 0 is a value.
Not read unless the reading allows it: ``0012`` (a code), more than 15 digits, ``1,234p`` (a provisional figure).
"""

from __future__ import annotations

from madang.intake.values_text import first_of, matches, plain, quote, rewrite

_WHOLE = r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)"
_NUMBER = rf"(?:{_WHOLE}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{{1,3}})?"
_SIGNED = rf"[-+]?{_NUMBER}"
_MINUS = rf"[-△▲▽▼]\s*({_NUMBER})"
_BRACKETS = rf"\(\s*({_NUMBER})\s*\)"
SUFFIXED = r"(.*[0-9.])\s?(?:\(([pPeErR])\)|([pPeErR])\)?)"
_PERCENT = r"\s*%$"
LEADING_ZERO = r"[-+]?0[0-9]+"
LONG = r"[-+]?(?:[0-9]{16,}|[0-9]{1,3}(?:,[0-9]{3}){5,})"
_PLAIN = r"-?(?:0|[1-9][0-9]{0,14})"
_GROUPED = r"-?[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}"
_UNSIGNED = r"(?:[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})"
_FRACTION = r"(?:\.[0-9]{1,20})?"


def _ascii_number(p: str) -> str:
    """SQL: digits of the plain text `p` as a cast understands them, null where it is no number."""
    return (
        f"CASE WHEN {matches(p, _SIGNED)} THEN replace({p}, ',', '')"
        f" WHEN {matches(p, _MINUS)} THEN '-' || replace({rewrite(p, _MINUS, chr(92) + '1')}, ',', '')"
        f" WHEN {matches(p, _BRACKETS)} THEN '-' || replace({rewrite(p, _BRACKETS, chr(92) + '1')}, ',', '')"
        " END"
    )


def _without_suffix(p: str) -> str:
    return f"CASE WHEN {matches(p, SUFFIXED)} THEN {rewrite(p, SUFFIXED, chr(92) + '1')} ELSE {p} END"


def _guarded(x: str, suffix: bool, codes: bool, percent: bool) -> str:
    p = plain(x)
    if percent:
        p = f"regexp_replace({p}, {quote(_PERCENT)}, '')"
    if suffix:
        p = _without_suffix(p)
    number = _ascii_number(p)
    if codes:
        return number
    return f"CASE WHEN {matches(p, LEADING_ZERO)} OR {matches(p, LONG)} THEN NULL ELSE {number} END"


def _quick(x: str, storage: str, tail: str) -> list[str]:
    """WHEN branches for the usual forms: 1234, -1,234, △1,234, (1,234), each with `tail` behind."""
    amount = _UNSIGNED + tail
    below_zero = f"'-' || regexp_replace({x}, '[△▲▽▼(), ]', '', 'g')"
    return [
        f"WHEN {matches(x, _PLAIN + tail)} THEN try_cast({x} AS {storage})",
        f"WHEN {matches(x, _GROUPED + tail)} THEN try_cast(replace({x}, ',', '') AS {storage})",
        f"WHEN {matches(x, f'[△▲▽▼] ?{amount}|[(]{amount}[)]')} THEN try_cast({below_zero} AS {storage})",
    ]


def integer(x: str, *, suffix: bool = False, codes: bool = False, quick: bool = False) -> str:
    """SQL: `x` as BIGINT or null. `codes` also reads 0012 and up to 18 digits; ``12.0`` is 12, ``12.5`` is not read.

    `quick`: only the usual forms, cheaply.
    """
    text = _guarded(x, suffix, codes, percent=False)
    whole = f"regexp_replace({text}, '[.]0*$', '')"
    slow = f"CASE WHEN {matches(whole, '[-+]?[0-9]{1,18}')} THEN try_cast({whole} AS BIGINT) END"
    return first_of(_quick(x, "BIGINT", ""), None if quick else slow)


def number(
    x: str, *, suffix: bool = False, codes: bool = False, percent: bool = False, quick: bool = False
) -> str:
    """SQL: `x` as a finite DOUBLE or null; with `percent` a % sign behind it is dropped, 12.5% is 12.5.

    `quick`: only the usual forms, cheaply.
    """
    slow = f"try_cast({_guarded(x, suffix, codes, percent)} AS DOUBLE)"
    finite = f"CASE WHEN isfinite({slow}) THEN {slow} END"
    return first_of(_quick(x, "DOUBLE", _FRACTION), None if quick else finite)
