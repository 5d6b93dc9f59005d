"""Finds, validates and saves every TOML: shipped, then the workspace's own."""

from madang.declarations.card import Card
from madang.declarations.load import SHIPPED, load_standard, load_standards
from madang.declarations.standard import (
    STORAGE,
    DatasetColumn,
    Rule,
    Standard,
    StandardColumn,
    SumRule,
    Type,
    Unpivot,
    UnpivotCase,
)

__all__ = [
    "SHIPPED",
    "STORAGE",
    "Card",
    "DatasetColumn",
    "Rule",
    "Standard",
    "StandardColumn",
    "SumRule",
    "Type",
    "Unpivot",
    "UnpivotCase",
    "load_standard",
    "load_standards",
]
