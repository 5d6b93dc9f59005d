"""A trial shows how a file would be read, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from madang.collect.fetched import Means
from madang.collect.origin import Origin
from madang.collect.trial import trial
from madang.intake.deposit import Door
from madang.messages import MadangError
from madang.workspace import Workspace
from tests.collect.rogue import Rogue

pytestmark = pytest.mark.slow
PEOPLE = (
    "이름,휴대전화,나이\n김하나,010-1234-5678,31\n이둘,010-2345-6789,42\n박셋,010-3456-7890,53\n".encode()
)


def door(city: Workspace) -> Door:
    return Door(city.bank, city.standards, clock=city.clock, sources=city.sources, registers=city.registers)


def test_the_first_rows_as_they_would_be_read(
    tmp_path: Path, origin: Callable[..., Origin], means: Means, rogue: Rogue
) -> None:
    city = Workspace.init(tmp_path / "city", "빈들군")
    rogue.says("/people.csv", PEOPLE, type="text/csv")
    found = trial(origin("/people.csv"), city, door(city), by="x", means=means)
    (file,) = found["files"]
    (table,) = file["tables"]
    assert (table["dataset"], table["rows"]) == ("shops", 3)
    assert [(each["label"], each["type"]) for each in table["columns"]][2] == ("나이", "integer")
    assert [row[2] for row in table["sample"]] == ["31", "42", "53"]
    assert "010-1234-5678" not in str(found)
    assert city.bank.datasets() == []
    assert not (city.folder / "collect").exists()
    assert not means.place.exists()


def test_what_would_be_refused_says_why(
    tmp_path: Path, origin: Callable[..., Origin], means: Means, rogue: Rogue
) -> None:
    city = Workspace.init(tmp_path / "city", "빈들군")
    rogue.says("/x.csv", b"%PDF-1.7\n" + bytes(500))
    (table,) = trial(origin("/x.csv"), city, door(city), by="x", means=means)["files"][0]["tables"]
    assert table["verdict"] == "refused"
    assert table["reasons"]
    means.place.mkdir()
    with pytest.raises(MadangError):
        trial(origin("/sign-in"), city, door(city), by="x", means=means)
