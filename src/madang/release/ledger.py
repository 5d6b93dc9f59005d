"""What has been published of counts and amounts, kept with the true values: the next table is protected with it.

``content/releases/<edition>/published/<n>-<measure>.parquet``; it never leaves the inner half.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from madang.bank.durable import fsync_file, fsync_folder
from madang.release.cube import Cube
from madang.release.decision import Decision, Dim, Filter
from madang.release.space import Bools
from madang.release.tables import Table


@dataclass(frozen=True)
class Entry:
    """A table that was published, from which version of which dataset and by which decision."""

    table: Table
    dataset: str
    version: int
    decision: int
    measure: str


def tables_of(cube: Cube, decision: Decision, period: str) -> dict[str, Table]:
    """A table for each measure of a cube."""
    rule = decision.table
    assert rule is not None
    places = {dim.column: tuple(cube.rows.column(dim.column).to_pylist()) for dim in rule.dims}
    levels = {name: tuple(int(level) for level in each) for name, each in cube.levels.items()}
    return {
        measure.called: Table(
            decision.edition, measure.of, measure.kind == "amount", float(rule.least), rule.dims, decision.rows,
            period, places, levels, cube.values[measure.called], cube.small[measure.called],
        )
        for measure in rule.measures
    }  # fmt: skip


def keep(folder: Path, entry: Entry, n: int) -> None:
    """Write one published table under the edition's `folder`; synced before anything is public."""
    table = entry.table
    assert table.hidden is not None
    columns: dict[str, Any] = {"value": table.values, "small": table.small, "hidden": table.hidden}
    for dim in table.dims:
        columns[f"p:{dim.column}"] = table.places[dim.column]
        columns[f"l:{dim.column}"] = table.levels[dim.column]
    told = {
        "edition": table.edition, "population": table.population, "amount": table.amount, "least": table.least,
        "dims": [asdict(dim) for dim in table.dims], "filters": [asdict(each) for each in table.filters],
        "period": table.period, "dataset": entry.dataset, "version": entry.version, "decision": entry.decision,
        "measure": entry.measure,
    }  # fmt: skip
    place = folder / "published"
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{n}-{len(list(place.glob(f'{n}-*.parquet')))}.parquet"
    written = pa.table(columns).replace_schema_metadata({"madang": json.dumps(told, ensure_ascii=False)})
    pq.write_table(written, path, compression="zstd")
    fsync_file(path)
    fsync_folder(place)


def entries(folder: Path) -> Iterator[Entry]:
    """Everything published so far, of all editions below `folder`, also of those withdrawn since."""
    for path in sorted(folder.glob("*/published/[!.]*.parquet")):
        data = pq.read_table(path)
        told = json.loads(data.schema.metadata[b"madang"])
        dims = tuple(Dim(**{**dim, "levels": tuple(dim["levels"])}) for dim in told["dims"])
        filters = tuple(Filter(each["column"], tuple(each["values"])) for each in told["filters"])
        table = Table(
            told["edition"], told["population"], told["amount"], told["least"], dims, filters, told["period"],
            {dim.column: tuple(data.column(f"p:{dim.column}").to_pylist()) for dim in dims},
            {dim.column: tuple(data.column(f"l:{dim.column}").to_pylist()) for dim in dims},
            data.column("value").to_numpy(), data.column("small").to_numpy(zero_copy_only=False),
            data.column("hidden").to_numpy(zero_copy_only=False),
        )  # fmt: skip
        yield Entry(table, told["dataset"], told["version"], told["decision"], told["measure"])


def populations(folder: Path) -> set[tuple[str, str, str]]:
    """Whom everything published so far counts, as `entries`, without reading it: the folder of an edition, the dataset and the
    population."""
    found = set()
    for path in folder.glob("*/published/[!.]*.parquet"):
        stat = path.stat()
        told = _footer(str(path), stat.st_mtime_ns, stat.st_size)
        if not told["amount"]:
            found.add((path.parents[1].name, str(told["dataset"]), str(told["population"])))
    return found


@lru_cache(maxsize=20_000)
def _footer(path: str, _changed: int, _size: int) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(pq.read_schema(path).metadata[b"madang"])
    return told


def aged(old: Table, now: Table) -> Table:
    """`old` with its cells that are different `now` marked as stale; cells that were empty then are added as zero."""
    before, after = _keys(old), _keys(now)
    leaf_before, leaf_after = old.leaves, now.leaves
    _, at, there = np.intersect1d(before[leaf_before], after[leaf_after], return_indices=True)
    stale = leaf_before.copy()
    same = old.values[leaf_before][at] == now.values[leaf_after][there]
    stale[np.flatnonzero(leaf_before)[at[same]]] = False
    new = leaf_after & ~np.isin(after, before) & ~np.isnan(now.values)
    return _joined(replace(old, stale=stale), now.take(new))


def _joined(old: Table, added: Table) -> Table:
    count = len(added.values)
    nothing: Bools = np.zeros(count, bool)
    assert old.hidden is not None
    assert old.stale is not None
    return replace(
        old,
        places={name: (*old.places[name], *added.places[name]) for name in old.places},
        levels={name: (*old.levels[name], *added.levels[name]) for name in old.levels},
        values=np.concatenate([old.values, np.zeros(count)]),
        small=np.concatenate([old.small, nothing]),
        hidden=np.concatenate([old.hidden, nothing]),
        stale=np.concatenate([old.stale, np.ones(count, bool)]),
    )


def _keys(table: Table) -> Any:
    parts: Sequence[Any] = [np.asarray(table.places[dim.column], object).astype(str) for dim in table.dims]
    keys = parts[0]
    for part in parts[1:]:
        keys = np.char.add(np.char.add(keys, "\x1f"), part)
    return keys
