"""A site over the shops of two trades that those who work there may read, and what the form of an analysis of them is filled with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.test import override_settings

from madang.workspace import Workspace
from runs.made import city

AT = "/analyses/closed-shops/"
FILLED = {"p-since": "2000-01-01", "p-least": "1", "p-order": "closed", "in-shops": ["bakeries", "cafes"]}


@contextmanager
def shops_site(folder: Path) -> Iterator[Workspace]:
    """The workspace, served as long as the block lasts."""
    made = city(folder)
    for dataset, title in (("bakeries", "빵집"), ("cafes", "카페")):
        made.write_card(dataset, {"title": title, "access": "internal", "steward": "위생과"})
    with override_settings(MADANG_WORKSPACE=str(made.folder)):
        yield made
