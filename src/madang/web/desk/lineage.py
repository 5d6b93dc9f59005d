"""From where the rows of a version came, and what was made of the dataset since."""

from __future__ import annotations

from dataclasses import dataclass

from madang.access import can
from madang.bank import Version
from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.web.desk.known import inputs_of, known_to
from madang.web.shell.workspace import asker, bank, workspace


@dataclass(frozen=True)
class Relative:
    """A dataset at one end of the line; `n` is the version that was used, None where it is not told."""

    id: str
    title: str
    n: int | None = None
    newer: bool = False  # a newer version is live than the one that was used


@dataclass(frozen=True)
class Lineage:
    """Both ends. `unseen` of the sources may not be seen; what may not be seen of what was made is not there. `question`:
    it is the answer to a query, which the person may see; `run`: the key of what computed it, where a declaration did."""

    file: str
    sha256: str
    deposit: str
    provider: str
    sources: tuple[Relative, ...]
    unseen: int
    made: tuple[Relative, ...]
    question: bool = False
    run: str = ""


def lineage_of(version: Version) -> Lineage:
    """The lineage of a version, as far as the person may see it."""
    receipt = version.receipt
    inputs = inputs_of(version)
    sources = [each for id, n in inputs if (each := _source(id, n))]
    known = known_to(workspace(), asker())
    made = tuple(Relative(each.id, each.title) for each in known if version.dataset.id in each.inputs)
    return Lineage(
        file=str(receipt.get("file") or ""),
        sha256=str(receipt.get("sha256") or ""),
        deposit=version.deposit_id,
        provider=str(receipt.get("provider") or version.dataset.card.get("provider") or ""),
        sources=tuple(sources),
        unseen=len(inputs) - len(sources),
        made=made,
        run=str(version.facts.get("run") or ""),
        question=bool(version.facts.get("sql"))
        and not version.facts.get("run")
        and all(_is_read(each.id) for each in sources)
        and len(sources) == len(inputs),
    )


def _is_read(id: str) -> bool:
    return can(asker(), "read", thing_of(bank()[id]))


def _source(id: str, n: int | None) -> Relative | None:
    try:
        dataset = bank()[id]
    except MadangError:
        return None
    live = dataset.latest.n if dataset.latest else None
    return Relative(id, str(dataset.card["title"]), n, newer=bool(n and live and live > n))
