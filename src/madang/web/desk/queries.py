"""The only door from the pages to the core: plain functions that read the workspace and return what pages show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from madang.access import Verb, can
from madang.bank import Dataset, Version
from madang.bank.describe import as_of, of_file_name, rhythm_of
from madang.bank.seen import closed_by, thing_of
from madang.declarations.standard import Standard
from madang.web.desk.changes import changes_since, version_line
from madang.web.desk.edited import read_at
from madang.web.desk.entries import check_readable
from madang.web.desk.known import last_refused, standard_of
from madang.web.desk.lineage import lineage_of
from madang.web.desk.pages import (
    ColumnSeen,
    DatasetPage,
    DepositLine,
    Evidence,
    Quality,
    Title,
    VersionLine,
)
from madang.web.desk.personal import personal_data_of
from madang.web.desk.places import places_of
from madang.web.desk.quality import freshness, quality_of
from madang.web.desk.sample import first_rows
from madang.web.desk.sketch import Drawn, drawn_columns
from madang.web.shell import words
from madang.web.shell.masking import personal_of
from madang.web.shell.workspace import asker, bank, workspace
from madang.workspace import Workspace

_SAMPLE_ROWS = 50
_VERBS: tuple[Verb, ...] = ("deposit", "edit", "release", "read_personal")


# one dataset -----------------------------------------------------------------------------------------------


def dataset_page(dataset_id: str, n: int | None = None) -> DatasetPage:
    """The page of a dataset, at version n or the live one. Raises MadangError: dataset_missing, version_missing,
    records_damaged."""
    ws = workspace()
    dataset = bank().may("read", dataset_id)
    check_readable(dataset)
    version = dataset.latest if n is None else dataset.version(n)
    view = bank().view(dataset, version.columns if version else [])
    drawn = drawn_columns(version, view) if version else {}
    card, last = dataset.card, dataset.last_receipt() or {}
    standard = standard_of(ws.standards, card, version)
    lines = _version_lines(ws, dataset)
    hidden = bool(personal_of(dataset, version.columns if version else []))
    return DatasetPage(
        id=dataset.id,
        title=str(card["title"]),
        description=str(card.get("description") or (standard.description if standard else "")),
        card=_card_lines(dataset, card, standard, version),
        defects=tuple(str(defect) for defect in card.get("known_defects") or ()),
        as_of=as_of(version) if version else None,
        as_of_named=bool(version and of_file_name(version)),
        freshness=freshness(version, rhythm_of(card, version), ws.clock().date()),
        last_refused=words.LAST_REFUSED if last_refused(dataset.latest, last) else None,
        version=next((line for line in lines if version and line.n == version.n), None),
        previous=_previous(dataset, version),
        quality=quality_of(version) if version else Quality(),
        columns=version.columns if version else [],
        sample=first_rows(version, _SAMPLE_ROWS, view),
        evidence=_evidence(version),
        versions=lines,
        others=_other_deposits(dataset),
        left_out=_left_out(version),
        hidden=hidden,
        places=places_of(ws, version, hidden=hidden) if version and not view.own_rows else None,
        personal=personal_data_of(version, version.columns) if version else None,
        not_for=tuple(str(each) for each in card.get("not_for") or ()),
        lineage=lineage_of(version) if version else None,
        columns_seen=_columns_seen(version, standard, drawn or {}),
        counting=drawn is None,
        may=frozenset(verb for verb in _VERBS if can(asker(), verb, thing_of(dataset))),
        only_own=bool(view.own_rows),
        today=ws.clock().date().isoformat(),
        read_at=_read_at(version),
    )


def _read_at(version: Version | None) -> int:
    found = read_at(version) if version else None
    return found.n if version and found and found.n != version.n else 0


def _columns_seen(
    version: Version | None, standard: Standard | None, drawn: Mapping[str, Drawn]
) -> list[ColumnSeen]:
    """The columns with their meaning: as the version has it, else as the standard says."""
    said = {column.name: column.description for column in standard.columns} if standard else {}
    return [
        ColumnSeen(column, column.description or said.get(column.standard or "", ""), drawn.get(column.name))
        for column in (version.columns if version else ())
    ]


def _previous(dataset: Dataset, version: Version | None) -> int | None:
    numbers = [each.n for each in dataset.versions if version and each.n < version.n]
    return numbers[-1] if numbers else None


def _card_lines(
    dataset: Dataset, card: Mapping[str, Any], standard: Standard | None, version: Version | None
) -> list[tuple[str, str]]:
    if access := _access(dataset, card):
        card = {**card, "access": access}
    lines = [(_("표준"), _standard(standard))]
    lines += [(label, words.card_value(key, card[key])) for key, label in words.CARD.items() if card.get(key)]
    if version and version.receipt.get("file"):
        member = version.receipt.get("member")
        lines.append((_("원본 파일"), f"{version.receipt['file']}" + (f" ({member})" if member else "")))
    return lines


def _access(dataset: Dataset, card: Mapping[str, Any]) -> str:
    """Who may read it in truth, and because of what it is made of, where that is why; "" where nothing says it."""
    closers = closed_by(dataset)
    if not closers and not card.get("access"):
        return ""
    access = words.card_value("access", thing_of(dataset).access)
    if not closers:
        return access
    seen = bank()
    titles = {
        str(seen[name].card["title"]) if name in seen else _("지금 읽을 수 없는 데이터") for name in closers
    }
    return _("%(access)s (%(datasets)s 때문에)") % {"access": access, "datasets": ", ".join(sorted(titles))}


def _standard(standard: Standard | None) -> str:
    if standard is None:
        return _("표준 없이 읽음")
    return _("%(standard)s %(version)s판") % {"standard": standard.label, "version": standard.version}


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
            reasons=tuple(words.reason(each) for each in receipt.get("reasons") or ()),
        )
        for deposit in reversed(dataset.deposits())
        if deposit not in made and (receipt := dataset.receipt(deposit))
    ]


def _evidence(version: Version | None) -> list[Evidence]:
    found = []
    for each in (version.facts.get("evidence") or ()) if version else ():
        kind, _colon, of = str(each["decision"]).partition(":")
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
