"""Which encoding a text file is in: its mark, else strict UTF-8, else strict CP949; confirmed while it is read."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from madang.intake.raw import Evidence, Refused

SAMPLE = 1 << 20
BAD_LINES_SHARE = 0.001  # above this share of lines with undecodable bytes a file is refused
BAD_LINES_FREE = 3  # so many are kept (with a problem each) however short the file is

UTF8_SHARE = 0.9  # of the lines beyond ASCII: by chance CP949 text is hardly ever UTF-8

_BOMS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]
_MAGIC = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x89PNG",
    b"\x1f\x8b",
    b"PAR1",
    b"GIF8",
    b"\xff\xd8\xff",
)
_NAMES = {"euc-kr": "cp949", "euckr": "cp949", "ms949": "cp949", "uhc": "cp949", "utf8": "utf-8"}


@dataclass(frozen=True)
class Encoding:
    """An encoding decided upon; with `lenient`, bad bytes become U+FFFD and are listed instead of raising."""

    codec: str
    because: str
    confidence: float
    lenient: bool = False
    carriage_returns: bool = False  # a bare CR ends a line here

    def evidence(self) -> Evidence:
        return Evidence("encoding", self.codec, self.because, self.confidence)


def choose_encoding(path: Path, given: str | None) -> Encoding:
    """The encoding a file starts in, from its BOM or first megabyte; raises Refused for binary and empty files."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    if not sample:
        raise Refused("file_empty", file=path.name)
    if sample.startswith(_MAGIC):
        raise Refused("csv_binary", file=path.name)
    returns = _carriage_returns(sample)
    if given:
        codec = _NAMES.get(given.lower().replace("_", "-"), given.lower())
        if codec == "utf-8" and sample.startswith(codecs.BOM_UTF8):
            codec = "utf-8-sig"
        return Encoding(_known(codec, path), "사람이 정함", 1.0, carriage_returns=returns)
    for bom, codec in _BOMS:
        if sample.startswith(bom):
            return Encoding(
                codec, "BOM이 있음", 1.0, carriage_returns=_carriage_returns(sample.replace(b"\0", b""))
            )
    wide = _utf16_without_bom(sample)
    if wide:
        plain = sample.replace(b"\0", b"")
        return Encoding(wide, "0 바이트가 한 자씩 걸러 나옴", 0.9, carriage_returns=_carriage_returns(plain))
    if sample.count(b"\0") > len(sample) * 0.01 or _controls(sample) > 0.02:
        raise Refused("csv_binary", file=path.name)
    if sample.isascii():
        return Encoding("utf-8", "ASCII 글자만 있음", 1.0, carriage_returns=returns)
    if _decodes(sample, "utf-8"):
        return Encoding("utf-8", "엄격한 UTF-8로 읽힘", 0.99, carriage_returns=returns)
    wide_lines = [line for line in sample.split(b"\n")[:-1] if not line.isascii()]
    if len(wide_lines) > 10 and sum(map(_is_utf8, wide_lines)) >= len(wide_lines) * UTF8_SHARE:
        return Encoding("utf-8", "거의 모든 줄이 UTF-8로 읽힘", 0.9, carriage_returns=returns)
    return Encoding("cp949", "UTF-8이 아니고 CP949로 읽힘", 0.95, carriage_returns=returns)


def _is_utf8(line: bytes) -> bool:
    return _error(line, "utf-8") is None


def fall_back(path: Path, tried: Encoding, error: UnicodeDecodeError) -> Encoding:
    """What to read with after `tried` failed at a byte: the other encoding, or the better one leniently.

    Raises Refused where neither fits and the bad bytes are too many to be slips.
    """
    if tried.because == "사람이 정함" or tried.codec not in ("utf-8", "cp949"):
        choices = [tried.codec]
    elif _meant_utf8(path):
        choices = ["utf-8"]
    elif tried.codec == "utf-8" and _whole(path, "cp949"):
        return replace(tried, codec="cp949", because="UTF-8이 아니고 CP949로 읽힘", confidence=0.95)
    else:
        choices = ["utf-8", "cp949"]
    counts = {codec: _bad_lines(path, codec) for codec in choices}
    codec = min(choices, key=lambda each: counts[each][0])
    bad, lines, offset, line = counts[codec]
    if bad > max(BAD_LINES_FREE, lines * BAD_LINES_SHARE) or bad * 10 > lines:
        raise Refused(
            "csv_undecodable", file=path.name, encoding=codec, offset=offset, line=line, lines=bad
        ) from error
    because = f"{lines:,}줄 가운데 {bad:,}줄만 {codec}로 읽히지 않음"
    return Encoding(codec, because, 0.8, lenient=True, carriage_returns=tried.carriage_returns)


def _meant_utf8(path: Path) -> bool:
    """Whether nearly all lines beyond ASCII are UTF-8: such a file with slips may decode as CP949 too, to nonsense."""
    wide = good = 0
    with path.open("rb") as file:
        while lines := file.readlines(4 << 20):
            beyond = [line for line in lines if not line.isascii()]
            wide += len(beyond)
            good += sum(map(_is_utf8, beyond))
    return wide > 10 and good >= wide * UTF8_SHARE


def _known(codec: str, path: Path) -> str:
    try:
        codecs.lookup(codec)
    except LookupError:
        raise Refused("csv_unknown_encoding", file=path.name, encoding=codec) from None
    return codec


def _decodes(sample: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(sample, len(sample) < SAMPLE)
    except UnicodeDecodeError:
        return False
    return True


def _whole(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(4 << 20):
                decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _bad_lines(path: Path, codec: str) -> tuple[int, int, int, int]:
    """Lines with undecodable bytes, all lines, and offset and line of the first bad byte."""
    bad = lines = offset = 0
    first = (0, 0)
    with path.open("rb") as file:
        while block := file.readlines(4 << 20):
            joined = b"".join(block)
            if not _strict(joined, codec):
                position = offset
                for index, each in enumerate(block):
                    error = _error(each, codec)
                    if error is not None:
                        first = first if bad else (position + error, lines + index + 1)
                        bad += 1
                    position += len(each)
            lines += len(block)
            offset += len(joined)
    return bad, lines, first[0], first[1]


def _strict(data: bytes, codec: str) -> bool:
    return _error(data, codec) is None


def _error(data: bytes, codec: str) -> int | None:
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _utf16_without_bom(sample: bytes) -> str | None:
    data = np.frombuffer(sample[: len(sample) // 2 * 2], np.uint8)
    if len(data) < 4:
        return None
    even, odd = float((data[0::2] == 0).mean()), float((data[1::2] == 0).mean())
    if odd > 0.05 and even * 5 < odd:
        return "utf-16-le"
    if even > 0.05 and odd * 5 < even:
        return "utf-16-be"
    return None


def _controls(sample: bytes) -> float:
    data = np.frombuffer(sample, np.uint8)
    allowed = (
        (data >= 32) | (data == 9) | (data == 10) | (data == 13) | ((data >= 28) & (data <= 31)) | (data == 0)
    )
    return float((~allowed).mean())


def _carriage_returns(sample: bytes) -> bool:
    """Whether a bare CR ends lines: the file has no other line end, or at least a tenth of them are bare CRs."""
    bare = len(re.findall(rb"\r(?!\n)", sample[:-1])) + (len(sample) < SAMPLE and sample.endswith(b"\r"))
    return bare > 0 and bare * 9 >= sample.count(b"\n")
