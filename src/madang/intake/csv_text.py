"""The text of a file as UTF-8 pieces: strict or with the bad bytes listed, composed, lines ended by LF."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from madang.intake.csv_encoding import Encoding
from madang.intake.csv_iconv import converter

PIECE = 256 << 10  # decoded at a time: stays in the cache, and other threads soon get their turn


@dataclass(frozen=True)
class BadBytes:
    """Bytes that are no text in the encoding of the file: where they stand."""

    line: int  # 1-based physical line
    offset: int  # of the first bad byte in the file
    raw: bytes


@dataclass
class TextStream:
    """The text of a file as UTF-8, NFC, lines ended by LF.

    `blocks` yields blocks of some 100 kB that never split a character; it raises UnicodeDecodeError
    (with `start` counted from the beginning of the file) where the encoding does not hold.
    """

    path: Path
    encoding: Encoding
    nul_bytes: int = 0
    bad: list[BadBytes] = field(default_factory=list)
    done: int = 0  # bytes of the file read so far

    def blocks(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            yield from self._decode(file.read)

    def _decode(self, read: object) -> Iterator[bytes]:
        wide = self.encoding.codec.startswith("utf-16")
        decoder = codecs.getincrementaldecoder(self.encoding.codec)("strict")
        quick = None if self.encoding.lenient else converter(self.encoding.codec)
        offset, line, rest = 0, 1, b""
        held = ""  # a CR at the end of a block may be half of a CRLF
        while True:
            raw: bytes = read(PIECE)  # type: ignore[operator]
            final = not raw
            piece = rest + raw
            if piece.isascii() and not wide and not held:
                utf8, rest = piece, b""
                if utf8.endswith(b"\r") and not final:
                    utf8, rest = utf8[:-1], b"\r"
            elif quick and not final and (converted := quick.convert(piece)) is not None:
                utf8, used = converted
                utf8, rest = _composed(utf8), piece[used:]
                if utf8.endswith(b"\r"):
                    utf8, rest = utf8[:-1], b"\r" + rest
            else:
                text, rest = self._text(decoder, piece, offset, line, final, wide)
                text = held + text
                held = ""
                if text.endswith("\r") and not final:
                    text, held = text[:-1], "\r"
                utf8 = compose(text)
            offset += len(piece) - len(rest)
            self.done = offset
            utf8 = self._clean(utf8)
            line += utf8.count(b"\n") if self.encoding.lenient else 0
            if utf8:
                yield utf8
            if final:
                return

    def _text(
        self,
        decoder: codecs.IncrementalDecoder,
        piece: bytes,
        offset: int,
        line: int,
        final: bool,
        wide: bool,
    ) -> tuple[str, bytes]:
        if not self.encoding.lenient:
            try:
                text = decoder.decode(piece, final)
            except UnicodeDecodeError as error:
                raise UnicodeDecodeError(
                    self.encoding.codec, b"", offset + error.start, offset + error.end, error.reason
                ) from None
            if wide:  # keeps its own state: byte order and half characters
                return text, b""
            pending = decoder.getstate()[0]
            decoder.reset() if self.encoding.codec != "utf-8-sig" else decoder.setstate((b"", 1))
            return text, pending
        text, used = _decode_lenient(self, piece, offset, line, final)
        return text, piece[used:]

    def _clean(self, utf8: bytes) -> bytes:
        if b"\0" in utf8:
            self.nul_bytes += utf8.count(b"\0")
            utf8 = utf8.replace(b"\0", b"")
        if b"\r" in utf8:
            utf8 = b"\n".join(utf8.split(b"\r\n"))  # half the time of replace
            if self.encoding.carriage_returns:
                utf8 = utf8.replace(b"\r", b"\n")
        return utf8


def _decode_lenient(stream: TextStream, piece: bytes, offset: int, line: int, final: bool) -> tuple[str, int]:
    """Decode with U+FFFD for each bad run; a sequence cut by the end of the block is left for the next one."""
    codec = "utf-8" if stream.encoding.codec == "utf-8-sig" else stream.encoding.codec
    if codec.startswith("utf-16") and len(piece) % 2 and not final:
        piece = piece[:-1]
    parts, start = [], 0
    while True:
        try:
            parts.append(piece[start:].decode(codec))
            start = len(piece)
            break
        except UnicodeDecodeError as error:
            at, end = start + error.start, start + error.end
            good = piece[start:at].decode(codec)
            parts.append(good)
            if at >= len(piece) - 3 and not final:
                start = at
                break
            parts.append("\ufffd")
            row = line + sum(part.count("\n") for part in parts)
            stream.bad.append(BadBytes(row, offset + at, piece[at:end]))
            start = end
    text = "".join(parts)
    return (text.removeprefix("\ufeff") if offset == 0 else text), start


def compose(text: str) -> bytes:
    """The text as UTF-8 in NFC; only text with characters that can be composed is looked at closely."""
    utf8 = text.encode("utf-8", "replace")
    if _suspect(utf8) and not unicodedata.is_normalized("NFC", text):
        return unicodedata.normalize("NFC", text).encode("utf-8", "replace")
    return utf8


def _composed(utf8: bytes) -> bytes:
    return compose(utf8.decode()) if _suspect(utf8) else utf8


def _suspect(utf8: bytes) -> bool:
    return any(lead in utf8 for lead in (b"\xcc", b"\xcd", b"\xe1", b"\xef"))  # of combining marks, jamo …
