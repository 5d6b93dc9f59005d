"""The text of a JSON or XML file in blocks of UTF-8, read as often as it is wanted, in an encoding settled once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from madang.intake.csv_encoding import Encoding, choose_encoding, fall_back
from madang.intake.csv_text import BadBytes, TextStream
from madang.intake.problems import ProblemSink
from madang.intake.raw import Override

BLOCK = 4 << 20
T = TypeVar("T")


@dataclass
class TextSource:
    """A text file. `doubled`: its quotes are doubled, as exports of a cell of CSV are (`{""a"":""b""}`)."""

    path: Path
    encoding: Encoding
    doubled: bool = False
    bad: list[BadBytes] = field(default_factory=list)
    done: int = 0  # bytes of the file read so far
    size: int = 0

    @classmethod
    def of(cls, path: Path, override: Override) -> TextSource:
        """Settles the encoding by the first megabyte. Raises Refused."""
        return cls(path, choose_encoding(path, override.encoding), size=path.stat().st_size)

    def settled(self, work: Callable[[], T]) -> T:
        """What `work`, which reads all of the text, makes of it; again in another encoding where the first fails.

        Raises Refused where none fits."""
        try:
            return work()
        except UnicodeDecodeError as error:
            self.encoding = fall_back(self.path, self.encoding, error)
        return work()

    def blocks(self) -> Iterator[bytes]:
        """The text as UTF-8 in blocks of some megabytes that never split a character."""
        pieces = self._single(self._pieces()) if self.doubled else self._pieces()
        held: list[bytes] = []
        size = 0
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= BLOCK:
                yield b"".join(held)
                held, size = [], 0
        if size:
            yield b"".join(held)

    def tell(self, problems: ProblemSink) -> None:
        """List the bytes that are no text."""
        for bad in self.bad:
            detail = f'{{"offset": {bad.offset}, "bytes": "{bad.raw[:16].hex(" ")}"}}'
            problems.add("undecodable_bytes", row=None, severity="error", detail=detail)

    def _pieces(self) -> Iterator[bytes]:
        stream = TextStream(self.path, self.encoding)
        for piece in stream.blocks():
            self.done = stream.done
            yield piece
        self.bad = stream.bad

    @staticmethod
    def _single(pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Each doubled quote once; the quotes around the whole are taken off."""
        rest = b""
        first = True
        for piece in pieces:
            text = rest + piece
            if first:
                text = text.lstrip()
                text, first = text[1:] if text[:1] == b'"' and text[1:2] != b'"' else text, False
            cut = len(text.rstrip(b'" \n'))
            rest = text[cut:]
            yield text[:cut].replace(b'""', b'"')
        rest = rest.rstrip()
        yield rest[: len(rest) // 2 * 2].replace(b'""', b'"')
