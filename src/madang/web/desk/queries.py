"""The only door from the pages to the core: plain functions that read the workspace and return what pages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from madang.bank import Dataset, Version
from madang.bank.describe import as_of, of_file_name
from madang.declarations.standard import Standard
from madang.messages import text
from madang.web.desk.changes import changes_since, version_line
from madang.web.desk.entries import check_readable, entry_of, last_refused, rhythm_of, standard_of
from madang.web.desk.map_spots import NO_THEME
from madang.web.desk.pages import (
    Catalogue,
    Choice,
    DatasetPage,
    DepositLine,
    Entry,
    Evidence,
    Quality,
    Shelf,
    Title,
    VersionLine,
)
from madang.web.desk.people import people_of
from madang.web.desk.personal import personal_data_of
from madang.web.desk.places import places_of
from madang.web.desk.quality import freshness, quality_of
from madang.web.desk.sample import first_rows
from madang.web.shell import words
from madang.web.shell.masking import personal_of
from madang.web.shell.workspace import bank, workspace
from madang.workspace import Workspace

PER_PAGE = 30
_ON_SHELF = 6  # datasets of a theme that stand in the window
_SEARCH_LIMIT = 200
_SAMPLE_ROWS = 50
_STATES = ("all", "late", "errors", "refused")
_STATE_LABELS = {
    "all": "전체",
    "late": "늦은 데이터",
    "errors": "오류가 있는 데이터",
    "refused": "마지막 입고가 반려됨",
}


# the catalogue ---------------------------------------------------------------------------------------------


def catalogue(
    query: str = "", state: str = "all", theme: str = "", page: int = 1, *, listed: bool = False
) -> Catalogue:
    """The datasets that answer to `query` (all, by title, where it is empty), of a theme, in the state asked for.

    Where nothing is asked for and not all fit on one page they stand by theme, unless `listed`.
    """
    ws = workspace()
    datasets = {dataset.id: dataset for dataset in bank().datasets()}
    if query:
        found = [datasets[hit.id] for hit in ws.search(query, _SEARCH_LIMIT) if hit.id in datasets]
        entries = [entry_of(ws, dataset) for dataset in found]
    else:
        entries = sorted((entry_of(ws, each) for each in datasets.values()), key=lambda entry: entry.title)
    counts = Counter(entry.theme or NO_THEME for entry in entries)
    chosen_theme = theme if theme in counts else ""
    themes = [Choice(name, name, counts[name]) for name in sorted(counts, key=_theme_order)]
    of_theme = [entry for entry in entries if chosen_theme in ("", entry.theme or NO_THEME)]
    of_state = {name: [entry for entry in of_theme if _in_state(entry, name)] for name in _STATES}
    choices = [Choice(name, _STATE_LABELS[name], len(of_state[name])) for name in _STATES]
    chosen = state if state in _STATES else "all"
    found_here = of_state[chosen]
    pages = max(1, -(-len(found_here) // PER_PAGE))
    at = min(max(page, 1), pages)
    shown = found_here[(at - 1) * PER_PAGE : at * PER_PAGE]
    window = not (query or chosen_theme or chosen != "all" or listed or pages == 1 or at > 1)
    return Catalogue(
        shown, len(found_here), len(datasets), query, chosen, choices, at, pages,
        themes=themes, theme=chosen_theme, shelves=_shelves(entries, themes) if window else [],
        people=None if query else people_of(ws, datasets.values()),
    )  # fmt: skip


def _theme_order(name: str) -> tuple[bool, str]:
    return name == NO_THEME, name


def _shelves(entries: list[Entry], themes: list[Choice]) -> list[Shelf]:
    """The first datasets of every theme."""
    by_theme = {
        each.id: [entry for entry in entries if (entry.theme or NO_THEME) == each.id] for each in themes
    }
    return [Shelf(name, len(found), found[:_ON_SHELF]) for name, found in by_theme.items()]


def _in_state(entry: Entry, state: str) -> bool:
    return {
        "all": True,
        "late": entry.freshness.tone == "warn",
        "errors": entry.errors > 0,
        "refused": entry.last_refused is not None or entry.verdict == words.VERDICTS["refused"],
    }[state]


# one dataset -----------------------------------------------------------------------------------------------


def dataset_page(dataset_id: str, n: int | None = None) -> DatasetPage:
    """The page of a dataset, at version n or the live one. Raises MadangError: dataset_missing, version_missing,
    records_damaged."""
    ws = workspace()
    dataset = bank()[dataset_id]
    check_readable(dataset)
    version = dataset.latest if n is None else dataset.version(n)
    card, last = dataset.card, dataset.last_receipt() or {}
    standard = standard_of(ws, card, version)
    lines = _version_lines(ws, dataset)
    hidden = bool(personal_of(dataset, version.columns if version else []))
    return DatasetPage(
        id=dataset.id,
        title=str(card["title"]),
        description=str(card.get("description") or (standard.description if standard else "")),
        card=_card_lines(card, standard, version),
        defects=tuple(str(defect) for defect in card.get("known_defects") or ()),
        as_of=as_of(version) if version else None,
        as_of_named=bool(version and of_file_name(version)),
        freshness=freshness(version, rhythm_of(card, standard), ws.clock().date()),
        last_refused=last_refused(dataset.latest, last),
        version=next((line for line in lines if version and line.n == version.n), None),
        previous=_previous(dataset, version),
        quality=quality_of(version) if version else Quality(),
        columns=version.columns if version else [],
        sample=first_rows(version, _SAMPLE_ROWS),
        evidence=_evidence(version),
        versions=lines,
        others=_other_deposits(dataset),
        left_out=_left_out(version),
        hidden=hidden,
        places=places_of(ws, version, hidden=hidden) if version else None,
        personal=personal_data_of(version, version.columns) if version else None,
    )


def _previous(dataset: Dataset, version: Version | None) -> int | None:
    numbers = [each.n for each in dataset.versions if version and each.n < version.n]
    return numbers[-1] if numbers else None


def _card_lines(
    card: Mapping[str, Any], standard: Standard | None, version: Version | None
) -> list[tuple[str, str]]:
    lines = [("표준", f"{standard.label} {standard.version}판" if standard else "표준 없이 읽음")]
    lines += [(label, words.card_value(key, card[key])) for key, label in words.CARD.items() if card.get(key)]
    if version and version.receipt.get("file"):
        member = version.receipt.get("member")
        lines.append(("원본 파일", f"{version.receipt['file']}" + (f" ({member})" if member else "")))
    return lines


def _version_lines(ws: Workspace, dataset: Dataset) -> list[VersionLine]:
    """Newest first."""
    versions = dataset.versions
    lines = [
        version_line(
            version,
            live=version is versions[-1],
            changes=changes_since(ws, before, version) if before else None,
        )
        for before, version in zip([None, *versions], versions, strict=False)
    ]
    return lines[::-1]


def _other_deposits(dataset: Dataset) -> list[DepositLine]:
    """Deposits that made no version, newest first."""
    made = {version.deposit_id for version in dataset.versions}
    return [
        DepositLine(
            deposit=deposit,
            at=str(receipt.get("at") or "")[:16].replace("T", " "),
            by=str(receipt.get("by") or ""),
            file=str(receipt.get("file") or ""),
            verdict=words.VERDICTS.get(str(receipt.get("verdict")), words.NO_VERDICT),
            reasons=tuple(_reason(each) for each in receipt.get("reasons") or ()),
        )
        for deposit in reversed(dataset.deposits())
        if deposit not in made and (receipt := dataset.receipt(deposit))
    ]


def _reason(reason: Mapping[str, Any]) -> str:
    try:
        return str(reason.get("text") or text(str(reason["code"]), **reason.get("params", {})))
    except KeyError:
        return str(reason.get("code") or "")


def _evidence(version: Version | None) -> list[Evidence]:
    found = []
    for each in (version.facts.get("evidence") or ()) if version else ():
        kind, _, of = str(each["decision"]).partition(":")
        if kind == "type":
            continue  # the table of columns shows these
        value = str(each["value"])
        found.append(
            Evidence(
                decision=words.DECISIONS.get(kind, kind) + (f" {of}" if of else ""),
                value=words.evidence_value(kind, value),
                because=str(each["because"]),
                percent=round(100 * float(each["confidence"])),
            )
        )
    return found


def _left_out(version: Version | None) -> list[tuple[str, int]]:
    counts = (version.facts.get("left_out_counts") or {}) if version else {}
    return [(words.LEFT_OUT.get(kind, kind), int(count)) for kind, count in counts.items()]


def title_of(dataset_id: str) -> Title:
    """Id and title, for pages about one part of a dataset. Raises MadangError("dataset_missing")."""
    return Title(dataset_id, str(bank()[dataset_id].card["title"]))
