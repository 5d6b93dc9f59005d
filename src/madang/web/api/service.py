"""Makes an API out of a door: who is let in, how often, and how errors are told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

from madang.access import ANONYMOUS
from madang.messages import MadangError
from madang.web.api import catalogue, description, rows, shapes
from madang.web.api.answers import answer
from madang.web.api.caller import Caller, caller_of, needs
from madang.web.api.door import Door, folder
from madang.web.api.problem import problem
from madang.web.shell.often import address_of, wait_for
from madang.web.shell.workspace import one_workspace

_log = logging.getLogger("madang.api")
_FEWER = 10  # wrong tokens are counted by address, and may be this much fewer


_OWN = ("me", "get_job")  # of the token itself: asked with any scope


class Api(NinjaAPI):
    """The API with its whole description: parameters, forms and errors."""

    def get_openapi_schema(self, *args: Any, **said: Any) -> Any:
        return description.completed(super().get_openapi_schema(*args, **said))


class Token(HttpBearer):
    """A token in the header Authorization; who is signed in may read without one."""

    def __call__(self, request: HttpRequest) -> Caller:
        caller = caller_of(request)
        limit = int(settings.MADANG_API_PER_MINUTE)
        if caller is None:
            _counted(request, f"a{address_of(request)}", max(1, limit // _FEWER))
            raise MadangError("api_no_token")
        _counted(request, caller.counted, limit)
        match = request.resolver_match
        if request.method in ("GET", "HEAD") and (match is None or match.url_name not in _OWN):
            needs(caller, "read")
        request.caller = caller
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> None:
        return None


def everybody(request: HttpRequest) -> Caller:
    """Open data: nobody is asked who he is; requests are counted by address."""
    _counted(request, f"o{address_of(request)}", int(settings.MADANG_API_PER_MINUTE))
    request.caller = Caller(ANONYMOUS, frozenset({"read"}), "")
    return request.caller


def _counted(request: HttpRequest, who: str, limit: int) -> None:
    wait = wait_for(folder() / "cache" / "api-asked.db", who, limit)
    if wait:
        raise MadangError("api_too_often", limit=limit, seconds=wait)


def service(door: Door, *more: Router, title: str = "Madang API", version: str = "1") -> Api:
    """The API over `door`; `more` are routers beside those that read."""
    api = Api(
        title=title, version=version, urls_namespace=door.name, docs_url=None, openapi_url=None,
        auth=everybody if door.is_open else Token(),
    )  # fmt: skip
    for router in (catalogue.routes(door), rows.routes(door), *more):
        api.add_router("", router)
    _told(api)
    return api


def about_me() -> Router:
    """Who the token is."""
    router = Router(tags=["me"])

    @router.get("/me", response=shapes.MeOut, operation_id="who_am_i")
    def me(request: HttpRequest) -> HttpResponse:
        """Who asks, with roles, posts and the scopes of the token."""
        caller: Caller = request.caller
        person = caller.person
        there = answer(
            {
                "id": person.id, "name": person.name, "roles": sorted(person.roles), "posts": sorted(person.posts),
                "departments": sorted(person.departments), "scopes": sorted(caller.scopes),
            }
        )  # fmt: skip
        there.headers["Cache-Control"] = "no-store"
        return there

    return router


def _told(api: Api) -> None:
    """Every error is a problem document."""

    def of_madang(request: HttpRequest, error: MadangError) -> HttpResponse:
        headers = {}
        if error.code == "api_too_often":
            headers["Retry-After"] = str(error.params["seconds"])
        if error.code == "api_no_token":
            headers["WWW-Authenticate"] = 'Bearer realm="madang"'
        return problem(request, error, headers)

    def of_address(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(request, MadangError("api_no_address", address=request.path[:200]))

    def of_input(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(request, MadangError("api_input"))

    def of_ours(request: HttpRequest, error: Exception) -> HttpResponse:
        _log.exception("the API failed", exc_info=error)
        return problem(request, MadangError("api_server"))

    api.add_exception_handler(MadangError, of_madang)
    api.add_exception_handler(Http404, of_address)
    api.add_exception_handler(ValidationError, of_input)
    api.add_exception_handler(HttpError, of_input)
    api.add_exception_handler(Exception, of_ours)


def document(api: Api, address: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view of the OpenAPI document of an API whose addresses begin with `address`."""

    def view(request: HttpRequest) -> HttpResponse:
        return answer(api.get_openapi_schema(path_prefix=address))

    view.login_required = False  # type: ignore[attr-defined]
    return view


def opened(patterns: list[Any], door: Door) -> list[Any]:
    """The addresses of an API as the site serves them: no sign-in page before them, errors as problems, CORS where open."""
    for pattern in patterns:
        pattern.callback = _door(pattern.callback, door)
    return patterns


def _door(view: Callable[..., HttpResponseBase], door: Door) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponseBase:
        with one_workspace():
            if door.is_open and request.method == "OPTIONS":
                there: HttpResponseBase = HttpResponse(status=204)
                there.headers["Access-Control-Allow-Methods"] = "GET, OPTIONS"
                there.headers["Access-Control-Allow-Headers"] = "If-None-Match, Accept, Accept-Language"
                there.headers["Access-Control-Max-Age"] = "86400"
            else:
                there = _told_of_method(request, view, address)
            if door.is_open:
                there.headers["Access-Control-Allow-Origin"] = "*"
                there.headers["Access-Control-Expose-Headers"] = "ETag, Link, X-Total-Count, Content-Version"
            return there

    wrapped.login_required = False  # type: ignore[attr-defined]
    wrapped.csrf_exempt = True  # type: ignore[attr-defined] # a cookie only reads here
    return wrapped


def _told_of_method(
    request: HttpRequest, view: Callable[..., HttpResponseBase], address: dict[str, Any]
) -> HttpResponseBase:
    there = view(request, **address)
    if there.status_code != 405:
        return there
    headers = {"Allow": there.headers.get("Allow", "GET")}
    return problem(request, MadangError("api_method", method=str(request.method)[:20]), headers)
