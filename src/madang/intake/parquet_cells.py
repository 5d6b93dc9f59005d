"""Columns of Arrow as text: each value in its shortest exact form."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kind

from madang.intake.json_table import Number, json_text

_MIDNIGHT = r"T00:00:00$"
_ZEROS = r"(:\d{2})(?:\.0+|(\.\d*?[1-9])0+)(Z?)$"


def native_kind(of: pa.DataType) -> str | None:
    """What a column of this type counts as in `RawColumn.native`; None for text and nested values."""
    if kind.is_boolean(of):
        return "boolean"
    if kind.is_integer(of) or kind.is_floating(of) or kind.is_decimal(of):
        return "number"
    if kind.is_timestamp(of):
        return "datetime"
    if kind.is_date(of):
        return "date"
    return "time" if kind.is_time(of) else None


def texts(column: pa.Array, *, as_hex: bool = False) -> pa.Array:
    """The cells as text, "" where there is none: dates ISO, clock times HH:MM:SS, instants with a zone in UTC with Z,
    NaN and infinity "", nested values as JSON, bytes as UTF-8 or (`as_hex`) hexadecimal."""
    of = column.type
    if isinstance(of, pa.BaseExtensionType):
        column = column.storage
        of = column.type
    if kind.is_dictionary(of):
        return texts(column.dictionary_decode(), as_hex=as_hex)
    if kind.is_nested(of):
        found = pa.array([_json(value) for value in column.to_pylist()], pa.string())
    elif _is_bytes(of):
        found = _hex(column) if as_hex else column.cast(pa.string())
    elif kind.is_timestamp(of):
        found = _instants(column, of)
    elif kind.is_floating(of):
        finite = pc.if_else(pc.is_finite(column), column, pa.scalar(None, of))
        found = finite.cast(pa.string())
    elif kind.is_duration(of):
        found = column.cast(pa.int64()).cast(pa.string())
    else:
        found = column.cast(pa.string())
        found = pc.replace_substring_regex(found, _ZEROS, r"\1\2\3") if kind.is_time(of) else found
    return pc.fill_null(found.cast(pa.string()), "")


def is_utf8(column: pa.Array) -> bool:
    """Whether all bytes of a column are text."""
    try:
        column.cast(pa.string()).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _is_bytes(of: pa.DataType) -> bool:
    return bool(kind.is_binary(of) or kind.is_large_binary(of) or kind.is_fixed_size_binary(of))


def _hex(column: pa.Array) -> pa.Array:
    return pa.array([None if value is None else value.hex() for value in column.to_pylist()], pa.string())


def _instants(column: pa.Array, of: pa.DataType) -> pa.Array:
    """ISO text; a date alone at midnight, as it stands in workbooks too, where there is no zone."""
    plain = column.cast(pa.timestamp(of.unit))
    found = pc.replace_substring(plain.cast(pa.string()), " ", "T", max_replacements=1)
    found = pc.replace_substring_regex(found, _ZEROS, r"\1\2\3")
    if of.tz is None:
        return pc.replace_substring_regex(found, _MIDNIGHT, "")
    return pc.binary_join_element_wise(found, pa.scalar("Z"), "")


def _json(value: Any) -> str | None:
    return None if value is None else json_text(_written(value))


def _written(value: Any) -> Any:
    """A nested value of Arrow as JSON knows it."""
    if isinstance(value, dict):
        return {str(key): _written(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_written(each) for each in value]
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return Number(value) if value == value and abs(value) != float("inf") else None
    return value.hex() if isinstance(value, bytes) else str(value)
