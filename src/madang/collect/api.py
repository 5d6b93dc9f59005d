"""Collects all pages of an API into one file of JSON lines, and makes sure that they fit together."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from madang.collect.answer import Page, Quota, understood
from madang.collect.fetched import Evidence, Fetched, Means, Note, Retry, tomorrow, wait_s
from madang.collect.http import download, evidence_of, plain_key, with_query, without_secret
from madang.collect.line import left
from madang.collect.origin import Origin
from madang.collect.placeholders import filled
from madang.messages import MadangError

_TRIES = 4  # of one page
_ANSWERS = 6  # to one page, of which two must agree
_FIRST_WAIT_S = 1.0
_STARTS = 3  # from the first page, where the rows moved meanwhile
_MOST_ROWS = 5_000_000


class _Moved(Exception):
    """The number of all rows changed between two pages."""


def fetch(origin: Origin, means: Means) -> list[Fetched]:
    """All rows of an API in one file, its pages checked against each other.

    Raises MadangError ``collect_*``; Retry where another attempt is worth it, tomorrow where today's requests are used up.
    """
    walk = _Walk(origin, means)
    for start in range(1, _STARTS + 1):
        path = means.place / f"{origin.dataset}.jsonl"
        try:
            rows = walk.pages(path)
        except _Moved:
            walk.notes.append(Note("collect_moved", {"start": start}))
            continue
        if not rows:
            if walk.none:
                return []
            raise MadangError("collect_no_rows", host=walk.host)
        return [Fetched(path, walk.evidence(path))]
    raise Retry("collect_keeps_moving", host=walk.host, starts=_STARTS)


@dataclass
class _Walk:
    """From page to page."""

    origin: Origin
    means: Means
    notes: list[Note] = field(default_factory=list)
    requests: int = 0
    host: str = ""
    none: bool = False  # the service said that there is nothing
    _first: Evidence | None = None

    def __post_init__(self) -> None:
        self._now = self.means.clock()
        self._deadline = time.monotonic() + self.origin.timeout_s

    def pages(self, path: Path) -> int:
        """Write all rows to `path`; how many."""
        api, written = self.origin.api, 0
        total: int | None = None
        before: list[str] = []
        seen: set[str] = set()
        with open(path, "w", encoding="utf-8") as file:
            for number in range(1, api.most_pages + 1):
                page = self._page(number)
                lines = [_line(row) for row in page.rows]
                total = self._checked(page, number, total, lines, before)
                file.writelines(f"{line}\n" for line in self._fresh(lines, seen))
                before, written, self.none = lines, written + len(lines), page.none
                self.means.tell(written, total, "")
                if self._is_last(page, written, total):
                    break
                if written > _MOST_ROWS or number == api.most_pages:
                    raise MadangError("collect_pages", host=self.host, pages=api.most_pages)
        if total is not None and written < total:
            raise Retry("collect_rows_short", host=self.host, rows=f"{written:,}", total=f"{total:,}")
        return written

    def _page(self, number: int) -> Page:
        """One page; with `confirm` as two answers agree on it."""
        answers = [self._tried(number)]
        while self.origin.api.confirm:
            page = self._tried(number)
            if any(_same(page, other) for other in answers):
                return page
            self._note("collect_disagree", page=number, rows=len(answers[-1].rows), others=len(page.rows))
            answers.append(page)
            if len(answers) > _ANSWERS:
                raise Retry("collect_never_agree", host=self.host, page=number)
        return answers[0]

    def _tried(self, number: int) -> Page:
        """One page, asked for again where what came may pass."""
        for attempt in range(1, _TRIES + 1):
            try:
                return self._asked(number)
            except Retry as error:
                if isinstance(error, Quota) and attempt > 1:  # said twice, it is meant
                    at = tomorrow(self.means.clock(), self.means.chance())
                    raise Retry(error.code, at=at, **error.params) from error
                if attempt == _TRIES or left(self._deadline) <= 0:
                    raise
                self._note(error.code, **error.params)
                self.means.sleep(wait_s(attempt, _FIRST_WAIT_S, self.means.chance()))
        raise AssertionError("every try returns or raises")

    def _asked(self, number: int) -> Page:
        if self.requests:
            self.means.sleep(self.origin.api.pause_ms / 1000)
        url, headers = self._address(number)
        target = self.means.place / "page"
        target.unlink(missing_ok=True)
        short = replace(self.origin, timeout_s=max(1, int(left(self._deadline))))
        quiet = replace(self.means, tell=lambda done, total, step: None)
        self.requests += 1
        got = download(url, headers, target, short, quiet)
        self.host = got.place.named
        for note in got.notes:
            self._note(note.code, **note.params)
        shown = without_secret(self._address(1)[0], self.origin, self.means)
        self._first = self._first or evidence_of(got, shown, self.means.clock())
        body = target.read_bytes()
        page = understood(body, self.origin.api, self.host)
        said = got.headers.get("Content-Type", "").lower()
        if "html" in said:
            self._note("collect_says_html", page=number, type=said[:60])
        return page

    def _address(self, number: int) -> tuple[str, dict[str, str]]:
        """The address of a page, with the key in it, and the headers."""
        origin, api = self.origin, self.origin.api
        rows = api.page_rows
        words = {
            "page": str(number),
            "size": str(rows),
            "first": str((number - 1) * rows + 1),
            "last": str(number * rows),
        }
        headers: dict[str, str] = {}
        parameters = {name: filled(value, self._now, words) for name, value in origin.parameters.items()}
        if api.page:
            parameters.setdefault(api.page, words["page"])
        if api.size:
            parameters.setdefault(api.size, words["size"])
        if origin.secret:
            bare = with_query(filled(origin.address, self._now, {**words, "key": "key"}), {})
            told = origin.secret.value(self.means.environment, bare)
            key = plain_key(told)
            words["key"] = quote(key, safe="")
            if origin.secret.into == "header":
                headers[origin.secret.name] = told
            elif "{key}" not in origin.address:
                parameters[origin.secret.name] = key
        return with_query(filled(origin.address, self._now, words), parameters), headers

    def _checked(
        self, page: Page, number: int, total: int | None, lines: list[str], before: list[str]
    ) -> int | None:
        """Pages that fit together: one total, and no page that is the page before once more."""
        if number > 1 and page.total is not None and total is not None and page.total != total:
            raise _Moved
        if number > 1 and lines and lines == before:
            raise MadangError("collect_same_page", host=self.host, page=number)
        if (
            page.total is not None
            and len(page.rows) > self.origin.api.page_rows
            and number == 1
            and self._paged
        ):
            self._note("collect_page_size", asked=self.origin.api.page_rows, rows=len(page.rows))
        return page.total if total is None else total

    def _fresh(self, lines: list[str], seen: set[str]) -> list[str]:
        """The rows that were not there before, where no two are alike; how many were is noted."""
        if not self.origin.api.distinct:
            return lines
        fresh = [line for line in dict.fromkeys(lines) if line not in seen]
        seen.update(fresh)
        if len(fresh) < len(lines):
            self._note("collect_twice", rows=len(lines) - len(fresh))
        return fresh

    @property
    def _paged(self) -> bool:
        api, address = self.origin.api, self.origin.address
        words = ("{page}", "{first}")
        return bool(api.page) or any(
            w in each for w in words for each in (address, *self.origin.parameters.values())
        )

    def _is_last(self, page: Page, written: int, total: int | None) -> bool:
        if not self._paged or not page.rows:
            return True
        if total is not None:
            return written >= total
        return len(page.rows) < self.origin.api.page_rows

    def _note(self, code: str, **params: Any) -> None:
        self.notes.append(Note(code, params))

    def evidence(self, path: Path) -> Evidence:
        """Where the rows came from."""
        assert self._first is not None  # there are rows
        return replace(
            self._first, etag="", last_modified="", requests=self.requests, size=path.stat().st_size,
            notes=tuple(self.notes),
        )  # fmt: skip


_line: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _same(a: Page, b: Page) -> bool:
    """Whether two answers have the same rows, in whatever order."""
    return a.total == b.total and sorted(map(_line, a.rows)) == sorted(map(_line, b.rows))
