"""The report of a run as a file: .html, .docx, .hwpx or .xlsx; what leaves of restricted datasets is noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from madang.bank.seen import thing_of
from madang.messages import MadangError, text
from madang.results.forms import FORMS, report_in
from madang.runs.about import about
from madang.runs.ledger import Ledger, Run


def save_report(run: Run, out: Path, ledger: Ledger, synthetic: bool, note: Callable[..., Any]) -> Path:
    """Write it in the form that the name of `out` ends in. Raises MadangError: report_form, run_broken, result_…"""
    form = out.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise MadangError("report_form", file=out.name, forms=", ".join(f".{each}" for each in FORMS))
    told = about(run, ledger.analyses)
    if synthetic:
        told = replace(told, title=text("synthetic_title", title=told.title))
    out.write_bytes(report_in(form, run.result, told))
    for each in sorted({each.dataset for each in run.inputs}):
        if each in ledger.bank and thing_of(ledger.bank[each]).access == "restricted":
            note("dataset.download", each, form=form, run=run.key)
    return out
