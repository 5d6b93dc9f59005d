"""SQL for everybody, over open editions and nothing else: a view that the portal mounts where it likes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any
from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from madang.bank import Bank
from madang.engine import locked
from madang.engine.locked import Limits
from madang.engine.locked_slots import slot
from madang.messages import MadangError
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.workspace import workspace
from madang.web.sql.answers import Answers
from madang.web.sql.downloads import FORMS, written
from madang.web.sql.models import Asked
from madang.web.sql.parameters import bound, parameters_of
from madang.web.sql.shown import answer_cells, columns_shown
from madang.web.sql.tables import DeskTable, mentioned, tables_of

LIMITS = Limits(
    seconds=5,
    rows=10_000,
    bytes=16 << 20,
    columns=200,
    memory_bytes=500 << 20,
    address_bytes=1_800 << 20,
    threads=1,
)
AT_A_TIME = 2
_PER_MINUTE, _ADDRESSES = 30, 10_000


def open_sql(bank_of: Callable[[], Bank], cache_of: Callable[[], Path]) -> Callable[..., HttpResponseBase]:
    """The view: GET with ``?sql=`` asks the open editions of `bank_of()`; ``&format=csv`` and its like give a file.

    Nobody has to sign in and nothing is recorded. `cache_of()` is a folder of the workspace's cache. Stricter limits
    than at the desk: five seconds, ten thousand rows, two at a time, thirty a minute from one address.
    """

    @login_not_required
    @page
    def view(request: HttpRequest) -> HttpResponseBase:
        sql = request.GET.get("sql", "").replace("\r\n", "\n")
        values = {name[2:]: value for name, value in request.GET.items() if name.startswith("p-")}
        bank, form = bank_of(), request.GET.get("format", "")
        shown: dict[str, Any] = {
            "sql": sql, "tables": tables_of(bank, None), "parameters": parameters_of(sql, values), "limits": LIMITS,
            "error": "", "answered": False, "forms": FORMS,
        }  # fmt: skip
        if not sql.strip():
            return render(request, "sql/open.html", shown)
        try:
            _seldom_enough(request.META.get("REMOTE_ADDR", ""))
            with TemporaryDirectory(prefix="madang-") as folder:
                asked, kept = _asked(bank, cache_of(), sql, values, Answers(Path(folder)))
                if form:
                    return _file(kept.path(asked.id), asked, form)
                found = kept.page(asked.id, 1, len(asked.columns))
        except MadangError as error:
            status = 429 if error.code in ("sql_busy", "sql_too_often") else 400
            if form:
                return HttpResponse(said(error), status=status, content_type="text/plain; charset=utf-8")
            problem = {"error": said(error), "error_line": error.params.get("line", "")}
            return render(request, "sql/open.html", {**shown, **problem}, status=status)
        shown |= {"answered": True, "asked": asked, "page": found, "columns": columns_shown(asked)}
        return render(
            request,
            "sql/open.html",
            {**shown, "rows": answer_cells(asked, found), "query": request.GET.urlencode()},
        )

    return view


def _asked(
    bank: Bank, cache: Path, sql: str, values: dict[str, str], answers: Answers
) -> tuple[Asked, Answers]:
    text, typed = bound(sql, values)
    tables = mentioned(bank, None, sql)
    with slot(cache / "places", AT_A_TIME, wait_s=1):
        given = {name: each.locked(cache / "tables") for each in tables for name in each.names}
        try:
            answer = locked.ask(text, given, LIMITS, parameters=typed)
        except MadangError as error:
            raise _with_names(bank, error) from error
    asked = Asked(
        id=uuid4(), sql=sql, rows=answer.table.num_rows, truncated=answer.truncated, seconds=answer.seconds
    )
    asked.inputs = [_input(each) for each in tables if not set(answer.tables).isdisjoint(each.names)]
    asked.columns = answers.keep(asked.id, answer)
    return asked, answers


def _input(table: DeskTable) -> dict[str, Any]:
    return {"dataset": table.dataset, "version": table.version.n}


def _with_names(bank: Bank, error: MadangError) -> MadangError:
    if error.code != "sql_table_unknown":
        return error
    names = [table.names[0] for table in tables_of(bank, None)][:10]
    return MadangError(error.code, **{**error.params, "tables": ", ".join(names) or "-"})


def _file(kept: Path, asked: Asked, form: str) -> HttpResponseBase:
    source = ", ".join(f"{each['dataset']}@{each['version']}" for each in asked.inputs)
    name = f"open-sql.{form.removesuffix('-utf8')}"
    file = written(kept, asked, form, source)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=FORMS[form])
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _open_bank() -> Bank:
    return Bank(workspace().folder / "open")


def _cache() -> Path:
    return workspace().folder / "cache" / "open-sql"


asked_by_everybody = open_sql(_open_bank, _cache)  # of this workspace, as web/config mounts it

_lock = Lock()
_recent: dict[str, deque[float]] = {}  # by address: when it asked


def _seldom_enough(address: str) -> None:
    """Raises MadangError("sql_too_often") where one address asks more than so many times a minute."""
    now = time.monotonic()
    with _lock:
        if len(_recent) > _ADDRESSES:
            _recent.clear()
        times = _recent.setdefault(address, deque())
        while times and times[0] < now - 60:
            times.popleft()
        if len(times) >= _PER_MINUTE:
            raise MadangError("sql_too_often", most=_PER_MINUTE)
        times.append(now)
