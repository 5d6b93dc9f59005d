"""A dataset: its card, its versions, and what is known of each deposit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from madang.bank.durable import SEOUL, read_json, write_json
from madang.bank.table import Commit, Table
from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError


@dataclass(frozen=True, eq=False)
class Version:
    """One version of a dataset. What it holds stands in the table, how it came to be in its deposit."""

    dataset: Dataset
    commit: Commit

    @property
    def n(self) -> int:
        return self.commit.n

    @property
    def at(self) -> datetime:
        """When it was committed, in Korean time."""
        return datetime.fromisoformat(self.commit.meta["at"]).astimezone(SEOUL)

    @property
    def by(self) -> str:
        return str(self.commit.meta["by"])

    @property
    def kind(self) -> str:
        """How it was made: "deposit" or "rollback"."""
        return str(self.commit.meta["kind"])

    @property
    def erased(self) -> bool:
        """Whether rows of it were erased later; its receipt and quality are then those from before."""
        return bool(self.erasure)

    @property
    def erasure(self) -> str:
        """Id of the last erasure that took rows of it; "" where none did."""
        return str(self.commit.meta.get("erased") or "")

    @property
    def deposit_id(self) -> str:
        return str(self.commit.meta["deposit"])

    @cached_property
    def facts(self) -> dict[str, Any]:
        """facts.json of its deposit: columns, evidence, reading, quality, rows left out."""
        return self.dataset.facts(self.deposit_id)

    @cached_property
    def receipt(self) -> dict[str, Any]:
        """receipt.json of its deposit, with dataset and version filled in."""
        return self.dataset.receipt(self.deposit_id)

    @property
    def problems_path(self) -> Path:
        return self.dataset.deposit_folder(self.deposit_id) / "problems.parquet"

    @cached_property
    def files(self) -> list[Path]:
        """The Parquet files of the table as of this version."""
        return self.dataset.table.files(self.commit.delta_version)

    @cached_property
    def rows(self) -> int:
        return sum(pq.read_metadata(path).num_rows for path in self.files)

    @cached_property
    def columns(self) -> list[DatasetColumn]:
        return [DatasetColumn(**column) for column in self.facts["columns"]]


class Dataset:
    """The dataset in `folder` (``bank/<id>``). Reads only; `Bank` writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        self.table = Table(folder)

    @cached_property
    def versions(self) -> list[Version]:
        """All versions, oldest first."""
        with self._readable():
            return [Version(self, commit) for commit in self.table.commits()]

    @property
    def latest(self) -> Version | None:
        """The live version; None where no deposit has been accepted yet."""
        return self.versions[-1] if self.versions else None

    def version(self, n: int) -> Version:
        """Version n. Raises MadangError("version_missing")."""
        for version in self.versions:
            if version.n == n:
                return version
        known = ", ".join(str(v.n) for v in self.versions) or "-"
        raise MadangError("version_missing", dataset=self.id, version=n, versions=known)

    def as_of(self, day: date | str) -> Version:
        """The version that was live at the end of `day` (Korean time; text as 2026-06-30 or 2026-6-30).

        Raises MadangError: day_unreadable, as_of_missing.
        """
        wanted = _day(day) if isinstance(day, str) else day
        before = [version for version in self.versions if version.at.date() <= wanted]
        if not before:
            first = self.versions[0].at.date().isoformat() if self.versions else "-"
            raise MadangError("as_of_missing", dataset=self.id, day=wanted.isoformat(), first=first)
        return before[-1]

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """A record that is missing or no JSON is told with the dataset's name: MadangError("dataset_broken")."""
        try:
            yield
        except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
            raise MadangError("dataset_broken", dataset=self.id, reason=str(error).rstrip(".")) from error

    # deposits ---------------------------------------------------------------------------------------------

    def deposit_folder(self, deposit_id: str) -> Path:
        return self.folder / "deposits" / deposit_id

    def deposits(self) -> list[str]:
        """Ids of all deposits, oldest first: accepted, refused and unchanged ones."""
        folder = self.folder / "deposits"
        return (
            sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) if folder.is_dir() else []
        )

    def facts(self, deposit_id: str) -> dict[str, Any]:
        with self._readable():
            facts: dict[str, Any] = read_json(self.deposit_folder(deposit_id) / "facts.json")
        return facts

    def receipt(self, deposit_id: str) -> dict[str, Any]:
        """The receipt of a deposit; its version comes from the log, where alone it stands."""
        with self._readable():
            receipt: dict[str, Any] = read_json(self.deposit_folder(deposit_id) / "receipt.json")
        made = next((v.n for v in self.versions if v.deposit_id == deposit_id), None)
        if made is not None:
            receipt["version"] = made
        return receipt

    def last_receipt(self) -> dict[str, Any] | None:
        """The receipt of the newest deposit, whatever became of it."""
        ids = self.deposits()
        return self.receipt(ids[-1]) if ids else None

    # card -------------------------------------------------------------------------------------------------

    @property
    def card(self) -> dict[str, Any]:
        """What the dataset is (newest card): title, description, theme, steward, licence, rhythm, standard …"""
        numbers = _card_numbers(self.folder)
        with self._readable():
            card: dict[str, Any] = read_json(self.folder / "cards" / f"{numbers[-1]}.json") if numbers else {}
        return {"title": self.id, **card}

    @property
    def has_card(self) -> bool:
        return bool(_card_numbers(self.folder))

    def write_card(self, card: dict[str, Any], *, by: str, at: datetime) -> None:
        """Keep a new card beside the old ones; the newest counts. What the dataset is made of stays on it."""
        numbers = _card_numbers(self.folder)
        if made_of := {*(self.card.get("made_of") or ()), *(card.get("made_of") or ())}:
            card = {**card, "made_of": sorted(made_of)}
        (self.folder / "cards").mkdir(parents=True, exist_ok=True)
        number = (numbers[-1] if numbers else 0) + 1
        write_json(self.folder / "cards" / f"{number}.json", {**card, "by": by, "at": at.isoformat()})


def _card_numbers(folder: Path) -> list[int]:
    cards = folder / "cards"
    return sorted(int(p.stem) for p in cards.glob("*.json") if p.stem.isdigit()) if cards.is_dir() else []


def _day(text: str) -> date:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError:
        raise MadangError("day_unreadable", day=text) from None
