"""Personal values never stand whole on a page."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.test import Client

import made_up_bank
from madang.workspace import Workspace
from made_up_bank import PARKING, START

ADDRESS = f"/data/{PARKING}/"


@pytest.fixture
def private_city(own_city: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The car parks once more, their names now declared personal."""
    columns = [replace(c, privacy="personal") if c.name == "prkplce_nm" else c for c in made_up_bank.COLUMNS]
    monkeypatch.setattr(made_up_bank, "COLUMNS", columns)
    monkeypatch.setattr(made_up_bank, "START", START + timedelta(days=90))
    made_up_bank.parking(own_city, own_city.folder)
    assert asdict(own_city.bank[PARKING].version(3).columns[0])["privacy"] == "personal"
    return own_city


def test_first_rows_original_and_comparison_are_starred(private_city: Workspace) -> None:
    client = Client(SERVER_NAME="127.0.0.1")
    deposit = private_city.bank[PARKING].version(4).deposit_id
    for part in ("", f"source/{deposit}/?row=13&column=basic_charge", "compare/?from=3&to=4"):
        body = client.get(ADDRESS + part).content.decode()
        assert "강마루 제2주차장" not in body, part
        assert "강** *****" in body, part


def test_the_header_of_a_personal_column_stays_readable(private_city: Workspace) -> None:
    deposit = private_city.bank[PARKING].version(4).deposit_id
    body = Client(SERVER_NAME="127.0.0.1").get(f"{ADDRESS}source/{deposit}/?row=2").content.decode()
    assert "주차장명" in body
    assert "첫 글자만 보여 드립니다" in body
