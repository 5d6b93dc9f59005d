"""Open editions: what leaves the bank, masked, coarsened, jointly suppressed, decided by whom and why."""

from madang.release.decision import Decision, Dim, Filter, Measure, TableRule, Treatment
from madang.release.decisions import Decisions
from madang.release.editions import Edition, Releases
from madang.release.opened import OpenBank

__all__ = [
    "Decision",
    "Decisions",
    "Dim",
    "Edition",
    "Filter",
    "Measure",
    "OpenBank",
    "Releases",
    "TableRule",
    "Treatment",
]
