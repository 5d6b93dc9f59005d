"""Shutting open results: by a decision, before an erasure, and by themselves where what they read has become personal."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from madang.bank.seen import personal_now
from madang.messages import MadangError, text
from madang.release.publish import Shut, notice, tell_of
from madang.release.result_decision import ResultDecision, ResultDecisions

if TYPE_CHECKING:
    from madang.release.editions import Releases


def shut(releases: Releases, decision: ResultDecision, ground: str, kind: Shut = "withdrawn") -> None:
    """Word of it first, then its data go. What was never open has no word but that of a withdrawal."""
    bank, edition = releases.open_bank, decision.edition
    withdrawn = decision.verdict == "withdraw" and not notice(bank, edition).exists()
    if edition in bank or withdrawn:
        live = bank[edition].latest if edition in bank else None
        title = str(live.dataset.card["title"]) if live else decision.title or edition
        tell_of(
            bank, edition, kind=kind, at=releases.clock(), title=title, post=decision.post, document=decision.document,
            ground=ground, decision=decision.number,
        )  # fmt: skip
    releases.empty(edition, ground, decision.post)


def shut_reading(releases: Releases, datasets: Collection[str], ground: str) -> None:
    """Shut the results that read one of these, something of which is about to be erased; call it under the lock."""
    for decision in _open(releases):
        if {*decision.borders, *(each.dataset for each in decision.sources)} & set(datasets):
            shut(releases, decision, ground)


def shut_exposed_results(releases: Releases) -> None:
    """Shut the results that read a column which is personal now; call it under the lock."""
    for decision in _open(releases):
        for each in decision.sources:
            with suppress(MadangError):  # gone: an erasure has shut it
                if personal_now(releases.bank, each.dataset, each.version) & set(each.columns):
                    shut(releases, decision, text("release_shut_personal"), "personal")
                    break


def _open(releases: Releases) -> list[ResultDecision]:
    """What was decided last about the results that are there. One that cannot be read is shut by who looks for it."""
    decisions, found = ResultDecisions(releases.folder), []
    for edition in decisions.editions():
        if edition in releases.open_bank:
            with suppress(MadangError):
                found.append(decisions.latest(edition))
    return found
