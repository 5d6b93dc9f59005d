"""A preview that a person agreed to becomes a deposit: the bank is told what was taken down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from madang.bank.snapshots import Kept
from madang.intake.deposit import Door
from madang.intake.preview import Preview
from madang.intake.preview_scratch import Table
from madang.intake.reading import Reading
from madang.intake.receipt import Reason, Receipt
from madang.intake.record import Deposit
from madang.messages import MadangError

_LOOKED_AT = 200  # deposits of a dataset, the newest
_WITHHELD = ("original_withheld", "original_sealed")


def confirm(
    door: Door,
    path: Path,
    seen: Preview,
    *,
    by: str,
    card: Mapping[str, Any] | None = None,
    mark: str = "",
) -> list[Receipt]:
    """Do what `seen` said it would do with the file `path`; its staged tables become versions as they are.

    `card` completes the first card of a new dataset. What was told is remembered, as by a deposit. Raises MadangError:
    conflict_moved (another version is live than the one it was compared with), review_outdated (the file, or what it
    is read under, is not what it was: look at it again), and those of the disk. What is done before a failure of the
    machine is done: each table is one commit. `mark` is kept with each: confirmed again with the same, after a kill, what
    was done is found and not done again.
    """
    already = done_before(door, seen, mark)
    learned = door._learned(seen.base_id, seen.told)
    register = door.registers.version() if door.registers else ""
    reading = Reading.of(learned.over(seen.told), door.standards, told=seen.told, register=register)
    if len(already) < len(seen.tables):
        _check(door, path, seen, reading, already.keys())
    start = perf_counter() - seen.seconds
    tables = tuple(table.dataset for table in seen.tables)
    deposit = Deposit(seen.name, None, seen.base_id, reading, by, start, tables)
    done: list[Receipt] = []
    with door.bank.snapshots.keep(path) as kept:
        if kept.sha256 != seen.sha256:
            raise MadangError("review_outdated")
        for table in seen.tables:
            done.append(already.get(table.dataset) or _replay(door, seen, table, kept, by, card or {}, mark))
        door._remember(replace(deposit, kept=kept), seen.headers, done)
    return done


def done_before(door: Door, seen: Preview, mark: str) -> dict[str, Receipt]:
    """What was deposited of `seen` under this `mark` already, by dataset; nothing for no mark."""
    found = {}
    known = (each for each in seen.tables if mark and each.dataset in door.bank)
    for table in known:
        dataset = door.bank[table.dataset]
        for deposit in dataset.deposits()[-_LOOKED_AT:]:
            told = dataset.receipt(deposit)
            unfinished = told["verdict"].startswith("accepted") and told["version"] is None
            if told.get("mark") == mark and not unfinished:
                found[table.dataset] = _receipt(table, deposit, told["version"])
    return found


def _check(door: Door, path: Path, seen: Preview, reading: Reading, done: Collection[str]) -> None:
    """Raises MadangError where what was seen does not hold any more."""
    if path.stat().st_size != seen.size or not seen.takes:
        raise MadangError("review_outdated")
    if not any(_read_anew(table, reading) for table in seen.tables):
        raise MadangError("review_outdated")
    for table in (each for each in seen.tables if each.dataset not in done):
        if not all(each.is_file() for each in seen.files(table)):
            raise MadangError("review_outdated")
        live = door.bank[table.dataset].latest if table.dataset in door.bank else None
        if (live.n if live else 0) != table.live_n:
            raise MadangError("conflict_moved", dataset=table.dataset)


def _read_anew(table: Table, reading: Reading) -> bool:
    """Whether a table would be read the same under `reading`; where what was learned did not fit, that is in both."""
    then, now = dict(table.facts["reading"]), reading.to_json()
    if not table.facts.get("located"):
        then["register"] = now["register"] = ""
    return {**then, "override": None} == {**now, "override": None} and _kept_override(then, now)


def _kept_override(then: dict[str, Any], now: dict[str, Any]) -> bool:
    by_place = ("encoding", "delimiter", "header_rows", "sheet")
    one, other = dict(then["override"]), dict(now["override"])
    for key in by_place:  # left out where they did not fit the file: the bytes decide, and are the same
        if one.get(key) is None:
            other.pop(key, None)
            one.pop(key, None)
    return one == other


def _replay(
    door: Door, seen: Preview, table: Table, kept: Kept, by: str, card: Mapping[str, Any], mark: str
) -> Receipt:
    """Tell the real bank what the scratch one was told."""
    at = door.clock()
    if any(reason["code"] in _WITHHELD for reason in table.receipt["reasons"]):
        kept.withhold(door.withholding)
    kept.settled()
    told = {**table.receipt, "by": by, "at": at.isoformat()} | ({"mark": mark} if mark else {})
    problems = seen.problems(table)
    if not table.taken:
        made = door.bank.record(table.dataset, receipt=told, facts=table.facts, problems=problems, at=at)
        return _receipt(table, made, told.get("same_as"))
    if door.registers and table.facts.get("feeds_register"):
        door.registers.mark(table.dataset)
    assert problems is not None
    version = door.bank.commit(
        table.dataset,
        seen.files(table),
        receipt=told,
        facts=table.facts,
        problems=problems,
        by=by,
        at=at,
        card={**(table.card or {}), **card},
        live_n=table.live_n,
    )
    return _receipt(table, version.deposit_id, version.n)


def _receipt(table: Table, deposit: str, n: int | None) -> Receipt:
    known = {key: value for key, value in table.receipt.items() if key in Receipt.__dataclass_fields__}
    rows = known.get("header_rows")
    known["reasons"] = tuple(Reason.stored(reason) for reason in known["reasons"])
    known["header_rows"] = None if rows is None else tuple(rows)
    return Receipt(**{**known, "dataset": table.dataset, "deposit": deposit, "version": n})
