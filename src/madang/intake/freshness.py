"""How old the data is: its own date (데이터기준일자) against the rhythm in which it should come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from madang.declarations.rhythm import Freshness as Status
from madang.declarations.rhythm import freshness_status
from madang.declarations.standard import DatasetColumn, Standard


@dataclass(frozen=True)
class Freshness:
    """`age_days` from the data's date to today; late when it is above `rhythm_days`. Unknown without either."""

    status: Status
    as_of: date | None
    age_days: int | None
    rhythm_days: int | None
    column: str | None
    label: str | None
    previous_as_of: date | None = None

    @property
    def went_back(self) -> bool:
        """The data is older than that of the version before."""
        return self.as_of is not None and self.previous_as_of is not None and self.as_of < self.previous_as_of

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "age_days": self.age_days,
            "rhythm_days": self.rhythm_days,
            "column": self.column,
            "label": self.label,
            "previous_as_of": self.previous_as_of.isoformat() if self.previous_as_of else None,
            "went_back": self.went_back,
        }


def freshness(
    as_of: date | None,
    standard: Standard | None,
    columns: Sequence[DatasetColumn],
    rhythm_days: int | None,
    today: date,
    previous_as_of: date | None = None,
) -> Freshness:
    """The freshness of data whose own date is `as_of`, read from the standard's `as_of_column`."""
    wanted = standard.as_of_column if standard else None
    column = next((c for c in columns if wanted and c.standard == wanted), None)
    age = (today - as_of).days if as_of else None
    return Freshness(
        freshness_status(as_of, rhythm_days, today),
        as_of,
        age,
        rhythm_days,
        column.name if column else None,
        column.label if column else None,
        previous_as_of,
    )
