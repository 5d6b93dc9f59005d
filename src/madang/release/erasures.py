"""What an erasure does to open editions: they go before it, and come back from what is left."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from madang.bank import Version
from madang.bank.made_from import made_from
from madang.messages import MadangError
from madang.release.decision import Decision
from madang.release.decisions import DAMAGE
from madang.release.editions import Releases
from madang.release.result_shut import shut_reading
from madang.release.shutting import shut_exposed, shut_unreadable


def before_erasure(releases: Releases, dataset: str, *, ground: str, whole: bool) -> dict[str, int]:
    """Take down the editions of a dataset of which something is about to be erased, of all that is made of it, and the
    results that read it; by edition, of which version of its dataset the public had it until now.

    Where all of it is erased, what was published of it is forgotten too.
    """
    if not releases.folder.is_dir():
        return {}
    with releases.decisions.lock():
        made = set(made_from(releases.bank, dataset))
        shut_reading(releases, {dataset, *made}, ground)
        taken: dict[str, int] = {}
        for edition in releases.decisions.editions():
            of = _dataset_of(releases, edition)
            if of == dataset or of in made or of is None:
                taken |= _taken(releases, edition, ground)
            if of == dataset and whole:
                for path in (releases.folder / edition / "published").glob("*.parquet"):
                    path.unlink()
        return taken


def _dataset_of(releases: Releases, edition: str) -> str | None:
    """What an edition is of, by its decision or by what is open of it; None where neither can be read."""
    with suppress(*DAMAGE):
        return releases.decisions.latest(edition).dataset
    with suppress(*DAMAGE):
        return str(releases.open_bank[edition].versions[-1].facts["release"]["dataset"])
    return None


def _taken(releases: Releases, edition: str, ground: str) -> dict[str, int]:
    """Take an edition down; of which version the public had it, where it had."""
    if edition not in releases.open_bank:
        return {}
    try:
        found = releases.edition(edition)
    except DAMAGE as error:
        shut_unreadable(
            releases, edition, MadangError("release_unreadable", edition=edition, reason=str(error))
        )
        releases.empty(edition, ground, "-")
        return {}
    releases.take_down(found.decision, ground)
    if found.of_version is None or found.state not in ("open", "behind"):
        return {}
    releases.keep_trouble(edition, MadangError("release_erasing", edition=edition))
    return {edition: found.of_version}


def after_erasure(releases: Releases, dataset: str, taken: Mapping[str, int]) -> list[Version]:
    """Publish what was taken down anew from what is left: what follows by itself of the live version, what is looked at
    first of the version that the public had.

    What cannot be published any more stays down and says so inside: of a dataset that is gone, or made of one in which
    rows were erased since it was made.
    """
    if not releases.folder.is_dir():
        return []
    looked: dict[tuple[str, int], list[Decision]] = {}
    follow, done = {dataset}, []
    with releases.decisions.lock():
        shut_exposed(releases)
        for edition, n in taken.items():
            decision = releases.decisions.latest(edition)
            follow.add(decision.dataset)
            if decision.rhythm == "look":
                looked.setdefault((decision.dataset, n), []).append(decision)
        for (_, n), decisions in looked.items():
            with suppress(MadangError):
                done += releases.put_out(decisions, n)
    for each in sorted(follow):
        if each in releases.bank:
            done += releases.follow(each)
    return done
