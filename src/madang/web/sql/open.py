"""SQL for everybody, over open editions and nothing else: a view that the portal mounts where it likes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from madang.bank import Bank
from madang.engine import locked
from madang.engine.locked import Limits
from madang.engine.locked_slots import slot
from madang.messages import MadangError
from madang.release import OpenBank
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.often import address_of, wait_for
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
_SOON_S = 5  # when to try again where all places are taken


def open_sql(bank_of: Callable[[], Bank], cache_of: Callable[[], Path]) -> Callable[..., HttpResponseBase]:
    """The view: GET with ``?sql=`` asks the open editions of `bank_of()`; ``&format=csv`` and its like give a file.

    Nobody has to sign in and nothing is recorded. `cache_of()` is a folder of the workspace's cache. Stricter limits
    than at the desk: five seconds, ten thousand rows, two at a time, so many a minute from one address.
    """

    @login_not_required
    @page
    def view(request: HttpRequest) -> HttpResponseBase:
        sql = request.GET.get("sql", "").replace("\r\n", "\n")
        values = {name[2:]: value for name, value in request.GET.items() if name.startswith("p-")}
        bank, form = bank_of(), request.GET.get("format", "")
        shown: dict[str, Any] = {
            "sql": sql, "tables": [], "parameters": parameters_of(sql, values), "limits": LIMITS,
            "error": "", "answered": False, "forms": FORMS,
        }  # fmt: skip
        try:
            _seldom_enough(request, cache_of(), asks=bool(sql.strip()))
            shown["tables"] = tables_of(bank, None)
            if not sql.strip():
                return render(request, "sql/open.html", shown)
            with TemporaryDirectory(prefix="madang-") as folder:
                asked, kept = _asked(bank, cache_of(), sql, values, Answers(Path(folder)))
                if form:
                    return _file(kept.path(asked.id), asked, form)
                found = kept.page(asked.id, 1, len(asked.columns))
        except MadangError as error:
            return _refused(request, error, form, shown)
        shown |= {"answered": True, "asked": asked, "page": found, "columns": columns_shown(asked)}
        return render(
            request,
            "sql/open.html",
            {**shown, "rows": answer_cells(asked, found), "query": request.GET.urlencode()},
        )

    return view


def _refused(request: HttpRequest, error: MadangError, form: str, shown: dict[str, Any]) -> HttpResponse:
    often = error.code in ("sql_busy", "sql_too_often")
    status = 429 if often else 400
    if form:
        answer = HttpResponse(said(error), status=status, content_type="text/plain; charset=utf-8")
    else:
        problem = {"error": said(error), "error_line": error.params.get("line", "")}
        answer = render(request, "sql/open.html", {**shown, **problem}, status=status)
    if often:
        answer["Retry-After"] = str(error.params.get("seconds", _SOON_S))
    return answer


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
    return OpenBank(workspace().folder / "open", timezone.localdate())


def _cache() -> Path:
    return workspace().folder / "cache" / "open-sql"


asked_by_everybody = open_sql(_open_bank, _cache)  # of this workspace, as web/config mounts it


def _seldom_enough(request: HttpRequest, cache: Path, *, asks: bool) -> None:
    """Raises MadangError("sql_too_often") where one address asks more than so many times a minute, whichever process."""
    most = int(settings.MADANG_OPEN_SQL_PER_MINUTE if asks else settings.MADANG_OPEN_PER_MINUTE)
    wait = wait_for(cache.parent / "open-asked.db", f"{'q' if asks else 'p'}{address_of(request)}", most)
    if wait:
        raise MadangError("sql_too_often", most=most, seconds=wait)
