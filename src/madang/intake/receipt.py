"""The receipt of a deposit: what became of one table of one file. Its keys are public and stable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from madang.messages import Language, MadangError, text

KEYS = (
    "deposit", "file", "member", "sha256", "dataset", "version", "verdict", "rows", "columns", "problems", "reasons",
    "standard", "encoding", "delimiter", "header_rows", "crs", "located_share", "personal_data", "seconds",
)  # fmt: skip

Verdict = Literal["accepted", "accepted_with_problems", "refused", "unchanged"]


@dataclass(frozen=True)
class Reason:
    """Why a deposit was refused, or what is to be known about it: a code of the vocabulary and its parameters."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, language: Language = "ko") -> str:
        return text(self.code, language, **self.params)

    @classmethod
    def stored(cls, reason: dict[str, Any]) -> Reason:
        """The reason of a stored receipt."""
        return cls(reason["code"], reason.get("params", {}))


@dataclass(frozen=True)
class Receipt:
    """One table of one file: verdict, counts, and how it was read.

    `rows` and `columns` are those of the version (of the file, where it was refused after reading); `problems`
    counts errors and warnings; `located_share`, `crs` and `personal_data` are None until places and privacy are
    known; `seconds` is the time from the first byte to the commit, shared by the tables of one file.
    """

    file: str
    member: str | None
    sha256: str | None
    dataset: str
    verdict: Verdict
    deposit: str | None = None
    version: int | None = None
    rows: int | None = None
    columns: int | None = None
    problems: int = 0
    reasons: tuple[Reason, ...] = ()
    standard: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_rows: tuple[int, ...] | None = None
    crs: str | None = None
    located_share: float | None = None
    personal_data: dict[str, int] | None = None
    seconds: float = 0.0

    @property
    def accepted(self) -> bool:
        return self.verdict in ("accepted", "accepted_with_problems")

    def to_json(self, language: Language = "ko") -> dict[str, Any]:
        """The documented form (`deposit --json`): one flat object, reasons as code and text."""
        shown = asdict(self)
        shown["reasons"] = [{"code": reason.code, "text": reason.text(language)} for reason in self.reasons]
        shown["header_rows"] = None if self.header_rows is None else list(self.header_rows)
        return {key: shown[key] for key in KEYS}

    def to_stored(self) -> dict[str, Any]:
        """What receipt.json keeps: without deposit, dataset and version, which its place and the log say."""
        stored = self.to_json()
        stored["reasons"] = [
            {"code": r.code, "text": r.text(), "params": {key: str(value) for key, value in r.params.items()}}
            for r in self.reasons
        ]
        return {key: value for key, value in stored.items() if key not in ("deposit", "dataset", "version")}


class Stopped(MadangError):
    """The machine failed between the tables of a file: `receipts` are those of the tables that were done."""

    def __init__(self, error: MadangError, receipts: Sequence[Receipt]) -> None:
        super().__init__(error.code, **error.params)
        self.receipts = tuple(receipts)

    def __reduce__(self) -> tuple[Any, ...]:
        return Stopped, (MadangError(self.code, **self.params), self.receipts)
