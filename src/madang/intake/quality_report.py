"""What the checks of a version found: per check and column, freshness, and a score that shows how it came to be.

오류율(%) = 오류건수 / 진단건수 × 100, per check, per kind and over all; numerator and denominator are always kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from madang.declarations.points import kept, points
from madang.declarations.points import rate as shown
from madang.intake.checks import Check, Skipped
from madang.intake.freshness import Freshness
from madang.intake.group_checks import GroupCheck
from madang.messages import text


@dataclass(frozen=True)
class CheckResult:
    """One check on one version: `checked` is the denominator (진단건수), `wrong` the numerator (오류건수)."""

    check: Check | GroupCheck
    checked: int
    wrong: int

    @property
    def error_rate_percent(self) -> float | None:
        return 100 * self.wrong / self.checked if self.checked else None


@dataclass(frozen=True)
class Completeness:
    """How much of a column is filled: non-null cells of all rows."""

    column: str
    label: str
    filled: int
    rows: int
    required: bool

    @property
    def percent(self) -> float | None:
        return 100 * self.filled / self.rows if self.rows else None


@dataclass
class Quality:
    """The quality of one version. `to_json` has the documented, stable keys; `formula` shows how `score` came to be."""

    rows: int
    checks: list[CheckResult]
    completeness: list[Completeness]
    freshness: Freshness
    today: date
    not_checked: list[Skipped] = field(default_factory=list)

    def total(self, severity: str = "error") -> tuple[int, int]:
        """Σ checked and Σ wrong over the checks of one severity."""
        chosen = [result for result in self.checks if result.check.severity == severity]
        return sum(result.checked for result in chosen), sum(result.wrong for result in chosen)

    @property
    def error_rate_percent(self) -> float | None:
        checked, wrong = self.total()
        return 100 * wrong / checked if checked else None

    @property
    def required_completeness_percent(self) -> float | None:
        needed = [each for each in self.completeness if each.required]
        cells = sum(each.rows for each in needed)
        return 100 * sum(each.filled for each in needed) / cells if cells else None

    @property
    def score(self) -> float | None:
        """0–100: 100 − error rate; with required columns four fifths of it and one fifth their completeness."""
        rate, complete = self.error_rate_percent, self.required_completeness_percent
        if rate is None:
            return None
        return 100 - rate if complete is None else 0.8 * (100 - rate) + 0.2 * complete

    @property
    def formula(self) -> str:
        """How the score came to be, with its numbers."""
        checked, wrong = self.total()
        rate, complete, score = self.error_rate_percent, self.required_completeness_percent, self.score
        if rate is None or score is None:
            return text("score_none")
        return text(
            "score_error_rate" if complete is None else "score_with_required",
            score=points(score),
            rate=shown(rate),
            complete=shown(complete or 0.0),
            wrong=f"{wrong:,}",
            checked=f"{checked:,}",
        )

    def to_json(self) -> dict[str, Any]:
        checked, wrong = self.total()
        return {
            "rows": self.rows,
            "score": None if self.score is None else kept(self.score),
            "formula": self.formula,
            "checked": checked,
            "wrong": wrong,
            "error_rate_percent": _rounded(self.error_rate_percent),
            "warnings": self.total("warning")[1],
            "required_completeness_percent": _rounded(self.required_completeness_percent),
            "freshness": self.freshness.to_json(),
            "kinds": self._kinds(),
            "checks": [_check_json(result) for result in self.checks],
            "columns": [
                {
                    "column": each.column,
                    "label": each.label,
                    "filled": each.filled,
                    "rows": each.rows,
                    "completeness_percent": _rounded(each.percent),
                    "required": each.required,
                }
                for each in self.completeness
            ],
            "not_checked": [{"id": skipped.id, "because": skipped.because} for skipped in self.not_checked],
            "today": self.today.isoformat(),
        }

    def _kinds(self) -> list[dict[str, Any]]:
        """Σ over the checks of each kind (여부, 날짜 …), errors and warnings apart."""
        sums: dict[str, list[int]] = {}
        for result in self.checks:
            row = sums.setdefault(result.check.kind, [0, 0, 0])
            row[0] += result.checked
            row[1 if result.check.severity == "error" else 2] += result.wrong
        return [
            {
                "kind": kind,
                "checked": checked,
                "wrong": wrong,
                "warnings": warned,
                "error_rate_percent": _rounded(100 * wrong / checked if checked else None),
            }
            for kind, (checked, wrong, warned) in sums.items()
        ]


def _check_json(result: CheckResult) -> dict[str, Any]:
    return {
        "id": result.check.id,
        "kind": result.check.kind,
        "rule": result.check.rule,
        "label": result.check.label,
        "columns": list(result.check.columns),
        "severity": result.check.severity,
        "checked": result.checked,
        "wrong": result.wrong,
        "error_rate_percent": _rounded(result.error_rate_percent),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
