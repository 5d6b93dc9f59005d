"""Completes the OpenAPI document: parameters of rows, forms of answers, the problems of every address."""

from __future__ import annotations

from typing import Any

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_ERRORS = {
    "304": "Not changed since the answer whose ETag was sent",
    "400": "What was asked cannot be understood",
    "401": "No token, or one that is not valid",
    "403": "Not allowed",
    "404": "No such thing, or it may not be seen",
    "429": "Too often: wait as Retry-After says",
    "503": "The workspace cannot be read at the moment",
}
_TEXT = {"type": "string"}


def _whole(least: int, most: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most, "default": default}


_QUESTION: dict[str, tuple[dict[str, Any], str]] = {
    "q": (_TEXT, "Words that all must stand in the texts of a row"),
    "select": (_TEXT, "Columns, by name or label, with commas between"),
    "sort": (_TEXT, "Columns, with commas between; - before one that is to fall"),
    "limit": (_whole(1, 10_000, 100), "Rows of a page"),
    "offset": (_whole(0, 10_000_000, 0), "Rows to pass over; `after` is better for going through all"),
    "after": (_TEXT, "Where the page before ended: use `next` of its answer"),
    "filters": (
        {"type": "object", "additionalProperties": {"type": "string"}},
        "Any column=value or column.operator=value; operators eq ne lt le gt ge in null contains starts",
    ),
}
_WHICH: dict[str, tuple[dict[str, Any], str]] = {
    "version": ({"type": "integer", "minimum": 1}, "A version; without it the live one"),
    "as_of": ({"type": "string", "format": "date"}, "The version that was live at the end of this day"),
}
_PAGES: dict[str, tuple[dict[str, Any], str]] = {"limit": (_whole(1, 1_000, 100), "How many at most")}
_ROW_FORMS = ["json", "ndjson", "csv", "arrow"]
_FILE_FORMS = ["csv", "csv-utf8", "json", "jsonl", "geojson", "parquet", "xlsx"]
_PARAMETERS: dict[str, dict[str, tuple[dict[str, Any], str]]] = {
    "list_datasets": {
        "q": (_TEXT, "Words to search for"),
        **{name: (_TEXT, f"Only this {name}") for name in ("theme", "steward", "access", "licence", "standard")},
        "limit": (_whole(1, 200, 50), "Datasets of a page"),
        "after": (_TEXT, "The id of the last dataset of the page before"),
    },
    "search": {"q": (_TEXT, "Words to search for"), "limit": (_whole(1, 200, 20), "Hits at most")},
    "diff_versions": {
        "a": ({"type": "integer", "minimum": 1}, "The earlier version"),
        "b": ({"type": "integer", "minimum": 1}, "The later version"),
        **_PAGES,
    },
    "get_rows": {
        **_QUESTION,
        "group": (_TEXT, "Columns to group by"),
        "measure": (_TEXT, "count, or count distinct sum mean min max median with a column: sum.fee"),
        "total": ({"type": "string", "enum": ["true"]}, "Count all rows that are found, too"),
        "format": ({"type": "string", "enum": _ROW_FORMS}, "Instead of the header Accept"),
        **_WHICH,
    },
    "get_sketches": _WHICH,
    "get_problems": {**_WHICH, **_PAGES, "offset": (_whole(0, 10_000_000, 0), "Problems to pass over")},
    "download": {
        **{name: _QUESTION[name] for name in ("q", "select", "filters")},
        "format": ({"type": "string", "enum": _FILE_FORMS}, "The form of the file"),
        **_WHICH,
    },
    "list_runs": {
        "analysis": (_TEXT, "Only runs of this analysis"),
        "limit": (_whole(1, 200, 50), "Runs of a page"),
        "after": (_TEXT, "The key of the last run of the page before"),
    },
    "get_run_table": {
        "limit": (_whole(1, 10_000, 100), "Rows of a page of json or ndjson"),
        "offset": (_whole(0, 10_000_000, 0), "Rows to pass over"),
        "format": ({"type": "string", "enum": [*_ROW_FORMS, "parquet"]}, "Instead of the header Accept"),
    },
    "why": {
        "table": (_TEXT, "A table of the run"),
        "column": (_TEXT, "A column of the table"),
        "row": (_whole(0, 10**9, 0), "A row of the table, from 0"),
        "limit": (_whole(1, 1_000, 10), "Rows of each input that are shown"),
    },
    "deposit": {"name": (_TEXT, "The name of the file with its ending, where the body is the file itself")},
}  # fmt: skip
_NEEDED = {("diff_versions", "a"), ("diff_versions", "b"), ("why", "table"), ("why", "column")}
_ROWS_AS = ("application/x-ndjson", "text/csv", "application/vnd.apache.arrow.stream")
_FILES_AS = (
    "text/csv", "application/json", "application/x-ndjson", "application/geo+json", "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)  # fmt: skip
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_JSON_FILES = {  # files that are JSON have shapes, whatever is in them
    "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
    "application/geo+json": {"schema": {"type": "object"}},
}


def completed(schema: Any) -> Any:
    """The document that the routes make, with what they do not say."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = {
        "title": "Problem", "type": "object", "description": "RFC 9457: `code` for programs, `detail` for people",
        "properties": {**dict.fromkeys(("type", "title", "detail", "code"), _TEXT), "status": {"type": "integer"}},
        "required": ["type", "title", "status", "detail", "code"],
    }  # fmt: skip
    for methods in schema["paths"].values():
        for operation in methods.values():
            _complete(operation)
    return schema


def _complete(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    answers = operation["responses"]
    for status, said in _ERRORS.items():
        answers[status] = (
            {"description": said} if status == "304" else {"description": said, "content": _PROBLEM}
        )
    there = operation.setdefault("parameters", [])
    for parameter, (shape, said) in _PARAMETERS.get(name, {}).items():
        needed = (name, parameter) in _NEEDED
        told = {"in": "query", "name": parameter, "schema": shape, "required": needed, "description": said}
        if shape.get("type") == "object":
            told |= {"style": "form", "explode": True}
        there.append(told)
    if name == "get_rows":
        content = next(each for status, each in answers.items() if str(status) == "200")["content"]
        content.update(dict.fromkeys(_ROWS_AS, _BYTES))
    if name == "get_run_table":
        content = next(each for status, each in answers.items() if str(status) == "200")["content"]
        content.update(dict.fromkeys((*_ROWS_AS, "application/vnd.apache.parquet"), _BYTES))
    if name == "cancel_run":
        answers["409"] = {"description": "It has ended", "content": _PROBLEM}
    if name == "download":
        answers.pop(200, None)
        answers["200"] = {
            "description": "The file",
            "content": dict.fromkeys(_FILES_AS, _BYTES) | _JSON_FILES,
        }
    if name == "deposit":
        answers["413"] = {"description": "The file is too large", "content": _PROBLEM}
        file = {
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}},
            "required": ["file"],
        }
        operation["requestBody"] = {
            "required": True, "content": {"application/octet-stream": _BYTES, "multipart/form-data": {"schema": file}},
        }  # fmt: skip
