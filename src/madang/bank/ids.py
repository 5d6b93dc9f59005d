"""Names of datasets: from a file's name, without its date or version.

What says when the file is of is no part of the name, so that the next month's file becomes the next version: at the end a
year, month or day, or the mark of a copy; anywhere else between separators a month or a day (`_202107_`, `2026-10 `,
`(2026년 10월)`), but no year alone (`2026년 주차장`) and no number that is not a date. Where nothing else is left it stays.
"""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

_DATE = r"(?:19|20)\d{2}(?:[._\-년 ]*(?:0[1-9]|1[0-2]|[1-9])(?:[._\-월 ]*(?:0[1-9]|[12]\d|3[01]|[1-9])일?)?월?)?년?"
_TRAILING = re.compile(
    rf"(?<![a-z0-9])[\s_\-.(\[]*(?:{_DATE}\s*(?:말?\s*기준|현재|말)?|v(?:er)?\.?\s?\d+(?:\.\d+)*|최종본?|수정본?|사본|복사본)[)\]]*$"
)
_COPY = re.compile(r"\s*\(\d+\)$")
_SHORT_DATE = re.compile(r"[\s_\-(\[]+\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:기준|현재)?[)\]]*$")
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_INSIDE = re.compile(  # a month or a day between separators; a year alone may be what the file is about
    rf"(?:^|[\s_\-.(\[~]+)(?:19|20)\d{{2}}(?:{_MONTH}{_DAY}?|[._\-]{_MONTH}(?:[._\-]{_DAY})?"
    rf"|년\s*(?:{_MONTH}|[1-9])월(?:\s*(?:{_DAY}|[1-9])일)?)(?:\s*(?:말\s*기준|기준|현재|말))?[)\]]*(?=[\s_\-.(\[~]|$)"
)
_ORDER = re.compile(
    rf"(?<!\d)((?:19|20)\d{{2}})(?:[._\-년 ]*({_MONTH}|[1-9](?!\d))(?:[._\-월 ]*({_DAY}|[1-9](?!\d)))?)?(?!\d)"
    rf"|(?<!\d)(\d{{2}})({_MONTH})({_DAY})(?!\d)"
)
_NOT_ALLOWED = re.compile(r"[^0-9a-z가-힣-]+")
RESERVED = frozenset({"snapshots", "tombstones"})  # the bank's own folders beside those of the datasets
_ID_BYTES, _NAME_BYTES = 240, 220  # a file system takes 255 bytes, and 200 Korean letters are 600
VALID = re.compile(r"[0-9a-z가-힣](?:[0-9a-z가-힣-]{0,118}[0-9a-z가-힣])?")


def dataset_id(file_name: str) -> str:
    """The id a file gets when none is said: its stem in NFC and lower case, without date or version.

    `서울특별시_박물관미술관정보_20180821.csv` -> `서울특별시-박물관미술관정보`, `주민등록_202107_1세단위.csv` ->
    `주민등록-1세단위`. Never empty: a name without a
    usable letter becomes `이름없음`, one that would name a folder of the bank itself gets `-자료` behind it.
    """
    name = unicodedata.normalize("NFC", file_name).strip()
    stem = re.sub(r"\.[A-Za-z0-9]{1,7}$", "", name).lower()
    kept = undated(stem)
    cleaned = clean_id(kept) or clean_id(stem)
    return f"{cleaned}-자료" if cleaned in RESERVED else cleaned or "이름없음"


def readable_name(path: Path) -> str:
    """The name of a file as text: names that are not UTF-8 (Korean ZIPs unpacked elsewhere) are read as CP949."""
    raw = os.fsencode(path.name)
    for codec in ("utf-8", "cp949"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def title_of(file_name: str) -> str:
    """A title for people from a file's name: `서울특별시_박물관미술관정보_20180821.csv` -> `서울특별시 박물관미술관정보`."""
    name = unicodedata.normalize("NFC", file_name).strip()
    stem = re.sub(r"\.[A-Za-z0-9]{1,7}$", "", name)
    return " ".join(undated(stem).replace("_", " ").split()) or name


def undated(stem: str) -> str:
    """A name without extension, without what says its date or version; unchanged where nothing else is left."""
    while True:
        shorter = stem
        for pattern in (_COPY, _SHORT_DATE, _TRAILING):
            shorter = pattern.sub("", shorter)
        shorter = _INSIDE.sub("_", shorter).strip("_ ")
        if shorter == stem or not clean_id(shorter):
            return stem
        stem = shorter


def order_of(file_name: str) -> tuple[int, int, int]:
    """Year, month and day that a file's name says it is of, 0 for what it does not say: versions are put in this order."""
    found = _ORDER.search(unicodedata.normalize("NFC", file_name))
    if not found:
        return 0, 0, 0
    year, month, day, short, of_short, day_short = found.groups()
    if short:
        return 2000 + int(short), int(of_short), int(day_short)
    return int(year), int(month or 0), int(day or 0)


def clean_id(text: str) -> str:
    """`text` with everything but digits, a–z, Korean syllables and single hyphens removed; at most 120 letters and 240 bytes."""
    lowered = unicodedata.normalize("NFC", text).lower()
    cleaned = re.sub(r"-{2,}", "-", _NOT_ALLOWED.sub("-", lowered)).strip("-")[:120]
    return within(cleaned, _ID_BYTES).strip("-")


def is_valid_id(text: str) -> bool:
    """Whether `text` can name a dataset."""
    fits = VALID.fullmatch(text) is not None and len(text.encode()) <= _ID_BYTES
    return fits and text not in RESERVED


def within(text: str, most: int) -> str:
    """The beginning of `text` that is at most so many bytes of UTF-8."""
    return text.encode()[:most].decode(errors="ignore")


def file_name(said: str) -> str:
    """What a file on our disk may be called after a name that somebody `said`: no path, no signs that steer, short enough
    for every file system with its ending kept; "file" where nothing is left."""
    last = said.replace("\\", "/").rsplit("/", 1)[-1].encode(errors="replace").decode()
    plain = "".join(each for each in last if each.isprintable()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if len(plain.encode()) <= _NAME_BYTES:
        return plain or "file"
    ending = within(ending, 20)
    return (
        f"{within(stem, _NAME_BYTES - 21).rstrip('. ')}{dot}{ending}" if stem else within(plain, _NAME_BYTES)
    )
