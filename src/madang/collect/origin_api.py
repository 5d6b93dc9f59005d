"""How an API answers: where in its answers the rows, their number and its errors stand, and how pages are asked for.

Four shapes are known; any part of one can be told otherwise in ``[api]``. Paths are keys joined by dots; upper and lower
case do not matter. "*" is a key that is called differently by every service.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from madang.collect.origin_text import quoted
from madang.declarations.fields import Fields, bad


@dataclass(frozen=True)
class Api:
    """One shape. `total` and `code` may be "": the answer does not say. Codes: of `ok` all is well, of `none` there are
    no rows, of `quota` today's requests are used up, of `key` the key is refused, of `passing` it is worth another try.

    `page`, `size`: names of the parameters for the number of the page and its rows; `page_rows` of them are asked for.
    In the address {page}, {size}, {first}, {last} and {key} may stand instead. `distinct`: no two rows are alike,
    so one that comes twice is taken once. `confirm`: each page is asked for until two answers have
    the same rows. `pause_ms` between two requests.
    """

    shape: str = "portal"
    items: str = "response.body.items"
    total: str = "response.body.totalCount"
    code: str = "response.header.resultCode"
    message: str = "response.header.resultMsg"
    ok: tuple[str, ...] = ("00", "0", "0000", "200", "INFO-000")
    none: tuple[str, ...] = ("03", "3", "INFO-200")
    quota: tuple[str, ...] = ("22", "ERROR-337")
    key: tuple[str, ...] = ("20", "30", "31", "32", "33", "INFO-100", "ERROR-290")
    passing: tuple[str, ...] = ("1", "01", "02", "04", "4", "05", "5", "21", "30", "99", "ERROR-500", "ERROR-600", "ERROR-601")  # fmt: skip
    page: str = "pageNo"
    size: str = "numOfRows"
    page_rows: int = 1000
    most_pages: int = 1000
    distinct: bool = False
    confirm: bool = False
    pause_ms: int = 100


SHAPES = {
    "portal": Api(),
    "odcloud": Api("odcloud", items="data", total="totalCount", code="code", message="msg", page="page", size="perPage"),
    "seoul": Api(
        "seoul", items="*.row", total="*.list_total_count", code="*.RESULT.CODE", message="*.RESULT.MESSAGE", page="", size=""
    ),
    "list": Api("list", items="", total="", code="", message="", page="", size=""),
}  # fmt: skip
_TEXTS = ("items", "total", "code", "message", "page", "size")
_LISTS = ("ok", "none", "quota", "key", "passing")
_CHOICES = ("distinct", "confirm")
_COUNTS = ("page_rows", "most_pages", "pause_ms")


def api_of(table: Fields | None) -> Api:
    """The shape that ``[api]`` declares; that of the national portal where it says nothing."""
    if table is None:
        return Api()
    shape = SHAPES[table.choice("shape", tuple(SHAPES), default="portal")]
    told: dict[str, object] = {}
    said = table.mapping("paths")
    for name, value in said.items():
        if name not in _TEXTS:
            raise bad("standard_key_unknown", table.file, table.key(f"paths.{name}"), known=", ".join(_TEXTS))
        told[name] = value
    for name in _LISTS:
        if values := table.texts(name):
            told[name] = values
    for name in _COUNTS:
        if (count := table.integer(name)) is not None:
            told[name] = count
    for name in _CHOICES:
        if table.boolean(name):
            told[name] = True
    table.done()
    return replace(shape, **told)  # type: ignore[arg-type]


def api_toml(api: Api) -> list[str]:
    """The lines of ``[api]``; none where all is as usual."""
    usual = SHAPES[api.shape]
    if api == Api():
        return []
    changed = {each.name for each in fields(Api) if getattr(api, each.name) != getattr(usual, each.name)}
    lines = ["", "[api]", f"shape = {quoted(api.shape)}"]
    lines += [
        f"{name} = [{', '.join(map(quoted, getattr(api, name)))}]" for name in _LISTS if name in changed
    ]
    lines += [f"{name} = {getattr(api, name)}" for name in _COUNTS if name in changed]
    lines += [f"{name} = true" for name in _CHOICES if getattr(api, name)]
    paths = [f"{name} = {quoted(getattr(api, name))}" for name in _TEXTS if name in changed]
    return [*lines, "", "[api.paths]", *paths] if paths else lines
