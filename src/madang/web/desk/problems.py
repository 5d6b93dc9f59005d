"""The problems of deposits: listed, counted by rule, each with its sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from madang.bank import Dataset
from madang.declarations.standard import DatasetColumn
from madang.intake.problems import SCHEMA
from madang.messages import MadangError
from madang.web.desk.pages import Choice, ProblemLine, ProblemPage
from madang.web.desk.whole import whole
from madang.web.shell import words
from madang.web.shell.mark import Mark
from madang.web.shell.masking import masked_problem, personal_of

PER_PAGE = 50
_DECLARED = "row_rule"  # problems of the rules that standards declare
_SEVERITY_ORDER = {"error": 0, "warning": 1, "info": 2}


def problem_page(
    dataset_id: str, deposit: str = "", rule: str = "", column: str = "", page: int = 1
) -> ProblemPage:
    """One page of the problems of a deposit (of the live version's, where none is said), errors first.

    Raises MadangError: dataset_missing (a deposit it does not have, too), no_version.
    """
    dataset = whole(dataset_id)
    chosen = known_deposit(dataset, deposit)
    receipt = dataset.receipt(chosen)
    hidden = hidden_in(dataset, dataset.facts(chosen))
    path = problems_of(dataset, chosen)
    table = pq.read_table(path) if path.exists() else SCHEMA.empty_table()
    rules = _rules(table)
    if rule:
        table = _by_rule(table, rule)
    if column:
        table = table.filter(pc.equal(table["column"], column))
    pages = max(1, -(-table.num_rows // PER_PAGE))
    at = min(max(page, 1), pages)
    lines = [
        line_of(each, hidden) for each in errors_first(table).slice((at - 1) * PER_PAGE, PER_PAGE).to_pylist()
    ]
    return ProblemPage(
        deposit=chosen,
        file=str(receipt.get("file") or ""),
        version=receipt.get("version"),
        lines=lines,
        rules=rules,
        rule=rule,
        column=column,
        column_label=next((each.label for each in lines if each.label), column),
        total=table.num_rows,
        page=at,
        pages=pages,
    )


def _rules(table: pa.Table) -> list[Choice]:
    """The rules of a problem table, most broken first; those that a standard declares each by its own name."""
    own = pc.equal(table["rule"], _DECLARED)
    groups = table.filter(pc.invert(own)).group_by("rule").aggregate([([], "count_all")]).to_pylist()
    found = [Choice(each["rule"], rule_label(each["rule"]), each["count_all"]) for each in groups]
    declared: dict[str, Choice] = {}
    for each in table.filter(own).group_by("detail").aggregate([([], "count_all")]).to_pylist():
        detail = _detail(each["detail"])
        id = f"{_DECLARED}:{detail.get('rule', '')}"
        before = declared[id].count if id in declared else 0
        declared[id] = Choice(
            id, str(detail.get("label") or rule_label(_DECLARED)), before + each["count_all"]
        )
    return sorted([*found, *declared.values()], key=lambda choice: -choice.count)


def _by_rule(table: pa.Table, rule: str) -> pa.Table:
    code, _colon, declared = rule.partition(":")
    table = table.filter(pc.equal(table["rule"], code))
    if declared:
        details = [
            each for each in pc.unique(table["detail"]).to_pylist() if _detail(each).get("rule") == declared
        ]
        table = table.filter(pc.is_in(table["detail"], pa.array(details, pa.string())))
    return table


def _detail(written: str | None) -> dict[str, Any]:
    try:
        found = json.loads(written or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def hidden_in(dataset: Dataset, facts: dict[str, Any]) -> set[str]:
    """Names and headers of the personal columns of a deposit, told by its facts and by the live version."""
    return personal_of(dataset, [DatasetColumn(**column) for column in facts.get("columns") or ()])


def problems_of(dataset: Dataset, deposit: str) -> Path:
    """Where the problems of a deposit stand; it may have none."""
    return dataset.deposit_folder(deposit) / "problems.parquet"


def known_deposit(dataset: Dataset, deposit: str) -> str:
    """`deposit` where the dataset has it, the live version's where none is said; else an error, never a path."""
    if not deposit:
        if dataset.latest is None:
            raise MadangError("no_version", dataset=dataset.id)
        return dataset.latest.deposit_id
    if deposit not in dataset.deposits():
        raise MadangError("dataset_missing", dataset=f"{dataset.id}/{deposit}")
    return deposit


def errors_first(table: pa.Table) -> pa.Table:
    """Problems by severity, then by row."""
    order = pc.index_in(table["severity"], pa.array(list(_SEVERITY_ORDER)))
    keyed = table.append_column("order", order)
    return keyed.sort_by([("order", "ascending"), ("row", "ascending")])


def line_of(stored: dict[str, Any], hidden: set[str]) -> ProblemLine:
    """A stored problem as it is printed, values of `hidden` columns starred."""
    detail = _detail(stored["detail"])
    problem = masked_problem(stored, detail, hidden)
    label = str(problem["label"] or problem["column"] or "")
    return ProblemLine(
        row=problem["row"],
        column=str(problem["column"] or ""),
        label=label,
        value=problem["value"],
        rule=str(problem["rule"]),
        severity=words.SEVERITIES.get(str(problem["severity"]), Mark(str(problem["severity"]))),
        sentence=sentence(problem, detail),
        proposal="" if _concealed(stored, hidden) else _proposal(detail),
    )


def _concealed(stored: dict[str, Any], hidden: set[str]) -> bool:
    return bool(hidden & {str(stored["column"] or ""), str(stored["label"] or "")})


def _proposal(detail: dict[str, Any]) -> str:
    """Another reading of the value that a rule proposes, for a person to accept; "" where it has none."""
    if "proposed_lon" in detail and "proposed_lat" in detail:
        return str(
            _("경도 %(lon)s, 위도 %(lat)s") % {"lon": detail["proposed_lon"], "lat": detail["proposed_lat"]}
        )
    return str(detail.get("proposed") or "")


def sentence(problem: dict[str, Any], detail: dict[str, Any]) -> str:
    """What is wrong and what to do, in one or two sentences."""
    known = {
        "row": problem["row"],
        "column": problem["label"] or problem["column"],
        "value": problem["value"],
    }
    params = {key: value for key, value in {**detail, **known}.items() if value is not None}
    try:
        return words.said(str(problem["rule"]), **params)
    except KeyError:
        return rule_label(str(problem["rule"]))


def rule_label(code: str) -> str:
    """A rule's short name; its code where it has none."""
    return str(words.RULES.get(code, code))
