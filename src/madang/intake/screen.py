"""Personal data at the door: what the columns of a table hold, what is refused, what is masked before it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from madang.declarations.standard import DatasetColumn, Standard
from madang.intake.conform_plan import Plan, Source
from madang.intake.problems import ProblemSink
from madang.intake.raw import Refused
from madang.intake.values import Reading
from madang.messages import text
from madang.privacy import POLICY, Action, Column, Finding, Hits, judge_table, rrn_verdict
from madang.privacy.patterns import Kind

_SURE_TO_MASK = 0.9  # what is masked cannot be had back from the table
_SURE_TO_RESTRICT = 0.5
Policy = Mapping[str, Action]
NO_POLICY: Policy = {}


@dataclass(frozen=True)
class Screening:
    """What was found in each source of a plan (by its place), and what is done with it."""

    findings: dict[int, list[Finding]]
    masks: dict[int, tuple[Kind, ...]]
    policy: Policy

    def action(self, finding: Finding) -> Action:
        return self.policy.get(finding.kind, POLICY[finding.kind].action)

    def restricts(self, place: int) -> bool:
        """Whether a column is shown to nobody without the right to see it."""
        return any(
            finding.personal and finding.sure >= _SURE_TO_RESTRICT and self.action(finding) != "keep"
            for finding in self.findings.get(place, [])
        )

    def counts(self) -> dict[str, int]:
        """Cells of each kind of personal data in the whole table, as the receipt shows them."""
        found: dict[str, int] = {}
        for findings in self.findings.values():
            for finding in findings:
                if finding.personal and finding.sure >= _SURE_TO_RESTRICT:
                    found[finding.kind] = found.get(finding.kind, 0) + finding.count
        return found

    def to_json(self, sources: Sequence[Source]) -> list[dict[str, Any]]:
        """What facts.json keeps: never a value."""
        return [
            {
                "column": sources[place].column.name,
                "label": sources[place].column.label,
                "kind": finding.kind,
                "count": finding.count,
                "share": round(finding.share, 4),
                "sure": finding.sure,
                "because": finding.because,
                "personal": finding.personal,
                "action": self._done(place, finding),
            }
            for place, findings in sorted(self.findings.items())
            for finding in findings
        ]

    def _done(self, place: int, finding: Finding) -> Action:
        if finding.kind in self.masks.get(place, ()):
            return "mask"
        if not finding.personal or finding.sure < _SURE_TO_RESTRICT:
            return "keep"
        action = self.action(finding)
        return action if action == "keep" else "restrict"


NOTHING_FOUND = Screening({}, {}, NO_POLICY)


def screening(plan: Plan, hits: Mapping[int, Hits], standard: Standard | None, policy: Policy) -> Screening:
    """Judge the hits of the sources of `plan`, by place. Raises Refused where a table may not be taken at all.

    `policy` is what the card says of a kind, where it says something else than `privacy.POLICY`.
    """
    for place, source in enumerate(plan.sources):
        _refuse(source, hits.get(place, Hits()))
    columns = [
        _column(source, hits.get(place, Hits()), standard) for place, source in enumerate(plan.sources)
    ]
    judged = judge_table(columns)
    findings = {place: found for place, found in enumerate(judged) if found}
    screened = Screening(findings, {}, policy)
    masks = {place: _masks(screened, found, columns[place]) for place, found in findings.items()}
    return replace(screened, masks={place: kinds for place, kinds in masks.items() if kinds})


def _refuse(source: Source, hits: Hits) -> None:
    label = source.column.label
    if rrn_verdict(label, hits, type=source.reading.type) == "refuse":
        raise Refused(
            "rrn_refused", column=label or source.column.name, count=f"{hits.cells.get('rrn', 0):,}"
        )


def _column(source: Source, hits: Hits, standard: Standard | None) -> Column:
    told = standard.column(source.column.standard) if standard and source.column.standard else None
    hints = (told.label, told.term) if told else ()
    return Column(
        source.column.label,
        hits,
        source.reading.type,
        tuple(hint for hint in hints if hint),
        source.column.privacy,
    )


def _masks(screened: Screening, findings: list[Finding], column: Column) -> tuple[Kind, ...]:
    masked: list[Kind] = [
        finding.kind
        for finding in findings
        if finding.personal
        and finding.sure >= _SURE_TO_MASK
        and screened.action(finding) in ("mask", "refuse")
    ]
    if rrn_verdict(column.label, column.hits, type=column.type) == "mask" and "rrn" not in masked:
        masked.append("rrn")
    return tuple(masked)


def masked(plan: Plan, screened: Screening) -> Plan:
    """The plan with the masks of a screening; a number that is masked becomes text."""
    sources = list(plan.sources)
    for place, kinds in screened.masks.items():
        source = replace(sources[place], mask=kinds)
        if source.reading.type != "text":
            column = replace(source.column, type="text", because=text("because_masked"))
            source = replace(source, column=column, reading=Reading())
        sources[place] = source
    return replace(plan, sources=tuple(sources))


def list_masked(
    rows: Mapping[int, Sequence[int]], plan: Plan, screened: Screening, problems: ProblemSink
) -> None:
    """A problem for every cell in which a resident registration number was masked; the value is not repeated."""
    for place, numbers in rows.items():
        if "rrn" not in screened.masks.get(place, ()):
            continue
        column = plan.sources[place].column
        for number in numbers:
            problems.add("cell_rrn_masked", row=int(number), column=column.name, label=column.label)


def restricted(columns: Sequence[DatasetColumn], screened: Screening) -> list[DatasetColumn]:
    """`columns`, those of the plan's sources first, personal where personal data was found in them."""
    return [
        replace(column, privacy="personal")
        if column.privacy == "none" and screened.restricts(place)
        else column
        for place, column in enumerate(columns)
    ]
