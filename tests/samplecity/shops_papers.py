"""The papers of the shops as they were written, for tests that count again."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from madang.samplecity import City
from madang.samplecity.city import Setting
from madang.samplecity.layers import grown, shops
from madang.samplecity.paper import Defect

OLD_NAMES = {
    "영업상태코드": "영업상태구분코드",
    "좌표X": "좌표정보(X)",
    "좌표Y": "좌표정보(Y)",
    "지번주소": "소재지전체주소",
}
OLD_NAMES |= {"좌표정보x(epsg5174)": "좌표정보(X)", "좌표정보y(epsg5174)": "좌표정보(Y)"}


@dataclass
class Papers:
    """The written files of both deliveries; rows that a defect was planted in are marked."""

    city: City
    folder: Path
    defects: list[tuple[int, Defect]] = field(default_factory=list)

    def rows(self, path: str, delivery: int = 1) -> list[dict[str, str]]:
        """The rows of a text file in the names of the old form, without those that were planted."""
        file = self.folder / f"delivery-{delivery}" / path
        encoding = "utf-8-sig" if file.name.startswith(("상가정보", "지원")) else "cp949"
        bad = {defect.row for number, defect in self.defects if number == delivery and defect.file == path}
        with file.open(encoding=encoding, newline="") as stream:
            reader = csv.DictReader(stream)
            return [
                {
                    (OLD_NAMES.get(header, header) if "인허가" in path else header): cell
                    for header, cell in row.items()
                }
                for number, row in enumerate(reader, 2)
                if number not in bad
            ]

    def licences(self, delivery: int = 1) -> dict[str, list[dict[str, str]]]:
        """Rows of all licence files of a delivery, by trade."""
        found = sorted((self.folder / f"delivery-{delivery}/인허가").glob("*.csv"))
        return {path.name.split("_")[0]: self.rows(f"인허가/{path.name}", delivery) for path in found}

    @cached_property
    def truths(self) -> dict[str, list[dict[str, Any]]]:
        return {name: table.to_pylist() for name, table in shops.truths(self.city).items()}


def written(folder: Path, setting: Setting) -> Papers:
    city = grown(setting, "shops")
    found = Papers(city, folder)
    for delivery in city.deliveries:
        for paper in shops.papers(city, delivery):
            defects = paper.write(folder / f"delivery-{delivery.number}")
            found.defects += [(delivery.number, defect) for defect in defects]
    return found


def day(text: str) -> np.datetime64:
    """A date of a licence file in any of its forms, NaT where empty."""
    digits = text.replace("-", "")[:8]
    return np.datetime64(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else "NaT", "D")


def kaplan_meier(entry: Any, leave: Any, event: Any, until: float) -> tuple[float, float]:
    """Survival at age `until` with delayed entry, and Greenwood's standard error (Klein and Moeschberger, 4.6)."""
    times = np.unique(leave[event & (leave <= until) & (leave > entry)])
    risk = np.searchsorted(np.sort(entry), times, "left") - np.searchsorted(np.sort(leave), times, "left")
    died = np.array([(event & (leave == time)).sum() for time in times])
    value = float(np.prod(1 - died / risk))
    return value, value * float(np.sqrt(np.sum(died / (risk * np.maximum(risk - died, 1)))))
