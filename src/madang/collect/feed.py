"""RSS and Atom: entries as rows. What was seen stays, what is new is added, what was corrected is corrected."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from lxml import etree, html

from madang.bank.durable import SEOUL
from madang.collect.fetched import Evidence, Fetched, Means, Note, Retry
from madang.collect.http import address_of, download, evidence_of, without_secret
from madang.collect.origin import Origin
from madang.collect.sniff import check_data
from madang.messages import MadangError

KEYS = ("id", "title", "link", "published", "summary")
_NAMES = {
    "id": ("guid", "id", "link"),
    "title": ("title",),
    "published": ("pubDate", "published", "date", "updated"),
    "summary": ("description", "summary", "encoded", "content"),
}
_LONGEST = 20_000
Entry = dict[str, str]


def fetch(origin: Origin, means: Means) -> list[Fetched]:
    """All entries ever seen, in one file of JSON lines; nothing where the feed is as before.

    Raises MadangError: collect_feed, collect_no_rows and those of HTTP; Retry.
    """
    url, headers = address_of(origin, means)
    shown = without_secret(url, origin, means)
    if means.remembered.get("url") == shown and means.previous is not None:
        if means.remembered.get("etag"):
            headers["If-None-Match"] = means.remembered["etag"]
        if means.remembered.get("last_modified"):
            headers["If-Modified-Since"] = means.remembered["last_modified"]
    got = download(url, headers, means.place / "feed", origin, means)
    if got.path is None:
        return []
    check_data(got.path, got.headers.get("Content-Type", ""), html=False, host=got.place.host)
    fresh = entries(got.path.read_bytes(), got.place.host)
    if not fresh:
        raise MadangError("collect_no_rows", host=got.place.host)
    before = _before(means.previous)
    merged, new, changed = merge(before, fresh)
    path = means.place / f"{origin.dataset}.jsonl"
    line = json.JSONEncoder(ensure_ascii=False).encode
    path.write_text("".join(f"{line(entry)}\n" for entry in merged), encoding="utf-8")
    note = Note("collect_entries", {"new": new, "changed": changed, "all": len(merged)})
    evidence: Evidence = evidence_of(got, shown, means.clock())
    return [Fetched(path, Evidence(**{**vars(evidence), "notes": (*evidence.notes, note)}))]


def entries(body: bytes, host: str) -> list[Entry]:
    """The entries of a feed, as they stand in it. Raises Retry("collect_answer_cut"), MadangError("collect_feed")."""
    if b"<!ENTITY" in body[:65_536]:
        raise MadangError("collect_feed", host=host)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise Retry("collect_answer_cut", host=host, size=f"{len(body):,}") from error
    kind = etree.QName(root).localname.lower()
    if kind not in ("rss", "feed", "rdf"):
        raise MadangError("collect_feed", host=host)
    found = root.iter("{*}item", "{*}entry")
    return [entry for entry in map(_entry, found) if entry["id"]]


def merge(before: list[Entry], fresh: list[Entry]) -> tuple[list[Entry], int, int]:
    """The entries of before with the fresh ones: (all, how many are new, how many were changed)."""
    known = {entry["id"]: entry for entry in before}
    new = changed = 0
    for entry in reversed(fresh):  # feeds have the newest first; what is kept grows at its end
        there = known.get(entry["id"])
        new += there is None
        changed += there is not None and there != entry
        known[entry["id"]] = entry
    return list(known.values()), new, changed


def _before(previous: Path | None) -> list[Entry]:
    """What the last version came from. Anything else than our own lines counts for nothing."""
    if previous is None:
        return []
    found = []
    for line in previous.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            return []
        if not isinstance(entry, dict) or not entry.get("id"):
            return []
        found.append({key: str(entry.get(key) or "") for key in KEYS})
    return found


def _entry(element: Any) -> Entry:
    children: dict[str, Any] = {}
    for child in element:
        if isinstance(child.tag, str):
            children.setdefault(etree.QName(child).localname, child)
    found = {key: _first(children, names) for key, names in _NAMES.items()}
    link = _link(element, children)
    return {
        "id": found["id"] or link,
        "title": plain(found["title"])[:500],
        "link": link,
        "published": moment(found["published"]),
        "summary": plain(found["summary"])[:_LONGEST],
    }


def _first(children: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        if name in children and (said := " ".join("".join(children[name].itertext()).split())):
            return said
    return ""


def _link(element: Any, children: dict[str, Any]) -> str:
    """Where the entry leads; only an address of the web is one."""
    links = element.findall("{*}link")
    chosen = next((each for each in links if each.get("rel", "alternate") == "alternate"), None)
    said = (chosen.get("href") if chosen is not None else "") or _first(children, ("link",))
    return said if said.startswith(("http://", "https://")) else ""


def plain(said: str) -> str:
    """A text without markup, whatever was meant by it."""
    if "<" in said or "&" in said:
        try:
            tree = html.fromstring(f"<div>{said}</div>")
            etree.strip_elements(tree, "script", "style", with_tail=False)
            said = " ".join(map(str, tree.itertext()))
        except (etree.ParserError, ValueError):
            return ""
    return " ".join(said.split())


def moment(said: str) -> str:
    """A time as 2026-11-22 09:30:00 on the wall in Korea; as it was written where it is none we know."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = read(said.strip())
        except (ValueError, TypeError, IndexError):
            continue
        at = at if at.tzinfo else at.replace(tzinfo=SEOUL)
        return at.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M:%S")
    return said[:60]
