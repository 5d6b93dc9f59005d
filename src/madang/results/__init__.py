"""What a computation found, and the one renderer that shows it. Knows no bank.

from madang.results import Cell, Column, Finding, Origin, Result, table_of

shops = table_of("shops", "동별 폐업", rows, [Column("dong", "동"), Column("closed", "폐업", "integer", "곳")],
                 origins=[Origin("shops", {"dong": "dong_name"}, where=(("closed_on", "null", False),))])
Result(findings=(Finding("가장 많이 닫은 곳은 {dong}이고 {closed}입니다.",
                         {"dong": Cell("shops", "dong"), "closed": Cell("shops", "closed")}),), tables=(shops,))
"""

from madang.results.keep import keep, kept, result_of, told_of
from madang.results.result import (
    Cell,
    Chart,
    Column,
    Finding,
    Layer,
    Origin,
    Result,
    Table,
    Value,
    table_of,
)
from madang.results.said import Part, parts, said, sentence, titled

__all__ = [
    "Cell",
    "Chart",
    "Column",
    "Finding",
    "Layer",
    "Origin",
    "Part",
    "Result",
    "Table",
    "Value",
    "keep",
    "kept",
    "parts",
    "result_of",
    "said",
    "sentence",
    "table_of",
    "titled",
    "told_of",
]
