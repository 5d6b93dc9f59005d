"""A small bank of made-up tables for the tests of open editions, put in by the door that officers use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

import madang
from madang.bank import Version
from madang.bank.durable import SEOUL
from madang.release import Decision, Releases
from madang.workspace import Workspace

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SEOUL)
SAID: dict[str, Any] = {
    "by": "kim", "post": "자치행정과 통계팀", "at": NOW.isoformat(), "document": "자치행정과-1234",
    "ground": "공공데이터법 제17조", "licence": "kogl-1",
}  # fmt: skip


class Clock:
    """Ticks a second each time it is asked."""

    def __init__(self) -> None:
        self.ticks = 0

    def __call__(self) -> datetime:
        self.ticks += 1
        return datetime.fromtimestamp(NOW.timestamp() + self.ticks, SEOUL)


def made(folder: Path) -> tuple[Workspace, Releases]:
    """An empty workspace and its open editions."""
    Workspace.init(folder, "여울구", area_code="9911000000")
    ws = madang.open(folder)
    ws.clock = Clock()
    return ws, ws.releases


def deposit(ws: Workspace, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Version:
    """Deposit a CSV file; returns the version it made."""
    place = ws.folder / "cache"
    path = place / f"{name}.csv"
    lines = [",".join(header), *(",".join("" if c is None else str(c) for c in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    receipts = ws.deposit(path, name, by="tester")
    assert receipts[0].verdict.startswith("accepted"), receipts
    version = ws.bank[name].latest
    assert version is not None
    return version


def published(releases: Releases, edition: str, n: int | None = None) -> list[dict[str, Any]]:
    """The rows of an edition as anybody can read them."""
    found = releases.open_bank[edition]
    version = found.version(n) if n else found.latest
    assert version is not None
    import pyarrow.parquet as pq

    table = pa.concat_tables([pq.read_table(path) for path in version.files])
    return list(table.sort_by("source_row").to_pylist())


def decision(edition: str, dataset: str, **more: Any) -> Decision:
    return Decision(edition, dataset, **{**SAID, **more})
