"""The parts of a declaration that say how the fetched file is read, to and from TOML."""

from __future__ import annotations

import json

from madang.declarations.fields import Fields, bad
from madang.declarations.standard import STORAGE
from madang.intake.raw import Override


def quoted(said: str) -> str:
    """A TOML basic string: that of JSON, with the one control character escaped that JSON lets through."""
    return json.dumps(said, ensure_ascii=False).replace("\x7f", "\\u007f")


def reading_of(fields: Fields | None) -> Override:
    """What ``[reading]`` fixes of how the file is read; nothing where there is no such table."""
    if fields is None:
        return Override()
    found = Override(
        encoding=fields.text("encoding") or None,
        delimiter=fields.text("delimiter") or None,
        header_rows=fields.integers("header_rows"),
        standard=fields.text("standard") or None,
        text=fields.boolean("text"),
        types=fields.mapping("types"),
        mapping=fields.mapping("mapping"),
        crs=fields.text("crs") or None,
    )
    fields.done()
    for header, kind in found.types.items():
        if kind not in STORAGE:
            key = fields.key(f"types.{header}")
            raise bad("standard_choice", fields.file, key, value=kind, choices=", ".join(STORAGE))
    return found


def reading_toml(reading: Override) -> list[str]:
    """The lines of ``[reading]``; none where nothing is fixed."""
    lines = []
    for key in ("encoding", "delimiter", "standard", "crs"):
        if getattr(reading, key):
            lines.append(f"{key} = {quoted(getattr(reading, key))}")
    if reading.header_rows is not None:
        lines.append(f"header_rows = [{', '.join(map(str, reading.header_rows))}]")
    if reading.text:
        lines.append("text = true")
    tables = [(name, getattr(reading, name)) for name in ("types", "mapping") if getattr(reading, name)]
    for name, values in tables:
        lines += [
            "",
            f"[reading.{name}]",
            *(f"{quoted(key)} = {quoted(value)}" for key, value in values.items()),
        ]
    return ["", "[reading]", *lines] if lines else []
