"""Pages of a department: its form, its files, what is wrong with them, handing in."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from madang.messages import MadangError
from madang.web.rounds import actions_part as do
from madang.web.rounds import states
from madang.web.rounds.access import may_sign
from madang.web.rounds.document import document
from madang.web.rounds.doors import Visit, part_page
from madang.web.rounds.findings import findings, marked, shared_rows
from madang.web.rounds.form import columns_of
from madang.web.rounds.jobs import waiting_place
from madang.web.rounds.models import Upload
from madang.web.rounds.names import name_of
from madang.web.rounds.prefill import rows_before
from madang.web.rounds.sheet import type_word, workbook
from madang.web.shell.language import said
from madang.web.shell.workspace import workspace
from madang.web.work.actions import start

_AT_ONCE = 5 * 1024**2  # bytes of a file that the page waits for
_CELL = re.compile(r"cell-(\d{1,18})-(\d{1,4})-(\d{1,9})-([^\s]{1,120})")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _show(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Where the department stands, and what it can do next."""
    part, ws = visit.part, workspace()
    if part.round.state == states.DRAFT:
        raise MadangError("round_missing", round=part.round.key)
    if visit.may_fill and part.state == states.WAITING:
        do.look_at(part, by=visit.person)
        part.refresh_from_db()
    given = part.handed_in
    uploads = list(part.uploads.all())
    elsewhere, twice = shared_rows(ws, part) if part.rows else ([], [])
    shown: dict[str, Any] = {
        "part": part,
        "round": part.round,
        "visit": visit,
        "mark": states.mark(part.state),
        "overdue": part.is_overdue(timezone.now()),
        "columns": [(column, type_word(column)) for column in columns_of(part.round.columns)],
        "uploads": [_upload(upload) for upload in uploads if upload.current],
        "failed": [_upload(upload) for upload in uploads[-1:] if upload.failure],
        "findings": findings(ws, part),
        "elsewhere": elsewhere,
        "twice": twice,
        "given": given,
        "history": list(part.contributions.all()),
        "may_submit": visit.may_fill and states.may(part.state, "submit") and part.rows > 0,
        "may_say_nothing": visit.may_fill
        and part.round.nothing_allowed
        and states.may(part.state, "say_nothing"),
        "to_sign": visit.may_fill and part.state == states.SUBMITTED and part.round.needs_signature,
        "may_sign": given is not None and may_sign(visit.person, part, given),
        "given_by": name_of(given.by) if given else "",
        "signed_by": name_of(given.signed_by) if given else "",
        "prefilled": part.round.previous_id is not None and bool(part.rows_before),
    }
    return render(request, "rounds/part.html", shown)


def _upload(upload: Upload) -> dict[str, Any]:
    failure = upload.failure
    used = upload.used
    return {
        "upload": upload,
        "used": used,
        "unused": [table for table in upload.tables if not table["used"] and table["why"] != "form"],
        "failure": said(MadangError(failure["code"], **failure["params"])) if failure else "",
        "missing": sorted({label for table in used for label in table["missing"]}),
        "unmapped": sorted({pair[0] for table in used for pair in table["mapping"] if not pair[1]}),
        "mapping": {pair[0]: pair[1] for table in used for pair in table["mapping"]},
    }


def _file(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """A file comes in: kept, read and held against the form; a large one by the runner."""
    ws = workspace()
    replace = request.POST.get("mode") == "replace"
    for number, given in enumerate(request.FILES.getlist("file")):
        upload = do.receive(
            visit.part, given.name or "", given.size or 0, by=visit.person, replace=replace and number == 0
        )
        if (given.size or 0) > _AT_ONCE:
            place = waiting_place(ws, visit.part.round, upload)
            place.mkdir(parents=True)
            _write(given, place / upload.file)
            start(
                "round-check", {"upload": upload.pk}, by=visit.person, thing=f"round:{visit.part.round.key}"
            )
            continue
        with TemporaryDirectory(prefix="madang-") as held:
            path = Path(held) / upload.file
            _write(given, path)
            do.check_upload(ws, upload, path, by=visit.person)
    if not request.FILES.getlist("file"):
        messages.error(request, _("올릴 파일을 고르십시오."), extra_tags="bad")
    return HttpResponseRedirect(visit.base)


def _write(given: Any, path: Path) -> None:
    with open(path, "wb") as target:
        shutil.copyfileobj(given, target, 1 << 20)


def _mend(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Correct cells in the page. Only what differs from what was shown is corrected."""
    edits: dict[tuple[int, int, int, str], str] = {}
    was: dict[tuple[int, int, int, str], str] = {}
    for name, value in request.POST.items():
        found = _CELL.fullmatch(name)
        if found and str(value) != request.POST.get(f"was-{name}", ""):
            upload, table, row, column = found.groups()
            cell = (int(upload), int(table), int(row), column)
            edits[cell] = str(value).strip()
            if f"was-{name}" in request.POST:
                was[cell] = request.POST[f"was-{name}"]
    if not edits:
        messages.info(request, _("고친 칸이 없습니다."))
        return HttpResponseRedirect(visit.base)
    count = do.mend(workspace(), visit.part, edits, by=visit.person, was=was)
    messages.success(request, _("%d칸을 고쳐 다시 점검했습니다.") % count)
    return HttpResponseRedirect(visit.base)


def _map(request: HttpRequest, visit: Visit, number: int) -> HttpResponseBase:
    """Say which header is which column."""
    upload = _own_upload(visit, number)
    names = {column.label: column.name for column in columns_of(visit.part.round.columns)}
    told = {}
    for header, before in _upload(upload)["mapping"].items():
        wanted = request.POST.get(f"map-{header}", before)
        if wanted != before:
            told[header] = names.get(wanted, "")
    if told:
        do.map_columns(workspace(), upload, told, by=visit.person)
    return HttpResponseRedirect(visit.base)


def _remove(request: HttpRequest, visit: Visit, number: int) -> HttpResponseBase:
    """Take a file away."""
    do.take_away(_own_upload(visit, number), by=visit.person)
    return HttpResponseRedirect(visit.base)


def _own_upload(visit: Visit, number: int) -> Upload:
    found = visit.part.uploads.filter(number=number, current=True).first()
    if found is None or not found.tables:
        raise MadangError("round_missing", round=visit.part.round.key)
    return found


def _submit(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Hand in."""
    note, partial = request.POST.get("note", "")[:2_000], "partial" in request.POST
    do.submit(visit.part, by=visit.person, partial=partial, note=note)
    messages.success(request, _("제출했습니다. 고칠 것이 있으면 언제든 다시 올릴 수 있습니다."))
    return HttpResponseRedirect(visit.base)


def _nothing(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """There is nothing to hand in."""
    do.say_nothing(visit.part, by=visit.person, note=request.POST.get("note", "")[:2_000])
    messages.success(request, _("‘해당 없음’으로 답했습니다."))
    return HttpResponseRedirect(visit.base)


def _sign(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Sign what was handed in."""
    do.sign(visit.part, by=visit.person)
    messages.success(request, _("결재했습니다."))
    return HttpResponseRedirect(visit.base)


def _form_xlsx(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The form as a workbook, last year's rows in it where there are any."""
    part = visit.part
    body = workbook(part.round, part, columns_of(part.round.columns), rows_before(workspace(), part))
    return _download(body, _XLSX, f"{part.round.title} {part.name}.xlsx")


def _form_hwpx(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The form as a document."""
    part = visit.part
    body = document(part.round, columns_of(part.round.columns), rows_before(workspace(), part))
    return _download(body, "application/hwp+zip", f"{part.round.title} {part.name}.hwpx")


def _marked(request: HttpRequest, visit: Visit, number: int, table: int) -> HttpResponseBase:
    """A table of a file as a workbook with what is wrong marked in it, to mend there."""
    upload = _own_upload(visit, number)
    if table >= len(upload.tables) or not upload.tables[table]["used"]:
        raise MadangError("round_missing", round=visit.part.round.key)
    body = marked(workspace(), upload, upload.tables[table])
    return _download(body, _XLSX, f"{Path(upload.file).stem}_표시.xlsx")


def _download(body: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name.replace('/', '-'))}"}
    return HttpResponse(body, content_type=kind, headers=headers)


PAGES = {
    "": part_page(_show),
    "file/": part_page(_file, done=True),
    "mend/": part_page(_mend, done=True),
    "map/<int:number>/": part_page(_map, done=True),
    "remove/<int:number>/": part_page(_remove, done=True),
    "submit/": part_page(_submit, done=True),
    "nothing/": part_page(_nothing, done=True),
    "sign/": part_page(_sign, done=True),
    "marked/<int:number>/<int:table>/": part_page(_marked),
    "form.xlsx": part_page(_form_xlsx),
    "form.hwpx": part_page(_form_hwpx),
}
