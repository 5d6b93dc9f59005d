"""Open editions: decide, look beforehand, refresh, withdraw. The one writer of the open bank on the inner half."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from madang.bank import Bank, Version
from madang.bank.describe import data_day
from madang.bank.durable import read_json, write_json
from madang.bank.erase import erase
from madang.bank.seen import thing_of
from madang.declarations.standard import DatasetColumn, Standard
from madang.engine.duck import connect
from madang.messages import MadangError, text
from madang.release import joint, ledger
from madang.release.cube import Cube, cube
from madang.release.decision import Decision
from madang.release.decisions import Decisions
from madang.release.exposed import check_exposed, columns_now, exposed, starred, weakly_starred
from madang.release.opened import is_over
from madang.release.pieces import Relations
from madang.release.publish import Made, Shut, decided, forget_copies, notice, publish, tell_shut, told_of
from madang.release.rows import rows
from madang.release.screening import screen
from madang.release.shown import labelled, made_of
from madang.release.tables import Table

Steps = Callable[[int, int | None, str], None]  # done, of how many (None: not known), in words
State = Literal["open", "behind", "withdrawn", "over", "waiting"]


def _no_steps(done: int, total: int | None, step: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Edition:
    """An edition as the inner half knows it. `state`: open (of the live version), behind (a newer version is there),
    over (past its last day), withdrawn, waiting (decided, not published: `trouble` says why)."""

    decision: Decision
    state: State
    version: int | None  # of the edition
    of_version: int | None  # of the dataset
    trouble: str = ""
    half_withdrawn: bool = (
        False  # a withdrawal was stopped before it was written down: shut until somebody decides
    )


@dataclass(frozen=True)
class Prepared:
    """An edition about to be published."""

    decision: Decision
    version: Version
    made: Made
    tables: tuple[tuple[str, Table], ...] = ()


@dataclass
class Releases:
    """The open editions of a workspace: from `bank` into `open_bank`, decisions below `folder`.

    `standards` lend labels to columns whose source has none.
    """

    bank: Bank
    open_bank: Bank
    folder: Path
    clock: Callable[[], datetime]
    standards: Mapping[str, Standard] = field(default_factory=dict)
    steps: Steps = _no_steps  # told what is being done while something is prepared; may stop it by raising

    @property
    def decisions(self) -> Decisions:
        return Decisions(self.folder)

    # looking ------------------------------------------------------------------------------------------------

    def editions(self, dataset: str | None = None) -> list[Edition]:
        """All editions ever decided about, or those of a dataset; the newest decision of each counts."""
        found = [self.edition(each) for each in self.decisions.editions()]
        return [each for each in found if dataset is None or each.decision.dataset == dataset]

    def edition(self, edition: str) -> Edition:
        """One edition. Raises MadangError("edition_missing")."""
        decision = self.decisions.latest(edition)
        live = self.open_bank[edition].latest if edition in self.open_bank else None
        of = int(live.facts["release"]["version"]) if live else None
        half = self._is_half_withdrawn(decision)
        said = text("release_half_withdrawn", edition=edition) if half else self._trouble(edition)
        if decision.verdict == "withdraw":
            return Edition(decision, "withdrawn", None, None, said)
        if is_over(decision.until, self.clock().date()):
            return Edition(decision, "over", live.n if live else None, of, said)
        if live is None or notice(self.open_bank, edition).exists():
            return Edition(decision, "waiting", None, None, said, half)
        newest = self.bank[decision.dataset].latest if decision.dataset in self.bank else None
        behind = newest is not None and (newest.n, decision.number) != (of, decided(live))
        return Edition(decision, "behind" if behind else "open", live.n, of, said)

    # deciding -----------------------------------------------------------------------------------------------

    def preview(self, decision: Decision) -> Made:
        """What would be published by `decision` now, hidden cells hidden. Raises what `decide` raises."""
        return self._prepare([decision])[0].made

    def decide(self, decision: Decision) -> Version:
        """Keep a decision and publish by it; returns the version of the edition.

        Nothing is kept where it cannot be published. One with a `mark` that was kept before is not made again, but
        published where that was stopped. Raises MadangError: ``release_*``, dataset_missing, no_version.
        """
        with self.decisions.lock():
            if known := self.decisions.marked(decision):
                return self._finished(known)
            self._shut_exposed()
            self._same_dataset(decision)
            numbered = replace(decision, number=self.decisions.next_number(decision.edition))
            prepared = self._prepare([numbered])  # refuses before anything is written down
            self.decisions.keep(numbered)
            return self._publish(prepared)[0]

    def _finished(self, decision: Decision) -> Version:
        """What a decision has published, or another after it; published now where that was stopped."""
        edition, last = decision.edition, self.decisions.latest(decision.edition)
        if last.verdict == "withdraw":
            raise MadangError("release_withdrawn_before", edition=edition)
        if self._is_half_withdrawn(last):
            raise MadangError("release_half_withdrawn", edition=edition)
        live = self.open_bank[edition].latest if edition in self.open_bank else None
        if live is None or notice(self.open_bank, edition).exists() or decided(live) != last.number:
            return self._publish(self._prepare([last]))[0]
        return live

    def _same_dataset(self, decision: Decision) -> None:
        """An edition stays that of its dataset: else the steward of one table would speak for another."""
        if decision.edition in self.decisions.editions():
            before = self.decisions.latest(decision.edition).dataset
            if before != decision.dataset:
                raise MadangError("release_other_dataset", edition=decision.edition, dataset=before)

    def refresh(self, dataset: str, *, asked: bool = True) -> list[Version]:
        """Publish the live version of a dataset in its editions; of those to be looked at first only when `asked`.

        Editions of one dataset are protected together. Editions past their last day are taken down, withdrawals that
        were stopped half-way or whose notice is gone (after a restore) are finished. Those of any dataset that show a
        column which has become personal are shut.
        Raises MadangError: ``release_*``; the editions stay as they are.
        """
        with self.decisions.lock():
            self._shut_exposed()
            due = []
            for each in self.editions(dataset):
                if each.state in ("over", "withdrawn"):
                    if not self._is_down(each.decision.edition):
                        self._take_down(each.decision, each.decision.ground)
                elif self._is_half_withdrawn(each.decision):
                    continue  # somebody took it back and has yet to say so again, or to decide anew
                elif each.state in ("behind", "waiting") and (asked or each.decision.rhythm == "automatic"):
                    due.append(each.decision)
            try:
                return self._publish(self._prepare(due)) if due else []
            except MadangError as error:
                for decision in due:
                    self._keep_trouble(decision.edition, error)
                raise

    def _shut_exposed(self) -> None:
        for each in self.editions():
            decision = each.decision
            if decision.edition in self.open_bank and (column := self._exposed_in(decision.edition)):
                called = column.label or column.name
                self._take_down(decision, text("release_shut_personal"), "personal")
                error = MadangError("release_exposed", edition=decision.edition, column=called)
                self._keep_trouble(decision.edition, error)

    def _exposed_in(self, edition: str) -> DatasetColumn | None:
        """A column that any open version of an edition shows and that is personal now."""
        history = {each.number: each for each in self.decisions.history(edition)}
        for each in self.open_bank[edition].versions:
            decision, n = history.get(decided(each)), int(each.facts["release"]["version"])
            if decision is not None and decision.dataset in self.bank:
                with suppress(MadangError):  # that version is not there any more
                    version = self.bank[decision.dataset].version(n)
                    now = columns_now(self.bank, version)
                    if found := exposed(decision, now) or weakly_starred(each, version, decision, now):
                        return found
        return None

    def withdraw(
        self, edition: str, *, by: str, post: str, document: str, ground: str, mark: str = ""
    ) -> Decision:
        """Decide that an edition is open no more: its data go, a page stays that says so.

        From the notice on, which is written first, no public door shows it and no refresh opens it. One that was stopped
        half-way is finished. Raises MadangError: edition_missing, release_withdrawn_before.
        """
        with self.decisions.lock():
            last = self.decisions.latest(edition)
            if last.verdict == "withdraw":
                if self._is_down(edition):
                    raise MadangError("release_withdrawn_before", edition=edition)
                self._take_down(last, last.ground)
                return last
            decision = replace(
                last, verdict="withdraw", by=by, post=post, document=document, ground=ground, mark=mark,
                at=self.clock().isoformat(), title=self._title(last),
                number=self.decisions.next_number(edition),
            )  # fmt: skip
            self._tell(decision, ground)
            kept = self.decisions.keep(decision)
            self._take_down(kept, ground)
        return kept

    # erasing ------------------------------------------------------------------------------------------------

    def before_erasure(self, dataset: str, *, ground: str, whole: bool) -> list[str]:
        """Take down the editions of a dataset of which something is about to be erased; returns which were open.

        Where all of it is erased, what was published of it is forgotten too.
        """
        with self.decisions.lock():
            taken = []
            for each in self.editions(dataset):
                if each.state != "withdrawn" or each.decision.edition in self.open_bank:
                    self._take_down(each.decision, ground)
                    taken.append(each.decision.edition)
                if whole:
                    for path in (self.folder / each.decision.edition / "published").glob("*.parquet"):
                        path.unlink()
            return taken

    def after_erasure(self, dataset: str) -> list[Version]:
        """Publish the editions of a dataset anew from what is left of it; none where nothing is left, or where it
        cannot be published any more (the edition says so inside)."""
        if dataset not in self.bank or self.bank[dataset].latest is None:
            return []
        with suppress(MadangError):
            return self.refresh(dataset)
        return []

    def follow(self, dataset: str) -> list[Version]:
        """A dataset has a new version: publish it where the decision says so by itself. Never raises MadangError:
        what cannot be published is told by the edition (`Edition.trouble`)."""
        if not self.folder.is_dir():
            return []
        with suppress(MadangError):
            return self.refresh(dataset, asked=False)
        return []

    # inside -------------------------------------------------------------------------------------------------

    def _title(self, decision: Decision) -> str:
        if decision.title or decision.dataset not in self.bank:
            return decision.title
        return str(self.bank[decision.dataset].card["title"])

    def _is_down(self, edition: str) -> bool:
        return edition not in self.open_bank and notice(self.open_bank, edition).exists()

    def _is_half_withdrawn(self, decision: Decision) -> bool:
        """Whether a notice speaks of a decision that came after the last one: a withdrawal was stopped before it was
        written down."""
        told = told_of(self.open_bank, decision.edition)
        return told is not None and int(told.get("decision", 0)) > decision.number

    def _tell(self, decision: Decision, ground: str, kind: Shut = "withdrawn") -> None:
        if not self._is_half_withdrawn(decision):
            title, at = self._title(decision), self.clock()
            tell_shut(self.open_bank, decision, title=title, kind=kind, ground=ground, at=at)

    def _take_down(self, decision: Decision, ground: str, kind: Shut = "withdrawn") -> None:
        self._tell(decision, ground, kind)
        if decision.edition in self.open_bank:
            erase(self.open_bank, decision.edition, ground=ground, by=decision.post, at=self.clock())
        forget_copies(self.open_bank.folder.parent, [decision.edition])

    def _publish(self, prepared: Sequence[Prepared]) -> list[Version]:
        at, done = self.clock(), []
        for each in prepared:
            n = self._next(each.decision.edition)
            for measure, table in each.tables:
                entry = ledger.Entry(
                    table, each.version.dataset.id, each.version.n, each.decision.number, measure
                )
                ledger.keep(self.folder / each.decision.edition, entry, n)
            history = self.decisions.history(each.decision.edition)
            closed = {old.number for old in history if not each.decision.covers(old)}
            first = self.decisions.last_version(each.decision.edition) + 1
            version = publish(self.open_bank, each.version, each.decision, each.made, at, closed, first)
            self.decisions.keep_last_version(each.decision.edition, version.n)
            done.append(version)
            with suppress(FileNotFoundError):
                self._trouble_path(each.decision.edition).unlink()
        return done

    def _next(self, edition: str) -> int:
        known = (self.folder / edition / "published").glob("[!.]*.parquet")
        return max((int(path.name.split("-")[0]) for path in known), default=0) + 1

    def _prepare(self, decisions: Sequence[Decision]) -> list[Prepared]:
        versions = [self._live(decision) for decision in decisions]
        self.steps(0, None, text("release_step_rows"))
        with connect(temp_dir=self.open_bank.workshop) as con:
            cubes: dict[int, tuple[Cube, dict[str, Table]]] = {}
            for number, (decision, version) in enumerate(zip(decisions, versions, strict=True)):
                if decision.table:
                    table = cube(con, version.files, decision)
                    cubes[number] = (table, ledger.tables_of(table, decision, _period(version)))
            hidden = self._hidden(con, cubes, {v.dataset.id: v for v in versions})
            prepared = []
            for number, (decision, version) in enumerate(zip(decisions, versions, strict=True)):
                tables = hidden.get(number, {})
                if number in cubes:
                    made = made_of(cubes[number][0], tables, decision, version)
                else:
                    told = columns_now(self.bank, version)
                    found = rows(con, version, decision, told)
                    made = Made(found.table, found.columns, starred=starred(decision, told))
                standard = self.standards.get(str(version.dataset.card.get("standard") or ""))
                made = replace(made, columns=labelled(made.columns, standard))
                self.steps(number, len(decisions), text("release_step_screen"))
                screen(made.table, made.columns, _said(decision, version))
                prepared.append(Prepared(decision, version, made, tuple(tables.items())))
        return prepared

    def _hidden(
        self, con: Any, cubes: dict[int, tuple[Cube, dict[str, Table]]], versions: dict[str, Version]
    ) -> dict[int, dict[str, Table]]:
        if not cubes:
            return {}
        self.steps(0, None, text("release_step_hide"))
        new = [
            (number, name, table) for number, (_, tables) in cubes.items() for name, table in tables.items()
        ]
        published = list(ledger.entries(self.folder))
        newest = {entry.dataset: entry.version for entry in published}

        def again(entry: ledger.Entry) -> Table | None:
            with suppress(MadangError, StopIteration):
                version = versions.get(entry.dataset) or self.bank[entry.dataset].version(
                    newest[entry.dataset]
                )
                if version.n == entry.version and not version.erased:
                    return entry.table
                history = self.decisions.history(entry.table.edition)
                decision = next(each for each in history if each.number == entry.decision)
                made = cube(con, version.files, decision)
                return ledger.tables_of(made, decision, _period(version))[entry.measure]
            return None

        done = joint.hide([table for _, _, table in new], published, again, self.relations())
        found: dict[int, dict[str, Table]] = {}
        for (number, name, _), table in zip(new, done, strict=True):
            found.setdefault(number, {})[name] = table
        return found

    def relations(self) -> Relations:
        """Which areas of two systems overlap: from every dataset that has the codes of both in its rows."""
        from madang.release.relations import found_relations

        return found_relations(self.bank)

    def _live(self, decision: Decision) -> Version:
        dataset = self.bank[decision.dataset]
        if dataset.latest is None:
            raise MadangError("no_version", dataset=decision.dataset)
        if thing_of(dataset).access == "restricted" and not decision.restricted_ground.strip():
            raise MadangError("release_restricted", dataset=decision.dataset)
        if decision.verdict != "open":
            raise MadangError("release_nothing", edition=decision.edition)
        check_exposed(decision, columns_now(self.bank, dataset.latest))
        return dataset.latest

    def _trouble_path(self, edition: str) -> Path:
        return self.folder / edition / "trouble.txt"

    def _keep_trouble(self, edition: str, error: MadangError) -> None:
        write_json(self._trouble_path(edition), {"said": str(error)})

    def _trouble(self, edition: str) -> str:
        path = self._trouble_path(edition)
        return str(read_json(path)["said"]) if path.exists() else ""


def _period(version: Version) -> str:
    day = data_day(version)
    return f"{day:%Y-%m}" if day else ""


def _said(decision: Decision, version: Version) -> dict[str, str]:
    card = version.dataset.card
    return {
        "title": decision.title or str(card["title"]), "description": decision.description,
        "document": decision.document, "ground": decision.ground, "post": decision.post,
    }  # fmt: skip
