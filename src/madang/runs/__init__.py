"""One ledger of computations: what was asked of which versions, what came out, and when it has to be asked again.

    asked = ws.ledger.ask("shop-survival", {"years": 3}, by=person)      # exact: parameters, inputs@versions
    run = ws.ledger.run(asked, by=person.id)                             # made, or recalled where it was made before
    run.result.findings

An analysis is a folder with ``card.toml`` and ``analysis.py`` (`analysis`); what it may read it is handed (`inputs`).
"""

from madang.runs.analysis import Analyses, Analysis
from madang.runs.inputs import Input, Inputs, Part, Progress
from madang.runs.ledger import Asked, Ledger, Read, Run
from madang.runs.matching import fitting
from madang.runs.parameters import Parameter, Range

__all__ = [
    "Analyses",
    "Analysis",
    "Asked",
    "Input",
    "Inputs",
    "Ledger",
    "Parameter",
    "Part",
    "Progress",
    "Range",
    "Read",
    "Run",
    "fitting",
]
