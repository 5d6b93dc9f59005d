"""Receiving files: whole from a form, or in pieces that go on where they broke off (after tus 1.0).

POST creates (name, size), PATCH appends at an offset, HEAD tells how far it is, DELETE gives up. A piece goes from the
connection to the disk a quarter of a megabyte at a time.
"""

from __future__ import annotations

import json
import os
from functools import wraps
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.deposits import actions
from madang.web.deposits.models import Upload, sentence
from madang.web.deposits.states import COMING
from madang.web.deposits.store import FILE_MOST, PIECE_MOST
from madang.web.shell.whole import is_whole
from madang.web.shell.workspace import workspace

_PIECE = "application/offset+octet-stream"
_FORM_MORE = 1 << 20  # bytes of a form around its files


def _told(view: Any) -> Any:
    """Errors as JSON that the page shows as it is."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: str) -> HttpResponse:
        try:
            return view(request, **address)
        except MadangError as error:
            status = {"upload_missing": 404, "access_denied": 403, "upload_offset": 409}.get(error.code, 400)
            return _error(error, status)

    return wrapped


def _error(error: MadangError, status: int) -> HttpResponse:
    return JsonResponse({"code": error.code, "error": sentence(error.code, error.params)}, status=status)


@require_POST
@_told
def create(request: HttpRequest) -> HttpResponse:
    """Begin an upload, or find the one that was broken off: 201 with where to send the pieces."""
    try:
        said = json.loads(request.body)
        name, size = str(said["name"]), int(said["size"])
        fingerprint, dataset = (
            str(said.get("fingerprint") or "")[:2_000],
            str(said.get("dataset") or "")[:200],
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return HttpResponse(status=400)
    ws = workspace()
    upload = actions.begin(
        by=person_of(request), ws=ws, name=name, size=size, fingerprint=fingerprint, dataset=dataset
    )
    answer = JsonResponse(
        {"key": upload.key, "name": upload.name, "offset": actions.place_of(ws, upload).offset}, status=201
    )
    answer.headers["Location"] = f"/deposits/uploads/{upload.key}"
    return answer


@require_http_methods(["HEAD", "PATCH", "DELETE"])
@_told
def piece(request: HttpRequest, key: str) -> HttpResponse:
    """How far an upload is, the next piece of it, or the end of it."""
    by, ws = person_of(request), workspace()
    upload = actions.mine(key, by)
    if request.method == "DELETE":
        actions.drop(key, by=by, ws=ws)
        return HttpResponse(status=204)
    place = actions.place_of(ws, upload)
    if upload.state != COMING or place.offset < 0:
        raise MadangError("upload_missing")
    there = place.offset
    if request.method == "PATCH":
        long = request.headers.get("Content-Length", "")
        length = int(long) if is_whole(long) else 0
        if request.content_type != _PIECE or not 0 < length <= PIECE_MOST:
            return _error(MadangError("upload_piece", most=f"{PIECE_MOST >> 20} MB"), 413)
        said = request.headers.get("Upload-Offset", "")
        if not is_whole(said) or int(said) != there:
            raise MadangError("upload_offset", offset=there)
        there = place.append(request.read, there, length, upload.size)
        if there == upload.size:
            actions.read(key, by=by, ws=ws)
    answer = HttpResponse(status=204 if request.method == "PATCH" else 200)
    answer.headers["Upload-Offset"] = str(there)
    answer.headers["Upload-Length"] = str(upload.size)
    answer.headers["Cache-Control"] = "no-store"
    return answer


class _ToUploads(TemporaryFileUploadHandler):
    """Writes the files of a form into the uploads of the workspace, and no more than may be."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> None:
        if content_length > FILE_MOST + _FORM_MORE:
            raise StopUpload(connection_reset=True)

    def new_file(self, *args: Any, **named: Any) -> None:
        super(TemporaryFileUploadHandler, self).new_file(*args, **named)
        self.file = TemporaryUploadedFile(self.file_name, self.content_type, 0, self.charset)
        self.file.file.close()
        self.file.file = _open_in(self.folder)


def _open_in(folder: Path) -> Any:
    from tempfile import NamedTemporaryFile

    folder.mkdir(mode=0o700, exist_ok=True)
    return NamedTemporaryFile(dir=folder, prefix=".form-", suffix=".part")


@csrf_exempt  # only until the handler is in place: the form is checked below, before anything is done with it
@require_POST
def whole(request: HttpRequest) -> HttpResponse:
    """Files from a form, without JavaScript."""
    request.upload_handlers = [_ToUploads(workspace().folder / "uploads")]
    return _whole(request)


@csrf_protect
def _whole(request: HttpRequest) -> HttpResponse:
    from django.contrib import messages

    by, ws = person_of(request), workspace()
    made: list[Upload] = []
    try:
        files = request.FILES.getlist("files")
        if not files:
            raise MadangError("upload_none")
        for file in files:
            upload = actions.begin(
                by=by, ws=ws, name=file.name or "file", size=file.size or 0,
                dataset=request.POST.get("dataset", "")[:200],
            )  # fmt: skip
            place = actions.place_of(ws, upload)
            os.replace(file.temporary_file_path(), place.data)
            place.data.chmod(0o600)
            open(file.temporary_file_path(), "w").close()  # the request removes what it made
            actions.read(upload.key, by=by, ws=ws)
            made.append(upload)
    except MadangError as error:
        messages.error(request, sentence(error.code, error.params))
        return HttpResponseRedirect("/deposits/")
    return redirect("deposits:upload", key=made[0].key) if len(made) == 1 else redirect("deposits:overview")
