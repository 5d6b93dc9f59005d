"""What every page offers: colours and language, each kept in a cookie of this browser."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from madang.web.shell import context

_YEAR_S = 31_536_000


@login_not_required
@csrf_exempt  # it only chooses looks, for this browser
@require_POST
def mode(request: HttpRequest) -> HttpResponse:
    """Switch between the light and the high-contrast mode, and go back."""
    return _kept(request, context.MODE_COOKIE, request.POST.get("mode", ""), context.MODES)


@login_not_required
@csrf_exempt  # it only chooses looks, for this browser
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the pages, and go back."""
    known = tuple(code for code, _ in settings.LANGUAGES)
    return _kept(request, settings.LANGUAGE_COOKIE_NAME, request.POST.get("language", ""), known)


def _kept(request: HttpRequest, cookie: str, chosen: str, known: tuple[str, ...]) -> HttpResponse:
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in known:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(cookie, chosen, max_age=_YEAR_S, samesite="Lax", httponly=True, secure=secure)
    return response
