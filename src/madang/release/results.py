"""Open results: what a run found leaves the bank by a decision, is taken back by one, and goes where an input is erased.

An open result is an edition like others: one table are its rows, and the whole story stands in the facts of the
version. So everything that keeps editions shut, carries them in bundles and finds them holds for results too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pyarrow.parquet as pq

from madang.bank import Version
from madang.bank.made_from import erased_since
from madang.bank.seen import personal_now, thing_of
from madang.declarations.indicator import Indicator
from madang.messages import MadangError, text
from madang.release import ledger
from madang.release.editions import Releases
from madang.release.opened import is_over
from madang.release.publish import PROBLEMS, notice, told_of
from madang.release.relations import found_relations
from madang.release.result_decision import Carried, ResultDecision, ResultDecisions, Source
from madang.release.result_known import Shown, check_known, closed_of, shown_now, unknown_of
from madang.release.result_map import needed
from madang.release.result_order import by_name
from madang.release.result_rows import carried_by
from madang.release.result_shut import shut
from madang.release.result_small import NO_INDICATORS, Around, small, sums_of
from madang.release.result_story import Story, as_rows, let_out
from madang.release.result_written import RUN, Prepared, card_of, emptied_of, facts_of, receipt_of, story_of
from madang.release.screening import screen
from madang.release.tables import Table as Counted
from madang.results import sentence, titled
from madang.runs import Analysis, Ledger, Run

_PHONES = ("phone", "phone_local")  # personal, and of a shop as well: its rows are not of people for that

State = Literal["open", "over", "waiting", "withdrawn"]


@dataclass(frozen=True)
class OpenResult:
    """A result as the inner half knows it. `unknown`: the tables of which was not known when it was decided that they are
    rows of data that are not open now."""

    decision: ResultDecision
    state: State
    version: int | None
    stale: bool
    unknown: tuple[Carried, ...]


@dataclass(frozen=True)
class OpenResults:
    """The open results of a workspace: of the runs in `runs`, into the open bank of `releases`.

    `indicators`: those declared, by id. What one that is not there counts is protected as people.
    """

    releases: Releases
    runs: Ledger
    indicators: Mapping[str, Indicator] = field(default_factory=lambda: NO_INDICATORS)

    @property
    def decisions(self) -> ResultDecisions:
        return ResultDecisions(self.releases.folder)

    # looking ----------------------------------------------------------------------------------------------

    def results(self) -> list[OpenResult]:
        """Every result ever decided about, by id."""
        shown = shown_now(self.releases)
        return [self._result(each, shown) for each in self.decisions.editions()]

    def readable(self) -> list[OpenResult]:
        """As `results`, without those of which it cannot be read what was decided."""
        found, shown = [], shown_now(self.releases)
        for each in self.decisions.editions():
            with suppress(MadangError):
                found.append(self._result(each, shown))
        return found

    def result(self, edition: str) -> OpenResult:
        """One of them. Raises MadangError: edition_missing, release_unreadable."""
        return self._result(edition, shown_now(self.releases))

    def _result(self, edition: str, shown: Shown) -> OpenResult:
        decision = self.decisions.latest(edition)
        live = self.releases.open_bank[edition].latest if self._is_open(edition) else None
        stale = False
        with suppress(MadangError):
            stale = bool(self.runs.behind(self.runs[decision.run]))
        state: State = "open" if live else "waiting"
        if decision.verdict == "withdraw":
            state = "withdrawn"
        elif is_over(decision.until, self.releases.clock().date()):
            state = "over"
        closed = closed_of(decision.carried, shown) if state in ("open", "waiting") else ()
        return OpenResult(decision, state, live.n if live else None, stale, unknown_of(decision, closed))

    def _is_open(self, edition: str) -> bool:
        bank = self.releases.open_bank
        return edition in bank and not notice(bank, edition).exists()

    # deciding ---------------------------------------------------------------------------------------------

    def preview(self, decision: ResultDecision) -> Prepared:
        """What would become open. Raises what `decide` raises, but "release_result_rows"."""
        return self._prepared(decision)

    def decide(self, decision: ResultDecision) -> Version:
        """Keep a decision and publish by it. One that was open by an earlier decision is closed before.

        Raises MadangError: run_missing, release_result_…, release_restricted, ``release_*``. Nothing is kept then.
        """
        with self.releases.decisions.lock():
            if decision.mark and (done := self._marked(decision)):
                return done
            numbered = replace(decision, number=self.decisions.next_number(decision.edition))
            prepared = self._checked(numbered)
            shut(self.releases, prepared.decision, text("release_narrowing"), "narrowing")
            self.decisions.keep(prepared.decision)
            return self._publish(prepared)

    def carried(self, run: Run) -> tuple[Carried, ...]:
        """The tables of a run that are rows of data which are not open. Raises MadangError where one is gone."""
        return closed_of(carried_by(run.result.tables, run, self.runs.bank), shown_now(self.releases))

    def withdraw(
        self, edition: str, *, by: str, post: str, document: str, ground: str, mark: str = ""
    ) -> ResultDecision:
        """Take a result back; a page stays that says so. Raises MadangError: edition_missing, release_withdrawn_before."""
        with self.releases.decisions.lock():
            last = self.decisions.latest(edition)
            if last.verdict == "withdraw":
                shut(self.releases, last, last.ground)
                raise MadangError("release_withdrawn_before", edition=edition)
            kept = replace(
                last, verdict="withdraw", by=by, post=post, document=document, ground=ground, mark=mark,
                at=self.releases.clock().isoformat(), number=self.decisions.next_number(edition),
            )  # fmt: skip
            shut(self.releases, kept, ground)
            self.decisions.keep(kept)
            return kept

    def refresh(self) -> list[Version]:
        """Open again what is decided and not open, as after a restore; finish withdrawals. What cannot be opened stays shut."""
        done = []
        with self.releases.decisions.lock():
            for edition in self.decisions.editions():
                last = self.decisions.latest(edition)
                told = told_of(self.releases.open_bank, edition) or {}
                if last.verdict == "withdraw":
                    shut(self.releases, last, last.ground)
                elif not self._is_open(edition) and int(told.get("decision") or 0) <= last.number:
                    with suppress(MadangError):
                        done.append(self._publish(self._checked(last)))
        return done

    def _marked(self, wish: ResultDecision) -> Version | None:
        """What a decision with this mark has published; published now where that was stopped."""
        known = self.decisions.history(wish.edition) if wish.edition in self.decisions.editions() else []
        if not known or known[-1].mark != wish.mark:
            return None
        if self._is_open(wish.edition) and (live := self.releases.open_bank[wish.edition].latest):
            return live
        return self._publish(self._checked(known[-1]))

    def _checked(self, decision: ResultDecision) -> Prepared:
        """What becomes open, where of each table that is rows of data which are not open that is known."""
        prepared = self._prepared(decision)
        check_known(unknown_of(prepared.decision, prepared.carried))
        return prepared

    # what may leave -----------------------------------------------------------------------------------------

    def _prepared(self, decision: ResultDecision) -> Prepared:
        run = self.runs[decision.run]
        known = self.runs.analyses
        analysis = known[run.analysis] if run.analysis in known else None  # noqa: SIM401 - no mapping
        self._check_id(decision)
        self._check_inputs(run, analysis, decision)
        result = run.result
        for each in (*decision.without, *decision.with_rows):
            result.table(each)
        tables = [each for each in result.tables if each.id not in decision.without]
        if not tables:
            raise MadangError("release_nothing", edition=decision.edition)
        found = small(tables, decision, run.analysis, self._around(run))
        opened = self._opened(run)
        result, hidden = by_name(result, found.hidden)
        found = replace(found, hidden=hidden)
        sums = sums_of({each.id: found.hidden[each.id] for each in tables})
        shown, gone = let_out(result, decision.without, found.hidden, sums, opened, run)
        if not shown.findings:
            raise MadangError("release_result_no_findings", edition=decision.edition)
        title = decision.title or run.title
        borders = needed(shown, hidden, run.borders, self.runs.bank)
        without = len(decision.without)
        emptied = emptied_of(tables, sums)
        story = story_of(run, analysis, shown, found, title, opened, gone, without, borders, emptied)
        rows, columns = as_rows(story.main, found.hidden[story.main.id], emptied.get(story.main.id, ()))
        self._screened(story, decision)
        sources = tuple(
            Source(each.dataset, each.version, tuple(each.columns.values())) for each in run.inputs
        )
        drawn = tuple(sorted({each.source.partition("@")[0] for each in borders.values()}))
        carried = carried_by(run.result.tables, run, self.runs.bank)
        kept = replace(decision, sources=sources, borders=drawn, title=title, carried=carried)
        return Prepared(story, rows, columns, found, kept, closed_of(carried, shown_now(self.releases)))

    def _check_id(self, decision: ResultDecision) -> None:
        """An id is a result's or a dataset's edition, never both in turn."""
        bank, edition = self.releases.open_bank, decision.edition
        if edition in self.releases.decisions.editions() or (
            edition in bank and not _is_of_run(bank[edition].latest)
        ):
            raise MadangError("release_result_taken", edition=edition)

    def _check_inputs(self, run: Run, analysis: Analysis | None, decision: ResultDecision) -> None:
        """Raises MadangError where rows of people were read, or an input is erased, gone or closed since."""
        redacted = {each.name for each in analysis.card.inputs if each.redacted} if analysis else set()
        for read in run.inputs:
            try:
                version = self.runs.bank[read.dataset].version(read.version)
                erased = erased_since(self.runs.bank, read.dataset, read.version)
                personal = personal_now(self.runs.bank, read.dataset, read.version)
            except MadangError as error:
                raise MadangError("release_result_input_gone", input=read.title) from error
            if erased:
                raise MadangError("release_result_input_gone", input=read.title)
            if personal & set(read.columns.values()):
                raise MadangError("release_result_personal", input=read.title)
            of_people = {each.name for each in version.columns if each.format not in _PHONES} & personal
            if of_people or read.role in redacted:
                raise MadangError("release_result_people", input=read.title)
            if thing_of(version.dataset).access == "restricted" and not decision.restricted_ground.strip():
                raise MadangError("release_restricted", dataset=read.title)

    def _around(self, run: Run) -> Around:
        def again(entry: ledger.Entry) -> Counted | None:
            return None  # what a result counted cannot be counted again: all of it may be different by now

        published = list(ledger.entries(self.releases.folder))
        period = min((each.as_of for each in run.inputs if each.as_of), default="")[:7]
        return Around(
            published, again, found_relations(self.runs.bank), period, self.releases.open_bank.workshop,
            self.indicators,
        )  # fmt: skip

    def _opened(self, run: Run) -> dict[tuple[str, int], str]:
        """The editions in which versions that the run read are open now."""
        found = {}
        for each in self.releases.editions():
            if each.state in ("open", "behind") and each.of_version is not None and not each.decision.table:
                found[(each.decision.dataset, each.of_version)] = each.decision.edition
        read = {(each.dataset, each.version) for each in run.inputs}
        return {key: edition for key, edition in found.items() if key in read}

    def _screened(self, story: Story, decision: ResultDecision) -> None:
        """Raises MadangError where personal data stand in what is about to leave."""
        words = {
            "title": story.title, "document": decision.document, "ground": decision.ground, "post": decision.post,
            "findings": " ".join(sentence(each, story.result) for each in story.result.findings),
            "pictures": " ".join((*(titled(each, story.result)[0] for each in story.result.charts), *(each.title for each in story.result.layers))),
            "caveats": " ".join((*story.result.caveats, story.result.method)),
        }  # fmt: skip
        for table in story.result.tables:
            screen(*as_rows(table, _nothing(table.rows.num_rows)), words)

    # into the open bank ---------------------------------------------------------------------------------------

    def _publish(self, prepared: Prepared) -> Version:
        decision, bank, at = prepared.decision, self.releases.open_bank, self.releases.clock()
        home = self.decisions.home(decision.edition)
        n = len(list((home / "published").glob("[!.]*.parquet"))) + 1
        for measure, table in prepared.small.counted:
            ledger.keep(home, ledger.Entry(table, f"{RUN}{decision.run}", 1, decision.number, measure), n)
        bank.folder.mkdir(parents=True, exist_ok=True)
        first = self.releases.decisions.last_version(home.name) + 1
        with bank.bench() as bench:
            path, problems = bench / "rows.parquet", bench / "problems.parquet"
            pq.write_table(prepared.rows, path, compression="zstd")
            pq.write_table(PROBLEMS.empty_table(), problems)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            done = bank.commit(
                decision.edition, [path], receipt=receipt_of(prepared, digest, at.isoformat()), facts=facts_of(prepared),
                problems=problems, by=decision.post, at=at, kind="release", card=card_of(prepared), first=first,
            )  # fmt: skip
        self.releases.decisions.keep_last_version(home.name, done.n)
        notice(bank, decision.edition).unlink(missing_ok=True)
        return done


def _is_of_run(live: Version | None) -> bool:
    return live is not None and str((live.facts.get("release") or {}).get("dataset", "")).startswith(RUN)


def _nothing(count: int) -> Any:
    return np.zeros(count, bool)
