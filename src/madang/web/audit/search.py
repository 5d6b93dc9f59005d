"""Finding entries of the audit trail, and writing them out."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from operator import itemgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from madang.messages import MadangError
from madang.web.audit.models import Entry
from madang.web.audit.words import group, title

COLUMNS = ("number", "at", "by", "via", "address", "what", "thing", "why", "detail", "before", "digest")
_WORDS = "what_in_words"  # beside the code, for readers
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
PER_PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What is looked for; empty: anything. Days are whole days, both included."""

    by: str = ""
    what: str = ""
    thing: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, said: Any) -> Asked:
        return cls(**{each.name: str(said.get(each.name, "")).strip()[:200] for each in fields(cls)})


def found(asked: Asked) -> QuerySet[Entry]:
    """The entries asked for, newest first. Raises MadangError("audit_day_wrong")."""
    said = Q()
    if asked.by:
        said &= Q(by__icontains=asked.by)
    if asked.what:
        said &= Q(what=asked.what) | Q(what__startswith=f"{asked.what}.")
    if asked.thing:
        said &= Q(thing__icontains=asked.thing) | Q(why__icontains=asked.thing)
    if since := _moment(asked.since):
        said &= Q(at__gte=since)
    if until := _moment(asked.until):
        said &= Q(at__lt=until + timedelta(days=1))
    return Entry.objects.filter(said).order_by("-at", "-number")


def kinds() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What was ever done: for each kind of thing its code and word, and the codes and words of the acts."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code in Entry.objects.order_by().values_list("what", flat=True).distinct():
        found.setdefault(code.partition(".")[0], []).append((code, title(code)))
    return [(start, group(start), sorted(acts, key=itemgetter(1))) for start, acts in sorted(found.items())]


def lines(entries: QuerySet[Entry], form: str) -> Iterator[str]:
    """The entries as CSV (for Excel; nothing in it is a formula) or JSON lines, streamed."""
    if form == "csv":
        writer = csv.writer(_Echo(), lineterminator="\r\n")
        yield "\ufeff" + writer.writerow((*COLUMNS, _WORDS))
        for entry in entries.iterator(2000):
            yield writer.writerow([_cell(value) for value in flat(entry).values()])
    else:
        for entry in entries.iterator(2000):
            yield json.dumps(flat(entry), ensure_ascii=False) + "\n"


def flat(entry: Entry) -> dict[str, Any]:
    """One entry as a flat record."""
    said = {name: getattr(entry, name) for name in COLUMNS}
    return {**said, "at": timezone.localtime(entry.at).isoformat(), _WORDS: title(entry.what)}


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False) if value else ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _moment(day: str) -> datetime | None:
    if not day:
        return None
    try:
        read = parse_date(day)
        if read is not None and 1 < read.year < 9999:
            return timezone.make_aware(datetime.combine(read, time()))
    except (ValueError, OverflowError):
        pass
    raise MadangError("audit_day_wrong", value=day[:20])


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, said: str) -> str:
        return said
