"""What the catalogue knows of every dataset, kept in the workspace's cache: an unchanged dataset costs three looks at the disk.

No card, receipt or log is opened for a dataset that has not changed since, whoever asks and whichever process is asked.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import madang
from madang.access import Person, Thing, can, of_card
from madang.bank import Dataset, Version
from madang.bank.describe import as_of, data_day, of_file_name, rhythm_of
from madang.bank.ids import is_valid_id
from madang.bank.made_of import NOTHING, Lineage, Stamp, stamp_of
from madang.declarations.standard import Standard
from madang.messages import MadangError
from madang.web.desk.quality import quality_of
from madang.workspace import Workspace

DAMAGE = (
    MadangError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)  # what reading a broken record raises
_MAKE = 3  # raised whenever the same records may give other values
_KEPT_WORKSPACES = 4
_held: dict[Path, _Book] = {}


@dataclass(frozen=True)
class Known:
    """A dataset as its newest records tell it. Days are ISO texts, "" where there are none."""

    id: str
    title: str
    description: str = ""
    theme: str = ""
    steward: str = ""
    licence: str = ""
    access: str = "restricted"
    readers: tuple[str, ...] = ()
    own_rows: str = ""
    standard: str = ""  # its id
    standard_label: str = ""
    rhythm_days: int | None = None
    version: int | None = None
    rows: int | None = None
    as_of: str = ""
    as_of_named: bool = False
    day: str = ""  # from which its age counts
    verdict: str = ""
    deposited_at: str = ""
    form: str = ""  # of its file: csv, xlsx …
    places: bool = False
    score: float | None = None
    errors: int = 0
    last_refused: bool = False
    erased: bool = False
    damaged: bool = False
    inputs: tuple[str, ...] = ()  # datasets that its live version was made of
    made_of: tuple[str, ...] = ()  # those that it is as closed as
    closed: Thing | None = None  # as closed as they are now; kept nowhere

    @cached_property
    def thing(self) -> Thing:
        """As the policy knows it; one whose card cannot be read is for administrators."""
        return self.closed or of_card(
            self.id,
            {
                "access": self.access,
                "steward": self.steward,
                "readers": self.readers,
                "own_rows": self.own_rows,
            },
        )


def known_to(ws: Workspace, person: Person) -> list[Known]:
    """What `person` may see, by title."""
    return [each for each in book_of(ws).every() if can(person, "see", each.thing)]


def book_of(ws: Workspace) -> _Book:
    """The records of a workspace, shared by the requests of this process."""
    shipped = Path(madang.__file__).parent / "content" / "standards"
    own = ws.folder / "content" / "standards"
    stamps = [
        (path.name, path.stat().st_mtime_ns) for folder in (shipped, own) for path in folder.glob("*.toml")
    ]
    key = json.dumps([_MAKE, madang.__version__, sorted(stamps)])
    book = _held.get(ws.folder)
    if book is None or book.key != key:
        if len(_held) >= _KEPT_WORKSPACES:
            _held.clear()
        book = _held[ws.folder] = _Book(ws, key)
    book.standards = ws.standards
    return book


class _Book:
    """The records of all datasets, by id, each with a stamp of the folders it was read from."""

    def __init__(self, ws: Workspace, key: str) -> None:
        self.key = key
        self.standards = ws.standards
        self._bank = ws.bank.folder
        self._path = ws.folder / "cache" / "catalogue.json"
        self._pages: dict[str, tuple[Stamp, Known]] = {}
        self._sorted: list[Known] = []
        with suppress(*DAMAGE):
            self._read()

    def every(self) -> list[Known]:
        """All datasets by title, those that changed read anew."""
        stamps = dict(_stamps(self._bank))
        behind = [
            name for name, stamp in stamps.items() if name not in self._pages or self._pages[name][0] != stamp
        ]
        gone = [name for name in self._pages if name not in stamps]
        if behind or gone or len(self._sorted) != len(self._pages):
            for name in gone:
                del self._pages[name]
            for name in behind:
                self._pages[name] = (stamps[name], _known(Dataset(self._bank / name), self.standards))
            self._sorted = sorted((known for _, known in self._pages.values()), key=lambda each: each.title)
            if behind or gone:
                self._keep()
        lineage = Lineage(self._bank, stamps)
        return [_as_close(each, lineage.thing(each.id)) if each.made_of else each for each in self._sorted]

    def _read(self) -> None:
        kept = json.loads(self._path.read_text(encoding="utf-8"))
        if kept["key"] == self.key:
            self._pages = {
                stored["id"]: (
                    tuple(stamp),
                    Known(
                        **{
                            **stored,
                            **{name: tuple(stored[name]) for name in ("readers", "inputs", "made_of")},
                        }
                    ),
                )
                for stamp, stored in kept["pages"]
            }

    def _keep(self) -> None:
        """A cache that cannot be written does no harm."""
        pages = [(stamp, asdict(known)) for stamp, known in self._pages.values() if not known.damaged]
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
            fresh.write_text(
                json.dumps({"key": self.key, "pages": pages}, ensure_ascii=False), encoding="utf-8"
            )
            os.chmod(fresh, 0o600)  # it holds the titles of restricted datasets
            fresh.replace(self._path)


def _stamps(bank: Path) -> Iterable[tuple[str, Stamp]]:
    """Every dataset of the bank with when its cards, deposits and table changed."""
    with suppress(FileNotFoundError), os.scandir(bank) as found:
        for entry in found:
            if is_valid_id(entry.name) and (stamp := stamp_of(entry.path)) != NOTHING:
                yield entry.name, stamp


def _as_close(made: Known, thing: Thing) -> Known:
    return replace(made, access=thing.access, closed=thing)


# one dataset -----------------------------------------------------------------------------------------------


def _known(dataset: Dataset, standards: Mapping[str, Standard]) -> Known:
    """One whose records cannot be read is damaged; what its card says of access counts all the same."""
    said = Known(dataset.id, dataset.id, damaged=True)
    try:
        card = dataset.card
        thing = of_card(dataset.id, card)
        said = replace(
            said, title=str(card["title"]), access=thing.access, steward=thing.steward,
            readers=tuple(sorted(thing.readers)), own_rows=thing.own_rows,
            made_of=tuple(map(str, card.get("made_of") or ())),
        )  # fmt: skip
        return _read(said, dataset, card, standards)
    except DAMAGE:
        return said


def _read(said: Known, dataset: Dataset, card: Mapping[str, Any], standards: Mapping[str, Standard]) -> Known:
    latest, last = dataset.latest, dataset.last_receipt() or {}
    standard = standard_of(standards, card, latest)
    receipt = latest.receipt if latest else last
    quality = quality_of(latest) if latest else None
    day = data_day(latest)
    spoken = as_of(latest) if latest else None
    return replace(
        said,
        description=str(card.get("description") or ""),
        theme=str(card.get("theme") or (standard.theme if standard else "") or ""),
        licence=str(card.get("licence") or ""),
        standard=standard.id if standard else "",
        standard_label=standard.label if standard else "",
        rhythm_days=rhythm_of(card, latest),
        version=latest.n if latest else None,
        rows=latest.rows if latest else None,
        as_of=spoken.isoformat() if spoken else "",
        as_of_named=bool(latest and of_file_name(latest)),
        day=day.isoformat() if day else "",
        verdict=str(receipt.get("verdict") or ""),
        deposited_at=str(last.get("at") or "") or (latest.at.isoformat() if latest else ""),
        form=Path(str(receipt.get("member") or receipt.get("file") or "")).suffix.lower().lstrip("."),
        places=bool(latest and any(((latest.facts.get("located") or {}).get("levels") or {}).values())),
        score=quality.score if quality else None,
        errors=quality.errors if quality else 0,
        last_refused=last_refused(latest, last),
        erased=latest is not None and latest.erased,
        damaged=False,
        inputs=tuple(sorted({each for each, _n in inputs_of(latest)})),
    )


def inputs_of(version: Version | None) -> list[tuple[str, int | None]]:
    """The datasets, and their versions, that a version was made of by a question or by joining deposits."""
    found = version.facts.get("inputs") or version.receipt.get("inputs") or () if version else ()
    return [
        (str(each["dataset"]), int(each["version"]) if each.get("version") else None)
        for each in found
        if isinstance(each, dict) and each.get("dataset")
    ]


def last_refused(live: Version | None, last: Mapping[str, Any]) -> bool:
    """Whether the newest deposit was refused while an older one is live."""
    return live is not None and last.get("verdict") == "refused"


def standard_of(
    standards: Mapping[str, Standard], card: Mapping[str, Any], version: Version | None
) -> Standard | None:
    """The standard a version was read by, else the one its card names."""
    named = (version.receipt.get("standard") if version else None) or card.get("standard")
    return standards.get(str(named)) if named else None


def day_of(said: str) -> date | None:
    """An ISO day as it was kept."""
    return date.fromisoformat(said) if said else None


def moment_of(said: str) -> datetime | None:
    """An ISO time as it was kept; None where it is none."""
    try:
        return datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
