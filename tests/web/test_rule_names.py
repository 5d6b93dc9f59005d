"""Every rule that the intake leaves in a list of problems has a short name to choose it by."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import madang
from madang.intake.place_checks import RULES as POINT_RULES
from madang.intake.values_kinds import KINDS
from madang.messages import ko
from madang.web.shell import words

INTAKE = Path(madang.__file__).parent / "intake"
TOLD = ("layout_change.py", "placing.py")  # modules that list the reasons they give
FORMS = (
    "layer_",
    "shp_",
    "dbf_",
    "gpkg_",
    "kml_",
    "json_",
)  # whose readers list through helpers of their own
CLAUSES = ("layer_by_", "layer_of_", "layer_reason_", "layer_because_", "layer_no_crs", "dbf_because_")


def _calls(path: Path) -> Iterator[tuple[str, str]]:
    """Calls whose first argument is a code: the name of what is called, and the code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant | ast.IfExp):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            said = [each.value for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant)]
            yield from ((called, code) for code in said if isinstance(code, str) and code in ko.TEXTS)


def _rules() -> set[str]:
    found = {"rows_fell", *POINT_RULES, *(kind.rule for kind in KINDS.values() if kind.rule)}
    for path in INTAKE.glob("*.py"):
        listing = ("add", "Reason") if path.name in TOLD else ("add",)
        found |= {code for called, code in _calls(path) if called in listing}
    found |= _of_forms()
    found |= {
        code
        for code in ko.TEXTS
        if code.startswith(("degrees_", "learned_")) and "{proposed}" in ko.TEXTS[code]
    }
    return found


def _of_forms() -> set[str]:
    """Codes of the readers that are neither a refusal nor a clause of the evidence."""
    used: set[str] = set()
    refusals: set[str] = set()
    for path in INTAKE.glob("*.py"):
        refusals |= {code for called, code in _calls(path) if called in ("Refused", "MadangError", "text")}
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        used |= {
            node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    codes = {code for code in used & set(ko.TEXTS) if code.startswith(FORMS)}
    return {code for code in codes - refusals if not code.startswith(CLAUSES)}


def _templates(rules: set[str]) -> set[str]:
    """Rules as they stand in lists: "cell_not_{type}" once for each type."""
    return {rule.replace("{type}", name) for rule in rules for name in ("date", "number", "geometry")}


def test_every_rule_of_the_intake_has_a_short_name() -> None:
    rules = _rules()
    assert {
        "layer_shape_invalid",
        "json_key_twice",
        "crs_declared_off",
        "cell_rrn_masked",
        "no_rows",
    } <= rules
    assert sorted(_templates(rules) - set(words.RULES)) == []


def test_short_names_are_short_and_differ() -> None:
    assert max(len(name) for name in words.RULES.values()) <= 20
    again = [name for name in words.RULES.values() if list(words.RULES.values()).count(name) > 1]
    assert set(again) <= {"머리글의 칸 수"}  # two sides of one thing
