"""Editions that are shut without anybody having decided it: they show what is personal now, or nobody can tell what they show."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from madang.bank import Version
from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError, text
from madang.release.decisions import DAMAGE, unreadable
from madang.release.exposed import columns_now, exposed, weakly_starred
from madang.release.publish import decided, notice, tell_of, told_of
from madang.release.result_shut import shut_exposed_results

if TYPE_CHECKING:
    from madang.release.editions import Releases


def shut_exposed(releases: Releases) -> None:
    """Shut, each for itself, the results and the editions that show a column which is personal now, and those whose records cannot be read;
    these open again with the records. Call it under the lock."""
    shut_exposed_results(releases)
    for edition in releases.decisions.editions():
        if edition in releases.open_bank:
            try:
                _look(releases, edition)
            except DAMAGE as error:
                shut_unreadable(releases, edition, unreadable(edition, error))


def _look(releases: Releases, edition: str) -> None:
    column = _exposed_in(releases, edition)
    if column is not None:
        called = column.label or column.name
        latest = releases.decisions.latest(edition)
        releases.take_down(latest, text("release_shut_personal"), "personal")
        releases.keep_trouble(edition, MadangError("release_exposed", edition=edition, column=called))
    elif (told_of(releases.open_bank, edition) or {}).get("kind") == "unreadable":
        notice(releases.open_bank, edition).unlink()
        releases.trouble_path(edition).unlink(missing_ok=True)


def _exposed_in(releases: Releases, edition: str) -> DatasetColumn | None:
    """A column that any open version of an edition shows and that is personal now."""
    history = {each.number: each for each in releases.decisions.history(edition)}
    for each in releases.open_bank[edition].versions:
        decision, n = history.get(decided(each)), int(each.facts["release"]["version"])
        version = _version(releases, decision.dataset, n) if decision else None
        if decision is not None and version is not None:
            now = columns_now(releases.bank, version)
            if found := exposed(decision, now) or weakly_starred(each, version, decision, now):
                return found
    return None


def _version(releases: Releases, dataset: str, n: int) -> Version | None:
    """The version that was published; None where it is there no more."""
    known = releases.bank[dataset].versions if dataset in releases.bank else []
    return next((each for each in known if each.n == n), None)


def shut_unreadable(releases: Releases, edition: str, why: MadangError) -> None:
    """Shut an edition whose records cannot be read, by what the public reads of it. Its data stay, to be open again."""
    if notice(releases.open_bank, edition).exists():
        return
    told: dict[str, str] = {}
    with suppress(*DAMAGE):
        live = releases.open_bank[edition].versions[-1]
        told = {"title": str(live.dataset.card["title"])}
        told |= {key: str(live.facts["release"][key]) for key in ("post", "document")}
    tell_of(releases.open_bank, edition, kind="unreadable", at=releases.clock(), **told)
    releases.keep_trouble(edition, why)
