"""Computations, where no page waits for them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from madang.web.runs import living_jobs  # noqa: F401
from madang.web.work.computing import COMPUTE
from madang.web.work.registry import job
from madang.web.work.running import Running

_LONG_S = 3600


@job(COMPUTE, label=_("분석 실행"), timeout=_LONG_S)
def compute(
    running: Running,
    *,
    analysis: str,
    parameters: Mapping[str, str],
    inputs: Mapping[str, str],
    seed: int = 0,
) -> dict[str, str]:
    """Make the run: over exactly the versions that were asked, where the person may still read them."""
    ledger = running.workspace.ledger
    asked = ledger.ask(analysis, parameters, inputs, by=running.by, seed=seed)
    run = ledger.run(asked, by=running.by.id, progress=running.progress)
    return {"run": run.key}
