"""How systems of areas overlap, as the bank's own tables say: rows that carry the codes of two systems."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Bank, Version
from madang.release.pieces import Relations

SYSTEMS = {"hjd_code": "행정동", "bjd_code": "법정동", "tong_id": "통", "grid_code": "격자"}
_STANDARDS = ("dong-relation", "tong-boundary")


def found_relations(bank: Bank) -> Relations:
    """Pairs of areas that overlap, by the two systems: from datasets of the standards that are made to say so."""
    pairs: dict[frozenset[str], Sequence[dict[str, str]]] = {}
    for dataset in bank.datasets():
        live = dataset.latest
        if live is not None and live.receipt.get("standard") in _STANDARDS:
            pairs.update(_pairs(live))
    return pairs


def _pairs(version: Version) -> dict[frozenset[str], Sequence[dict[str, str]]]:
    columns = {c.standard or c.name: c.name for c in version.columns}
    here = [(columns[name], system) for name, system in SYSTEMS.items() if name in columns]
    found: dict[frozenset[str], Sequence[dict[str, str]]] = {}
    for i, (one, first) in enumerate(here):
        for other, second in here[i + 1 :]:
            table = pa.concat_tables([pq.read_table(path, columns=[one, other]) for path in version.files])
            whole = table.filter(pc.and_(pc.is_valid(table[one]), pc.is_valid(table[other])))
            distinct = whole.group_by([one, other]).aggregate([])
            found[frozenset((first, second))] = [
                {first: row[one], second: row[other]} for row in distinct.to_pylist()
            ]
    return found
