"""Open results of data that were closed since: they stay as they were decided, are not opened again, and it is told."""

from __future__ import annotations

from madang.bank import Bank
from madang.bank.seen import thing_of
from madang.release.result_decision import ResultDecision


def restricted_since(bank: Bank, decision: ResultDecision) -> tuple[str, ...]:
    """The datasets that a result read, or that told its borders, which are restricted now, where its decision has no ground for that; none of one
    that was taken back."""
    if decision.verdict == "withdraw" or decision.restricted_ground.strip():
        return ()
    read = dict.fromkeys((*(each.dataset for each in decision.sources), *decision.borders))
    return tuple(name for name in read if name in bank and thing_of(bank[name]).access == "restricted")
