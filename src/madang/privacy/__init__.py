"""Personal data in columns of text: found by kind with how sure that is, masked. Arrays in and out."""

from madang.privacy.judge import Column, Finding, Verdict, exempt, judge, judge_table, rrn_verdict
from madang.privacy.masking import mask, redact, redact_all
from madang.privacy.outright import outright
from madang.privacy.patterns import KINDS, MASKS, Kind
from madang.privacy.policy import POLICY, Action, Policy
from madang.privacy.scan import Hits, Shaped, scan

__all__ = [
    "KINDS",
    "MASKS",
    "POLICY",
    "Action",
    "Column",
    "Finding",
    "Hits",
    "Kind",
    "Policy",
    "Shaped",
    "Verdict",
    "exempt",
    "judge",
    "judge_table",
    "mask",
    "outright",
    "redact",
    "redact_all",
    "rrn_verdict",
    "scan",
]
