"""What was decided about opening what a run found: by whom, when, under which document, what is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from madang.bank.durable import disk_errors, read_json, write_json
from madang.bank.ids import is_valid_id
from madang.declarations.card import LICENCES
from madang.messages import MadangError
from madang.release.decision import LEAST, Verdict

HOME = ".result-"  # before the folder of a result's decisions, beside those of editions
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Source:
    """A version that the run read, and which of its columns."""

    dataset: str
    version: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Carried:
    """A table of which `rows` of all `among` are rows of the version `source` of a dataset, named by its title.

    `columns`: what they have of it, by label; () where that cannot be found out. `of`: the columns of the version, of which
    each of these is one.
    """

    table: str
    title: str
    dataset: str
    columns: tuple[str, ...]
    source: tuple[str, int]
    of: tuple[tuple[str, ...], ...]
    rows: int
    among: int


@dataclass(frozen=True)
class ResultDecision:
    """One decision about the open result `edition`: the `run` that it shows. Rejects nonsense when made (MadangError).

    `by` stays inside; `post` is what the public reads. `people` names the population of columns that count people
    ("table.column" -> population): those whose unit says so do so without being named. `without` are tables that stay inside; `with_rows` are those of which
    it is known that rows of data which are not open leave with them.
    """

    edition: str
    run: str
    by: str
    post: str
    at: str
    document: str
    ground: str
    verdict: Verdict = "open"
    licence: str = "undecided"
    title: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    with_rows: tuple[str, ...] = ()
    least: int = LEAST
    until: str = ""
    restricted_ground: str = ""
    sources: tuple[Source, ...] = ()
    carried: tuple[Carried, ...] = ()  # also what was open then, and in tables that stay inside
    borders: tuple[str, ...] = ()  # datasets that told the borders on its maps
    mark: str = ""  # what it is known by where it is asked for again after a stop; stays inside
    number: int = 0

    def __post_init__(self) -> None:
        if not is_valid_id(self.edition):
            raise MadangError("dataset_id_invalid", dataset=self.edition)
        for key in ("document", "ground", "by", "post"):
            value = getattr(self, key)
            if not value.strip() or len(value) > 500 or "\n" in value:
                raise MadangError(f"release_no_{key}", edition=self.edition)
        if self.verdict == "open":
            if self.licence not in LICENCES or self.licence == "undecided":
                raise MadangError("release_no_licence", edition=self.edition)
            if self.least < 2:
                raise MadangError("release_table")
            if self.until and self.until < self.at[:10]:
                raise MadangError("release_until_past", day=self.until)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ResultDecision:
        """The decision of such an object. Raises MadangError("release_broken")."""
        try:
            sources = tuple(
                Source(each["dataset"], int(each["version"]), tuple(each["columns"])) for each in data.get("sources", ())
            )  # fmt: skip
            carried = tuple(_carried(each) for each in data.get("carried", ()))
            lists = {name: tuple(data.get(name, ())) for name in ("without", "with_rows", "borders")}
            return cls(**{**data, "sources": sources, "carried": carried, **lists})
        except (TypeError, KeyError, ValueError) as error:
            raise MadangError("release_broken", reason=str(error)) from error


def _carried(data: Mapping[str, Any]) -> Carried:
    dataset, version = data["source"]
    told = {
        "columns": tuple(data["columns"]),
        "source": (dataset, int(version)),
        "of": tuple(map(tuple, data["of"])),
    }
    return Carried(**{**data, **told})


@dataclass(frozen=True)
class ResultDecisions:
    """The decisions about results in `folder`, the folder of all decisions: ``.result-<id>/<k>.json``."""

    folder: Path

    def home(self, edition: str) -> Path:
        return self.folder / f"{HOME}{edition}"

    def editions(self) -> list[str]:
        """Ids of all results ever decided about."""
        if not self.folder.is_dir():
            return []
        homes = [path for path in self.folder.glob(f"{HOME}*") if path.is_dir() and _numbers(path)]
        return sorted(path.name.removeprefix(HOME) for path in homes)

    def history(self, edition: str) -> list[ResultDecision]:
        """All decisions about a result, oldest first. Raises MadangError: edition_missing, release_unreadable."""
        numbers = sorted(_numbers(self.home(edition))) if is_valid_id(edition) else []
        if not numbers:
            raise MadangError("edition_missing", edition=edition)
        try:
            return [ResultDecision.from_json(read_json(self.home(edition) / f"{n}.json")) for n in numbers]
        except (MadangError, OSError, ValueError) as error:
            raise MadangError("release_unreadable", edition=f"{HOME}{edition}", reason=str(error)) from error

    def latest(self, edition: str) -> ResultDecision:
        """The decision that counts. Raises MadangError: edition_missing, release_unreadable."""
        return self.history(edition)[-1]

    def next_number(self, edition: str) -> int:
        """The number of the next decision; ask under the lock."""
        return max(_numbers(self.home(edition)), default=0) + 1

    def keep(self, decision: ResultDecision) -> None:
        """Write a decision down under its number; call it under the lock."""
        folder = self.home(decision.edition)
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            write_json(folder / f"{decision.number}.json", asdict(decision))


def _numbers(folder: Path) -> list[int]:
    return [int(path.stem) for path in folder.glob("*.json") if _NUMBER.fullmatch(path.stem)]
