"""Where decisions are kept: ``content/releases/<edition>/<k>.json``, each written once, none ever changed.

Beside them ``last-version.json``: how far the numbers of the edition's versions have come.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from madang.bank.durable import disk_errors, locked, read_json, write_json
from madang.bank.ids import is_valid_id
from madang.messages import MadangError
from madang.release.decision import Decision

_LAST = "last-version.json"
_FOLLOWED = ".followed"
_UNREADABLE = (ValueError, LookupError, TypeError)
DAMAGE = (MadangError, OSError, ValueError, LookupError, TypeError, AttributeError)


def unreadable(edition: str, error: Exception) -> MadangError:
    """That what is known of an edition cannot be read, and why."""
    if isinstance(error, MadangError) and error.code == "release_unreadable":
        return error
    return MadangError("release_unreadable", edition=edition, reason=str(error).rstrip("."))


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
        """Ids of all editions ever decided about; not of one whose first decision was stopped before it was written."""
        if not self.folder.is_dir():
            return []
        known = (path for path in self.folder.iterdir() if path.is_dir() and is_valid_id(path.name))
        return sorted(path.name for path in known if _numbers(path))

    def history(self, edition: str) -> list[Decision]:
        """All decisions about an edition, oldest first. Raises MadangError: edition_missing, release_unreadable."""
        folder = self.folder / edition
        found = sorted(_numbers(folder)) if is_valid_id(edition) else []
        if not found:
            raise MadangError("edition_missing", edition=edition)
        try:
            told = [(number, read_json(folder / f"{number}.json")) for number in found]
            return [replace(Decision.from_json(each), number=number) for number, each in told]
        except (MadangError, OSError, ValueError) as error:
            raise unreadable(edition, error) from error

    def latest(self, edition: str) -> Decision:
        """The decision that counts. Raises MadangError: edition_missing, release_unreadable."""
        return self.history(edition)[-1]

    def marked(self, wish: Decision) -> Decision | None:
        """The decision about its dataset that a wish with its mark has become; None where it has become none, or has no
        mark."""
        if not wish.mark or wish.edition not in self.editions():
            return None
        known = (wish.mark, wish.dataset)
        return next((each for each in self.history(wish.edition) if (each.mark, each.dataset) == known), None)

    def next_number(self, edition: str) -> int:
        """The number of the next decision about an edition; ask under `lock`."""
        return max(_numbers(self.folder / edition), default=0) + 1

    def last_version(self, edition: str) -> int:
        """The number of the newest version that was ever published of an edition; 0 where none was."""
        path = self.folder / edition / _LAST
        return int(read_json(path)["version"]) if path.exists() else 0

    def keep_last_version(self, edition: str, n: int) -> None:
        """Remember it: the open bank is in no backup, and a number is never given to two tables."""
        write_json(self.folder / edition / _LAST, {"version": n})

    def followed(self, dataset: str) -> int:
        """The newest version of a dataset that editions have followed; 0 where that is not known."""
        try:
            return int(read_json(self.folder / _FOLLOWED / f"{dataset}.json")["version"])
        except (OSError, *_UNREADABLE):
            return 0

    def keep_followed(self, dataset: str, n: int) -> None:
        """Remember it. Where that cannot be written they follow once more, which changes nothing."""
        path = self.folder / _FOLLOWED / f"{dataset}.json"
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            write_json(path, {"version": n})

    def keep(self, decision: Decision) -> Decision:
        """Write a decision down under its number; call it under `lock`. Raises MadangError("release_until_past")."""
        decision.check_until()
        folder = self.folder / decision.edition
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            write_json(folder / f"{decision.number}.json", decision.to_json())
        return decision


def _numbers(folder: Path) -> list[int]:
    """The numbers of the decisions that stand in the folder of an edition."""
    return [
        int(path.stem) for path in folder.glob("[1-9]*.json") if path.stem.isascii() and path.stem.isdigit()
    ]
