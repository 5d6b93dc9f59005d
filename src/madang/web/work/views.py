"""My jobs; for administrators everybody's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from madang.access import Person, Thing, can
from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.work import actions
from madang.web.work.models import Job
from madang.web.work.registry import label_of
from madang.web.work.states import ACTIVE, CANCELLED, DONE, FAILED

_SHOWN = 50
_TONES = {DONE: "good", FAILED: "bad", CANCELLED: "warn"}


@page
def mine(request: HttpRequest) -> HttpResponse:
    """The newest fifty jobs, with how far each is."""
    return render(request, "work/jobs.html", _jobs(request))


@page
def part(request: HttpRequest) -> HttpResponse:
    """The list alone: what the page asks for again while something is under way."""
    return render(request, "work/list.html", _jobs(request))


@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Stop a job."""
    return _done(request, actions.cancel, number)


@require_POST
def repeat(request: HttpRequest, number: int) -> HttpResponse:
    """The same job once more."""
    return _done(request, actions.repeat, number)


def _done(request: HttpRequest, action: Any, number: int) -> HttpResponse:
    try:
        action(number, by=person_of(request))
    except MadangError as error:
        if error.code == "job_missing":
            raise Http404 from error
        messages.error(request, said(error))
    there = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    return HttpResponseRedirect(there if inside else "/work/")


def _jobs(request: HttpRequest) -> dict[str, Any]:
    person = person_of(request)
    everybody = request.GET.get("who") == "all" and looks_after_all(person)
    found = Job.objects.all() if everybody else Job.objects.filter(by=person.id)
    jobs = [shown(job) for job in found.order_by("-id")[:_SHOWN]]
    return {
        "jobs": jobs,
        "active": any(job["job"].state in ACTIVE for job in jobs),
        "everybody": everybody,
        "may_see_all": looks_after_all(person),
    }


def looks_after_all(person: Person) -> bool:
    """Whether a person sees the jobs of others."""
    return can(person, "administer", Thing("workspace"))


def shown(job: Job) -> dict[str, Any]:
    """A job as the templates show it."""
    return {
        "job": job,
        "label": label_of(job.kind),
        "tone": _TONES.get(job.state, ""),
        "stopping": job.state in ACTIVE and bool(job.cancelled_by),
    }
