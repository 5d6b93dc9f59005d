"""What other parts of the site offer beside a dataset: each app tells in its ``ready()``, the page of the dataset shows it.

So the desk links to deposits and releases without importing them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from madang.web.shell.mark import Mark


@dataclass(frozen=True)
class Offer:
    """A link beside a dataset, or a state (`mark`) that leads somewhere; those of a `group` stand together under its words."""

    label: str
    path: str
    mark: Mark | None = None
    group: str = ""


Provider = Callable[
    [str, Collection[str]], list[Offer]
]  # dataset id, what the person may do with it -> offers
_providers: list[Provider] = []


def beside(provider: Provider) -> Provider:
    """Register `provider`; call it once, when the app is ready."""
    _providers.append(provider)
    return provider


def offers(dataset: str, may: Collection[str]) -> list[Offer]:
    """Everything offered beside a dataset to somebody who may do `may` with it."""
    return [offer for provider in _providers for offer in provider(dataset, may)]
