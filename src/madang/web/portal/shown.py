"""What the public pages show: cards, the page of an edition, its first rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from madang.declarations.card import THEMES
from madang.declarations.standard import DatasetColumn
from madang.engine.rows import Query, count, parse, rows
from madang.release.shown import WITHHELD
from madang.web.portal.shelf import EVERYTHING, NOTE, Open, search, shelf, withdrawn
from madang.web.shell.whole import whole
from madang.web.shell.words import theme as theme_word

PAGE_ROWS = 20
_FAR = 10_000_000  # no page begins further down
_FORMAT_WORDS = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "geojson": "GeoJSON", "parquet": "Parquet"}


def front(request: HttpRequest) -> dict[str, Any]:
    """The list of what is open, narrowed by words and theme."""
    words, theme = request.GET.get("q", "").strip()[:100], request.GET.get("theme", "")
    every = shelf()
    found = search(words) if words else every
    if theme:
        found = [each for each in found if _theme(each) == theme]
    counts = {name: sum(_theme(each) == name for each in every) for name in (*THEMES, "")}
    themes = [
        {
            "label": theme_word(name) or _("그 밖"),
            "id": name,
            "count": counts[name],
            "chosen": bool(theme) and name == theme,
        }
        for name in (*THEMES, "")
        if counts[name] and name
    ]
    return {
        "words": words, "theme": theme, "themes": themes, "editions": [card(each) for each in found],
        "total": len(every), "withdrawn": withdrawn() if not words and not theme else [],
    }  # fmt: skip


def _theme(each: Open) -> str:
    return str(each.card.get("theme") or "").split(" - ")[0]


def card(each: Open) -> dict[str, Any]:
    """An edition at a glance."""
    told = each.release
    found = "result" in each.version.facts
    return {
        "leads": reverse("portal:result" if found else "portal:edition", args=[each.id]), "result": found,
        "id": each.id, "title": each.title, "description": each.card.get("description", ""), "theme": _theme(each),
        "as_of": each.as_of, "rows": each.version.rows, "licence": each.licence, "late": each.freshness == "late",
        "formats": [_FORMAT_WORDS[name] for name in each.formats], "hidden": told["hidden"],
    }  # fmt: skip


def page(each: Open, request: HttpRequest) -> dict[str, Any]:
    """Everything the page of an edition shows. Raises MadangError ``rows_…`` for a question that cannot be asked."""
    told, meta = each.release, each.card
    versions = each.version.dataset.versions
    address = request.build_absolute_uri(reverse("portal:rows", args=[each.id]))
    return {
        **card(each), "version": each.version.n, "release": told, "steward": meta.get("steward", ""),
        "provider": meta.get("provider", ""), "rhythm_days": meta.get("rhythm_days"),
        "defects": meta.get("known_defects", ()), "not_for": meta.get("not_for", ()),
        "columns": [_about(column) for column in each.version.columns if not column.name.endswith(NOTE)],
        "table": table(each, request), "map": _map(each), "address": address,
        "csv": request.build_absolute_uri(reverse("portal:take", args=[each.id, "csv"])),
        "downloads": [{"form": form, "label": _FORMAT_WORDS[form]} for form in each.formats],
        "versions": [{"n": v.n, "day": v.at.date(), "rows": v.rows} for v in reversed(versions)][:12],
        "example": _example(each),
    }  # fmt: skip


def _about(column: DatasetColumn) -> dict[str, Any]:
    return {
        "label": column.label or column.name, "name": column.name, "type": column.type, "unit": column.unit or "",
        "description": column.description,
    }  # fmt: skip


def table(each: Open, request: HttpRequest) -> dict[str, Any]:
    """One page of rows; a withheld value is a word, not an empty cell."""
    columns = each.version.columns
    given = [(key, values) for key, values in request.GET.lists() if key != "offset"]
    query = parse(given, columns, EVERYTHING)
    offset = min(whole(request.GET.get("offset")), _FAR)
    query = Query(filters=query.filters, search=query.search, sort=query.sort, limit=PAGE_ROWS, offset=offset)
    got = rows(each.source, query, EVERYTHING, columns)
    total = count(each.source, query, EVERYTHING, columns)
    names = [field.name for field in got.columns]
    notes = {name.removesuffix(NOTE): place for place, name in enumerate(names) if name.endswith(NOTE)}
    shown = [place for place, name in enumerate(names) if not name.endswith(NOTE)]
    heads = [got.columns[place] for place in shown]
    kept = [(key, value) for key, values in given for value in values]
    return {
        "heads": [{"label": h.label, "unit": h.unit, "type": h.type} for h in heads],
        "lines": [[_cell(row, place, names[place], notes, got.columns[place].type) for place in shown] for row in got.rows],
        "total": total, "first": offset + 1 if total else 0, "last": offset + len(got.rows), "words": query.search,
        "before": _link(kept, max(0, offset - PAGE_ROWS)) if offset else "",
        "after": _link(kept, offset + PAGE_ROWS) if got.next else "",
    }  # fmt: skip


def _cell(row: Sequence[Any], place: int, name: str, notes: dict[str, int], type_: str) -> dict[str, Any]:
    value = row[place]
    if value is None:
        note = row[notes[name]] if name in notes else None
        return {"withheld": note == WITHHELD, "none": note != WITHHELD, "numeric": True}
    numeric = type_ in ("integer", "number", "percent")
    return {"value": f"{value:,}" if numeric and type_ == "integer" else value, "numeric": numeric}


def _link(kept: list[tuple[str, str]], offset: int) -> str:
    return "?" + urlencode([*kept, *([("offset", str(offset))] if offset else [])]) + "#rows"


def _example(each: Open) -> str:
    """The first column that can be filtered by, for the how-to."""
    texts = [c for c in each.version.columns if c.type == "text" and not c.name.endswith(NOTE)]
    return (texts[0].label or texts[0].name) if texts else ""


def _map(each: Open) -> dict[str, Any] | None:
    from madang.web.portal.tiles import box

    found = box(each) if each.has_places else None
    if found is None:
        return None
    tiles = reverse("portal:tile", args=[each.id, 0, 0, 0]).removesuffix("0/0/0.mvt")
    return {"tiles": f"{tiles}{{z}}/{{x}}/{{y}}.mvt", "box": ",".join(f"{end:.5f}" for end in found)}
