"""Header names as people compare them: without spaces, brackets, dots, case and width; units can be set aside."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOISE = re.compile(
    r"[\s_\-·ㆍ‧•∙・.,/\\:;'\"()\[\]{}<>〈〉《》「」『』【】〔〕~*※#"
    "\u2018\u2019\u201c\u201d\u00ad\u119e\u200b-\u200f\u2060\ufeff]+"
)
_BRACKET = re.compile(r"[(\[{〔【]([^()\[\]{}〔〕【】]*)[)\]}〕】]\s*$")
_UNIT = re.compile(
    r"(단위[:\s]*)?("
    r"m|m2|m²|㎡|km|km2|km²|ha|평|명|인|원|천원|백만원|억원|만원|개|개소|대|면|석|좌석|권|종|점|일|년|연|월|분|시간|건|동|호|세대|가구|기"
    r"|hr|hrs|hhmi|hpa|mj/m2|m/s|m/sec|m3|m3/s|㎥|㎥/s|ppm|16방위|10분위|100m|10m|1/10|cms|천명|천㎡|천m2"
    r"|%|퍼센트|℃|°c|kg|톤|ton|kwh|mm|cm|ℓ|l|wgs84|epsg:?\d{4,5}|y/n|yyyy-mm-dd|yyyymmdd|yyyy-mm|hh:mm|도"
    r")",
    re.IGNORECASE,
)


@lru_cache(maxsize=50_000)
def normalise(label: str) -> str:
    """The comparable form of a header: NFKC (full width becomes half, ㎡ becomes m2), casefolded, without separators.

    Example: ``"남성용 - 대변기수 "`` and ``"남성용_대변기수"`` are equal, ``"자료수(도서)"`` stays "자료수도서".
    """
    return _NOISE.sub("", unicodedata.normalize("NFKC", label).casefold())


def without_unit(label: str) -> str:
    """As `normalise`, with a trailing unit or notation in brackets taken off: ``"시설면적(㎡)"`` -> "시설면적"."""
    text = unicodedata.normalize("NFKC", label).strip()
    found = _BRACKET.search(text)
    if found and _UNIT.fullmatch(found.group(1).strip()):
        text = text[: found.start()]
    return normalise(text)


def forms(label: str) -> tuple[str, ...]:
    """The forms under which a header may match, the exact one first."""
    exact, bare = normalise(label), without_unit(label)
    return (exact,) if bare in ("", exact) else (exact, bare)
