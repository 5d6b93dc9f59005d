"""The ledger of computations: ``runs/<key>/``, where the key is what was computed from what.

    runs/<key>/run.json, result.json, tables/<id>.parquet      written beside, then renamed: whole or not there

The same analysis with the same code, parameters, inputs@versions and seed has the same key: it is recalled.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import duckdb

from madang.access import Person, Thing, as_close, can
from madang.bank import Bank
from madang.bank.durable import disk_errors, fsync_folder, locked, read_json, write_json
from madang.bank.made_of import Lineage
from madang.engine.tables import DuckTables, Tables
from madang.messages import MadangError
from madang.results import Result, keep, kept
from madang.runs import index
from madang.runs.analysis import Analyses, Analysis, reason_of
from madang.runs.declared import INDICATORS, TABLES, Declared
from madang.runs.inputs import Input, Inputs, Progress, no_progress
from madang.runs.matching import chosen
from madang.runs.outside import computed
from madang.runs.parameters import values_of

if TYPE_CHECKING:
    from madang.intake.registers import Registers
    from madang.results.map_picture import Borders

_KEPT = 100_000
_WORTH = 100  # so many records opened in one list are worth a new index
_HERE = ("folder", "analyses", "registers")  # of a run: what its record does not hold
_records: dict[str, tuple[index.Stamp, Run]] = {}  # by path
_same: dict[str, Read] = {}  # what many runs read alike is held once
_indexed: set[Path] = set()  # ledgers whose index this process has read


_LOCK = ".lock"  # beside the runs, held by who puts one in its place
NEWEST = ".newest"  # beside the runs: which of them a dataset holds


@dataclass(frozen=True)
class Read:
    """What a run read: a version of a dataset in a role, and what the analysis called its columns."""

    role: str
    dataset: str
    version: int
    title: str
    as_of: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A computation that can be made: everything that its key is made of."""

    analysis: Analysis | Declared
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Input]
    seed: int = 0

    @cached_property
    def key(self) -> str:
        told = {
            "analysis": self.analysis.id,
            "code": self.analysis.code,
            "parameters": dict(self.parameters),
            "inputs": {role: sorted(part.name for part in each.parts) for role, each in self.inputs.items()},
            "seed": self.seed,
        }
        spelled = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(spelled.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Run:
    """A computation that was made. `folder` holds its result."""

    key: str
    analysis: str
    title: str
    parameters: Mapping[str, Any]
    inputs: tuple[Read, ...]
    seed: int
    code: str
    by: str
    at: str
    seconds: float
    folder: Path = field(compare=False)
    engine: str = ""  # that read the inputs, with its version; "" of runs from before it was recorded
    analyses: Analyses | None = field(default=None, compare=False)  # where its question stands
    registers: Callable[[], Registers] | None = field(
        default=None, compare=False
    )  # where the borders of its maps stand

    def __repr__(self) -> str:
        """What it is and its answer in two sentences, as a prompt shows it."""
        from madang.runs.notebook import spoken

        return spoken(self)

    def _repr_html_(self) -> str:
        """The whole result, as a notebook shows it."""
        from madang.runs.notebook import shown

        return shown(self)

    @cached_property
    def result(self) -> Result:
        """Raises MadangError("run_broken")."""
        try:
            return kept(self.folder)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MadangError("run_broken", run=self.key, reason=str(error)) from error

    @cached_property
    def borders(self) -> Borders:
        """Of the areas that its rows were placed by; none where none are known."""
        from madang.runs.borders import borders_of

        return borders_of(self, self.registers()) if self.registers is not None else {}

    def reads(self, role: str) -> list[Read]:
        """What it read in a role. Raises MadangError("run_role")."""
        found = [each for each in self.inputs if each.role == role]
        if not found:
            raise MadangError("run_role", role=role, roles=", ".join(each.role for each in self.inputs))
        return found


@dataclass
class Ledger:
    """The runs in `folder` over the datasets of `bank`."""

    folder: Path
    bank: Bank
    analyses: Analyses
    clock: Callable[[], datetime]
    copies: Path  # where an analysis that is not ours finds copies of what it may read
    tables: Callable[[], Tables] = DuckTables  # the session of the engine in which a computation reads
    registers: Callable[[], Registers] | None = None  # of areas
    _opened: int = field(default=0, init=False, compare=False, repr=False)  # records

    # asking -------------------------------------------------------------------------------------------------

    def ask(
        self,
        analysis: str | Declared,
        parameters: Mapping[str, Any] | None = None,
        inputs: Mapping[str, str] | None = None,
        *,
        by: Person,
        seed: int = 0,
    ) -> Asked:
        """What a person wants computed, made exact: parameters read, each role a version that the person may read; a
        declared table or indicator has no parameters.

        `inputs` are "dataset" or "dataset@version" by role; one that is not told is chosen where a single one fits.
        Raises MadangError: analysis_missing, run_parameter, run_value …, run_role, run_input_none, run_input_several,
        run_input_standard, dataset_missing, version_missing, access_denied.
        """
        if isinstance(analysis, Declared):
            told = {**analysis.fixed, **(inputs or {})}
            found = chosen(self.bank, analysis.card, told, by, newest=True)
            return Asked(analysis, dict(analysis.values), found, seed)
        wanted = self.analyses[analysis]
        values = values_of(wanted.parameters, parameters or {})
        found = chosen(self.bank, wanted.card, inputs or {}, by)
        return Asked(wanted, values, found, seed)

    def run(self, asked: Asked, *, by: str, progress: Progress = no_progress) -> Run:
        """The run of what was asked: recalled where it was made before, else made now.

        Raises MadangError: run_failed (with what the analysis raised), declared_failed, run_erased, result_…; what `progress` raises stops it.
        """
        known = self.recalled(asked)
        if known is not None:
            return known
        began, whole = perf_counter(), self._erasures(asked)
        with closing(self.tables()) as tables:
            result = self._computed(asked, progress, tables)
        run = Run(
            asked.key, asked.analysis.id, asked.analysis.card.title, dict(asked.parameters),
            _reads(asked), asked.seed, asked.analysis.code, by,
            self.clock().isoformat(), round(perf_counter() - began, 3), self.folder / asked.key,
            tables.engine,
        )  # fmt: skip
        self._keep(run, result)
        if self._erasures(asked) != whole:  # one that ends after this finds the run and forgets it
            with index.taken_away(self.folder):
                shutil.rmtree(run.folder, ignore_errors=True)
            raise MadangError("run_erased", analysis=asked.analysis.card.title)
        return self[asked.key]

    def _erasures(self, asked: Asked) -> list[str]:
        """The last erasure in each version that is read: another one later says that rows were taken meanwhile."""
        parts = [part for each in asked.inputs.values() for part in each.parts]
        try:
            return [self.bank[part.dataset].version(part.version).erasure for part in parts]
        except MadangError as error:
            raise MadangError("run_erased", analysis=asked.analysis.card.title) from error

    def _computed(self, asked: Asked, progress: Progress, tables: Tables) -> Result:
        inputs = Inputs(dict(asked.inputs), asked.seed, progress, tables)
        if isinstance(asked.analysis, Analysis) and not asked.analysis.is_ours:
            asked.analysis.check_approved()
            return computed(asked.analysis, inputs, asked.parameters, self.copies, progress)
        try:
            result = asked.analysis.run(inputs, **asked.parameters)
        except MadangError:
            raise
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, duckdb.Error) as error:
            folder = asked.analysis.folder if isinstance(asked.analysis, Analysis) else None
            reason = reason_of(error, folder)
            raise MadangError("run_failed", analysis=asked.analysis.card.title, reason=reason) from error
        return result.check()

    def _keep(self, run: Run, result: Result) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f".{run.key}.{secrets.token_hex(4)}"
        gone = beside.with_name(f"{beside.name}.broken")
        told = {key: value for key, value in asdict(run).items() if key not in _HERE}
        with disk_errors(self.folder):
            try:
                beside.mkdir()
                write_json(beside / "run.json", json.loads(json.dumps(told, default=str)))
                keep(result, beside)  # after the record: an erasure knows what even half a run has read
                fsync_folder(beside)
                with locked(self.folder / _LOCK):
                    if self._readable(run.key) is None:  # else another made the same meanwhile
                        with suppress(FileNotFoundError):
                            os.rename(run.folder, gone)
                        os.rename(beside, run.folder)
                fsync_folder(self.folder)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
                shutil.rmtree(gone, ignore_errors=True)

    # looking ------------------------------------------------------------------------------------------------

    def recalled(self, asked: Asked) -> Run | None:
        """The run with this key, where it was made and can be read."""
        return self._readable(asked.key)

    def _readable(self, key: str) -> Run | None:
        try:
            found = self[key]
            found.result  # noqa: B018 - raises where it is broken
        except MadangError:
            return None
        return found

    def __getitem__(self, key: str) -> Run:
        """Raises MadangError: run_missing, run_broken."""
        found = self._record(key) if key.isalnum() else None
        if found is None:
            raise MadangError("run_missing", run=key)
        return self._whole(found)

    def _whole(self, record: Run) -> Run:
        """A run of its record: a result that is read is not held with it."""
        return replace(record, analyses=self.analyses, registers=self.registers)

    def _record(self, key: str) -> Run | None:
        """The record of a run, which never changes: read once in a process. None where there is none."""
        path, stamp = f"{self.folder}/{key}/run.json", index.stamp(self.folder, key)
        if stamp is None:
            return None
        known = _records.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            told = read_json(Path(path))
            run = _run(told, map(_read, told["inputs"]), self.folder / key)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MadangError("run_broken", run=key, reason=str(error)) from error
        self._opened += 1
        _remember(path, stamp, run)
        return run

    def _all(self) -> list[Run]:
        """The records of all runs. Their index is read once in a process, and made anew by who had to open many."""
        if self.folder not in _indexed:
            _indexed.add(self.folder)
            with suppress(OSError, ValueError, KeyError, TypeError, IndexError):  # a broken one is none
                for key, stamp, told, inputs in index.read(self.folder, _read):
                    _remember(f"{self.folder}/{key}/run.json", stamp, _run(told, inputs, self.folder / key))
        keys = [entry.name for entry in os.scandir(self.folder) if not entry.name.startswith(".")]
        before = self._opened
        found: list[Run] = []
        for key in keys:
            with suppress(MadangError):  # a record that cannot be read takes no list with it
                found += filter(None, [self._record(key)])
        if self._opened - before >= _WORTH:
            held = (_records.get(f"{run.folder}/run.json") for run in found)
            index.write(
                self.folder, [(run.folder.name, stamp, _told(run)) for stamp, run in filter(None, held)]
            )
        return found

    def runs(self, *, by: Person, of: str = "") -> list[Run]:
        """Every run of an analysis that a person may read, newest first; with `of` those of that analysis, or of that
        declared table or indicator."""
        if not self.folder.is_dir():
            return []
        found = [
            run for run in self._all()
            if (run.analysis == of if of else not run.analysis.startswith((TABLES, INDICATORS)))
        ]  # fmt: skip
        lineage = Lineage(self.bank.folder)
        may: dict[tuple[int, ...], bool] = {}  # of runs that read the same, one is asked about
        seen = []
        for each in found:
            same = tuple(map(id, each.inputs))
            if same not in may:
                may[same] = can(by, "read", self.thing(each, lineage))
            if may[same]:
                seen.append(self._whole(each))
        return sorted(seen, key=lambda run: run.at, reverse=True)

    def seen(self, key: str, *, by: Person) -> Run:
        """A run that a person may read. Raises MadangError("run_missing"), where it may not be read too."""
        run = self[key]
        if not can(by, "read", self.thing(run, Lineage(self.bank.folder))):
            raise MadangError("run_missing", run=key)
        return run

    def thing(self, run: Run, lineage: Lineage) -> Thing:
        """A run as the policy knows it: as closed as the strictest of what it read is now; for administrators only where
        one of it is gone or has a personal column that it read as harmless."""
        inputs = [self._input(each, lineage) for each in run.inputs]
        return as_close(Thing("run", run.key), inputs)

    def _input(self, read: Read, lineage: Lineage) -> Thing | None:
        try:
            personal = lineage.personal(read.dataset, read.version)
            return None if personal & set(read.columns.values()) else lineage.thing(read.dataset)
        except MadangError:
            return None

    def behind(self, run: Run) -> list[str]:
        """Datasets of which a run read a version that is not the newest any more."""
        found = []
        for each in run.inputs:
            latest = self.bank[each.dataset].latest if each.dataset in self.bank else None
            if latest is None or latest.n != each.version:
                found.append(each.dataset)
        return found

    def pointer(self, declared: str) -> Path:
        """Where it stands which run the dataset of a declared table or indicator holds (`madang.runs.refresh`)."""
        folder = self.folder / NEWEST
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{declared.replace('/', '.')}.json"

    def forget(self, dataset: str) -> int:
        """Remove every run that read a dataset (an erasure) or may have, and what is told of those that failed; returns how many runs."""
        for path in (self.folder / NEWEST).glob("*.json"):
            told = read_json(path)
            if dataset in (told.get("trouble") or {}).get("inputs", ()):
                write_json(path, {key: value for key, value in told.items() if key != "trouble"})
        if not self.folder.is_dir():
            return 0
        gone = 0
        with index.taken_away(self.folder):
            for path in self.folder.glob("*/run.json"):
                try:
                    read = {each["dataset"] for each in read_json(path)["inputs"]}
                except FileNotFoundError:
                    continue  # moved to its place meanwhile: whoever keeps it looks for erasures once more
                except (OSError, ValueError, KeyError, TypeError):
                    read = {dataset}  # nobody can say what it read
                if dataset in read:
                    shutil.rmtree(path.parent)
                    gone += 1
        return gone


def _run(told: Mapping[str, Any], inputs: Iterable[Read], folder: Path) -> Run:
    """Of what its record says."""
    return Run(**{**told, "inputs": tuple(inputs)}, folder=folder)


def _told(run: Run) -> dict[str, Any]:
    """What its record says."""
    own = {name: value for name, value in vars(run).items() if name not in _HERE}
    return own | {"inputs": [vars(each) for each in run.inputs]}


def _remember(path: str, stamp: index.Stamp, run: Run) -> None:
    if len(_records) >= _KEPT:
        _records.clear()
    _records[path] = (stamp, run)


def _read(told: dict[str, Any]) -> Read:
    spelled = json.dumps(told, sort_keys=True)
    if len(_same) >= _KEPT:
        _same.clear()
    return _same.setdefault(spelled, Read(**told))


def _reads(asked: Asked) -> tuple[Read, ...]:
    return tuple(
        Read(role, part.dataset, part.version, part.title, part.as_of, dict(part.columns))
        for role, each in asked.inputs.items()
        for part in each.parts
    )
