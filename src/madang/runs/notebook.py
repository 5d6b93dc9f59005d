"""A run as a prompt and a notebook show it: its answer in two sentences, and the whole result of the one renderer."""

from __future__ import annotations

from madang.messages import MadangError
from madang.results.html import notebook_html
from madang.results.report import line_text, sentences
from madang.runs.about import about
from madang.runs.ledger import Run


def spoken(run: Run) -> str:
    """What the run is, and its answer; what is wrong where its result cannot be read."""
    try:
        lines = [line_text(each) for each in sentences(run.result)[:2]]
    except MadangError as error:
        lines = [str(error)]
    return "\n".join((f"{run.title} ({run.key})", *lines))


def shown(run: Run) -> str:
    """The whole result as HTML that needs nothing else. Raises MadangError: run_broken, result_…"""
    return notebook_html(run.result, about(run, run.analyses))
