"""The composition root: reads ``madang.toml`` and wires the rooms together. Nothing else does."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, partial
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from madang.access import owner
from madang.access.journal import Journal
from madang.bank import Bank, Version
from madang.bank.describe import data_day
from madang.bank.durable import SEOUL
from madang.declarations import Standard, load_standards
from madang.declarations.settings import Settings, load_settings, settings_toml
from madang.engine.tables import Tables, tables_on
from madang.intake.raw import Override, Progress, Steps, no_steps
from madang.intake.receipt import Receipt, Stopped
from madang.messages import MadangError, text

if TYPE_CHECKING:
    import ibis

    from madang.bank.diff import Diff
    from madang.bank.erase import Tombstone
    from madang.find import Hit, Index
    from madang.intake.record import Made
    from madang.intake.registers import Registers
    from madang.intake.rekey import Rekeyed
    from madang.release import Releases
    from madang.runs import Analysis, Ledger, Run
    from madang.runs.declared import Declarations
    from madang.runs.inputs import Progress as RunProgress
    from madang.runs.refresh import Refreshed, Refresher

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(SEOUL)


@dataclass
class Workspace:
    """A municipality's own place: its bank, its declarations, its settings. Get one by ``madang.open(dir)``."""

    folder: Path
    settings: Settings
    clock: Clock = field(default=_now)
    keeps_journal: bool = (
        True  # the pages record in the audit trail themselves, with who asked from where and why
    )

    @classmethod
    def open(cls, directory: str | Path) -> Workspace:
        """The workspace in `directory`. Raises MadangError: workspace_missing, settings_broken."""
        folder = Path(directory).resolve()
        toml = folder / "madang.toml"
        if not toml.is_file():
            raise MadangError("workspace_missing", path=directory, quoted=shlex.quote(str(directory)))
        return cls(folder, load_settings(toml))

    @classmethod
    def init(
        cls, directory: str | Path, name: str | None = None, *, area_code: str = "", synthetic: bool = False
    ) -> Workspace:
        """Make a workspace in `directory`, which may exist. Raises MadangError("workspace_exists").

        `synthetic`: its city is made up, and every page will say so.
        """
        folder = Path(directory).resolve()
        toml = folder / "madang.toml"
        if toml.exists():
            raise MadangError("workspace_exists", path=directory)
        for part in ("bank", "content/standards", "cache"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        toml.write_text(settings_toml(name or folder.name, area_code, synthetic), encoding="utf-8")
        return cls.open(folder)

    @property
    def bank(self) -> Bank:
        return Bank(self.folder / "bank")

    @property
    def releases(self) -> Releases:
        """The open editions: what was decided to leave the bank, and the bank of what did."""
        from madang.release import Releases

        folder = self.folder / "content" / "releases"
        return Releases(self.bank, Bank(self.folder / "open"), folder, self.clock, self.standards)

    @property
    def ledger(self) -> Ledger:
        """Analyses and what was computed with them."""
        from madang.runs import Analyses, Ledger

        analyses = Analyses(self.folder / "content" / "analyses")
        copies = self.folder / "cache" / "sql" / "tables"
        tables = partial(tables_on, self.settings.spark)
        return Ledger(
            self.folder / "runs", self.bank, analyses, self.clock, copies, tables, lambda: self.registers
        )

    @cached_property
    def declarations(self) -> Declarations:
        """Declared tables and indicators: shipped with Madang, then the workspace's own, which win."""
        from madang.runs.declared import Declarations

        return Declarations(self.folder / "content")

    @property
    def refresher(self) -> Refresher:
        """What makes declared tables and indicators, and knows how they stand."""
        from madang.runs.refresh import Refresher

        opened = self.releases.opened_datasets
        return Refresher(self.ledger, self.declarations, self.standards, self.deposit, self.clock, opened)

    @cached_property
    def standards(self) -> dict[str, Standard]:
        """Declared standards by id: shipped with Madang, then the workspace's own, which win; every declared table is one."""
        shipped = Path(str(files("madang") / "content" / "standards"))
        return load_standards(shipped, self.folder / "content" / "standards") | self.declarations.standards

    @cached_property
    def registers(self) -> Registers:
        """The registers of areas, built from deposited boundaries and code lists."""
        from madang.declarations.places import SHIPPED, load_places
        from madang.intake.registers import Registers

        declared = load_places(SHIPPED, self.folder / "content" / "places")
        area = self.settings.area_code.strip()
        home = area.rstrip("0").ljust(2, "0") if area else ""  # 4111000000 -> 4111: the city and its 구
        trust = self.settings.trust_unverified_changes == "True"
        return Registers(self.bank, self.folder / "cache" / "areas", declared, home, trust)

    @property
    def sources(self) -> Path:
        """Where stands what officers told of the files of a dataset: one TOML file each."""
        return self.folder / "content" / "sources"

    # putting in ------------------------------------------------------------------------------------------

    def deposit(
        self,
        path: str | Path,
        dataset: str | None = None,
        *,
        standard: str | None = None,
        text: bool = False,
        override: Override | None = None,
        by: str | None = None,
        again: bool = True,
        once: bool = False,
        made: Made | None = None,
        threads: int = 2,
        steps: Steps = no_steps,
    ) -> list[Receipt]:
        """Deposit a file; one receipt per table found in it.

        `standard` and `text` are short for `override`. With `again=False` a file whose bytes were deposited
        before under the same reading is not read again, whatever has happened since (``deposit --all``). What
        `override` says is remembered for the dataset (``content/sources``) unless `once`. `made`: the file is the answer to a query.
        Raises MadangError for wrong use; a bad file is a receipt with verdict "refused", never an exception.
        """
        from madang.intake.deposit import Door

        door = Door(
            self.bank,
            self.standards,
            threads=threads,
            clock=self.clock,
            sources=self.sources,
            withholding=self.settings.withholding,
            registers=self.registers,
        )
        reading = override or Override(standard=standard, text=text)
        try:
            receipts = door.deposit(
                Path(path),
                dataset,
                override=reading,
                by=by or actor(),
                again=again,
                once=once,
                made=made,
                steps=steps,
            )
        except Stopped as stopped:
            self._index(list(stopped.receipts))
            raise
        self._index(receipts)
        for each in receipts:
            if each.verdict != "unchanged":
                self.note("dataset.deposit", each.dataset, by=by, verdict=each.verdict, version=each.version)
            if each.verdict != "unchanged" or self.releases.is_late(each.dataset):
                self.releases.follow(each.dataset)
        return receipts

    def renewed(self, *datasets: str) -> None:
        """Datasets have a new version that was not made by this object: search and open editions follow."""
        from madang.find.catalogue import doc_of

        for dataset in datasets:
            with suppress(MadangError, OSError):  # an index behind the bank is made anew by the next search
                self.index.put(doc_of(self.bank[dataset], self.standards))
            self.releases.follow(dataset)

    def follow_late(self) -> None:
        """Have open editions follow the versions that nobody had them follow: whoever made them was killed."""
        for dataset in self.bank.datasets():
            with suppress(MadangError):
                if self.releases.is_late(dataset.id):
                    self.releases.follow(dataset.id)

    def rollback(self, dataset: str, n: int, *, by: str | None = None) -> Version:
        """Make version n of a dataset live again, as a new version."""
        from madang.find.catalogue import doc_of

        version = self.bank.rollback(dataset, n, by=by or actor(), at=self.clock())
        with suppress(MadangError, OSError):
            self.index.put(doc_of(self.bank[dataset], self.standards))
        self.note("dataset.rollback", dataset, by=by, to=n, version=version.n)
        self.releases.follow(dataset)
        return version

    def write_card(self, dataset: str, card: dict[str, Any], *, by: str | None = None) -> None:
        """Give a dataset a new card; the old ones stay. The search index is the caller's to renew."""
        self.bank.write_card(dataset, card, by=by or actor(), at=self.clock())
        self.note("dataset.edit_card", dataset, by=by)

    def note(self, what: str, thing: str, *, by: str | None = None, why: str = "", **detail: Any) -> None:
        """Enter an act in the workspace's journal, from which the audit trail takes it in."""
        if self.keeps_journal:
            self.journal.note(what, thing, by=by or actor(), at=self.clock(), why=why, detail=detail)

    @property
    def journal(self) -> Journal:
        """What was done here without the pages."""
        return Journal(self.folder / "audit" / "journal.jsonl")

    def rekey(self, dataset: str, *, by: str | None = None) -> Rekeyed:
        """Place the rows of a dataset anew by the areas of now; a new version where anything is different.

        Raises MadangError: dataset_missing, no_version, rekey_unplaced, rekey_no_register.
        """
        from madang.intake.rekey import rekey

        made = rekey(self.bank, dataset, self.registers, self.standards, by=by or actor(), at=self.clock())
        self.note("dataset.rekey", dataset, by=by)
        self.releases.follow(dataset)
        return made

    def erase(
        self,
        dataset: str,
        *,
        column: str | None = None,
        value: str | None = None,
        ground: str,
        by: str | None = None,
        skip_without: bool = False,
    ) -> Tombstone:
        """Erase a dataset, or the rows whose `column` reads `value`, from every version; a tombstone stays.

        Its open editions go first, with those of what is made of it, and come back from what is left. Versions without
        the column are refused, or with `skip_without` left as they are.
        """
        from madang.bank.erase import erase
        from madang.intake.merge_erase import erase_contributions, forget
        from madang.release.erasures import after_erasure, before_erasure

        taken = before_erasure(self.releases, dataset, ground=ground, whole=column is None)
        try:
            stone = erase(
                self.bank, dataset, column=column, value=value, ground=ground, by=by or actor(), at=self.clock(),
                skip_without=skip_without,
            )  # fmt: skip
            stone = erase_contributions(self.bank, self.folder / "rounds", stone)
            if column is not None and not (stone.rows or stone.snapshots):
                forget(self.bank, stone)
                raise MadangError("erase_nothing", dataset=dataset)
        finally:
            after_erasure(self.releases, dataset, taken)
        self.ledger.forget(dataset)
        self._forget_copies(dataset)
        if column is None:
            with suppress(MadangError, OSError):  # an index behind the bank is made anew by the next search
                self.index.remove(dataset)
        self.note("dataset.erase", dataset, by=by, why=ground, column=column or "")
        return stone

    def _forget_copies(self, dataset: str) -> None:
        """Away with what the cache holds of a dataset; what the pages keep they clear themselves (`web.work.erasure`)."""
        cache = self.folder / "cache"
        kept = ("tables", "answers")  # of the SQL desk, which any row may stand in
        drawn = (dataset, "-")  # pictures of what was erased, and the map of the city
        copies = [cache / "rows" / dataset, *(cache / "maps" / name for name in drawn)]
        for folder in (*copies, *(cache / "sql" / name for name in kept)):
            shutil.rmtree(folder, ignore_errors=True)

    def finish_erasures(self) -> None:
        """Erase again what the tombstones name, in the bank and in what was handed in to rounds: after a kill."""
        from madang.bank.erase import replay
        from madang.intake.merge_erase import erase_all_contributions

        replay(self.bank)
        erase_all_contributions(self.bank, self.folder / "rounds")

    # computing -------------------------------------------------------------------------------------------

    def run(
        self,
        analysis: str,
        params: Mapping[str, Any] | None = None,
        inputs: Mapping[str, str] | None = None,
        *,
        by: str | None = None,
        seed: int = 0,
    ) -> Run:
        """Compute an analysis over the live versions that fit, or over `inputs` ("dataset@version" by role).

        Recalled where the same was computed before. Raises as `Ledger.ask` and `Ledger.run`.
        """
        ledger = self.ledger
        asked = ledger.ask(analysis, params, inputs, by=owner(by or actor()), seed=seed)
        run = ledger.run(asked, by=by or actor())
        self.note("run.make", run.key, by=by, analysis=analysis)
        return run

    def save_report(self, run: Run, path: str | Path, *, by: str | None = None) -> Path:
        """Write the report of a run in the form that `path` ends in. Raises MadangError("report_form")."""
        from madang.runs.reports import save_report

        return save_report(
            run, Path(path), self.ledger, self.settings.is_synthetic, partial(self.note, by=by)
        )

    def refresh(
        self, *names: str, again: bool = False, by: str | None = None, progress: RunProgress | None = None
    ) -> list[Refreshed]:
        """Make declared tables and indicators (all, or those of `names`) whose inputs or declaration are newer than what they
        hold; `again`: even where they are not. One that fails is told and stands in nobody's way.
        Raises MadangError("declared_missing").
        """
        from madang.runs.inputs import no_progress

        who = by or actor()
        done = self.refresher.refresh(names, by=owner(who), again=again, progress=progress or no_progress)
        for each in done:
            if each.run is not None:
                self.note("run.make", each.run.key, by=by, analysis=each.id)
        return done

    def approve(self, analysis: str, *, by: str | None = None) -> Analysis:
        """Let an analysis that is not Madang's own run, as its files are now. Raises MadangError("analysis_missing")."""
        done = self.ledger.analyses.approve(analysis, by=by or actor(), at=self.clock())
        self.note("analysis.approve", analysis, by=by, code=done.own_code)
        return done

    # looking ---------------------------------------------------------------------------------------------

    def version(self, dataset: str, version: int | None = None, as_of: date | str | None = None) -> Version:
        """A version by number, as of a day, or the live one. Raises MadangError: dataset_missing, version_missing …"""
        found = self.bank[dataset]
        if version is not None:
            return found.version(version)
        if as_of is not None:
            return found.as_of(as_of)
        if found.latest is None:
            raise MadangError("no_version", dataset=dataset)
        return found.latest

    def table(self, dataset: str, version: int | None = None, as_of: date | str | None = None) -> ibis.Table:
        """A version of a dataset as an Ibis table, on the engine of the workspace; tables of one workspace join."""
        return self._tables(self.version(dataset, version, as_of).files)

    @cached_property
    def _tables(self) -> Tables:
        return tables_on(self.settings.spark)

    def diff(self, dataset: str, a: int, b: int, *, key: tuple[str, ...] = (), limit: int = 100) -> Diff:
        """What changed from version a to version b."""
        from madang.bank.diff import diff

        found = self.bank[dataset]
        with TemporaryDirectory(prefix="madang-") as place:  # the bank may be read-only
            return diff(found.version(a), found.version(b), key=key, limit=limit, temp_dir=Path(place))

    def export(
        self,
        dataset: str,
        fmt: str,
        out: Path | BinaryIO,
        *,
        version: int | None = None,
        as_of: date | str | None = None,
        with_source_row: bool = False,
        places: bool = True,
        raw: bool = False,
    ) -> Version:
        """Write a version to `out` in format `fmt`; returns the version written."""
        from madang.formats import export

        chosen = self.version(dataset, version, as_of)
        title, source = self.export_names(chosen)
        export(
            chosen.files, chosen.columns, fmt, out, as_of=str(data_day(chosen)), title=title, source=source,
            with_source_row=with_source_row, places=places, raw=raw,
        )  # fmt: skip
        self.note("dataset.export", dataset, format=fmt, version=chosen.n)
        return chosen

    def export_names(self, version: Version) -> tuple[str, str]:
        """Title and source as an exported file carries them; that a city is made up goes with its files."""
        title, source = f"{version.dataset.id}@{version.n}", str(version.receipt["file"])
        if self.settings.is_synthetic:
            title, source = text("synthetic_title", title=title), text("synthetic_source", source=source)
        return title, source

    @cached_property
    def index(self) -> Index:
        """The search index in ``cache/search.db``; made anew where it is missing, broken or behind the bank."""
        from madang.find import SHIPPED, Index, load_synonyms
        from madang.find.catalogue import docs_of, live_versions

        synonyms = load_synonyms(SHIPPED, self.folder / "content" / "synonyms.toml")
        index = Index(self.folder / "cache" / "search.db", synonyms)
        if not index.ready() or index.versions() != live_versions(self.bank):
            index.rebuild(docs_of(self.bank, self.standards))
        return index

    def search(self, words: str, limit: int = 20) -> list[Hit]:
        """Datasets that answer to `words`: Korean, 초성, synonyms and typos understood."""
        return self.index.search(words, limit)

    def rebuild_index(self) -> None:
        """Build the search index anew from the bank."""
        from madang.find.catalogue import docs_of

        self.index.rebuild(docs_of(self.bank, self.standards))

    def _index(self, receipts: list[Receipt]) -> None:
        """Tell the index. A deposit does not fail for it: an index behind the bank is made anew by the next search."""
        from madang.find import Index
        from madang.find.catalogue import doc_of

        index = Index(self.folder / "cache" / "search.db")
        with suppress(MadangError, OSError):
            for dataset_id in {receipt.dataset for receipt in receipts if receipt.verdict != "unchanged"}:
                index.put(doc_of(self.bank[dataset_id], self.standards))

    # keeping ---------------------------------------------------------------------------------------------

    def backup(self, target: Path, progress: Progress | None = None) -> int:
        """Write the whole workspace but its caches to one tar file; returns its size in bytes.

        Raises MadangError: folder_missing, backup_exists.
        """
        from madang.bank.backup import backup

        if not target.absolute().parent.is_dir():
            raise MadangError("folder_missing", path=target.parent)
        own = [
            path
            for path in (self.folder / "madang.toml", self.folder / "content", self.folder / "audit")
            if path.exists()
        ]
        return backup(self.bank, own, target, progress, self.folder / "db.sqlite3")

    def restore(self, source: Path) -> list[Tombstone]:
        """Fill this empty workspace from a backup; erasures made since are made again."""
        from madang.bank.backup import restore
        from madang.intake.merge_erase import erase_all_contributions

        stones = restore(source, self.bank)
        erase_all_contributions(self.bank, self.folder / "rounds")
        self.note("workspace.restore", source.name)
        self.__dict__.pop("standards", None)
        with suppress(MadangError, OSError):
            self.rebuild_index()
        return stones


def actor() -> str:
    """Who is at the keyboard: the login name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"
