"""A source: what officers told of the files of one dataset, as kept in ``content/sources/<dataset>.toml``.

The keys above say what holds now and may be written by hand; ``[[history]]`` says who told what, when and because of
which deposit, and only ever grows.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from madang.declarations.fields import Fields, bad
from madang.declarations.standard import STORAGE

SETTINGS = (
    "encoding",
    "delimiter",
    "header_rows",
    "standard",
    "text",
    "crs",
    "sheet",
)  # one value for the whole file
BY_HEADER = ("types", "mapping")  # one value for each header
_LONGEST = 250
_HEAD = """\
# '{id}' 데이터의 파일을 읽을 때 담당자가 정한 것입니다. 다음에 입고할 때 그대로 적용합니다.
# 보기: madang source show {id} · 지우기: madang source forget {id}
"""


@dataclass(frozen=True)
class Change:
    """One thing that was told, or forgotten again: `value` is None then. `header` where the setting is by header."""

    at: str  # ISO time
    by: str
    setting: str
    value: str | None
    header: str = ""
    deposit: str = ""
    file: str = ""


@dataclass(frozen=True)
class Source:
    """What is known of the files that go to dataset `id`; None and empty: nothing was told.

    `labels` are the headers of the last file that was read so, `width` its columns where it has none: rows named by
    number are trusted only where those are still much the same.
    """

    id: str
    encoding: str | None = None
    delimiter: str | None = None
    header_rows: tuple[int, ...] | None = None
    standard: str | None = None
    text: bool = False
    crs: str | None = None
    sheet: str | None = None
    types: dict[str, str] = field(default_factory=dict)
    mapping: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    width: int | None = None
    history: tuple[Change, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing holds any more."""
        return not any(self.told(setting) for setting in (*SETTINGS, *BY_HEADER))

    def told(self, setting: str) -> bool:
        value = getattr(self, setting)
        return value == () if setting == "header_rows" and not value else bool(value)

    def change(self, setting: str, header: str = "") -> Change | None:
        """The last time this was told; None where somebody wrote it into the file by hand."""
        made = [each for each in self.history if (each.setting, each.header) == (setting, header)]
        return made[-1] if made and made[-1].value is not None else None


def source_file(folder: Path, id_: str) -> Path:
    """Where the source of dataset `id_` is declared."""
    name = f"{id_}.toml"
    if len(name.encode()) > _LONGEST:  # more than a file may be called
        digest = hashlib.sha256(id_.encode()).hexdigest()[:12]
        name = f"{id_[:60]}-{digest}.toml"
    return folder / name


def load_source(folder: Path, id_: str) -> Source | None:
    """The source declared for dataset `id_`; None where there is none. Raises MadangError (``standard_*``)."""
    file = source_file(folder, id_)
    if not file.is_file():
        return None
    source = load_file(file)
    if source.id != id_:
        raise bad("standard_id", file, "id", value=source.id, expected=id_)
    return source


def load_file(file: Path) -> Source:
    """The source declared in one TOML file. Raises MadangError (``standard_*``) with file and key."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad("standard_toml", file, "", reason=str(error)) from error
    fields = Fields(table, file, "")
    source = Source(
        id=fields.text("id", required=True),
        encoding=fields.text("encoding") or None,
        delimiter=fields.text("delimiter") or None,
        header_rows=fields.integers("header_rows"),
        standard=fields.text("standard") or None,
        text=fields.boolean("text"),
        crs=fields.text("crs") or None,
        sheet=fields.text("sheet") or None,
        types=fields.mapping("types"),
        mapping=fields.mapping("mapping"),
        labels=fields.texts("labels"),
        width=fields.integer("width"),
        history=tuple(_change(each) for each in fields.tables("history")),
    )
    fields.done()
    for header, kind in source.types.items():
        if kind not in STORAGE:
            choices = ", ".join(STORAGE)
            raise bad("standard_choice", file, f"types.{header}", value=kind, choices=choices)
    return source


def _change(fields: Fields) -> Change:
    change = Change(
        at=fields.text("at", required=True),
        by=fields.text("by", required=True),
        setting=fields.choice("setting", (*SETTINGS, *BY_HEADER)),
        value=None if fields.boolean("forgotten") else fields.text("value"),
        header=fields.text("header"),
        deposit=fields.text("deposit"),
        file=fields.text("file"),
    )
    fields.done()
    return change


def source_toml(source: Source) -> str:
    """The source as TOML; `load_source` reads the same back."""
    lines = [_HEAD.format(id=source.id), f"id = {_text(source.id)}"]
    for setting in SETTINGS:
        if source.told(setting):
            lines.append(f"{setting} = {_value(getattr(source, setting))}")
    if source.labels:
        lines.append(f"labels = [{', '.join(map(_text, source.labels))}]")
    if source.width:
        lines.append(f"width = {source.width}")
    for table in BY_HEADER:
        if getattr(source, table):
            lines += ["", f"[{table}]"]
            lines += [f"{_text(header)} = {_text(value)}" for header, value in getattr(source, table).items()]
    for change in source.history:
        lines += ["", "[[history]]"]
        for key in ("at", "by", "setting", "header", "deposit", "file"):
            if getattr(change, key):
                lines.append(f"{key} = {_text(getattr(change, key))}")
        lines.append("forgotten = true" if change.value is None else f"value = {_text(change.value)}")
    return "\n".join(lines) + "\n"


def _value(value: str | bool | tuple[int, ...]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else f"[{', '.join(map(str, value))}]"


def _text(value: str) -> str:
    """A TOML basic string: that of JSON, with the one control character escaped that JSON lets through."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
