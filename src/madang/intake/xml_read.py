"""Read the XML that portals hand out: elements that repeat are records, what is in them are columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from madang.intake.json_said import said_instead, said_nothing
from madang.intake.json_table import RecordTable
from madang.intake.json_text import TextSource
from madang.intake.raw import Evidence, Override, Progress, RawTable, Refused, no_progress
from madang.intake.xml_head import root_name
from madang.intake.xml_outline import Path as Steps
from madang.intake.xml_outline import record_paths
from madang.intake.xml_parse import elements, forget, local
from madang.intake.xml_workbook import WORKBOOK, read_workbook
from madang.messages import text

_BATCH = 10_000
_NOTHING = 64 << 20  # bytes of the file without a record
_SMALL = 1 << 20
_LEVELS = 60
_NAMING = frozenset("name id key field column".split())
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}"


def read_xml(
    path: Path, stage_dir: Path, override: Override, progress: Progress = no_progress
) -> list[RawTable]:
    """The tables of an XML file, staged as text below `stage_dir`: one for each path whose elements repeat.

    Attributes and inner elements are columns (`outer_inner`), values that repeat in a record are joined by "+". Rows
    are numbered by record. A workbook saved as XML (SpreadsheetML 2003) gives its sheets. The encoding is judged by the
    bytes, whatever is declared. Neither entities nor external parts are read.
    Raises Refused: file_empty, csv_undecodable, xml_broken, xml_cut_off, xml_entities, xml_no_records, xml_too_large,
    service_said, service_empty, json_too_many_columns, workbook_bomb.
    """
    source = TextSource.of(path, override)
    try:
        head = source.settled(lambda: next(source.blocks(), b""))
        if not head.strip():
            raise Refused("file_empty")
        if root_name(head.decode("utf-8", "replace")) == WORKBOOK:
            return source.settled(lambda: read_workbook(source, stage_dir, override, progress))
        return source.settled(lambda: _tables(source, stage_dir, progress))
    except Refused as refused:
        raise Refused(refused.code, **{"file": path.name, **refused.params}) from refused


def _tables(source: TextSource, stage_dir: Path, progress: Progress) -> list[RawTable]:
    paths = record_paths(source)
    staged = {steps: RecordTable(stage_dir, f"xml-{n}") for n, steps in enumerate(paths, 1)}
    batches: dict[Steps, list[dict[str, Any]]] = {steps: [] for steps in paths}
    counts = dict.fromkeys(paths, 0)

    def flush(steps: Steps) -> None:
        records = batches[steps]
        staged[steps].add(records, range(counts[steps] + 1, counts[steps] + len(records) + 1))
        counts[steps] += len(records)
        batches[steps] = []

    for path, record in _records(source, paths, progress) if paths else ():
        batches[path].append(record)
        if len(batches[path]) >= _BATCH:
            flush(path)
    for path in paths:
        flush(path)
    found = [_finished(source, steps, staged[steps]) for steps in paths if staged[steps].columns]
    if not found:
        whole = _whole(source) if source.size <= _SMALL else {}
        if said := said_instead(whole):
            raise Refused("service_said", said=said[:300])
        raise Refused("service_empty" if said_nothing(whole) else "xml_no_records")
    source.tell(found[0].problems)
    return [replace(found[0], member=None)] if len(found) == 1 else found


def _finished(source: TextSource, steps: Steps, staged: RecordTable) -> RawTable:
    path = "/".join(steps)
    because = Evidence("records", path, text("because_xml_records", path=path), 0.95)
    return staged.finish(steps[-1], [source.encoding.evidence(), because], encoding=source.encoding.codec)


def _records(
    source: TextSource, paths: list[Steps], progress: Progress
) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """The records of all paths in the order of the file, each freed when it has been read."""
    by_name: dict[str, list[Steps]] = {}
    for steps in paths:
        by_name.setdefault(steps[-1], []).append(steps)
    watched = _Watched(source)
    for _, element in elements(watched, ("end",), ["{*}" + name for name in by_name]):
        found = _steps(element, by_name[local(element.tag)])
        if found is None:
            continue
        yield found, _record(element)
        forget(element)
        if source.done != watched.last:
            watched.last = source.done
            progress(source.done, source.size)


class _Watched(TextSource):
    """A text of which no more than a stretch may pass without a record: what is not read is kept in memory."""

    def __init__(self, source: TextSource) -> None:
        self.source, self.last = source, 0

    def blocks(self) -> Iterator[bytes]:
        for block in self.source.blocks():
            if self.source.done - self.last > _NOTHING:
                raise Refused("xml_too_large", megabytes=_NOTHING >> 20)
            yield block


def _steps(element: Any, among: list[Steps]) -> Steps | None:
    above = [local(each.tag) for each in element.iterancestors()][::-1]
    return next((steps for steps in among if [*steps[:-1]] == above), None)


def _record(element: Any, level: int = 0) -> dict[str, Any]:
    """An element as a record: its attributes, its elements, and under "" its own text."""
    found: dict[str, Any] = {local(k): v for k, v in element.attrib.items() if not k.startswith(_NIL)}
    named = len(element) > 1 and _names_its_values(element)
    for child in element:
        if not isinstance(child.tag, str):
            continue
        key = str(next(iter(child.attrib.values()))) if named else local(child.tag)
        inner = not named and (len(child) or child.keys()) and level < _LEVELS
        value: Any = _record(child, level + 1) if inner else _text(child)
        if key not in found:
            found[key] = value
        elif isinstance(found[key], list):
            found[key].append(value)
        else:
            found[key] = [found[key], value]
    own = _text(element) if found or not level else None
    if own:
        found[""] = own
    return found


def _names_its_values(element: Any) -> bool:
    """`<col name="이름">가</col><col name="수">1</col>`: each value is named by its only attribute."""
    first = element[0]
    return (
        first.tag == element[1].tag
        and len({child.tag for child in element}) == 1
        and all(
            len(child) == 0 and len(child.attrib) == 1 and local(child.attrib.keys()[0]).lower() in _NAMING
            for child in (first, *element)
        )
    )


def _text(element: Any) -> str | None:
    found = element.text
    return found.strip() or None if found else None


def _whole(source: TextSource) -> dict[str, Any]:
    """All of a small file as a record."""
    root = None
    for _, element in elements(source, ("end",)):
        root = element
    return {} if root is None else {"": _record(root), **_record(root)}
