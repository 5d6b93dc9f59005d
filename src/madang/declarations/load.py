"""Finds, reads and validates the standards: one TOML file each, shipped first, then the workspace's own."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from madang.declarations.fields import Fields, bad
from madang.declarations.headers import normalise
from madang.declarations.sql import check_expressions, spoken_columns
from madang.declarations.standard import (
    FORMATS,
    RESERVED,
    SHAPES,
    STORAGE,
    Rule,
    Standard,
    StandardColumn,
    SumRule,
    Unpivot,
    UnpivotCase,
)

SHIPPED = Path(__file__).parents[1] / "content" / "standards"
KINDS = (
    "여부", "날짜", "번호", "금액", "수량", "율", "코드", "시간순서", "선후관계", "논리관계", "계산식",
    "참조무결성", "중복", "필수값", "공간",
)  # fmt: skip


def load_standards(*folders: Path) -> dict[str, Standard]:
    """The standards declared in the TOML files of `folders`, by id; of two with one id that of the later folder wins.

    Call it with `SHIPPED` first, then the workspace's ``content/standards``; a folder that does not exist is empty.
    The SQL of shipped standards is bound by a test and not at every start.
    Raises MadangError (codes ``standard_*``) for a file that is not valid, naming file and key.
    """
    found: dict[str, Standard] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            known = file.stat()
            standard = _kept(file, known.st_mtime_ns, known.st_size, folder != SHIPPED)
            found[standard.id] = standard
    return found


@lru_cache(maxsize=512)
def _kept(file: Path, _changed: int, _size: int, bind: bool) -> Standard:
    """Read and checked once in each process until the file changes: they are many, and every workspace asks."""
    return load_standard(file, bind=bind)


def load_standard(file: Path, *, bind: bool = True) -> Standard:
    """The standard declared in one TOML file, validated; its SQL too where `bind`.

    Raises MadangError (codes ``standard_*``).
    """
    return standard_of(toml_of(file), file, bind=bind)


def toml_of(file: Path) -> dict[str, Any]:
    """What a TOML file says. Raises MadangError("standard_toml")."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad("standard_toml", file, "", reason=str(error)) from error


def standard_of(table: dict[str, Any], file: Path, *, bind: bool) -> Standard:
    """The standard that `table` of the TOML `file` declares, validated. Raises MadangError (codes ``standard_*``)."""
    standard = _standard(Fields(table, file, ""))
    if standard.id != file.stem:
        raise bad("standard_id", file, "id", value=standard.id, expected=file.stem)
    _check_columns(standard, file)
    _check_references(standard, file)
    if standard.unpivot:
        _check_unpivot(standard.unpivot, file)
    if bind:
        check_expressions(standard, file)
    names = [column.name for column in standard.columns]
    rules = (
        replace(rule, columns=rule.columns or spoken_columns(rule.violated, names)) for rule in standard.rules
    )
    return replace(standard, rules=tuple(rules))


def _standard(fields: Fields) -> Standard:
    columns = tuple(_column(each) for each in fields.tables("columns", required=True))
    rules = tuple(_rule(each) for each in fields.tables("rules"))
    unpivot = fields.table("unpivot")
    standard = Standard(
        id=fields.text("id", required=True),
        version=fields.text("version", required=True),
        label=fields.text("label", required=True),
        key=fields.texts("key"),
        columns=columns,
        rules=rules,
        unpivot=_unpivot(unpivot) if unpivot else None,
        rhythm_days=fields.integer("rhythm_days"),
        as_of_column=fields.text("as_of_column") or None,
        provider_columns=fields.texts("provider_columns"),
        public_id=fields.text("public_id") or None,
        description=fields.text("description"),
        source=fields.text("source"),
        sums=tuple(_sum(each) for each in fields.tables("sums")),
        other_keys=fields.text_lists("other_keys"),
        crs=fields.text("crs") or None,
        theme=fields.text("theme"),
        shape=fields.choice("shape", SHAPES, default=""),
        made_here=fields.boolean("made_here"),
    )
    fields.done()
    return standard


def _column(fields: Fields) -> StandardColumn:
    column = StandardColumn(
        name=fields.name("name"),
        label=fields.text("label", required=True),
        type=fields.choice("type", tuple(STORAGE), default="text"),
        unit=fields.text("unit") or None,
        required=fields.boolean("required"),
        aliases=fields.texts("aliases"),
        privacy=fields.choice("privacy", ("none", "personal", "sensitive"), default="none"),
        values=fields.texts("values"),
        missing=fields.texts("missing"),
        description=fields.text("description"),
        format=fields.choice("format", FORMATS, default=""),
        signed=fields.boolean("signed"),
        derived_from=fields.text("derived_from") or None,
        extract=fields.pattern("extract"),
        term=fields.text("term"),
    )
    fields.done()
    return column if column.derived_from else replace(column, aliases=(column.label, *column.aliases))


def _rule(fields: Fields) -> Rule:
    rule = Rule(
        id=fields.name("id"),
        kind=fields.choice("kind", KINDS),
        label=fields.text("label", required=True),
        violated=fields.text("violated", required=True),
        columns=fields.texts("columns"),
        applies=fields.text("applies"),
        severity=fields.choice("severity", ("error", "warning"), default="error"),
    )
    fields.done()
    return rule


def _sum(fields: Fields) -> SumRule:
    rule = SumRule(
        id=fields.name("id"),
        label=fields.text("label", required=True),
        by=fields.texts("by", required=True),
        value=fields.text("value", required=True),
        total=fields.text("total", required=True),
        parts=fields.text("parts", required=True),
        tolerance=fields.number("tolerance"),
        fewest_parts=fields.integer("fewest_parts") or 1,
        severity=fields.choice("severity", ("error", "warning"), default="error"),
    )
    fields.done()
    return rule


def _unpivot(fields: Fields) -> Unpivot:
    cases = []
    for case in fields.tables("cases"):
        cases.append(
            UnpivotCase(
                of=case.text("of", required=True),
                match=case.pattern("match", required=True),
                set=case.mapping("set"),
            )
        )
        case.done()
    unpivot = Unpivot(
        pattern=fields.pattern("pattern", required=True),
        into=fields.mapping("into", required=True),
        value=fields.text("value", required=True),
        cases=tuple(cases),
    )
    fields.done()
    return unpivot


def _check_columns(standard: Standard, file: Path) -> None:
    """No name and no header twice, none of the names the bank writes itself."""
    names: set[str] = set()
    claimed: dict[str, str] = {}
    for index, column in enumerate(standard.columns, 1):
        where = f"columns[{index}]"
        if column.name in RESERVED:
            raise bad("standard_name_reserved", file, f"{where}.name", value=column.name)
        if column.name in names:
            raise bad("standard_name_twice", file, f"{where}.name", value=column.name)
        names.add(column.name)
        for alias in column.aliases:
            owner = claimed.setdefault(normalise(alias), column.name)
            if owner != column.name:
                raise bad("standard_alias_twice", file, f"{where}.aliases", value=alias, owner=owner)
    for id_ in _twice([*(rule.id for rule in standard.rules), *(rule.id for rule in standard.sums)]):
        raise bad("standard_rule_twice", file, "rules", value=id_)


def _check_references(standard: Standard, file: Path) -> None:
    """Every column that the declaration speaks of exists."""
    names = {column.name for column in standard.columns}
    spoken: list[tuple[str, tuple[str, ...]]] = [
        ("key", standard.key),
        ("as_of_column", (standard.as_of_column,) if standard.as_of_column else ()),
        ("provider_columns", standard.provider_columns),
        *((f"other_keys[{i}]", key) for i, key in enumerate(standard.other_keys, 1)),
        *((f"rules.{rule.id}.columns", rule.columns) for rule in standard.rules),
        *((f"sums.{rule.id}", (*rule.by, rule.value)) for rule in standard.sums),
        *(
            (f"columns.{column.name}.derived_from", (column.derived_from,))
            for column in standard.columns
            if column.derived_from
        ),
        *_unpivot_columns(standard.unpivot),
    ]
    for key, columns in spoken:
        for column in columns:
            if column not in names:
                raise bad(
                    "standard_column_unknown", file, key, value=column, columns=", ".join(sorted(names))
                )


def _check_unpivot(unpivot: Unpivot, file: Path) -> None:
    """Templates and cases speak only of groups that their patterns have."""
    groups = set(re.compile(unpivot.pattern).groupindex)
    templates = [(f"unpivot.into.{name}", text, groups) for name, text in unpivot.into.items()]
    for index, case in enumerate(unpivot.cases, 1):
        key = f"unpivot.cases[{index}]"
        if case.of not in groups:
            raise bad(
                "standard_group_unknown", file, f"{key}.of", value=case.of, groups=", ".join(sorted(groups))
            )
        inner = groups | set(re.compile(case.match).groupindex)
        templates += [(f"{key}.set.{name}", text, inner) for name, text in case.set.items()]
    for key, text, known in templates:
        for group in re.findall(r"\{(\w*)\}", text):
            if group not in known:
                raise bad("standard_group_unknown", file, key, value=group, groups=", ".join(sorted(known)))


def _unpivot_columns(unpivot: Unpivot | None) -> list[tuple[str, tuple[str, ...]]]:
    if unpivot is None:
        return []
    return [
        ("unpivot.into", tuple(unpivot.into)),
        ("unpivot.value", (unpivot.value,)),
        *((f"unpivot.cases[{i}].set", tuple(case.set)) for i, case in enumerate(unpivot.cases, 1)),
    ]


def _twice(values: list[str]) -> list[str]:
    return sorted({value for value in values if values.count(value) > 1})
