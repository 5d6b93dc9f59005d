"""What officers told of a dataset's files is remembered, and applied to the next one unless that says otherwise.

Kept in ``content/sources`` (`declarations.source`). What is said for a deposit goes before what was learned. Settings
that depend on where things stand (header rows, delimiter, encoding) are applied only while the headers that come out
are still much the same; otherwise they are inferred again, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from madang.bank.durable import disk_errors, locked, write_text
from madang.declarations.headers import normalise
from madang.declarations.source import (
    BY_HEADER,
    SETTINGS,
    Change,
    Source,
    load_file,
    load_source,
    source_file,
    source_toml,
)  # fmt: skip
from madang.intake.raw import Evidence, Override, RawTable
from madang.intake.receipt import Reason
from madang.messages import MadangError, text

if TYPE_CHECKING:
    from madang.intake.settle import Settled

BY_PLACE = ("encoding", "delimiter", "header_rows", "sheet")
_MOOT = {"text": ("standard", *BY_HEADER), "standard": ("text",), "types": ("text",), "mapping": ("text",)}
_SAME_SHARE = 0.5  # of the headers, from which a file is still laid out as the one that was told about
_DECISIONS = {"header_rows": "header", "text": "layout", "types": "type", "mapping": "column"}

Item = tuple[str, str]  # a setting, and the header where it is by header


def known_source(folder: Path, id_: str) -> Source | None:
    """The source of dataset `id_`. Raises MadangError where its file is broken: a deposit must not go on as if nothing
    had been told, since a wrongly read file would become the live version."""
    with disk_errors(folder):
        return load_source(folder, id_)


def known_sources(folder: Path) -> list[Source]:
    """Everything that is remembered, by dataset. Raises MadangError for a broken file."""
    found = (load_file(file) for file in sorted(folder.glob("*.toml")))
    return [source for source in found if not source.empty]


@dataclass(frozen=True)
class Learned:
    """What of a source is applied to one deposit, and what had to be left out."""

    source: Source | None = None
    applied: tuple[Item, ...] = ()
    left_out: tuple[Item, ...] = ()

    @classmethod
    def of(cls, source: Source | None, told: Override) -> Learned:
        """What holds of `source` beside what is `told` for this deposit."""
        if source is None:
            return cls()
        fresh = {setting for setting, _ in items_of(told)}
        moot = {setting for each in fresh for setting in _MOOT.get(each, ())} | (fresh - {*BY_HEADER})
        said = set(items_of(told))
        applied = [each for each in items_of(source) if each[0] not in moot and each not in said]
        return cls(source, tuple(applied))

    def over(self, told: Override) -> Override:
        """`told`, completed by what was learned."""
        return _override(told, [(item, _value(self.source, item)) for item in self.applied])

    @property
    def by_place(self) -> bool:
        return any(setting in BY_PLACE for setting, _ in self.applied)

    def without_places(self) -> Learned:
        """The same, with what depends on where things stand left out."""
        placed = tuple(each for each in self.applied if each[0] in BY_PLACE)
        rest = tuple(each for each in self.applied if each[0] not in BY_PLACE)
        return replace(self, applied=rest, left_out=placed)

    def fits(self, tables: Sequence[RawTable]) -> bool:
        """Whether the headers that came out are still those of the file that was told about."""
        source = self.source
        if source is None:
            return True
        rows = set(source.header_rows or ()) if ("header_rows", "") in self.applied else set()
        if rows and not any(rows <= set(table.header_rows) for table in tables):
            return False
        if ("sheet", "") in self.applied and len(tables) > 1:
            if all(table.member != source.sheet for table in tables):
                return False
            tables = [table for table in tables if table.member == source.sheet]
        if not source.labels:
            return source.width is None or any(len(table.columns) == source.width for table in tables)
        before = {normalise(label) for label in source.labels}
        now = {normalise(column.label) for table in tables for column in table.columns}
        return len(before & now) >= _SAME_SHARE * len(before)

    def gone(self, tables: Sequence[RawTable]) -> list[str]:
        """Headers that something is known about and that no table has."""
        there = {column.label for table in tables for column in table.columns}
        return list(dict.fromkeys(header for _, header in self.applied if header and header not in there))

    def explained(self, settled: Settled) -> Settled:
        """The same table, saying of each decision that was learned when and by whom it was told."""
        if not self.applied:
            return settled
        person = text("because_person")
        because = {header: self._because(each) for each in self.applied if (header := each[1])}
        columns = [
            replace(c, because=c.because.replace(person, because[c.label])) if c.label in because else c
            for c in settled.columns
        ]
        told = [("because", column.because) for column in columns]
        facts = dict(settled.facts)
        facts["columns"] = [{**c, k: v} for c, (k, v) in zip(facts["columns"], told, strict=True)]
        mine = {each["decision"] for each in self._evidence()}
        others = [e for e in facts["evidence"] if e["decision"] not in mine or person not in e["because"]]
        facts["evidence"] = [*others, *self._evidence()]
        return replace(settled, columns=columns, facts=facts)

    def reasons(self, settled: Settled) -> tuple[Reason, ...]:
        """What the receipt says: what was read as learned, and what could not be."""
        found = []
        labels = {column.label: column.standard for column in settled.columns}
        for setting, header in self.applied:
            wanted = _value(self.source, (setting, header)) if setting == "mapping" else None
            if wanted and header in labels and labels[header] != wanted:
                found.append(Reason("learned_idle", {"header": header, "column": wanted}))
        if self.applied:
            found.append(Reason("learned_applied", {"what": self.shown(self.applied)}))
        return tuple(found)

    def shown(self, items: Iterable[Item]) -> str:
        """The items for people, each with when and by whom."""
        return "; ".join(f"{_shown(self.source, item)} ({self._when(item)})" for item in items)

    def _evidence(self) -> list[dict[str, Any]]:
        found = []
        for setting, header in self.applied:
            decision = _DECISIONS.get(setting, setting) + (f":{header}" if header else "")
            value = value_shown(setting, _value(self.source, (setting, header)))
            found.append(Evidence(decision, value, self._because((setting, header)), 1.0))
        return [dict(vars(each)) for each in found]

    def _because(self, item: Item) -> str:
        return text("because_learned", when=self._when(item))

    def _when(self, item: Item) -> str:
        change = self.source.change(*item) if self.source else None
        return f"{change.at[:10]}, {change.by}" if change else text("learned_by_hand")


def items_of(known: Source | Override) -> list[Item]:
    """What is said in an override or a source."""
    found = []
    for setting in SETTINGS:
        value = getattr(known, setting)
        if value or (setting == "header_rows" and value is not None):
            found.append((setting, ""))
    return found + [(table, header) for table in BY_HEADER for header in getattr(known, table)]


def remember(
    folder: Path,
    id_: str,
    told: Override,
    tables: Sequence[Sequence[str]],
    *,
    by: str,
    at: datetime,
    deposit: str,
    file: str,
) -> Source | None:
    """Keep what was `told` for dataset `id_` by an accepted deposit; what was told before in its stead stays in the
    history. `tables` are the headers of the tables of the file. None where there is nothing to keep."""
    if not items_of(told) and not source_file(folder, id_).exists():
        return None
    with disk_errors(folder), locked(folder / ".lock"):
        before = known_source(folder, id_)
        source = before or Source(id_)
        changes = []
        for item in items_of(told):
            changes += [Change(at.isoformat(), by, setting, None, header, deposit, file)
                        for setting, header in items_of(source) if setting in _MOOT.get(item[0], ())]  # fmt: skip
            source = _forgotten(
                source, [(each.setting, each.header) for each in changes if each.value is None]
            )
            value = _value(told, item)
            if item not in items_of(source) or _value(source, item) != value:
                said = value_shown(item[0], value)
                changes.append(Change(at.isoformat(), by, item[0], said, item[1], deposit, file))
                source = _with(source, item, value)
        labels = tuple(dict.fromkeys(label for table in tables for label in table if label.strip()))
        width = None if labels or not tables else max(map(len, tables))
        if tables:
            source = replace(source, labels=labels, width=width or None)
        source = replace(source, history=(*source.history, *changes))
        if source != before:
            write_text(source_file(folder, id_), source_toml(source))
        return source


def forget(
    folder: Path,
    id_: str,
    *,
    by: str,
    at: datetime,
    headers: Sequence[str] = (),
    settings: Sequence[str] = (),
) -> list[str]:
    """Forget what is known of `headers` and `settings` of a source, all of it where neither is given; the history stays.

    Returns what was forgotten, for people. Raises MadangError: source_none, source_nothing_to_forget.
    """
    if not source_file(folder, id_).exists():
        raise MadangError("source_none", dataset=id_)
    with disk_errors(folder), locked(folder / ".lock"):
        source = known_source(folder, id_) or Source(id_)
        every = not (headers or settings)
        gone = [each for each in items_of(source) if every or each[0] in settings or each[1] in headers]
        if not gone:
            raise MadangError(
                "source_nothing_to_forget", dataset=id_, what=told_shown(source) or text("setting_none")
            )
        made = [Change(at.isoformat(), by, setting, None, header) for setting, header in gone]
        left = replace(_forgotten(source, gone), history=(*source.history, *made))
        write_text(source_file(folder, id_), source_toml(left))
        return [_shown(source, item) for item in gone]


def told_shown(told: Override | Source) -> str:
    """What is said in an override or a source, for people."""
    return "; ".join(_shown(told, item) for item in items_of(told))


def _shown(known: Source | Override | None, item: Item) -> str:
    return f"{setting_name(*item)} {value_of(known, item)}"


def value_of(known: Source | Override | None, item: Item) -> str:
    """A value that is known, for people."""
    return value_shown(item[0], _value(known, item))


def setting_name(setting: str, header: str = "") -> str:
    """What a setting is called: 머리글 행, '구획수' 열의 자료형 …"""
    return text(f"setting_{setting}", header=header)


def value_shown(setting: str, value: Any) -> str:
    """A value of a setting as people read it, and as the history keeps it."""
    if setting == "header_rows":
        return ", ".join(map(str, value)) or text("setting_none")
    if setting == "text":
        return text("setting_yes")
    if setting == "delimiter":
        return str(value).replace("\t", "\\t")
    return str(value) or text("setting_none")


def _value(known: Source | Override | None, item: Item) -> Any:
    setting, header = item
    value = getattr(known, setting)
    return value[header] if setting in BY_HEADER else value


def _with(source: Source, item: Item, value: Any) -> Source:
    setting, header = item
    if setting in BY_HEADER:
        value = {**getattr(source, setting), header: value}
    return replace(source, **{setting: value})


def _forgotten(source: Source, items: Iterable[Item]) -> Source:
    for setting, header in items:
        if setting in BY_HEADER:
            kept = {each: value for each, value in getattr(source, setting).items() if each != header}
            source = replace(source, **{setting: kept})  # type: ignore[arg-type]
        else:
            source = replace(source, **{setting: False if setting == "text" else None})  # type: ignore[arg-type]
    return source


def _override(told: Override, learned: Sequence[tuple[Item, Any]]) -> Override:
    for (setting, header), value in learned:
        if setting in BY_HEADER:
            value = {**getattr(told, setting), header: value}
        told = replace(told, **{setting: value})
    return told
