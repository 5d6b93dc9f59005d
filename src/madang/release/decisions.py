"""Where decisions are kept: ``content/releases/<edition>/<k>.json``, each written once, none ever changed.

Beside them ``last-version.json``: how far the numbers of the edition's versions have come.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from madang.bank.durable import disk_errors, locked, read_json, write_json
from madang.bank.ids import is_valid_id
from madang.messages import MadangError
from madang.release.decision import Decision

_LAST = "last-version.json"


class Decisions:
    """The decisions of a workspace, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One change of open editions at a time: they are protected together."""
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / ".lock"):
            yield

    def editions(self) -> list[str]:
        """Ids of all editions ever decided about."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and is_valid_id(path.name))

    def history(self, edition: str) -> list[Decision]:
        """All decisions about an edition, oldest first. Raises MadangError: edition_missing, release_broken."""
        folder = self.folder / edition
        found = sorted((int(p.stem), p) for p in folder.glob("*.json") if p.stem.isdigit())
        if not is_valid_id(edition) or not found:
            raise MadangError("edition_missing", edition=edition)
        return [replace(Decision.from_json(read_json(path)), number=number) for number, path in found]

    def latest(self, edition: str) -> Decision:
        """The decision that counts. Raises MadangError("edition_missing")."""
        return self.history(edition)[-1]

    def marked(self, wish: Decision) -> Decision | None:
        """The decision that a wish with its mark has become; None where it has become none, or has no mark."""
        if not wish.mark or wish.edition not in self.editions():
            return None
        return next((each for each in self.history(wish.edition) if each.mark == wish.mark), None)

    def next_number(self, edition: str) -> int:
        """The number of the next decision about an edition; ask under `lock`."""
        return (
            max((int(p.stem) for p in (self.folder / edition).glob("*.json") if p.stem.isdigit()), default=0)
            + 1
        )

    def last_version(self, edition: str) -> int:
        """The number of the newest version that was ever published of an edition; 0 where none was."""
        path = self.folder / edition / _LAST
        return int(read_json(path)["version"]) if path.exists() else 0

    def keep_last_version(self, edition: str, n: int) -> None:
        """Remember it: the open bank is in no backup, and a number is never given to two tables."""
        write_json(self.folder / edition / _LAST, {"version": n})

    def keep(self, decision: Decision) -> Decision:
        """Write a decision down under its number; call it under `lock`. Raises MadangError("release_until_past")."""
        decision.check_until()
        folder = self.folder / decision.edition
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            write_json(folder / f"{decision.number}.json", decision.to_json())
        return decision
