"""The one gate before everything public: what of the open bank is open now."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from madang.bank import Bank, Dataset
from madang.bank.ids import is_valid_id
from madang.messages import MadangError
from madang.release.publish import NOTICES, notice


class OpenBank(Bank):
    """The bank of open editions as the public has it.

    An edition that a notice says is taken back is not there, whatever still lies on the disk: the notice is written
    first, its data go after. Nor is one that is past its last day by `today`; None: days are not looked at.
    """

    def __init__(self, folder: Path, today: date | None = None) -> None:
        super().__init__(folder)
        self.today = today

    def datasets(self) -> list[Dataset]:
        back = {path.stem for path in (self.folder / NOTICES).glob("[!.]*.json")}
        return [each for each in super().datasets() if each.id not in back and not self._over(each)]

    def __getitem__(self, dataset_id: str) -> Dataset:
        """An edition that is open. Raises MadangError: dataset_missing; edition_over where it is open no more."""
        if is_valid_id(dataset_id) and notice(self, dataset_id).exists():
            raise MadangError("edition_over", dataset=dataset_id)
        found = super().__getitem__(dataset_id)
        if self._over(found):
            raise MadangError("edition_over", dataset=dataset_id)
        return found

    def __contains__(self, dataset_id: str) -> bool:
        try:
            return bool(self[dataset_id])
        except MadangError:
            return False

    def _over(self, dataset: Dataset) -> bool:
        live = dataset.latest if self.today else None
        if live is None or self.today is None:
            return False
        return is_over(str((live.facts.get("release") or {}).get("until") or ""), self.today)


def is_over(until: str, today: date) -> bool:
    """Whether an edition that is valid until a day (ISO, "" for ever) is past it."""
    return bool(until) and today.isoformat() > until


def version_closed(dataset: Dataset, n: int) -> MadangError:
    """Why a version of an edition is not there: closed by a later decision where it was, else it never was."""
    versions = dataset.versions
    known = ", ".join(str(v.n) for v in versions) or "-"
    if versions and 0 < n < versions[-1].n:
        return MadangError("edition_version_closed", dataset=dataset.id, version=n)
    return MadangError("version_missing", dataset=dataset.id, version=n, versions=known)
