"""Made-up personal numbers, by the rules of those who issue them, and the search for their traces in a workspace."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from madang.workspace import Workspace

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_CORPORATE = (1, 2) * 6


def resident(number: int, between: str = "-") -> str:
    """A resident number of before October 2020: birth date, century and sex, region, order, check digit."""
    born = date(1951, 3, 2) + timedelta(days=number * 37)
    first = 1 + number % 2 + (2 if born.year >= 2000 else 0)
    body = f"{born:%y%m%d}{first}{11 + number * 7 % 84:02d}{11 + number * 13 % 88:02d}{number % 9 + 1}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return f"{body[:6]}{between}{body[6:]}{(11 - total % 11) % 10}"


def corporate(number: int) -> str:
    """A corporate registration number: registry, kind, order, check digit (weights 1 and 2)."""
    body = f"110111{number * 7919 % 1_000_000:06d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _CORPORATE, strict=True))
    return f"{body[:6]}-{body[6:]}{(10 - total % 10) % 10}"


def article(number: int) -> str:
    """An EAN-13 of a Korean maker."""
    body = f"8801{number * 104_729 % 10**8:08d}"
    return body + str(-sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(body)) % 10)


def table(header: str, rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([header, *(",".join(row) for row in rows)]) + "\n"


def traces(folder: Path, numbers: Iterable[str]) -> list[str]:
    """Files below `folder` in which a number stands, with or without its dash, or its second half alone."""
    wanted = {form for n in numbers for form in (n, n.replace("-", ""), n.replace("-", "")[-7:])}
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        told = "\n".join([path.name, *_readings(path.read_bytes(), path)])
        if any(each in told for each in wanted):
            found.append(str(path.relative_to(folder)))
    return found


def _readings(content: bytes, path: Path) -> Iterator[str]:
    """What can be read in a file: its bytes, and what its form hides from such a look."""
    yield content.decode("latin-1")
    for start in (0, 1):
        yield content[start:].decode("utf-16-le", "replace")
    if content[:4] == b"PAR1":
        rows = pq.read_table(pa.BufferReader(content))
        yield str(rows.schema.metadata)
        for column in rows.itercolumns():
            yield "\n".join(map(str, column.to_pylist()))
    elif content[:6] == b"ARROW1":
        with pa.ipc.open_file(pa.BufferReader(content)) as reader:
            yield str(reader.read_all().to_pylist())
    elif content[:15] == b"SQLite format 3":
        database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        yield "\n".join(database.iterdump())
        database.close()
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from _readings(archive.read(name), path)


def everything_said(workspace: Workspace, dataset: str) -> str:
    """What the bank says of a dataset: receipts, facts, cards, problems of every deposit."""
    found = workspace.bank[dataset]
    told = [str(found.card)]
    for deposit in found.deposits():
        told += [str(found.receipt(deposit)), str(found.facts(deposit))]
        problems = found.deposit_folder(deposit) / "problems.parquet"
        told += [str(pq.read_table(problems).to_pylist())] if problems.exists() else []
    return "\n".join(told)


def snapshots(workspace: Workspace) -> list[str]:
    """What lies in the folder of originals, a SHA-256 shown as its kind."""
    folder = workspace.folder / "bank/snapshots"
    return sorted(path.suffix or "named" for path in folder.iterdir())
