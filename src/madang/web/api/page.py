"""The page that tells programmers what there is, and the answer to an address where nothing is."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from madang.messages import MadangError
from madang.web.api import words
from madang.web.api.problem import problem

ADDRESS = "/api/v1/"
_METHODS = ("get", "post", "put", "patch", "delete")


@login_not_required
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """All addresses of the API with their parameters, made of its own description."""
    from madang.web.api.urls import API

    schema = API.get_openapi_schema(path_prefix=ADDRESS)
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in schema["paths"].items():
        for method in _METHODS:
            if method in methods:
                said = methods[method]
                groups.setdefault(said["tags"][0], []).append(_operation(address, method, said))
    named = [(tag, words.GROUPS.get(tag, tag), found) for tag, found in groups.items()]
    shown = {"groups": named, "schemas": _schemas(schema)}
    return render(request, "api/operations.html", shown)


@csrf_exempt
@login_not_required
def nowhere(request: HttpRequest) -> HttpResponse:
    """No address of the API."""
    return problem(request, MadangError("api_no_address", address=request.path[:200]))


def _operation(address: str, method: str, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": said["operationId"], "method": method.upper(), "address": address, "about": words.OPERATIONS.get(said["operationId"], ""),
        "parameters": [
            {
                "name": each["name"], "needed": each.get("required", False),
                "type": _type(each["schema"]), "about": words.PARAMETERS.get(each["name"], ""),
            }
            for each in said.get("parameters", [])
        ],
        "answer": _answer(said["responses"]),
    }  # fmt: skip


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = str(schema.get("format") or schema.get("type", ""))
    ends = [str(schema[end]) for end in ("minimum", "maximum") if end in schema]
    return f"{kind} {'–'.join(ends)}{'…' if len(ends) == 1 else ''}".strip()


def _answer(responses: dict[Any, Any]) -> str:
    good: dict[str, Any] = next(
        (each for status, each in responses.items() if str(status).startswith("2")), {}
    )
    shape = good.get("content", {}).get("application/json", {}).get("schema", {})
    return str(shape.get("$ref", "")).rpartition("/")[2]


def _schemas(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name, "about": said.get("description", ""),
            "fields": [(field, _field(shape)) for field, shape in said.get("properties", {}).items()],
        }
        for name, said in sorted(schema["components"]["schemas"].items())
    ]  # fmt: skip


def _field(shape: dict[str, Any]) -> str:
    if "anyOf" in shape:
        return " | ".join(_field(each) for each in shape["anyOf"])
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if shape.get("type") == "array":
        return f"[{_field(shape.get('items', {}))}]"
    return str(shape.get("type", ""))
