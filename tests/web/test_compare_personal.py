"""Comparing two versions shows what may be shown of both: what is personal in either is starred, whichever is newer."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import made_up_bank
from madang.bank.diff import CellChange
from madang.declarations.standard import DatasetColumn
from madang.web.desk import changes
from madang.workspace import Workspace
from made_up_bank import PARKING
from people import browser

PHONE = DatasetColumn("phone", "전화", "text", privacy="personal")


def version(n: int, *columns: DatasetColumn) -> Any:
    return SimpleNamespace(n=n, deposit_id=str(n), columns=list(columns), kind="deposit")


@pytest.mark.parametrize(
    "other",
    [
        replace(PHONE, privacy="none"),
        replace(PHONE, name="tel", privacy="none"),
        replace(PHONE, label="연락처", privacy="none"),
    ],
)
@pytest.mark.parametrize("newer", ["personal", "harmless"])
def test_what_is_personal_in_either_version_is_hidden_in_both(
    tmp_path: Any, other: DatasetColumn, newer: str
) -> None:
    plain = DatasetColumn("name", "이름", "text")
    pair = [version(1, other, plain), version(2, PHONE, plain)]
    before, after = pair if newer == "personal" else [version(1, PHONE, plain), version(2, other, plain)]
    before.dataset = after.dataset = SimpleNamespace(
        id="x", folder=tmp_path, card={}, versions=[before, after]
    )
    hidden = changes._personal_of_either(before, after)
    assert hidden == {PHONE.name, PHONE.label, other.name, other.label}
    for column in (PHONE, other):
        cell = CellChange(("가",), column.name, "010-1234-5678", "010-1234-5679", 2, 2)
        assert changes._changed_cell(cell, {}, {}, {}, hidden)[1:] == ("0************", "0************")


def test_the_page_stars_what_only_the_older_version_called_personal(
    own_city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version 1 is made personal; version 2, which is live, calls the same names harmless."""
    from madang.bank.dataset import Version

    real = Version.columns.func  # type: ignore[attr-defined]

    def columns(self: Version) -> list[DatasetColumn]:
        own: list[DatasetColumn] = real(self)
        if self.dataset.id != PARKING or self.n != 1:
            return own
        return [replace(c, privacy="personal") if c.name == "prkplce_nm" else c for c in own]

    monkeypatch.setattr(Version, "columns", property(columns))
    body = browser().get(f"/data/{PARKING}/compare/?from=1&to=2").content.decode()
    assert "강마루 제2주차장" not in body
    assert "강** *****" in body
    assert made_up_bank.COLUMNS[0].privacy == "none"
