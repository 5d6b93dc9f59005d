"""Open editions: decide, look beforehand, refresh, withdraw. The one writer of the open bank on the inner half."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from madang.bank import Bank, Version
from madang.bank.durable import read_json, write_json
from madang.bank.erase import erase
from madang.declarations.standard import Standard
from madang.messages import MadangError
from madang.release import ledger
from madang.release.decision import Decision
from madang.release.decisions import DAMAGE, Decisions, unreadable
from madang.release.opened import is_over
from madang.release.prepare import Maker, Prepared, Steps, no_steps
from madang.release.publish import (
    Made,
    Shut,
    decided,
    forget_copies,
    notice,
    publish,
    tell_narrowing,
    tell_shut,
    told_of,
)
from madang.release.result_decision import ResultDecisions
from madang.release.shutting import shut_exposed

State = Literal["open", "behind", "withdrawn", "over", "waiting"]


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
    steps: Steps = no_steps  # told what is being done while something is prepared; may stop it by raising

    @property
    def decisions(self) -> Decisions:
        return Decisions(self.folder)

    # looking ------------------------------------------------------------------------------------------------

    def editions(self, dataset: str | None = None) -> list[Edition]:
        """All editions ever decided about, or those of a dataset; the newest decision of each counts. Without those that
        are `unreadable`."""
        found = [self._known(each) for each in self.decisions.editions()]
        return [
            each
            for each in found
            if isinstance(each, Edition) and (dataset is None or each.decision.dataset == dataset)
        ]

    def opened_datasets(self) -> set[str]:
        """Datasets of which an edition is open now."""
        return {each.decision.dataset for each in self.editions() if each.state in ("open", "behind")}

    def unreadable(self) -> dict[str, MadangError]:
        """Editions of which it cannot be read what was decided, and why: they are shut until that is restored."""
        known = {edition: self._known(edition) for edition in self.decisions.editions()}
        return {edition: each for edition, each in known.items() if isinstance(each, MadangError)}

    def _known(self, edition: str) -> Edition | MadangError:
        """One edition, or why it cannot be read: others are not to suffer for it."""
        try:
            return self.edition(edition)
        except DAMAGE as error:
            return unreadable(edition, error)

    def edition(self, edition: str) -> Edition:
        """One edition. Raises MadangError: edition_missing, release_unreadable."""
        decision = self.decisions.latest(edition)
        live = self.open_bank[edition].latest if edition in self.open_bank else None
        of = int(live.facts["release"]["version"]) if live else None
        half = self._is_half_withdrawn(decision)
        said = str(self.half_way(edition)) if half else self._trouble(edition)
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
        return self._maker.prepare([decision])[0].made

    def decide(self, decision: Decision) -> Version:
        """Keep a decision and publish by it; returns the version of the edition.

        Nothing is kept where it cannot be published. One with a `mark` that was kept before is not made again, but
        published where that was stopped. Raises MadangError: ``release_*``, dataset_missing, no_version.
        """
        with self.decisions.lock():
            if known := self.decisions.marked(decision):
                return self._finished(known)
            shut_exposed(self)
            self._same_dataset(decision)
            numbered = replace(decision, number=self.decisions.next_number(decision.edition))
            prepared = self._maker.prepare([numbered])  # refuses before anything is written down
            self._tell_narrowing(prepared[0])
            self.decisions.keep(numbered)
            return self._publish(prepared)[0]

    def _finished(self, decision: Decision) -> Version:
        """What a decision has published, or another after it; published now where that was stopped."""
        edition, last = decision.edition, self.decisions.latest(decision.edition)
        if last.verdict == "withdraw":
            raise MadangError("release_withdrawn_before", edition=edition)
        if self._is_half_withdrawn(last):
            raise self.half_way(edition)
        live = self.open_bank[edition].latest if edition in self.open_bank else None
        if live is None or notice(self.open_bank, edition).exists() or decided(live) != last.number:
            return self._publish(self._maker.prepare([last]))[0]
        return live

    def _same_dataset(self, decision: Decision) -> None:
        """An edition stays that of its dataset: else the steward of one table would speak for another."""
        if decision.edition in self.decisions.editions():
            before = self.decisions.latest(decision.edition).dataset
            if before != decision.dataset:
                raise MadangError("release_other_dataset", edition=decision.edition, dataset=before)
        if decision.edition in ResultDecisions(self.folder).editions():
            raise MadangError("release_result_taken", edition=decision.edition)

    def refresh(self, dataset: str, *, asked: bool = True) -> list[Version]:
        """Publish the live version of a dataset in its editions; of those to be looked at first only when `asked`.

        Editions of one dataset are protected together. Editions past their last day are taken down, withdrawals that
        were stopped half-way or whose notice is gone (after a restore) are finished. Those of any dataset that show a
        column which has become personal are shut.
        Raises MadangError: ``release_*``; the editions stay as they are.
        """
        with self.decisions.lock():
            shut_exposed(self)
            due = []
            for each in self.editions(dataset):
                if each.state in ("over", "withdrawn"):
                    if not self._is_down(each.decision.edition):
                        self.take_down(each.decision, each.decision.ground)
                elif self._is_half_withdrawn(each.decision):
                    continue  # somebody took it back and has yet to say so again, or to decide anew
                elif each.state in ("behind", "waiting") and (asked or each.decision.rhythm == "automatic"):
                    due.append(each.decision)
            return self.put_out(due)

    def put_out(self, decisions: Sequence[Decision], n: int | None = None) -> list[Version]:
        """Publish by decisions, protected together, version `n` of their dataset or the live one; call it under the lock.

        Raises MadangError: ``release_*``; the editions stay as they are, and say why.
        """
        try:
            return self._publish(self._maker.prepare(decisions, n)) if decisions else []
        except MadangError as error:
            for decision in decisions:
                self.keep_trouble(decision.edition, error)
            raise

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
                self.take_down(last, last.ground)
                return last
            decision = replace(
                last, verdict="withdraw", by=by, post=post, document=document, ground=ground, mark=mark,
                at=self.clock().isoformat(), title=self._title(last),
                number=self.decisions.next_number(edition),
            )  # fmt: skip
            self._tell(decision, ground)
            kept = self.decisions.keep(decision)
            self.take_down(kept, ground)
        return kept

    def follow(self, dataset: str) -> list[Version]:
        """A dataset has a new version: publish it where the decision says so by itself. Never raises MadangError:
        what cannot be published is told by the edition (`Edition.trouble`)."""
        if not self.folder.is_dir():
            return []
        done, n = [], self._live_n(dataset)
        with suppress(MadangError):
            done = self.refresh(dataset, asked=False)
        self.decisions.keep_followed(dataset, n)
        return done

    def is_late(self, dataset: str) -> bool:
        """Whether the live version of a dataset was never followed: whoever made it was stopped before."""
        return self.folder.is_dir() and self._live_n(dataset) > self.decisions.followed(dataset)

    def _live_n(self, dataset: str) -> int:
        with suppress(MadangError):  # not there, or not to be read
            live = self.bank[dataset].latest
            return live.n if live else 0
        return 0

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

    def half_way(self, edition: str) -> MadangError:
        """That a withdrawal, or a decision to open less, was stopped before it was written down."""
        narrowing = (told_of(self.open_bank, edition) or {}).get("kind") == "narrowing"
        return MadangError(
            "release_half_narrowed" if narrowing else "release_half_withdrawn", edition=edition
        )

    def _tell_narrowing(self, prepared: Prepared) -> None:
        """Shut an edition before a decision is written down that closes what is open: stopped in between, nobody sees it."""
        decision = prepared.decision
        if not notice(self.open_bank, decision.edition).exists():
            tell_narrowing(
                self.open_bank, prepared.version, decision, self.clock(), self._closed_by(decision)
            )

    def _closed_by(self, decision: Decision) -> set[int]:
        """The decisions about an edition that let out what this one does not."""
        if decision.edition not in self.decisions.editions():
            return set()
        history = self.decisions.history(decision.edition)
        return {old.number for old in history if not decision.covers(old)}

    def take_down(self, decision: Decision, ground: str, kind: Shut = "withdrawn") -> None:
        """Shut an edition and remove its data; call it under the lock."""
        self._tell(decision, ground, kind)
        self.empty(decision.edition, ground, decision.post)

    def empty(self, edition: str, ground: str, by: str) -> None:
        """Remove the data of an edition that is shut."""
        if edition in self.open_bank:
            erase(self.open_bank, edition, ground=ground, by=by, at=self.clock())
        forget_copies(self.open_bank.folder.parent, [edition])

    def _publish(self, prepared: Sequence[Prepared]) -> list[Version]:
        at, done = self.clock(), []
        for each in prepared:
            n = self._next(each.decision.edition)
            for measure, table in each.tables:
                entry = ledger.Entry(
                    table, each.version.dataset.id, each.version.n, each.decision.number, measure
                )
                ledger.keep(self.folder / each.decision.edition, entry, n)
            closed = self._closed_by(each.decision)
            first = self.decisions.last_version(each.decision.edition) + 1
            version = publish(self.open_bank, each.version, each.decision, each.made, at, closed, first)
            self.decisions.keep_last_version(each.decision.edition, version.n)
            done.append(version)
            with suppress(FileNotFoundError):
                self.trouble_path(each.decision.edition).unlink()
        return done

    def _next(self, edition: str) -> int:
        known = (self.folder / edition / "published").glob("[!.]*.parquet")
        return max((int(path.name.split("-")[0]) for path in known), default=0) + 1

    @property
    def _maker(self) -> Maker:
        return Maker(self.bank, self.decisions, self.open_bank.workshop, self.standards, self.steps)

    def trouble_path(self, edition: str) -> Path:
        return self.folder / edition / "trouble.txt"

    def keep_trouble(self, edition: str, error: MadangError) -> None:
        """Let an edition say why it is not open (`Edition.trouble`), until it is."""
        write_json(self.trouble_path(edition), {"said": str(error)})

    def _trouble(self, edition: str) -> str:
        path = self.trouble_path(edition)
        return str(read_json(path)["said"]) if path.exists() else ""
