"""What a page about rows is asked: which version of which dataset, as whom, and the question in its address.

The table, the map, the chart, the downloads and the examples for programs all stand on one of these, so that the same
address means the same rows everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pyarrow.parquet as pq

from madang.access import View
from madang.bank import Dataset, Version
from madang.declarations.standard import DatasetColumn
from madang.engine.rows import Fields, Query, Source, address, parse
from madang.messages import MadangError
from madang.web.shell.whole import is_whole
from madang.web.shell.workspace import bank, workspace

Given = Sequence[tuple[str, Sequence[str]]]
OWN = (
    "page",
    "by",
    "of",
    "how",
    "form",
    "dataset",
    "z",
    "fields",
)  # parameters of the pages, none of the question


@dataclass(frozen=True)
class Asked:
    """A question to the rows of one version, as one person sees them. `pinned` are the parameters that chose the version."""

    dataset: Dataset
    version: Version
    columns: list[DatasetColumn]
    view: View
    query: Query
    pinned: tuple[tuple[str, str], ...] = ()
    error: str = ""  # why the question of the address could not be understood; `query` is then an empty one

    @property
    def source(self) -> Source:
        return Source(tuple(self.version.files), workspace().folder / "cache" / "rows" / self.dataset.id)

    @property
    def fields(self) -> Fields:
        return Fields(self.columns, self.view, pq.read_schema(self.version.files[0]).names)

    @property
    def filtered(self) -> bool:
        return bool(self.query.filters or self.query.search)

    def link(self, query: Query | None = None, *more: tuple[str, str], pinned: bool = True) -> str:
        """The query string of this question, or of another of the same version."""
        said = [*address(self.query if query is None else query), *(self.pinned if pinned else ()), *more]
        return "?" + urlencode([(name, value) for name, value in said if value != ""])

    @property
    def bare(self) -> Query:
        """The question without its place in the list: for the map, the chart and downloads."""
        return replace(self.query, limit=Query.limit, offset=0, after="", group=(), measures=())


def asked(dataset_id: str, given: Given, said: object = None, *, personal: bool = False) -> Asked:
    """The question in the parameters `given`. Raises MadangError: dataset_missing, access_denied, version_missing, no_version,
    day_unreadable, as_of_missing; what is wrong with the question itself stands in `error`.

    `personal` asks for personal values as they are, for which the caller has a reason. `said` turns a MadangError into the sentence of the page's language.
    """
    first = {name: values[-1].strip() for name, values in given if values}
    dataset = bank().may("read", dataset_id)
    version, pinned = _version(dataset, first)
    columns = version.columns
    view = bank().view(dataset, columns, personal=personal)
    pinned = (*pinned, ("personal", "1")) if personal else pinned
    rest = [
        (name, values) for name, values in given if name not in (*OWN, "version", "as_of", "lang", "personal")
    ]
    try:
        query = parse(rest, columns, view, ignore=())
    except MadangError as error:
        if not error.code.startswith("rows_"):
            raise
        told = said(error) if callable(said) else str(error)
        return Asked(dataset, version, columns, view, Query(), pinned, told)
    return Asked(dataset, version, columns, view, query, pinned)


def _version(dataset: Dataset, first: dict[str, str]) -> tuple[Version, tuple[tuple[str, str], ...]]:
    if number := first.get("version"):
        return version_of(dataset, number), (("version", number),)
    if day := first.get("as_of"):
        return dataset.as_of(day), (("as_of", day),)
    if dataset.latest is None:
        raise MadangError("no_version", dataset=dataset.id)
    return dataset.latest, ()


def version_of(dataset: Dataset, number: str) -> Version:
    """The version of that number, as an address says it. Raises MadangError("version_missing")."""
    if not is_whole(number, digits=9):
        known = ", ".join(str(each.n) for each in dataset.versions) or "-"
        raise MadangError("version_missing", dataset=dataset.id, version=number[:40], versions=known)
    return dataset.version(int(number))


def labels(columns: Iterable[DatasetColumn]) -> dict[str, str]:
    """Name to label."""
    return {column.name: column.label.strip() or column.name for column in columns}
