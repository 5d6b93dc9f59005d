"""Datasets for programs: the list with search, facets and pages, one dataset, its versions and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from madang.access import View
from madang.bank import Dataset, Version
from madang.bank.describe import as_of
from madang.bank.diff import Diff, diff
from madang.bank.ids import is_valid_id
from madang.bank.seen import thing_of
from madang.engine.rows import Fields
from madang.messages import MadangError
from madang.web.api import shapes
from madang.web.api.answers import answer, linked, marked, seen_as, tag_of, unchanged
from madang.web.api.door import Door, given, iso, whole
from madang.web.shell.masking import masked

_PAGE, _MOST = 50, 200
_FACETS = ("theme", "steward", "access", "licence", "standard")
_CHOICES = 50
_HITS = 200


def routes(door: Door) -> Router:
    """The addresses of datasets, over the bank behind `door`."""
    router = Router(tags=["datasets"])

    @router.get("/datasets", response=shapes.DatasetList, operation_id="list_datasets")
    def datasets(request: HttpRequest) -> HttpResponse:
        """Datasets that may be seen, found by words (q) and facets, by id."""
        return _list(door, request)

    @router.get("/datasets/{dataset}", response=shapes.DatasetDetail, operation_id="get_dataset")
    def dataset(request: HttpRequest, dataset: str) -> HttpResponse:
        """What a dataset is, with the columns of its live version."""
        bank = door.bank(request)
        found = bank[dataset]
        live = found.latest
        view = bank.view(found, live.columns) if live else View()
        tag = tag_of(
            request, "dataset", found.id, (live.n, live.at) if live else 0, repr(found.card), seen_as(view)
        )
        columns = _columns(live, view) if live else []
        return unchanged(request, tag) or marked(answer({**_dataset(found), "columns": columns}), tag)

    @router.get("/datasets/{dataset}/versions", response=shapes.VersionList, operation_id="list_versions")
    def versions(request: HttpRequest, dataset: str) -> HttpResponse:
        """All versions of a dataset, newest first."""
        found = door.bank(request)[dataset]
        tag = tag_of(
            request, "versions", found.id, [(each.n, each.at, each.erased) for each in found.versions]
        )
        said = {"dataset": found.id, "versions": [_version(each) for each in reversed(found.versions)]}
        return unchanged(request, tag) or marked(answer(said), tag)

    @router.get(
        "/datasets/{dataset}/versions/{version}", response=shapes.VersionDetail, operation_id="get_version"
    )
    def version(request: HttpRequest, dataset: str, version: str) -> HttpResponse:
        """One version, with its columns."""
        bank = door.bank(request)
        found = bank[dataset]
        chosen = found.version(whole("version", version, 1, 10**9))
        view = bank.view(found, chosen.columns)
        tag = tag_of(request, "version", found.id, chosen.n, chosen.at, chosen.erased, seen_as(view))
        said = {
            **_version(chosen), "dataset": found.id, "columns": _columns(chosen, view),
            "problems": int(chosen.receipt.get("problems") or 0),
        }  # fmt: skip
        return unchanged(request, tag) or marked(answer(said), tag)

    @router.get("/datasets/{dataset}/diff", response=shapes.DiffOut, operation_id="diff_versions")
    def changes(request: HttpRequest, dataset: str) -> HttpResponse:
        """What changed from version `a` to version `b`."""
        return _changes(door, request, dataset)

    @router.get("/search", response=shapes.SearchOut, operation_id="search", tags=["search"])
    def search(request: HttpRequest) -> HttpResponse:
        """Datasets that answer to words: Korean, first consonants, synonyms and typos are understood."""
        words = request.GET.get("q", "")[:200]
        limit = given(request, "limit", 20, 1, _HITS)
        bank = door.bank(request)
        hits = [hit for hit in door.hits(words) if hit.id in bank][:limit]
        said: list[dict[str, Any]] = [
            {
                "id": hit.id,
                "title": hit.title,
                "field": hit.field,
                "reason": hit.reason,
                "matched": hit.matched,
            }
            for hit in hits
        ]
        return answer({"q": words, "hits": said})

    return router


# the list ------------------------------------------------------------------------------------------------


def _list(door: Door, request: HttpRequest) -> HttpResponse:
    limit = given(request, "limit", _PAGE, 1, _MOST)
    after = request.GET.get("after", "")
    if after and not is_valid_id(after):
        raise MadangError("rows_cursor")
    found = door.bank(request).datasets()
    words = request.GET.get("q", "").strip()[:200]
    if words:
        hit = {each.id for each in door.hits(words)}
        found = [each for each in found if each.id in hit]
    for facet in _FACETS:
        if wanted := request.GET.get(facet, ""):
            found = [each for each in found if _facet(each, facet) == wanted]
    facets = {
        facet: [
            {"value": value, "count": count}
            for value, count in Counter(_facet(each, facet) for each in found).most_common(_CHOICES)
            if value
        ]
        for facet in _FACETS
    }
    rest = [each for each in found if each.id > after]
    said = [(key, value) for key, value in request.GET.items() if key != "after"]
    following = linked(request, [*said, ("after", rest[limit - 1].id)]) if len(rest) > limit else None
    body = {
        "total": len(found), "datasets": [_dataset(each) for each in rest[:limit]], "facets": facets, "next": following,
    }  # fmt: skip
    tag = tag_of(request, body)
    there = unchanged(request, tag) or marked(answer(body), tag)
    if following:
        there.headers["Link"] = f'<{following}>; rel="next"'
    return there


def _facet(dataset: Dataset, facet: str) -> str:
    if facet == "access":
        return thing_of(dataset).access
    return str(dataset.card.get(facet) or "")


def _dataset(dataset: Dataset) -> dict[str, Any]:
    card, live = dataset.card, dataset.latest
    days = card.get("rhythm_days")
    return {
        "id": dataset.id, "title": str(card["title"]), "description": str(card.get("description") or ""),
        **{facet: _facet(dataset, facet) for facet in _FACETS},
        "rhythm_days": days if isinstance(days, int) else None,
        "known_defects": [str(each) for each in card.get("known_defects") or ()],
        "version": live.n if live else None, "rows": live.rows if live else None,
        "as_of": iso(as_of(live)) if live else None, "updated_at": iso(live.at) if live else None,
    }  # fmt: skip


def _version(version: Version) -> dict[str, Any]:
    return {
        "version": version.n, "at": version.at.isoformat(), "by": version.by, "kind": version.kind,
        "as_of": iso(as_of(version)), "rows": version.rows, "erased": version.erased,
    }  # fmt: skip


def _columns(version: Version, view: View) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name, "label": field.label, "type": field.type, "unit": field.unit,
            "privacy": field.privacy, "masked": field.masked,
        }
        for field in Fields(version.columns, view).shown
    ]  # fmt: skip


# changes -------------------------------------------------------------------------------------------------


def _changes(door: Door, request: HttpRequest, dataset_id: str) -> HttpResponse:
    bank = door.bank(request)
    found = bank.may("read", dataset_id)
    a, b = (found.version(given(request, name, 0, 1, 10**9)) for name in ("a", "b"))
    limit = given(request, "limit", 100, 1, 1_000)
    views = [bank.view(found, each.columns) for each in (a, b)]
    if any(view.own_rows for view in views):
        raise MadangError("api_own_rows", dataset=dataset_id)
    hidden = views[0].masked | views[1].masked
    tag = tag_of(request, "diff", found.id, a.n, b.n, a.erased, b.erased, sorted(hidden))
    if there := unchanged(request, tag):
        return there
    with TemporaryDirectory(prefix="madang-") as place:
        made = diff(a, b, limit=limit, temp_dir=Path(place))
    return marked(answer(_shown(found.id, made, hidden)), tag)


def _shown(dataset_id: str, made: Diff, hidden: frozenset[str]) -> dict[str, Any]:
    """Values of masked columns starred; where rows are told by all their values, and some are masked, by none."""

    def key(values: Sequence[str | None]) -> list[str | None]:
        if not hidden:
            return list(values)
        if not made.key:
            return []
        named = zip(made.key, values, strict=False)
        return [_star(value) if name in hidden else value for name, value in named]

    cells = [
        {
            "key": key(each.key), "column": each.column, "row_before": each.row_before, "row_after": each.row_after,
            "before": _star(each.before) if each.column in hidden else each.before,
            "after": _star(each.after) if each.column in hidden else each.after,
        }
        for each in made.cells
    ]  # fmt: skip
    return {
        "dataset": dataset_id, "a": made.a, "b": made.b, "key": list(made.key), "added": made.added,
        "removed": made.removed, "changed": made.changed, "changed_cells": made.changed_cells,
        "columns_added": made.columns_added, "columns_removed": made.columns_removed, "cells": cells,
        "rows_added": [{"key": key(each.key), "row": each.row} for each in made.rows_added],
        "rows_removed": [{"key": key(each.key), "row": each.row} for each in made.rows_removed],
    }  # fmt: skip


def _star(value: str | None) -> str | None:
    return None if value is None else masked(value)
