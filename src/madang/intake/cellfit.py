"""How well sampled text cells fit what a standard's column should hold: a share between 0 and 1."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from madang.declarations.standard import StandardColumn

_DATE = r"^\s*'?\d{2,4}\s*[-./년]?\s*\d{1,2}\s*[-./월]?\s*(\d{1,2}\s*[.일]?)?([T ].*)?\s*\d*$"
_NUMBER = r"^\s*[-+△▲]?\s*[\d,]*\.?\d+([eE][-+]?\d+)?\s*%?\s*$"
_PATTERNS = {
    "integer": r"^\s*[-+△▲]?\s*[\d,]+(\.0*)?\s*$",
    "number": _NUMBER,
    "percent": _NUMBER,
    "boolean": r"^\s*([YNynOXox10○×]|유|무|있음|없음|예|아니오|설치|미설치|제공|미제공|부착|미부착|가능|불가능|true|false|TRUE|FALSE)\s*$",
    "date": _DATE,
    "datetime": _DATE,
    "month": _DATE,
    "year": r"^\s*\d{4}\s*년?\s*$",
    "time": r"^\s*\d{1,2}:?\d{2}(:\d{2})?\s*$",
}
_FORMATS = {
    "area_code": r"^\s*\d{5,10}\s*$",
    "hjd_code": r"^\s*\d{5,10}\s*$",
    "bjd_code": r"^\s*\d{5,10}\s*$",
    "sigungu_code": r"^\s*\d{2,10}\s*$",
    "sgis_code": r"^\s*\d{2,14}\s*$",
    "phone": r"^[\d\s().+~,/-]{3,}$",
}
_MISSING = ["", "-", "X", "x", "*", "…", "..."]


def fit_of(sample: pa.Table, index: int, column: StandardColumn) -> float:
    """The share of the filled cells of column `index` of `sample` that could be values of `column`.

    1.0 where there is nothing to compare: no such column, no filled cell, or free text without a list of values.
    """
    if f"c{index}" not in sample.column_names:
        return 1.0
    cells = pc.utf8_trim_whitespace(sample.column(f"c{index}").cast(pa.string()))
    ignored = pa.array([*_MISSING, *column.missing])
    cells = cells.filter(pc.and_(pc.is_valid(cells), pc.invert(pc.is_in(cells, value_set=ignored))))
    if len(cells) == 0:
        return 1.0
    if column.values:
        fits = pc.is_in(cells, value_set=pa.array(column.values))
    elif column.format in _FORMATS and column.type == "text":
        fits = pc.match_substring_regex(cells, _FORMATS[column.format])
    elif column.type in _PATTERNS:
        fits = pc.match_substring_regex(cells, _PATTERNS[column.type])
    else:
        return 1.0
    return float(pc.mean(fits.cast(pa.float64())).as_py())
