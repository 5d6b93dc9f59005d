"""Late is the same word on the pages and on the command line, counted on the day somebody looks."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from madang.access import owner
from madang.bank.describe import describe_dataset, freshness_of
from madang.cli import main
from madang.declarations.rhythm import freshness_status
from madang.web.deposits import overview
from madang.web.desk.quality import freshness
from madang.workspace import Workspace
from made_up_bank import PARKING
from web_page import Page

AS_OF = date(2026, 8, 1)  # of the second version of the car parks


@pytest.mark.parametrize(
    ("as_of", "rhythm", "today", "status"),
    [
        (AS_OF, 30, date(2026, 8, 31), "fresh"),  # 30 days
        (AS_OF, 30, date(2026, 9, 1), "late"),
        (AS_OF, 30, date(2026, 7, 1), "fresh"),  # a date ahead of today is no delay
        (AS_OF, None, date(2026, 9, 1), "unknown"),
        (None, 30, date(2026, 9, 1), "unknown"),
    ],
)
def test_late_is_beyond_the_rhythm(as_of: date | None, rhythm: int | None, today: date, status: str) -> None:
    assert freshness_status(as_of, rhythm, today) == status


@pytest.mark.parametrize(
    ("days", "status", "tone"), [(0, "fresh", "good"), (30, "fresh", "good"), (31, "late", "warn")]
)
def test_page_and_description_agree(own_city: Workspace, days: int, status: str, tone: str) -> None:
    dataset = own_city.bank[PARKING]
    dataset.write_card({**dataset.card, "rhythm_days": 30}, by="김새빛", at=own_city.clock())
    today = AS_OF + timedelta(days=days)
    assert describe_dataset(dataset, today)["freshness"] == status
    assert freshness(dataset.latest, 30, today).tone == tone


def test_datasets_say_how_fresh_they_are(own_city: Workspace) -> None:
    dataset = own_city.bank[PARKING]
    dataset.write_card({**dataset.card, "rhythm_days": 36_500}, by="김새빛", at=own_city.clock())
    result = CliRunner().invoke(main, ["-w", str(own_city.folder), "datasets", "--json"])
    found = {each["dataset"]: each["freshness"] for each in json.loads(result.output)}
    assert found[PARKING] == "fresh"
    assert found["새빛시-가로등"] == "unknown"  # no version yet


def test_the_catalogue_counts_as_late_what_the_overview_lists(own_city: Workspace, signed_in: Any) -> None:
    today = own_city.clock().date()
    late = [
        each.id for each in own_city.bank.datasets() if freshness_of(each.card, each.latest, today) == "late"
    ]
    assert late  # the toilets, at least
    administrator = signed_in("administrator")
    choices = Page(administrator.get("/data/")).texts("nav.filters a")
    assert [each for each in choices if each.startswith("늦은 데이터")] == [f"늦은 데이터 {len(late)}"]
    assert overview.of(own_city, owner("test", via="web")).late_count == len(late)
