"""Reading one TOML table strictly: typed fields, every error with file and key, nothing unknown left over."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any, cast

from madang.messages import MadangError, text

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def bad(code: str, file: Path, key: str, **params: Any) -> MadangError:
    """The error of a declaration: `code` of the vocabulary, the file and the key in it."""
    return MadangError(code, file=str(file), key=key or "-", **params)


class Fields:
    """One table of a declaration; each method takes a key, `done` refuses what nobody asked for."""

    def __init__(self, table: dict[str, Any], file: Path, where: str) -> None:
        self.file = file
        self._table = table
        self._where = where
        self._asked: set[str] = set()

    def key(self, key: str) -> str:
        """The full key as shown in errors: ``columns[3].type``."""
        return f"{self._where}.{key}" if self._where else key

    def _take(self, key: str, kind: type, required: bool) -> Any:
        self._asked.add(key)
        if key not in self._table:
            if required:
                raise bad("standard_key_missing", self.file, self.key(key))
            return None
        value = self._table[key]
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise bad(
                "standard_type", self.file, self.key(key), value=value, expected=text(f"toml_{kind.__name__}")
            )
        return value

    def text(self, key: str, *, required: bool = False) -> str:
        value = cast(str, self._take(key, str, required) or "")
        if required and not value.strip():
            raise bad("standard_key_missing", self.file, self.key(key))
        return value

    def name(self, key: str) -> str:
        value = self.text(key, required=True)
        if not _NAME.fullmatch(value):
            raise bad("standard_name", self.file, self.key(key), value=value)
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> Any:
        value = self.text(key, required=default is None) or default
        if value not in choices:
            shown = ", ".join(choice for choice in choices if choice)
            raise bad("standard_choice", self.file, self.key(key), value=value, choices=shown)
        return value

    def integer(self, key: str) -> int | None:
        value = self._take(key, int, False)
        if value is not None and value <= 0:
            raise bad("standard_type", self.file, self.key(key), value=value, expected=text("toml_positive"))
        return cast("int | None", value)

    def integers(self, key: str) -> tuple[int, ...] | None:
        values = self._take(key, list, False)
        for value in values or ():
            if type(value) is not int or value <= 0:
                raise bad(
                    "standard_type", self.file, self.key(key), value=value, expected=text("toml_positive")
                )
        return None if values is None else tuple(values)

    def number_or_none(self, key: str) -> float | None:
        return cast("float | None", self._take(key, float, False))

    def number(self, key: str) -> float:
        return cast(float, self._take(key, float, False) or 0.0)

    def boolean(self, key: str) -> bool:
        return bool(self._take(key, bool, False))

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        values = self._take(key, list, required) or []
        for value in values:
            if not isinstance(value, str) or not value:
                raise bad("standard_type", self.file, self.key(key), value=value, expected=text("toml_texts"))
        return tuple(values)

    def text_lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        values = self._take(key, list, False) or []
        inner = {f"{key}[{i}]": value for i, value in enumerate(values, 1)}
        nested = Fields(inner, self.file, self._where)
        return tuple(nested.texts(each) for each in inner)

    def free(self, key: str) -> dict[str, Any]:
        """A table whose keys are names that the file gives."""
        return cast("dict[str, Any]", self._take(key, dict, False) or {})

    def mapping(self, key: str, *, required: bool = False) -> dict[str, str]:
        values = self._take(key, dict, required) or {}
        for inner, value in values.items():
            if not isinstance(value, str):
                raise bad(
                    "standard_type", self.file, self.key(f"{key}.{inner}"), value=value, expected="글자"
                )
        return dict(values)

    def pattern(self, key: str, *, required: bool = False) -> str:
        value = self.text(key, required=required)
        try:
            re.compile(value)
        except re.error as error:
            raise bad("standard_pattern", self.file, self.key(key), value=value, reason=str(error)) from error
        return value

    def table(self, key: str) -> Fields | None:
        value = self._take(key, dict, False)
        return None if value is None else Fields(value, self.file, self.key(key))

    def tables(self, key: str, *, required: bool = False) -> list[Fields]:
        values = self._take(key, list, required) or []
        if required and not values:
            raise bad("standard_key_missing", self.file, self.key(key))
        for value in values:
            if not isinstance(value, dict):
                raise bad(
                    "standard_type", self.file, self.key(key), value=value, expected=text("toml_tables")
                )
        return [Fields(value, self.file, f"{self.key(key)}[{i}]") for i, value in enumerate(values, 1)]

    def done(self) -> None:
        """Refuse a key that is not known, with the nearest known one."""
        for key in self._table:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, n=1)
                known = near[0] if near else ", ".join(sorted(self._asked))
                raise bad("standard_key_unknown", self.file, self.key(key), known=known)
