"""Names of datasets: from a file's name, without its date or version."""

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
_NOT_ALLOWED = re.compile(r"[^0-9a-z가-힣-]+")
RESERVED = frozenset({"snapshots", "tombstones"})  # the bank's own folders beside those of the datasets
VALID = re.compile(r"[0-9a-z가-힣](?:[0-9a-z가-힣-]{0,118}[0-9a-z가-힣])?")


def dataset_id(file_name: str) -> str:
    """The id a file gets when none is said: its stem in NFC and lower case, without trailing date or version.

    `서울특별시_박물관미술관정보_20180821.csv` -> `서울특별시-박물관미술관정보`. Never empty: a name without a
    usable letter becomes `이름없음`, one that would name a folder of the bank itself gets `-자료` behind it.
    """
    name = unicodedata.normalize("NFC", file_name).strip()
    stem = re.sub(r"\.[A-Za-z0-9]{1,7}$", "", name).lower()
    kept = _without_trailing(stem)
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
    return " ".join(_without_trailing(stem).replace("_", " ").split()) or name


def _without_trailing(stem: str) -> str:
    while True:
        shorter = stem
        for pattern in (_COPY, _SHORT_DATE, _TRAILING):
            shorter = pattern.sub("", shorter)
        if shorter == stem or not clean_id(shorter):
            return stem
        stem = shorter


def clean_id(text: str) -> str:
    """`text` with everything but digits, a–z, Korean syllables and single hyphens removed; at most 120 letters."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return re.sub(r"-{2,}", "-", _NOT_ALLOWED.sub("-", lowered)).strip("-")[:120].strip("-")


def is_valid_id(text: str) -> bool:
    """Whether `text` can name a dataset."""
    return VALID.fullmatch(text) is not None and text not in RESERVED
