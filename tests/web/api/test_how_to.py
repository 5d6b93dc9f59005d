"""The guide to the API, each of its addresses asked as written, of the car parks of the made-up city."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from api_city import PARKING

GUIDE = (Path(__file__).parents[3] / "docs/how-to/use-the-api.md").read_text("utf-8")
ADDRESSES = sorted(set(re.findall(r"`(/api/v1/datasets[^`]*)`", GUIDE)))


def test_the_guide_has_addresses() -> None:
    assert len(ADDRESSES) > 12


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_the_guide_says_works(program: Any, address: str) -> None:
    answer = program("official").get(address.replace("/주차장/", f"/{PARKING}/"))
    assert answer.status_code == 200
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    answer.close()
