"""What people do with sources. Each change is on record with who made it."""

from __future__ import annotations

import os
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from madang.access import Person, Thing, check
from madang.collect.allowed import load_allowed
from madang.collect.origin import Origin, check_origin, load_origin, origin_file, origin_toml, save_origin
from madang.collect.placeholders import filled
from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.sources.hosts import save_hosts
from madang.web.sources.things import check_change, check_collect
from madang.web.work.actions import start
from madang.web.work.models import Job
from madang.workspace import Workspace

_PLACES = dict.fromkeys(("page", "size", "first", "last", "key"), "1")  # what only a run knows


@transaction.atomic
def create(workspace: Workspace, origin: Origin, *, by: Person) -> None:
    """Declare a new source; it is paused until somebody starts it. Raises MadangError: origin_exists, access_denied,
    ``collect_*``."""
    check_change(by, origin, workspace)
    _check_secret(origin)
    if origin_file(workspace.folder, origin.id).exists():
        raise MadangError("origin_exists", id=origin.id)
    record(by, "source.create", f"source:{origin.id}", detail=_said(origin))
    save_origin(workspace.folder, replace(origin, paused=True))


@transaction.atomic
def change(workspace: Workspace, origin: Origin, *, by: Person) -> None:
    """Change a source: who does must be allowed to collect what it was and what it becomes."""
    before = load_origin(workspace.folder, origin.id)
    check_change(by, before, workspace)
    check_change(by, origin, workspace)
    _check_secret(origin)
    if origin != before:
        record(
            by,
            "source.change",
            f"source:{origin.id}",
            detail={"before": _said(before), "after": _said(origin)},
        )
        save_origin(workspace.folder, origin)


@transaction.atomic
def pause(workspace: Workspace, id_: str, *, by: Person, paused: bool) -> None:
    """Pause a source, or let it go on."""
    origin = load_origin(workspace.folder, id_)
    check_collect(by, origin, workspace)
    if origin.paused != paused:
        record(by, "source.pause" if paused else "source.resume", f"source:{id_}")
        save_origin(workspace.folder, replace(origin, paused=paused))


@transaction.atomic
def run_now(workspace: Workspace, id_: str, *, by: Person) -> Job:
    """Fetch now, whatever the rhythm says."""
    origin = load_origin(workspace.folder, id_)
    check_collect(by, origin, workspace)
    record(by, "source.run", f"source:{id_}")
    return start("collect", {"origin": id_}, by=by, thing=f"source:{id_}", key=f"collect:{id_}")


@transaction.atomic
def try_now(workspace: Workspace, id_: str, *, by: Person) -> Job:
    """Fetch only to look."""
    origin = load_origin(workspace.folder, id_)
    check_collect(by, origin, workspace)
    record(by, "source.try", f"source:{id_}")
    return start("collect.try", {"origin": id_}, by=by, thing=f"source:{id_}", key=f"try:{id_}")


@transaction.atomic
def remove(workspace: Workspace, id_: str, *, by: Person) -> None:
    """Take a source away; its runs and what it brought stay."""
    origin = load_origin(workspace.folder, id_)
    check_change(by, origin, workspace)
    record(by, "source.remove", f"source:{id_}", detail=_said(origin))
    origin_file(workspace.folder, id_).unlink()


@transaction.atomic
def allow_hosts(workspace: Workspace, hosts: tuple[str, ...], *, by: Person) -> None:
    """Say which hosts may be asked. Addresses inside and folders are said on the server only. Raises
    MadangError: access_denied, collect_allowed."""
    check(by, "administer", Thing("workspace"))
    before = load_allowed(workspace.folder)
    record(by, "source.hosts", "workspace", detail={"before": list(before.hosts), "after": list(hosts)})
    save_hosts(workspace.folder, before, hosts)


def _check_secret(origin: Origin) -> None:
    """Raises MadangError before anything is recorded: for a key written in plain, and for one that this server knows and
    that is meant for other hosts. Each run asks again."""
    check_origin(origin)
    secret = origin.secret
    if secret is not None and origin.kind != "sql" and secret.variable in os.environ:
        secret.check_host(os.environ, filled(origin.address, timezone.now(), _PLACES))


def _said(origin: Origin) -> dict[str, str]:
    """A declaration as the record keeps it; there is no secret in it."""
    return {"declaration": origin_toml(origin)}
