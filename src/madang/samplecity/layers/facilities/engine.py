"""Makes the tables of all kinds, and of each table its papers: one engine, whatever the kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from madang.samplecity.city import City, Delivery
from madang.samplecity.layers.facilities.catalogue import KINDS
from madang.samplecity.layers.facilities.common import column, written
from madang.samplecity.layers.facilities.forms import paper_of
from madang.samplecity.layers.facilities.kind import Edit, Kind
from madang.samplecity.layers.facilities.rows import Rows
from madang.samplecity.layers.facilities.sites import Sites, Terrain
from madang.samplecity.layers.facilities.slips import Planted, chosen
from madang.samplecity.map_paper import projected
from madang.samplecity.paper import Paper, Texts, cells_of
from madang.samplecity.words import words

_SLIP_SHARE = 0.002


@dataclass(frozen=True)
class Table:
    """What is known of a kind. `texts`: its cells on the day of the first delivery, whose rows are the first `before`;
    the others are new in the second. `edits`: what else changes. Cells are without slips."""

    kind: Kind
    sites: Sites
    texts: Texts
    before: int
    edits: tuple[Edit, ...]
    planted: tuple[Planted, ...]

    @property
    def names(self) -> list[str]:
        return self.texts[self.kind.named_by]

    def handed(self, delivery: Delivery) -> bool:
        """Whether a delivery holds the file."""
        return delivery.first or self.kind.changes


@dataclass(frozen=True)
class Facilities:
    """All tables by kind, and the gaps and the ground they were placed on."""

    tables: dict[str, Table]
    terrain: Terrain


def made(city: City) -> Facilities:
    """Place and describe every kind."""
    terrain = Terrain(city)
    tables = {}
    for kind in KINDS:
        tables[kind.id] = table = _table(city, terrain, kind)
        first = np.arange(table.before)
        terrain.made[kind.id] = (table.sites.take(first), table.texts)
    return Facilities(tables, terrain)


def _table(city: City, terrain: Terrain, kind: Kind) -> Table:
    rng = city.rng(f"facilities.{kind.id}")
    wanted = city.setting.count(kind.count, kind.least)
    sites = kind.place(terrain, kind.id, rng, wanted + (max(1, round(wanted * kind.growth)) if kind.growth else 0))  # fmt: skip
    before = len(sites) - (max(1, round(len(sites) * kind.growth)) if kind.growth else 0)
    order = rng.permutation(len(sites))
    order = np.concatenate([np.sort(order[:before]), order[before:]])
    order[:before] = order[:before][np.argsort(sites.dong[order[:before]], kind="stable")]
    sites = sites.take(order)
    day = city.deliveries[0].day
    told = words("facilities").get(kind.id, {})
    rows = Rows(terrain, sites, rng, day, day - timedelta(days=kind.age_days), told)
    rows.made = {header: cells_of(cells) for header, cells in kind.fill(rows).items()}
    texts = {header: column(kind, rows, header) for header in kind.headers}
    _new_rows(texts, before, city)
    edits = tuple(kind.edits(rows, texts)) if kind.edits else ()
    count = min(max(len(kind.slips), round(_SLIP_SHARE * before)), before // 3)
    first = {header: cells[:before] for header, cells in texts.items()}
    kept = {edit.row for edit in edits}
    planted = chosen(kind.slips, first, count, city.rng(f"facilities.{kind.id}.slips"), kept)
    return Table(kind, sites, texts, before, edits, tuple(planted))


def _new_rows(texts: Texts, before: int, city: City) -> None:
    """Rows that come with the second delivery were installed in its month."""
    until = city.setting.until
    for header, value in (("설치연월", f"{until:%Y-%m}"), ("데이터갱신구분", "I")):
        if header in texts:
            texts[header][before:] = [value] * (len(texts[header]) - before)
    for header in ("데이터갱신시점", "최종수정시점"):
        if header in texts:
            texts[header][before:] = [f"{until} 18:00:00"] * (len(texts[header]) - before)


def papers(facilities: Facilities, delivery: Delivery) -> Iterator[Paper]:
    for table in facilities.tables.values():
        if table.handed(delivery):
            texts, sites = cells_at(table, delivery)
            yield paper_of(table.kind, texts, sites, delivery, list(table.planted))


def cells_at(table: Table, delivery: Delivery) -> tuple[Texts, Sites]:
    """The cells and places of a table as a delivery knows them, without slips."""
    if delivery.first:
        rows = np.arange(table.before)
        return {header: cells[: table.before] for header, cells in table.texts.items()}, table.sites.take(rows)  # fmt: skip
    texts = {header: list(cells) for header, cells in table.texts.items()}
    x, y = table.sites.x.copy(), table.sites.y.copy()
    for edit in table.edits:
        for header, value in edit.cells.items():
            texts[header][edit.row] = value
        if edit.point is not None:
            x[edit.row], y[edit.row] = edit.point
            lon, lat = projected(np.array([edit.point[0]]), np.array([edit.point[1]]), 4326)
            texts["위도"][edit.row] = written(float(lat[0]), table.kind.digits)
            texts["경도"][edit.row] = written(float(lon[0]), table.kind.digits)
        for header in ("데이터갱신시점", "최종수정시점"):
            if header in texts:
                texts[header][edit.row] = f"{delivery.day} 17:30:00"
    if "데이터기준일자" in texts:
        as_of = delivery.day - timedelta(days=table.kind.age_days)
        texts["데이터기준일자"] = [as_of.isoformat()] * len(x)
    sites = Sites(x, y, table.sites.dong, table.sites.building, table.sites.link)
    return texts, sites
