"""What deposited datasets give the register of areas: layers of boundaries, lists of codes, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Version
from madang.declarations import DatasetColumn
from madang.places.address_register import COLUMNS as ADDRESS_COLUMNS
from madang.places.register_build import AreaLayer, CodeList

_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:[-.]?(\d{2}))?(?:[-.]?(\d{2}))?(?!\d)")


def geometry_of(columns: Iterable[DatasetColumn]) -> str | None:
    return next((column.name for column in columns if column.type == "geometry"), None)


def _read(version: Version, names: Sequence[str]) -> pa.Table:
    """Columns of a version that are there."""
    tables = []
    for path in version.files:
        there = set(pq.read_schema(path).names)
        tables.append(pq.read_table(path, columns=[name for name in names if name in there]))
    return pa.concat_tables(tables)


def addresses_of(versions: Sequence[Version]) -> Iterator[pa.RecordBatch]:
    """The rows of several tables, a batch at a time."""
    for version in versions:
        for path in version.files:
            with pq.ParquetFile(path) as file:
                names = [name for name in ADDRESS_COLUMNS if name in file.schema_arrow.names]
                yield from file.iter_batches(200_000, columns=names)


def layer_of(version: Version) -> AreaLayer:
    geometry = geometry_of(version.columns)
    assert geometry is not None
    texts = {column.name: column.label for column in version.columns if column.type == "text"}
    table = _read(version, [geometry, *texts])
    columns = {
        label or name: table[name].combine_chunks()
        for name, label in texts.items()
        if name in table.column_names
    }
    return AreaLayer(_named(version), _day(version), table[geometry].combine_chunks(), columns)


def _named(version: Version) -> str:
    return f"{version.dataset.id}@{version.n}"


def _day(version: Version) -> date | None:
    """The day the areas stood so: as the file's name or the dataset's says it."""
    for said in (str(version.facts.get("file") or ""), version.dataset.id):
        for year, month, day in _DAY.findall(said):
            with suppress(ValueError):
                return date(int(year), int(month or 1), int(day or 1))
    return None


def standard_of(version: Version) -> str:
    return str((version.facts.get("standard") or {}).get("id") or "")


def code_lists(version: Version) -> list[CodeList]:
    """The 행정동 that a list names; its points where it has them."""
    if standard_of(version) == "dong-relation":
        table = _read(version, ["hjd_code", "sido", "sigungu", "emd", "abolished_on"])
        if "abolished_on" in table.column_names:
            table = table.filter(pc.is_null(table["abolished_on"]))
        table = table.group_by(["hjd_code", "sido", "sigungu", "emd"]).aggregate([])
        return [
            CodeList(_named(version), _plain(table["hjd_code"]), _joined(table, ["sido", "sigungu", "emd"]))
        ]
    if standard_of(version) == "area-centre":
        table = _read(version, ["area_code", "area_name", "lon", "lat"])
        points = None
        if {"lon", "lat"} <= set(table.column_names):
            points = (_plain(table["lon"]), _plain(table["lat"]))
        return [CodeList(_named(version), _plain(table["area_code"]), _plain(table["area_name"]), points)]
    return []


def tables_beside(sources: Sequence[Version]) -> dict[str, pa.Table]:
    """What stands beside the register: listed 행정동, legal dongs and their names."""
    none = pa.table({"code": pa.array([], pa.string()), "name": pa.array([], pa.string())})
    pairs = pa.table({"hjd": pa.array([], pa.string()), "bjd": pa.array([], pa.string())})
    dongs, legal = [none], [none]
    for version in sources:
        if standard_of(version) == "dong-relation":
            table = _read(version, ["hjd_code", "bjd_code", "sido", "sigungu", "emd", "ri_name"])
            pairs = pa.table({"hjd": table["hjd_code"], "bjd": table["bjd_code"]})
            named = _joined(table, ["sido", "sigungu", "emd"])
            dongs.append(pa.table({"code": _plain(table["hjd_code"]), "name": named}))
        if standard_of(version) == "legal-dong-code":
            table = _read(version, ["bjd_code", "bjd_name", "abolition_status"])
            if "abolition_status" in table.column_names:
                table = table.filter(pc.not_equal(pc.fill_null(table["abolition_status"], ""), "폐지"))
            legal.append(pa.table({"code": _plain(table["bjd_code"]), "name": _plain(table["bjd_name"])}))
    return {
        "dongs": pa.concat_tables(dongs)
        .drop_null()
        .group_by(["code"])
        .aggregate([("name", "min")])
        .rename_columns(["code", "name"]),
        "legal": pa.concat_tables(legal).drop_null(),
        "relation": pairs,
    }


def _plain(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _joined(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Names of the levels with a blank between them, whatever is missing."""
    parts = [pc.fill_null(table[name].cast(pa.string()), "") for name in names if name in table.column_names]
    joined = pc.binary_join_element_wise(*parts, " ")
    return _plain(pc.utf8_trim_whitespace(pc.replace_substring_regex(joined, r"\s+", " ")))
