"""The bank as one person sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import made_up_bank
from madang.access import ANONYMOUS, Person, owner
from madang.bank.durable import SEOUL
from madang.bank.personal import personal_names
from madang.bank.seen import SeenBank
from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError
from madang.workspace import Workspace

OFFICIAL = Person("kim", roles=frozenset({"official"}))
AUDITOR = Person("lee", roles=frozenset({"official"}), departments=frozenset({"감사실"}))


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    ws = made_up_bank.make(tmp_path / "city")
    card = {**ws.bank[made_up_bank.PARKING].card, "access": "restricted", "readers": ["감사실"]}
    ws.bank.write_card(made_up_bank.PARKING, card, by="t", at=made_up_bank.START.astimezone(SEOUL))
    return ws


def test_a_restricted_dataset_is_missing_for_those_who_may_not_see_it(city: Workspace) -> None:
    everything = {each.id for each in city.bank.datasets()}
    seen = SeenBank(city.bank, OFFICIAL)
    assert {each.id for each in seen.datasets()} == everything - {made_up_bank.PARKING}
    assert made_up_bank.PARKING not in seen
    with pytest.raises(MadangError) as error:
        seen[made_up_bank.PARKING]
    assert error.value.code == "dataset_missing"
    assert seen.bank[made_up_bank.PARKING].id == made_up_bank.PARKING


def test_named_readers_and_the_owner_see_it(city: Workspace) -> None:
    assert SeenBank(city.bank, AUDITOR)[made_up_bank.PARKING].id == made_up_bank.PARKING
    assert SeenBank(city.bank, owner("x"))[made_up_bank.PARKING].id == made_up_bank.PARKING
    assert SeenBank(city.bank, ANONYMOUS).datasets() == []


def test_reading_is_no_right_to_deposit(city: Workspace) -> None:
    with pytest.raises(MadangError) as error:
        SeenBank(city.bank, AUDITOR).may("deposit", made_up_bank.PARKING)
    assert error.value.code == "access_denied"


def version(n: int, privacy: str | None, kind: str = "deposit") -> Any:
    columns = [DatasetColumn("이름", "이름", "text", privacy=privacy)] if privacy else []  # type: ignore[arg-type]
    return SimpleNamespace(n=n, deposit_id=str(n), columns=columns, kind=kind)


def names(*versions: Any) -> frozenset[str]:
    folder = Path("/nowhere") / str(versions)
    return personal_names(SimpleNamespace(folder=folder, versions=list(versions)))  # type: ignore[arg-type]


def test_what_was_declared_personal_once_stays_so_through_rollbacks_and_lost_columns() -> None:
    """Versions of a list: harmless by mistake, declared, rolled back to the first; then without the column."""
    harmless, declared = version(1, "none"), version(2, "personal")
    assert names(harmless) == frozenset()
    assert names(harmless, declared) == {"이름"}
    assert names(harmless, declared, version(3, "none", "rollback")) == {"이름"}
    assert names(harmless, declared, version(3, None)) == {"이름"}
    assert names(declared, version(3, "none")) == frozenset()  # looked at again, and called harmless


@pytest.mark.parametrize("kind", ["edit", "rekey", "merge"])
def test_only_a_deposit_calls_a_column_harmless(kind: str) -> None:
    """Rolled back to a version that did not say so, then changed: nobody has looked at the column."""
    harmless, declared, back = version(1, "none"), version(2, "personal"), version(3, "none", "rollback")
    assert names(harmless, declared, back, version(4, "none", kind)) == {"이름"}
    assert names(harmless, declared, back, version(4, "none"), version(5, "none", kind)) == frozenset()
    assert names(harmless, version(2, "personal", kind), version(3, "none", kind)) == {"이름"}


@pytest.mark.parametrize("declared", ["name", "label"])
def test_a_personal_column_is_starred_by_its_name_and_by_its_header(city: Workspace, declared: str) -> None:
    """The live version calls a column personal; an older one has it under another name, or under another header."""
    dataset = city.bank[made_up_bank.PARKING]
    live = dataset.versions[-1].columns
    own = live[0]
    private = replace(own, privacy="personal")
    dataset.versions[-1].__dict__["columns"] = [private, *live[1:]]
    older = replace(own, name="other_name") if declared == "label" else replace(own, label="다른 머리글")
    found = SeenBank(city.bank, AUDITOR).view(dataset, [older, live[1]])
    assert found.masked == {older.name}
    assert personal_names(dataset) >= {own.name, own.label}
