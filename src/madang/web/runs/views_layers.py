"""The layers of a result as GeoJSON, for the map of its page and to take away: as closed as the run."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from madang.messages import MadangError
from madang.web.runs.layers import drawn_of, geojson
from madang.web.runs.views_runs import recorded, run_of
from madang.web.shell.doors import page


@page
def layer(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A layer of a result; ?take=1 as a file, which is entered as a download."""
    found = run_of(request, key)
    try:
        body = geojson(drawn_of(found, number))
    except MadangError as error:
        if error.code == "run_missing":
            raise Http404 from error
        raise
    answer = HttpResponse(
        body, content_type="application/geo+json", headers={"Cache-Control": "private, no-cache"}
    )
    if request.GET.get("take"):
        recorded(request, found, "geojson")
        name = f"{found.analysis}-{found.key[:6]}-{number + 1}.geojson"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
