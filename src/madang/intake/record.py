"""What the bank keeps of a deposit: receipt, facts and problems, of tables taken, repeated and refused."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Any

from madang.bank import Bank, Version
from madang.bank.snapshots import Kept, Withholding
from madang.intake.outside import resident_numbers
from madang.intake.place_digest import changed_dongs
from madang.intake.problems import NEVER_STORED
from madang.intake.raw import RawTable, Refused
from madang.intake.reading import Reading, register_of
from madang.intake.receipt import Reason, Receipt
from madang.intake.registers import Registers
from madang.intake.settle import Settled
from madang.messages import MadangError
from madang.places.crs import short
from madang.privacy import redact

_SCREENED = frozenset(  # reasons that are found after the cells were searched for personal data
    "rrn_refused became_empty other_columns other_provider erased_again".split()
)
_TRIES = 20  # writers of one dataset at the same moment


@dataclass(frozen=True)
class Made:
    """That a file is the answer to a query: its text, the versions it read, what the first card has to say, and the key of
    the run that computed it, where one did."""

    sql: str
    inputs: tuple[tuple[str, int], ...]  # dataset and version
    card: dict[str, Any] = field(default_factory=dict)
    run: str = ""

    def facts(self) -> dict[str, Any]:
        told = {"sql": self.sql, "inputs": [{"dataset": each, "version": n} for each, n in self.inputs]}
        return told | ({"run": self.run} if self.run else {})


@dataclass(frozen=True)
class Deposit:
    """One file on its way in: its name as given, its bytes as kept (None: it has none), who brings it, how it is read.

    `start` is the clock's count when it began; `tables` are the ids of the tables found in it, once that is known.
    """

    name: str
    kept: Kept | None
    base_id: str
    reading: Reading
    by: str
    start: float
    tables: tuple[str, ...] = ()
    made: Made | None = None

    @property
    def seconds(self) -> float:
        return round(perf_counter() - self.start, 3)

    @property
    def sha256(self) -> str | None:
        return self.kept.sha256 if self.kept else None

    def settled(self) -> str | None:
        """The SHA-256, once the bytes are on disk under it."""
        return self.kept.settled() if self.kept else None

    def facts(self) -> dict[str, Any]:
        """What facts.json says of every deposit, whatever became of it."""
        return {
            "file": self.name,
            "sha256": self.sha256,
            "base_id": self.base_id,
            "file_tables": list(self.tables) or None,
            "reading": self.reading.to_json(),
            **(self.made.facts() if self.made else {}),
        }


@dataclass(frozen=True)
class Recorder:
    """Writes deposits into `bank`."""

    bank: Bank
    clock: Callable[[], datetime]
    withholding: Withholding = "discard"  # what becomes of an original with resident registration numbers
    registers: Registers | None = None

    def taken(self, deposit: Deposit, table: RawTable, table_id: str, settled: Settled) -> Receipt:
        """Commit a table as the next version, unless the live one is of the same bytes, understood the same."""
        receipt = _receipt(deposit, table, table_id, settled)
        at = self.clock()
        policy = dict(settled.screened.policy)
        facts = {**deposit.facts(), **_without_numbers(settled.facts), "member": table.member}
        facts["personal_policy"] = policy
        if deposit.made:
            facts["inputs"] = _read(self.bank, deposit.made)
        receipt = replace(
            receipt, reasons=(*receipt.reasons, *self._kept_back(deposit, table, settled.rrn_masked))
        )
        deposit.settled()  # no version without its bytes, or a mark that they are withheld
        if self.registers and settled.facts["feeds_register"]:
            self.registers.mark(table_id)
        for _ in range(_TRIES):
            live = self.bank[table_id].latest if table_id in self.bank else None
            if live and live.receipt["sha256"] == deposit.sha256 and _same_reading(live.facts, facts):
                return self.repeated(deposit, {**receipt.to_json(), "version": live.n})
            told = _with_reason(receipt, _why_again(live, deposit, facts, settled))
            try:
                version = self.bank.commit(
                    table_id,
                    settled.parquet,
                    receipt={**told.to_stored(), "by": deposit.by, "at": at.isoformat()},
                    facts=facts,
                    problems=table.problems.path,
                    by=deposit.by,
                    at=at,
                    card=settled.card(deposit.name, table.member)
                    | (deposit.made.card if deposit.made else {}),
                    live_n=live.n if live else 0,
                )
            except MadangError as error:
                if error.code != "conflict_moved":
                    raise
                continue  # another writer was first: it may have brought the same bytes
            return replace(told, deposit=version.deposit_id, version=version.n)
        raise MadangError("conflict", dataset=table_id)

    def repeated(self, deposit: Deposit, earlier: dict[str, Any]) -> Receipt:
        """The receipt of a file that says nothing new: unchanged, or refused for the same reasons as before."""
        refused = earlier["verdict"] == "refused"
        rows = earlier["header_rows"]
        same = {key: earlier[key] for key in Receipt.__dataclass_fields__ if key in earlier}
        told: dict[str, Any] = {
            "file": deposit.name,
            "verdict": "refused" if refused else "unchanged",
            "reasons": tuple(Reason.stored(reason) for reason in earlier["reasons"]) if refused else (),
            "header_rows": None if rows is None else tuple(rows),
            "seconds": deposit.seconds,
            "deposit": None,
        }
        receipt = Receipt(**{**same, **told})
        return self._record(deposit, receipt, same_as=receipt.version)

    def refused(
        self, deposit: Deposit, table_id: str, refused: Refused, table: RawTable | None = None
    ) -> Receipt:
        """The receipt of a file, or of one `table` of it, that is not taken."""
        unread = refused.code not in _SCREENED and (table is None or table.refused is None)
        kept_back = self._kept_back(deposit, table, refused.code == "rrn_refused", unread=unread)
        said = {key: _without_numbers(value) for key, value in refused.params.items()}
        of_member = table is not None and table.refused is refused  # which tells its own name
        named = {"file": deposit.name} if "file" in refused.params and not of_member else {}
        receipt = Receipt(
            file=deposit.name,
            member=table.member if table else None,
            sha256=deposit.settled(),
            dataset=table_id,
            verdict="refused",
            rows=table.rows if table else None,
            columns=len(table.columns) if table else None,
            problems=table.problems.count if table else 0,
            reasons=(Reason(refused.code, {**said, **named}), *kept_back),
            encoding=table.encoding if table else None,
            delimiter=table.delimiter if table else None,
            header_rows=table.header_rows if table else None,
            seconds=deposit.seconds,
        )
        if table:
            table.problems.close()
        if refused.code == "erased_again" and not self._in_use(str(receipt.sha256)):
            self.bank.snapshots.remove(str(receipt.sha256))
        if refused.code in ("erased_again", "rrn_refused"):  # no list of cells of what must not be here
            table = None
        return self._record(deposit, receipt, table)

    def _kept_back(
        self, deposit: Deposit, table: RawTable | None, found: bool, *, unread: bool = False
    ) -> tuple[Reason, ...]:
        """Withhold an original with resident numbers (`found`, or told of by the problems of `table`), and say so.

        `unread`: its cells were not looked at, so its bytes are.
        """
        outside = table is not None and table.problems.resident
        listed = table is not None and "cell_rrn_masked" in table.problems.by_rule
        outside = outside or (
            unread and deposit.kept is not None and bool(resident_numbers(deposit.kept.path))
        )
        if deposit.kept is None or not (found or outside or listed):
            return ()
        deposit.kept.withhold(self.withholding)
        told = (Reason("rrn_outside"),) if outside else ()
        return (*told, Reason("original_sealed" if self.withholding == "seal" else "original_withheld"))

    def _in_use(self, sha256: str) -> bool:
        """Whether some version was made from these bytes (another table of the same file)."""
        versions = (version for dataset in self.bank.datasets() for version in dataset.versions)
        return any(version.receipt["sha256"] == sha256 for version in versions)

    def failed(
        self, deposit: Deposit, table_id: str, error: Exception, table: RawTable | None = None
    ) -> Receipt:
        """Our own failure: told apart from a bad file, and kept for whoever mends it."""
        said = redact(f"{type(error).__name__}: {error}".splitlines()[0][:300])
        receipt = self.refused(
            deposit, table_id, Refused("own_failure", file=deposit.name, error=said), table
        )
        if receipt.deposit:
            trace = self.bank[table_id].deposit_folder(receipt.deposit) / "failure.txt"
            with suppress(OSError):
                trace.write_text(redact("".join(traceback.format_exception(error))), encoding="utf-8")
        return receipt

    def _record(
        self,
        deposit: Deposit,
        receipt: Receipt,
        table: RawTable | None = None,
        **more: Any,
    ) -> Receipt:
        """Write a deposit that makes no version."""
        if deposit.kept and deposit.kept.is_withheld:  # perhaps since an earlier deposit of the same bytes
            deposit.kept.withhold(self.withholding)
        deposit.settled()
        at = self.clock()
        made = self.bank.record(
            receipt.dataset,
            receipt={**receipt.to_stored(), **more, "by": deposit.by, "at": at.isoformat()},
            facts=deposit.facts(),
            problems=table.problems.path if table else None,
            at=at,
        )
        return replace(receipt, deposit=made)


def _without_numbers(told: Any) -> Any:
    """What is told of a table, without numbers that may not be stored."""
    if isinstance(told, str):
        return redact(told, NEVER_STORED)
    if isinstance(told, dict):
        return {key: _without_numbers(value) for key, value in told.items()}
    return [_without_numbers(each) for each in told] if isinstance(told, list | tuple) else told


def _receipt(deposit: Deposit, table: RawTable, table_id: str, settled: Settled) -> Receipt:
    problems = table.problems.count
    return Receipt(
        file=deposit.name,
        member=table.member,
        sha256=deposit.sha256,
        dataset=table_id,
        verdict="accepted_with_problems" if problems else "accepted",
        rows=settled.rows,
        columns=len(settled.columns),
        problems=problems,
        reasons=settled.reasons,
        standard=settled.standard.id if settled.standard else None,
        personal_data=settled.screened.counts(),
        encoding=table.encoding,
        delimiter=table.delimiter,
        header_rows=table.header_rows,
        crs=short(settled.crs) if settled.crs else None,
        located_share=settled.located_share,
        seconds=deposit.seconds,
    )


def _same_reading(live: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the same bytes were understood the same: what decides is the outcome, not which standards exist."""
    keys = ("override", "reader")
    same = (live.get("personal_policy") or {}) == new["personal_policy"]
    same = same and all(live["reading"][key] == new["reading"][key] for key in keys)
    same = same and _same_places(live, new) and _erasures(live, new) == _erasures(new, new)
    return same and live["standard"] == new["standard"] and _outcome(live) == _outcome(new)


def _read(bank: Bank, made: Made) -> list[dict[str, Any]]:
    """What a table was made of, and which erasure each of that had seen: rows erased later may stand in it."""
    found = []
    for dataset, n in made.inputs:
        erased = ""
        with suppress(MadangError):  # gone by now, which whoever asks will find
            erased = bank[dataset].version(n).erasure
        found.append({"dataset": dataset, "version": n, "erased": erased})
    return found


def _erasures(facts: dict[str, Any], new: dict[str, Any]) -> list[Any]:
    """Which erasures its inputs had seen, as far as `new` is made of any."""
    return [each.get("erased") for each in facts.get("inputs") or ()] if new.get("inputs") else []


def _same_places(live: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether every row has the same place, by whatever register, and as many points are told as wrong."""
    before, after = live.get("located") or {}, new.get("located") or {}
    if before and after and "digest" not in before:  # of a version that has none
        return register_of(live) == register_of(new)
    return all(before.get(key) == after.get(key) for key in ("digest", "points"))


def _why_again(
    live: Version | None, deposit: Deposit, facts: dict[str, Any], settled: Settled
) -> Reason | None:
    """Why the bytes of the live version give another one, where that is because of the register of areas."""
    if live is None or live.receipt["sha256"] != deposit.sha256 or _same_places(live.facts, facts):
        return None
    if not settled.located or register_of(live.facts) == register_of(facts):
        return None
    changed = changed_dongs(live.files, settled.parquet)
    return Reason("places_changed", {"changed": f"{changed:,}"}) if changed else Reason("places_looked_again")


def _with_reason(receipt: Receipt, reason: Reason | None) -> Receipt:
    return receipt if reason is None else replace(receipt, reasons=(*receipt.reasons, reason))


def _outcome(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns without the evidence behind them, which tells more of who decided than of what."""
    return [
        {k: v for k, v in each.items() if k not in ("because", "confidence")} for each in facts["columns"]
    ]
