"""Personal data at the door: what the columns of a table hold, what is refused, what is masked before it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from madang.declarations.standard import Standard
from madang.intake.conform_plan import Plan, Source
from madang.intake.conform_write import SCREENED, Counts
from madang.intake.problems import NEVER_STORED, ProblemSink
from madang.intake.raw import RawTable, Refused
from madang.intake.receipt import Reason
from madang.intake.values import Reading
from madang.messages import text
from madang.privacy import (
    POLICY,
    Action,
    Column,
    Finding,
    Hits,
    judge_table,
    outright,
    redact,
    rrn_verdict,
)
from madang.privacy.patterns import Kind

_SURE_TO_MASK = 0.9  # what is masked cannot be had back from the table
_SURE_TO_RESTRICT = 0.5
_ITEMS = 10  # columns named in one sentence of a receipt
Policy = Mapping[str, Action]
NO_POLICY: Policy = {}


@dataclass(frozen=True)
class Screening:
    """What was found in each source of a plan (by its place), and what is done with it."""

    findings: dict[int, list[Finding]]
    masks: dict[int, tuple[Kind, ...]]
    policy: Policy

    def action(self, finding: Finding) -> Action:
        """What is to be done with a kind: as the card says, which has no say where nobody may choose."""
        usual = POLICY[finding.kind].action
        said = self.policy.get(finding.kind, usual)
        return said if usual != "refuse" and said in ("keep", "restrict", "mask") else usual

    def restricts(self, place: int) -> bool:
        """Whether a column is shown to nobody without the right to see it."""
        return any(
            finding.personal and finding.sure >= _SURE_TO_RESTRICT and self.action(finding) != "keep"
            for finding in self.findings.get(place, [])
        )

    def whole(self, place: int) -> bool:
        """Whether a column holds nothing but what is masked in it."""
        kinds = self.masks.get(place, ())
        return any(finding.whole and finding.kind in kinds for finding in self.findings.get(place, []))

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

    def reasons(self, sources: Sequence[Source]) -> tuple[Reason, ...]:
        """What the receipt says was masked, and what is not shown to everybody."""
        told: dict[Action, list[str]] = {}
        for place, findings in sorted(self.findings.items()):
            column = sources[place].column
            for finding in findings:
                kind = text(f"privacy_kind_{finding.kind}")
                label = column.label or column.name
                item = text("personal_item", column=label, kind=kind, count=f"{finding.count:,}")
                told.setdefault(self._done(place, finding), []).append(item)
        codes: tuple[tuple[Action, str], ...] = (
            ("mask", "personal_masked"),
            ("restrict", "personal_restricted"),
        )
        return tuple(Reason(code, {"what": _listed(told[done])}) for done, code in codes if done in told)


def _listed(items: list[str]) -> str:
    more = len(items) - _ITEMS
    return ", ".join(items[:_ITEMS]) + (text("personal_more", count=more) if more > 0 else "")


NOTHING_FOUND = Screening({}, {}, NO_POLICY)


@dataclass
class Seen:
    """What earlier rounds of writing have found: a place whose cells were all screened is not screened again."""

    hits: dict[int, Hits] = field(default_factory=dict)
    rows: dict[int, list[int]] = field(default_factory=dict)

    @property
    def places(self) -> frozenset[int]:
        return frozenset(self.hits)

    def take(self, plan: Plan, counts: Counts) -> None:
        """Give `counts` of a round what is known, and keep what it found where it saw all cells."""
        counts.hits |= self.hits
        counts.rrn_rows |= self.rows
        for place, hits in counts.hits.items():
            if _reading_type(plan, place) in SCREENED:
                self.hits[place], self.rows[place] = hits, counts.rrn_rows.get(place, [])
            else:  # only the cells that could not be read were seen, of so many
                counts.hits[place] = replace(hits, filled=counts.staged - counts.empty.get(place, 0))


def _reading_type(plan: Plan, place: int) -> str:
    if place < len(plan.sources):
        return plan.sources[place].reading.type
    return plan.wide.reading.type if plan.wide else "text"


def hidden_name(name: str) -> str:
    """The name of a file without the resident number in it."""
    return redact(name, NEVER_STORED) if outright([name]) else name


def hidden(table: RawTable) -> RawTable:
    """`table` with what is told of it (headers, titles and notes, its name, the evidence) freed of numbers that may
    not be stored; its problems remember whether there was a resident number among them."""
    hide = table.problems.hide
    return replace(
        table,
        member=None if table.member is None else hide(table.member),
        sheet=None if table.sheet is None else hide(table.sheet),
        columns=[replace(column, label=hide(column.label)) for column in table.columns],
        evidence=[
            replace(each, decision=hide(each.decision), value=hide(each.value), because=hide(each.because))
            for each in table.evidence
        ],
        left_out=[{**each, "text": hide(str(each.get("text") or ""))} for each in table.left_out],
    )


def screening(plan: Plan, hits: Mapping[int, Hits], standard: Standard | None, policy: Policy) -> Screening:
    """Judge the hits of the sources of `plan`, by place. Raises Refused where a table may not be taken at all.

    `policy` is what the card says of a kind, where it says something else than `privacy.POLICY`.
    """
    for place, source in enumerate(plan.sources):
        _refuse(source, hits.get(place, Hits()))
    _refuse_wide(plan, hits)
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
            "rrn_refused",
            column=label or source.column.name,
            count=f"{max(hits.cells.get('rrn', 0), hits.open):,}",
        )


def _refuse_wide(plan: Plan, hits: Mapping[int, Hits]) -> None:
    """Cells that become rows are one column: a resident number among them is no stray remark."""
    found = [hits[place] for place in hits if place >= len(plan.sources)]
    if plan.wide is None or not found:
        return
    total = sum(found[1:], found[0])
    if rrn_verdict("", total, type=plan.wide.reading.type) != "none":
        label = plan.wide.value.label or plan.wide.value.name
        raise Refused("rrn_refused", column=label, count=f"{total.cells.get('rrn', 0):,}")


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
    """The plan with the masks of a screening; a number that is masked becomes text.

    In a column of dates or the like no such cell could be read: nothing of it is in the table.
    """
    sources = list(plan.sources)
    for place, kinds in screened.masks.items():
        if sources[place].reading.type not in SCREENED and not screened.whole(place):
            continue
        source = replace(sources[place], mask=kinds, whole=screened.whole(place))
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


def restricted(plan: Plan, screened: Screening) -> Plan:
    """The plan with the columns personal in which personal data was found."""

    def closed(place: int, source: Source) -> Source:
        if source.column.privacy != "none" or not screened.restricts(place):
            return source
        return replace(source, column=replace(source.column, privacy="personal"))

    return replace(plan, sources=tuple(closed(place, source) for place, source in enumerate(plan.sources)))
