"""Fetches one file over HTTP: conditionally, resumed where it broke off, every redirect checked anew."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

from madang.bank.durable import SEOUL
from madang.bank.ids import file_name, within
from madang.collect.address import Place, checked
from madang.collect.fetched import Evidence, Fetched, Means, Note, Retry
from madang.collect.line import Reply, asked, left
from madang.collect.origin import Origin
from madang.collect.placeholders import filled
from madang.collect.sniff import check_data
from madang.messages import MadangError

_REDIRECTS = 5
_RESUMES = 5
_UNCHANGED = 304


@dataclass
class Got:
    """A body on disk and what its answer said; `path` None where it was not sent because nothing is new."""

    path: Path | None
    status: int
    headers: Mapping[str, str]
    place: Place
    notes: list[Note] = field(default_factory=list)
    requests: int = 1


def fetch(origin: Origin, means: Means) -> list[Fetched]:
    """The file behind an origin's address; nothing where the server says that it is as before.

    Raises MadangError ``collect_*``; Retry where another attempt is worth it.
    """
    url, headers = address_of(origin, means)
    shown = without_secret(url, origin, means)
    known = means.remembered if means.remembered.get("url") == shown else {}
    if known.get("etag"):
        headers["If-None-Match"] = known["etag"]
    if known.get("last_modified"):
        headers["If-Modified-Since"] = known["last_modified"]
    got = download(url, headers, means.place / "file", origin, means)
    if got.path is None:
        return []
    check_data(got.path, got.headers.get("Content-Type", ""), html=origin.html, host=got.place.host)
    evidence = evidence_of(got, shown, means.clock())
    return [Fetched(got.path.rename(means.place / name_of(got, origin)), evidence)]


def address_of(origin: Origin, means: Means) -> tuple[str, dict[str, str]]:
    """The whole address with the day's parameters and the key in it, and the headers that the origin needs."""
    now = means.clock()
    url = filled(origin.address, now)
    parameters = {name: filled(value, now) for name, value in origin.parameters.items()}
    headers = {}
    if origin.secret:
        key = origin.secret.value(means.environment, with_query(url, {}))
        if origin.secret.into == "header":
            headers[origin.secret.name] = key
        else:
            parameters[origin.secret.name] = plain_key(key)
    return with_query(url, parameters), headers


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """An address with parameters added, everything in it escaped as an address must be."""
    bare = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    return f"{bare}{'&' if '?' in bare else '?'}{urlencode(parameters)}" if parameters else bare


def plain_key(key: str) -> str:
    """A key as it is: the portal hands out each key twice, once already escaped for addresses."""
    return unquote(key) if re.search(r"%[0-9A-Fa-f]{2}", key) else key


def without_secret(said: str, origin: Origin, means: Means) -> str:
    """`said` with the origin's key starred, in any spelling."""
    if origin.secret is None:
        return said
    key = means.environment.get(origin.secret.variable, "").strip()
    plain = plain_key(key)
    for spelling in sorted(
        {key, plain, quote(plain, safe=""), urlencode({"": plain})[1:]}, key=len, reverse=True
    ):
        if spelling:
            said = said.replace(spelling, "***")
    return said


def download(url: str, headers: Mapping[str, str], path: Path, origin: Origin, means: Means) -> Got:
    """The body behind an address in `path`; all of it within the origin's time and size.

    A body that breaks off is asked for from there on, where the server can do that and says that it is the same one.
    """
    deadline = time.monotonic() + origin.timeout_s
    requests = 0
    notes: list[Note] = []
    got: Got | None = None
    while True:
        done = path.stat().st_size if got and path.exists() else 0
        more = resuming(got, done) if got else {}
        try:
            requests += 1
            got = _one(url, {**headers, **more}, path, origin, means, deadline, done)
            return Got(got.path, got.status, got.headers, got.place, [*notes, *got.notes], requests)
        except _Broken as broken:
            got = broken.got
            size = path.stat().st_size if path.exists() else 0
            if not resuming(got, size) or requests > _RESUMES or left(deadline) <= 1:
                raise broken.error from broken
            notes.append(Note("collect_resumed", {"size": f"{size:,}"}))


class _Broken(Exception):
    """A body that broke off: `got` is what came before, `error` what it is without a second try."""

    def __init__(self, got: Got, error: Retry) -> None:
        super().__init__(error.code)
        self.got, self.error = got, error


def resuming(got: Got, done: int) -> dict[str, str]:
    """Headers that ask for the rest of a body; none where the server would not understand them."""
    mark = got.headers.get("ETag", "") or got.headers.get("Last-Modified", "")
    plain = got.headers.get("Content-Encoding", "identity").lower() in ("", "identity")
    can = got.status == 206 or "bytes" in got.headers.get("Accept-Ranges", "").lower()
    if not (done and mark and plain and can) or mark.startswith("W/"):
        return {}
    return {"Range": f"bytes={done}-", "If-Range": mark}


def _one(
    url: str, headers: Mapping[str, str], path: Path, origin: Origin, means: Means, deadline: float, done: int
) -> Got:
    """One request with its redirects."""
    first = current = checked(url, means.allowed, resolve=means.resolve)
    sent = dict(headers)
    for _ in range(_REDIRECTS + 1):
        with asked(current, sent, seconds=left(deadline), ca_file=means.allowed.ca_file) as reply:
            if reply.status in (301, 302, 303, 307, 308):
                url = urljoin(url, reply.headers.get("Location", ""))
                was, current = current, checked(url, means.allowed, resolve=means.resolve)
                if was.scheme == "https" and current.scheme == "http":
                    raise MadangError("collect_downgrade", host=current.host)
                if (current.host, current.port) != (first.host, first.port) and origin.secret:
                    sent.pop(origin.secret.name, None)  # a key for one host is not told another
                continue
            got = Got(path, reply.status, reply.headers, current)
            if reply.status == _UNCHANGED and ("If-None-Match" in sent or "If-Modified-Since" in sent):
                return Got(None, reply.status, reply.headers, current)
            _check_status(reply, means.clock, means.chance)
            _save(reply, got, path, origin.most_mb * 2**20, done, lambda n, t: means.tell(n, t, ""))
            return got
    raise MadangError("collect_redirects", host=current.host)


def _save(
    reply: Reply, got: Got, path: Path, most: int, done: int, tell: Callable[[int, int | None], None]
) -> None:
    """Write the body to `path`, after the `done` bytes that are there where the server goes on from them."""
    goes_on = reply.status == 206 and reply.headers.get("Content-Range", "").startswith(f"bytes {done}-")
    if reply.status == 206 and not goes_on:
        raise MadangError("collect_status", host=reply.host, status=reply.status)
    start = done if goes_on else 0
    total = start + reply.length if reply.length is not None else None
    with open(path, "ab" if goes_on else "wb") as file:
        try:
            for piece in reply.pieces(most - start):
                file.write(piece)
                tell(file.tell(), total)
        except Retry as error:
            file.flush()
            if error.code == "collect_cut":
                raise _Broken(got, error) from error
            raise


def _check_status(reply: Reply, clock: Callable[[], datetime], chance: Callable[[], float]) -> None:
    """Raises for an answer that is no body. MadangError: collect_denied, collect_gone, collect_status; Retry of the latter."""
    status = reply.status
    if status in (200, 206):
        return
    said = {"host": reply.host, "status": status}
    if status in (401, 403, 407):
        raise MadangError("collect_denied", **said)
    if status in (404, 410):
        raise MadangError("collect_gone", **said)
    if status in (408, 425, 429) or status >= 500:
        raise Retry("collect_status", at=_after(reply.headers.get("Retry-After", ""), clock()), **said)
    raise MadangError("collect_status", **said)


def _after(said: str, now: datetime) -> datetime | None:
    """When a server wants to be asked again; a day from now at most."""
    try:
        at = now + timedelta(seconds=int(said)) if said.strip().isdigit() else parsedate_to_datetime(said)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=SEOUL)
    return min(max(at, now), now + timedelta(days=1))


def name_of(got: Got, origin: Origin) -> str:
    """What the file is called: as the server says, else as the address ends; with the dataset's name where that says nothing."""
    message = Message()
    message["Content-Disposition"] = got.headers.get("Content-Disposition", "")
    said = message.get_filename() or unquote(urlsplit(got.place.target).path.rsplit("/", 1)[-1])
    kept = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "", said).strip(". ")
    ending = within(Path(kept).suffix, 20)
    return file_name(kept) if ending and kept != ending else f"{within(origin.dataset, 200)}{ending}"


def evidence_of(got: Got, shown: str, now: datetime) -> Evidence:
    """Where a file came from, for the record."""
    headers = got.headers
    return Evidence(
        url=shown, at=now, status=got.status, etag=headers.get("ETag", "")[:200],
        last_modified=headers.get("Last-Modified", "")[:60], content_type=headers.get("Content-Type", "")[:100],
        size=got.path.stat().st_size if got.path else 0, requests=got.requests, notes=tuple(got.notes),
    )  # fmt: skip
