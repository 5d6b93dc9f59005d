"""Headers that carry values ("2021년07월_남_0~4세"): which they are and what each says, by a standard's declaration."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from madang.declarations.standard import Unpivot, UnpivotCase

_FEWEST = 3  # fewer wide headers than this are ordinary columns


@dataclass(frozen=True)
class WideHeader:
    """One wide header by its position, and the literal values it gives to columns (None: it says nothing of one)."""

    index: int
    values: dict[str, str | None]


def wide_headers(labels: Sequence[str], unpivot: Unpivot | None) -> tuple[WideHeader, ...]:
    """The wide headers among `labels`; empty where `unpivot` is None or fewer than three fit its pattern."""
    if unpivot is None:
        return ()
    pattern = re.compile(unpivot.pattern)
    cases = [(case, re.compile(case.match)) for case in unpivot.cases]
    names = [
        *unpivot.into,
        *(name for case in unpivot.cases for name in case.set if name not in unpivot.into),
    ]
    found = []
    for index, label in enumerate(labels):
        values = _values(label, pattern, unpivot, cases)
        if values is not None:
            found.append(WideHeader(index, {name: values.get(name) for name in dict.fromkeys(names)}))
    return tuple(found) if len(found) >= _FEWEST else ()


def _values(
    label: str,
    pattern: re.Pattern[str],
    unpivot: Unpivot,
    cases: Sequence[tuple[UnpivotCase, re.Pattern[str]]],
) -> dict[str, str] | None:
    match = pattern.fullmatch(_plain(label))
    if match is None:
        return None
    groups = {name: text.strip() for name, text in match.groupdict(default="").items()}
    values = {name: template.format(**groups) for name, template in unpivot.into.items()}
    if not cases:
        return values
    for case, inner in cases:
        piece = inner.fullmatch(groups[case.of])
        if piece is not None:
            known = groups | {name: text.strip() for name, text in piece.groupdict(default="").items()}
            return values | {name: template.format(**known) for name, template in case.set.items()}
    return None


def _plain(label: str) -> str:
    """NFKC with single blanks: full-width digits and no-break spaces are as good as plain ones."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", label)).strip()
