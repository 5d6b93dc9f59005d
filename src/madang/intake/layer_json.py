"""A JSON text read piece by piece: members and items one after another, each decoded as a whole, the text never held.

Numbers of attributes stay exactly as they are written (`Number`); those of coordinates become floats at once.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from madang.intake.raw import Progress, Refused

_BLOCK = 1 << 20
_LARGEST = 128 << 20  # characters of one value (one feature) at most
_DEEPEST = 64
_BLANKS = " \t\r\n\x1e"
_SPACE = re.compile(f"[{_BLANKS}]*")  # 1e begins a record of a GeoJSON text sequence
_EDGE = 16  # an error so near to the end of what was read so far may be the cut, not the text


class Number(str):
    """A number as it is written."""

    __slots__ = ()


EXACT = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=Number, strict=False)
FLOATS = json.JSONDecoder(parse_int=float, strict=False)


class JsonText:
    """The text of the file at `path` from its beginning, decoded strictly. Raises UnicodeDecodeError while reading,
    Refused (layer_json_truncated, layer_json_broken, layer_json_too_deep, layer_json_too_large; `byte` counts from 1) where it is no JSON."""

    def __init__(self, path: Path, encoding: str, progress: Progress) -> None:
        self._file = path.open("rb")
        self._size = path.stat().st_size
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._encoding = encoding
        self._progress = progress
        self._text, self._at = "", 0
        self._before = 0  # bytes of the file in front of the text held
        self._ended = False

    def close(self) -> None:
        self._file.close()

    def peek(self) -> str:
        """The next character that is not blank; "" at the end."""
        if self._at < len(self._text) and (sign := self._text[self._at]) not in _BLANKS:
            return sign
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here; between two keys the caller takes (or skips) the value."""
        self._take("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            if self.peek() != '"':
                raise self._refused()
            key = str(self.value(EXACT))
            self._take(":")
            yield key
            if not self._goes_on("}"):
                return

    def items(self) -> Iterator[None]:
        """A step for each item of the array that begins here; at each the caller takes the value."""
        self._take("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield None
            self._forget()
            if not self._goes_on("]"):
                return

    def value(self, decoder: json.JSONDecoder) -> Any:
        """The value that begins here."""
        while True:
            self.peek()
            try:
                found, end = decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _EDGE
                if not cut or not self._more():
                    raise self._refused(len(self._text) if cut else error.pos, cut=cut) from error
            except RecursionError as error:
                raise Refused("layer_json_too_deep") from error
            else:
                if end < len(self._text) or not self._more():
                    self._at = end
                    return found

    def _take(self, sign: str) -> None:
        if self.peek() != sign:
            raise self._refused()
        self._at += 1

    def _goes_on(self, closing: str) -> bool:
        sign = self.peek()
        if sign not in (",", closing) or not sign:
            raise self._refused()
        self._at += 1
        return sign == ","

    def _more(self) -> bool:
        """Read on; False at the end of the file."""
        if self._ended:
            return False
        if len(self._text) - self._at > _LARGEST:
            raise Refused("layer_json_too_large", megabytes=_LARGEST >> 20)
        self._forget()
        block = self._file.read(max(_BLOCK, len(self._text)))
        self._ended = not block
        try:
            self._text += self._decoder.decode(block, self._ended)
        except UnicodeDecodeError as error:
            if self._ended:  # in the middle of a letter
                raise Refused(
                    "layer_json_truncated", byte=f"{self._size:,}", size=f"{self._size:,}"
                ) from error
            start = self._file.tell() - len(block) + error.start
            raise UnicodeDecodeError(error.encoding, b"\0", start, start + 1, error.reason) from error
        if self._text.startswith("\ufeff") and not self._before and not self._at:
            self._text = self._text[1:]
            self._before = 3
        self._progress(min(self._file.tell(), self._size), self._size)
        return True

    def _forget(self) -> None:
        """Let go of what has been taken, once it is worth the copy."""
        if self._at > _BLOCK or self._at == len(self._text):
            self._before += len(self._text[: self._at].encode(self._encoding, "replace"))
            self._text, self._at = self._text[self._at :], 0

    def _refused(self, position: int | None = None, *, cut: bool = False) -> Refused:
        at = self._at if position is None else position
        byte = self._before + len(self._text[:at].encode(self._encoding, "replace"))
        if cut or (position is None and at >= len(self._text)):
            return Refused("layer_json_truncated", byte=f"{byte:,}", size=f"{self._size:,}")
        near = " ".join(self._text[at : at + 20].split())
        return Refused("layer_json_broken", byte=f"{byte + 1:,}", near=near)


def flat(properties: Any) -> dict[str, str]:
    """Attributes as text by label: members of members as `outer.inner`, lists as JSON, null as ""."""
    found: dict[str, str] = {}
    _flatten(properties, "", found, 0)
    return found


def _flatten(value: Any, prefix: str, found: dict[str, str], depth: int) -> None:
    if not isinstance(value, dict):
        found[prefix] = value if isinstance(value, str) else _text(value)
        return
    if depth > _DEEPEST:
        raise Refused("layer_json_too_deep")
    for key, inner in value.items():
        label = f"{prefix}.{key}" if prefix else key
        if type(inner) is str or type(inner) is Number:
            found[label] = inner
        else:
            _flatten(inner, label, found, depth + 1)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return _dumped(value)
    except RecursionError as error:
        raise Refused("layer_json_too_deep") from error


def _dumped(value: Any) -> str:
    """JSON of a list, its numbers as they were written."""
    if isinstance(value, Number):
        return value
    if isinstance(value, list):
        return f"[{', '.join(map(_dumped, value))}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}: {_dumped(inner)}" for key, inner in value.items())
        return f"{{{', '.join(pairs)}}}"
    return json.dumps(value, ensure_ascii=False)
