"""What is about to be published: made of the rows of now, protected together with all that was published before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from madang.bank import Bank, Version
from madang.bank.describe import data_day
from madang.bank.made_from import erased_since
from madang.bank.seen import thing_of
from madang.declarations.standard import Standard
from madang.engine.duck import connect
from madang.messages import MadangError, text
from madang.release import joint, ledger
from madang.release.cube import Cube, cube
from madang.release.decision import Decision
from madang.release.decisions import Decisions
from madang.release.exposed import check_exposed, columns_now, starred
from madang.release.publish import Made
from madang.release.relations import found_relations
from madang.release.rows import rows
from madang.release.screening import screen
from madang.release.shown import labelled, made_of
from madang.release.tables import Table

Steps = Callable[[int, int | None, str], None]  # done, of how many (None: not known), in words


def no_steps(done: int, total: int | None, step: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Prepared:
    """An edition about to be published."""

    decision: Decision
    version: Version
    made: Made
    tables: tuple[tuple[str, Table], ...] = ()


@dataclass(frozen=True)
class Maker:
    """Makes of the datasets of `bank` what leaves it; half-made things lie in `workshop`."""

    bank: Bank
    decisions: Decisions
    workshop: Path
    standards: Mapping[str, Standard]
    steps: Steps

    def prepare(self, decisions: Sequence[Decision], n: int | None = None) -> list[Prepared]:
        """What would be published by `decisions`, which are protected together: of version `n` of their dataset, or of the
        live ones. Raises MadangError: ``release_*``, dataset_missing, version_missing, no_version."""
        versions = [self._checked(decision, n) for decision in decisions]
        self.steps(0, None, text("release_step_rows"))
        with connect(temp_dir=self.workshop) as con:
            cubes: dict[int, tuple[Cube, dict[str, Table]]] = {}
            for number, (decision, version) in enumerate(zip(decisions, versions, strict=True)):
                if decision.table:
                    table = cube(con, version.files, decision)
                    cubes[number] = (table, ledger.tables_of(table, decision, _period(version)))
            hidden = self._hidden(con, cubes, {v.dataset.id: v for v in versions})
            prepared = []
            for number, (decision, version) in enumerate(zip(decisions, versions, strict=True)):
                tables = hidden.get(number, {})
                if number in cubes:
                    made = made_of(cubes[number][0], tables, decision, version)
                else:
                    told = columns_now(self.bank, version)
                    found = rows(con, version, decision, told)
                    made = Made(found.table, found.columns, starred=starred(decision, told))
                standard = self.standards.get(str(version.dataset.card.get("standard") or ""))
                made = replace(made, columns=labelled(made.columns, standard))
                self.steps(number, len(decisions), text("release_step_screen"))
                screen(made.table, made.columns, _said(decision, version))
                prepared.append(Prepared(decision, version, made, tuple(tables.items())))
        return prepared

    def _checked(self, decision: Decision, n: int | None) -> Version:
        """The version to be published, where all that the decision lets out may leave."""
        dataset = self.bank[decision.dataset]
        version = dataset.latest if n is None else dataset.version(n)
        if version is None:
            raise MadangError("no_version", dataset=decision.dataset)
        if thing_of(dataset).access == "restricted" and not decision.restricted_ground.strip():
            raise MadangError("release_restricted", dataset=decision.dataset)
        if decision.verdict != "open":
            raise MadangError("release_nothing", edition=decision.edition)
        check_exposed(decision, columns_now(self.bank, version))
        if erased := erased_since(self.bank, dataset.id, version.n):
            raise MadangError("release_input_erased", dataset=dataset.id, inputs=", ".join(erased))
        return version

    def _hidden(
        self, con: Any, cubes: dict[int, tuple[Cube, dict[str, Table]]], versions: dict[str, Version]
    ) -> dict[int, dict[str, Table]]:
        if not cubes:
            return {}
        self.steps(0, None, text("release_step_hide"))
        new = [
            (number, name, table) for number, (_, tables) in cubes.items() for name, table in tables.items()
        ]
        published = list(ledger.entries(self.decisions.folder))
        newest = {entry.dataset: entry.version for entry in published}

        def again(entry: ledger.Entry) -> Table | None:
            with suppress(MadangError, StopIteration):
                version = versions.get(entry.dataset) or self.bank[entry.dataset].version(
                    newest[entry.dataset]
                )
                if version.n == entry.version and not version.erased:
                    return entry.table
                history = self.decisions.history(entry.table.edition)
                decision = next(each for each in history if each.number == entry.decision)
                made = cube(con, version.files, decision)
                return ledger.tables_of(made, decision, _period(version))[entry.measure]
            return None

        relations = found_relations(self.bank)
        done = joint.hide([table for _, _, table in new], published, again, relations)
        found: dict[int, dict[str, Table]] = {}
        for (number, name, _), table in zip(new, done, strict=True):
            found.setdefault(number, {})[name] = table
        return found


def _period(version: Version) -> str:
    day = data_day(version)
    return f"{day:%Y-%m}" if day else ""


def _said(decision: Decision, version: Version) -> dict[str, str]:
    card = version.dataset.card
    return {
        "title": decision.title or str(card["title"]), "description": decision.description,
        "document": decision.document, "ground": decision.ground, "post": decision.post,
    }  # fmt: skip
