"""What went wrong, as application/problem+json (RFC 9457), in Korean or English as Accept-Language asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from madang.messages import Language, MadangError, text

TYPE = "application/problem+json"
_STATUS = {
    "dataset_missing": 404, "version_missing": 404, "no_version": 404, "as_of_missing": 404, "snapshot_missing": 404,
    "job_missing": 404, "api_no_address": 404, "api_no_job": 404, "access_denied": 403, "api_scope": 403, "api_own_rows": 403,
    "analysis_missing": 404, "run_missing": 404, "result_table": 404, "result_column": 404, "result_cell": 404, "job_over": 409,
    "api_no_token": 401, "api_too_often": 429, "api_method": 405, "api_too_large": 413, "api_server": 500, "conflict": 409,
    "edition_over": 410, "edition_version_closed": 410,
    "dataset_broken": 503, "records_damaged": 503, "run_broken": 503,
}  # fmt: skip


def language_of(request: HttpRequest) -> Language:
    """The language that the program asks for: Korean unless it prefers English."""
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200]):
        try:
            return cast(Language, get_supported_language_variant(code)[:2])
        except LookupError:
            continue
    return "ko"


def status_of(error: MadangError) -> int:
    """The status of an error; 400 where it is about what was asked, 503 where about the machine."""
    return _STATUS.get(error.code, 503 if error.about_the_machine else 400)


def problem(
    request: HttpRequest, error: MadangError, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The answer that says an error."""
    status, language = status_of(error), language_of(request)
    body = {
        "type": f"/api/v1/#{error.code}",
        "title": text(f"api_status_{status}", language),
        "status": status,
        "detail": text(error.code, language, **error.params),
        "code": error.code,
    }
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=TYPE)
    answer.headers["Content-Language"] = language
    answer.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        answer.headers[name] = value
    return answer
