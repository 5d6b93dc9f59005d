"""The cards of the sample city: who answers for a dataset, and that all of it is made up (``content/samplecity/cards.toml``)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from madang.declarations.card import Card
from madang.samplecity.words import words
from madang.workspace import Workspace


def write_cards(workspace: Workspace, groups: Mapping[str, Sequence[Path]]) -> None:
    """Complete the cards of the datasets that `groups` of files went to; cards that say all of it are left as they are."""
    said, written = words("cards"), False
    for found in workspace.bank.datasets():
        name = max((each for each in groups if f"{found.id}-".startswith(f"{each}-")), key=len, default=None)
        if name is None or found.latest is None:
            continue
        told: dict[str, Any] = {
            **said["all"],
            **said["folders"].get(groups[name][0].parent.name, {}),
            **said["datasets"].get(found.id, {}),
        }
        known = Card.from_json(found.card).to_json()
        card = Card.from_json({**known, **told}).to_json()
        if card != known:
            workspace.write_card(found.id, card)
            written = True
    if written:
        workspace.rebuild_index()
    write_sources(workspace)


def write_sources(workspace: Workspace) -> None:
    """Declare the live values of ``madang feed`` as sources, paused, and made-up targets of indicators; what is there is left."""
    shipped = Path(str(files("madang") / "content" / "samplecity"))
    for file in (
        shipped / "collect.toml",
        shipped / "indicators.toml",
        *sorted((shipped / "collect").glob("*.toml")),
    ):
        target = workspace.folder / "content" / file.relative_to(shipped)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
