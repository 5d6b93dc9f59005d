"""How far a folder is, while it is deposited, and what became of its files in the end, by reason."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from madang.cli.common import width
from madang.cli.folder import Advance, Outcome
from madang.messages import text

_EXAMPLE = 160  # characters of an example that are shown


class Tally:
    """Counts why tables were refused and files failed; of each reason one sentence is kept as an example."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def add(self, outcome: Outcome) -> None:
        for receipt in outcome.receipts:
            if receipt.verdict == "refused" and receipt.reasons:
                self._count(receipt.reasons[0].code, receipt.reasons[0].text())
        if outcome.error:
            self._count(outcome.error.code, str(outcome.error))

    def lines(self) -> Iterator[str]:
        """One line for each reason, the most frequent first."""
        for code, count in self.reasons.most_common():
            example = self._examples[code]
            shown = example if len(example) <= _EXAMPLE else example[: _EXAMPLE - 1] + "…"
            yield text("folder_reason", sign="✕", count=f"{count:,}", example=shown)

    def _count(self, code: str, example: str) -> None:
        self.reasons[code] += 1
        self._examples.setdefault(code, example)


@contextmanager
def advancing(*, quiet: bool) -> Iterator[Callable[[Advance], None]]:
    """A line on the error stream that tells how far the folder is; silent where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    shown = ""

    def show(now: Advance) -> None:
        nonlocal shown
        line = text(
            "folder_progress", done=f"{now.files:,}", files=f"{now.of_files:,}", bytes_done=amount(now.bytes),
            bytes=amount(now.of_bytes),
        )  # fmt: skip
        if line != shown:
            blank = " " * max(0, width(shown) - width(line))
            click.echo(f"\r{line}{blank}", err=True, nl=False)
            shown = line

    try:
        yield show
    finally:
        if shown:
            click.echo("\r" + " " * width(shown) + "\r", err=True, nl=False)


def amount(size: int) -> str:
    """Bytes as people say them: 999 B, 1.2 KB, 3.4 GB (in steps of 1,024)."""
    value, unit = float(size), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if value < 1024 or unit == "TB":
            break
        value /= 1024
    return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
