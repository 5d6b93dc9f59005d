"""JSON Lines: a record in each line; broken lines are problems, not the end of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from madang.intake.json_parse import parse
from madang.intake.json_table import RecordTable
from madang.intake.json_text import TextSource
from madang.intake.raw import Evidence, Progress, RawTable, Refused
from madang.messages import text

_LOOKED_AT = 40  # lines
_MOSTLY = 0.5  # of the lines must be JSON
_LONGEST = 64 << 20
Line = tuple[int, bytes]


def is_lines(head: bytes) -> bool:
    """Whether most of the first lines, two at least, are JSON objects (or arrays) each for itself."""
    lines = [line for line in head.split(b"\n") if line.strip()]
    if len(lines) < 2:
        return False
    whole = lines[:-1][:_LOOKED_AT] if len(lines) > _LOOKED_AT or not head.endswith(b"\n") else lines
    if not re.match(rb"\s*[\[{]", whole[0]):
        return False
    sound = sum(isinstance(_value(line), dict | list) for line in whole)
    return sound > _MOSTLY * len(whole) and sound + (len(lines) - len(whole)) > 1


def read_lines(source: TextSource, stage_dir: Path, progress: Progress) -> RawTable:
    """The table of a JSON Lines file, `source_row` the physical line.

    Raises Refused(json_lines_broken) where most lines are no JSON, json_record_too_long."""
    table = RecordTable(stage_dir, "json-1")
    sound = broken = 0
    first_broken = 0
    for lines in _blocks(source):
        values = _values(lines)
        good = [
            (row, value) for (row, _), value in zip(lines, values, strict=True) if type(value) is not _Bad
        ]
        for (row, line), value in zip(lines, values, strict=True) if len(good) < len(lines) else ():
            if type(value) is _Bad:
                first_broken = first_broken or row
                table.tell("json_line_broken", row, value=line[:500].decode("utf-8", "replace"))
        table.add([_record(value) for _, value in good], [row for row, _ in good])
        sound, broken = sound + len(good), broken + len(lines) - len(good)
        progress(source.done, source.size)
    if broken > _MOSTLY * (sound + broken):
        table.problems.close()
        raise Refused(
            "json_lines_broken", broken=f"{broken:,}", lines=f"{sound + broken:,}", line=first_broken
        )
    because = text("because_json_lines", rows=f"{sound:,}")
    found = Evidence("records", "JSON Lines", because, 0.99)
    source.tell(table.problems)
    return table.finish(None, [source.encoding.evidence(), found], encoding=source.encoding.codec)


class _Bad:
    """Stands for a line that is no JSON."""


def _value(line: bytes) -> Any:
    try:
        return parse(line, pairs=True)
    except (ValueError, RecursionError):
        return _Bad()


def _values(lines: list[Line]) -> list[Any]:
    """The value of each line, at once where all lines are sound."""
    try:
        found = parse(b"[" + b",".join(line for _, line in lines) + b"]", pairs=True)
        if len(found) == len(lines):
            return list(found)
    except (ValueError, RecursionError):
        pass
    return [_value(line) for _, line in lines]


def _record(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    return {str(number): each for number, each in enumerate(value if isinstance(value, list) else [value], 1)}


def _blocks(source: TextSource) -> Iterator[list[Line]]:
    """The lines that are not blank, with their numbers, block by block."""
    rest, row = b"", 1
    for block in source.blocks():
        *whole, rest = (rest + block).split(b"\n")
        if len(rest) > _LONGEST:
            raise Refused("json_record_too_long", line=row + len(whole), megabytes=_LONGEST >> 20)
        lines = [(number, line) for number, line in enumerate(whole, row) if line.strip()]
        row += len(whole)
        if lines:
            yield lines
    if rest.strip():
        yield [(row, rest)]
