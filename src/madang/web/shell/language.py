"""The language of the pages: Korean, or English for those who chose it; never guessed from the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from madang.messages import Language, MadangError
from madang.web.shell.browser_words import said_in_browser


def chosen_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the language of the cookie, for the pages and for what the core says."""
    known = {code for code, _ in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        said = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = said if said in known else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = code
        with translation.override(code):
            response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response

    return middleware


def said(error: MadangError) -> str:
    """The sentence of an error in the language of the page."""
    code = (translation.get_language() or "ko")[:2]
    return said_in_browser(error.code, cast(Language, code if code in ("ko", "en") else "ko"), **error.params)
