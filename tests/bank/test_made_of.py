"""What is made of others: who reads it and what of it is personal, worked out by hand for chains, loops and other names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from madang.access import Person, Thing, can, owner
from madang.bank import Bank, Dataset, made_of
from madang.bank.seen import SeenBank, personal_ever, personal_now, thing_of
from tests.bank.made import LIBRARIES, NOON, make_version

PHONES = {"phone": {"privacy": "personal"}}
CLERK = Person("kim", roles=frozenset({"official"}), posts=frozenset({"도서관팀"}))
OTHER = Person("lee", roles=frozenset({"official"}), posts=frozenset({"분석팀"}))


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    bank = Bank(tmp_path / "bank")
    make_version(bank, "libraries", LIBRARIES)
    card(bank, "libraries", steward="도서관팀")
    return bank


def card(bank: Bank, dataset: str, **said: Any) -> None:
    bank.write_card(dataset, {"title": dataset, **said}, by="t", at=NOON)


def derive(bank: Bank, dataset: str, of: dict[str, int], rows: list[dict[str, Any]], **more: Any) -> int:
    """A version of `dataset` made of these versions of others."""
    inputs = [{"dataset": name, "version": n} for name, n in of.items()]
    made = make_version(bank, dataset, rows, facts={"inputs": inputs}, **more)
    card(bank, dataset, steward="분석팀", made_of=sorted(of))
    return made.n


def declare(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, columns=PHONES)


ALIAS = [{"source_row": 2, "n2": "062-960-0001", "seats": "120"}]


def test_every_name_that_a_personal_column_may_have_taken_is_personal_now(bank: Bank) -> None:
    """Of other names, under the same name, and made of what was made: a chain of three."""
    derive(bank, "same", {"libraries": 1}, LIBRARIES)
    derive(bank, "other", {"libraries": 1}, ALIAS)
    derive(bank, "grandchild", {"same": 1}, LIBRARIES)
    derive(bank, "great", {"grandchild": 1}, ALIAS)
    for name in ("libraries", "same", "other", "grandchild", "great"):
        assert personal_now(bank, name, 1) == frozenset(), name
        assert can(OTHER, "read", thing_of(bank[name])), name
    declare(bank)
    assert personal_now(bank, "libraries", 1) == {"phone"}
    for name, every in (
        ("same", {"name", "seats", "phone"}),
        ("other", {"n2", "seats"}),
        ("grandchild", {"name", "seats", "phone"}),
        ("great", {"n2", "seats"}),
    ):
        dataset = bank[name]
        assert personal_now(bank, name, 1) == every, name
        assert SeenBank(bank, CLERK).view(dataset, dataset.versions[0].columns).masked == every, name
        assert not can(OTHER, "read", thing_of(dataset)), name
        assert thing_of(dataset).steward == "도서관팀", name


def test_what_was_starred_already_when_it_was_read_is_nothing_new(bank: Bank) -> None:
    declare(bank)
    derive(bank, "late", {"libraries": 2}, [{"source_row": 2, "name": "중앙도서관", "phone": "***"}])
    assert personal_now(bank, "late", 1) == frozenset()
    assert can(OTHER, "read", thing_of(bank["late"]))


def test_what_was_starred_by_a_version_before_when_it_was_read_is_nothing_new(bank: Bank) -> None:
    """Rolled back to a version that did not say that the phone is personal: it was starred all the same."""
    declare(bank)
    back = bank.rollback("libraries", 1, by="t", at=NOON)
    assert [c.privacy for c in back.columns] == ["none", "none", "none"]
    derive(bank, "late", {"libraries": back.n}, [{"source_row": 2, "name": "중앙도서관", "phone": "***"}])
    assert personal_now(bank, "late", 1) == frozenset()
    assert can(OTHER, "read", thing_of(bank["late"]))


def test_a_version_made_again_of_starred_columns_is_harmless_and_the_one_before_is_not(bank: Bank) -> None:
    derive(bank, "other", {"libraries": 1}, ALIAS)
    declare(bank)
    derive(bank, "other", {"libraries": 2}, [{"source_row": 2, "n2": "***", "seats": "120"}])
    assert personal_now(bank, "other", 1) == {"n2", "seats"}
    assert personal_now(bank, "other", 2) == frozenset()
    other = bank["other"]
    seen = SeenBank(bank, CLERK)
    assert seen.view(other, other.versions[1].columns, version=2).masked == frozenset()
    assert seen.view(other, other.versions[1].columns).masked == {"n2", "seats"}  # of which, is not told


def test_a_file_brought_to_a_made_table_is_starred_by_the_names_of_both(bank: Bank) -> None:
    """Of the input the phone; and seats, as it is called in the version that was made of it: it may be the phone."""
    derive(bank, "other", {"libraries": 1}, ALIAS)
    make_version(bank, "other", LIBRARIES)
    assert personal_now(bank, "other", 2) == frozenset()
    declare(bank)
    assert personal_now(bank, "other", 2) == {"phone", "seats"}
    assert personal_ever(bank["other"]) >= personal_now(bank, "other", 2)


@pytest.mark.parametrize("columns", [None, {"n2": {"label": "별칭"}}])
def test_a_made_table_that_is_taken_out_and_put_in_again_stays_starred(bank: Bank, columns: Any) -> None:
    """The alias stands in the file under the name that it has in the made table, or under its header."""
    label = {"n2": {"label": "별칭"}} if columns else None
    derive(bank, "other", {"libraries": 1}, ALIAS, columns=label)
    again = {"source_row": 2, ("별칭" if columns else "n2"): "062-960-0001", "opened": "2001"}
    make_version(bank, "other", [again])
    declare(bank)
    assert personal_now(bank, "other", 2) == {"별칭" if columns else "n2"}


def test_a_file_brought_to_a_table_that_was_made_of_starred_columns_is_not_starred(bank: Bank) -> None:
    declare(bank)
    derive(bank, "other", {"libraries": 2}, [{"source_row": 2, "n2": "***", "seats": "120"}])
    make_version(bank, "other", ALIAS)
    assert personal_now(bank, "other", 2) == frozenset()


def test_of_an_input_that_is_gone_nobody_knows_what_was_personal(bank: Bank) -> None:
    derive(bank, "other", {"libraries": 1, "erased": 3}, ALIAS)
    assert personal_now(bank, "other", 1) == {"n2", "seats"}
    assert thing_of(bank["other"]) == Thing("dataset", "other", access="restricted")


@pytest.mark.parametrize("first", ["a", "b", "outside"])
def test_what_is_made_of_itself_is_for_administrators_wherever_one_begins(bank: Bank, first: str) -> None:
    """b of a of b: a was erased and made anew of what had been made of it."""
    derive(bank, "a", {"b": 1, "libraries": 1}, ALIAS)
    derive(bank, "b", {"a": 1}, ALIAS)
    derive(bank, "outside", {"b": 1}, ALIAS)
    lineage = made_of.Lineage(bank.folder)
    for name in dict.fromkeys((first, "a", "b", "outside")):
        assert lineage.thing(name) == Thing("dataset", name, access="restricted"), name
        assert lineage.personal(name, 1) == {"n2", "seats"}, name


def test_records_that_cannot_be_read_close_what_is_made_of_them(bank: Bank) -> None:
    derive(bank, "other", {"libraries": 1}, ALIAS)
    derive(bank, "again", {"other": 1}, ALIAS)
    (bank["other"].deposit_folder(bank["other"].versions[0].deposit_id) / "facts.json").write_text("{")
    assert thing_of(bank["again"]) == Thing("dataset", "again", access="restricted")
    again = bank["again"]
    assert SeenBank(bank, owner("x")).view(again, again.versions[0].columns).masked == {"n2", "seats"}


def test_a_change_at_the_far_end_is_known_at_once(bank: Bank) -> None:
    derive(bank, "same", {"libraries": 1}, LIBRARIES)
    derive(bank, "grandchild", {"same": 1}, LIBRARIES)
    assert can(OTHER, "read", thing_of(bank["grandchild"]))
    card(bank, "libraries", steward="도서관팀", access="restricted")
    assert not can(OTHER, "read", thing_of(bank["grandchild"]))
    card(bank, "libraries", steward="도서관팀", access="internal")
    assert can(OTHER, "read", thing_of(bank["grandchild"]))


LONG = 40


def test_a_chain_of_forty_each_of_the_two_before_is_read_once_each(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each made of the two before it: as many ways from the last to the first as the fortieth number of Fibonacci."""
    names = ["libraries"]
    for n in range(1, LONG + 1):
        derive(bank, f"t{n}", dict.fromkeys(names[-2:], 1), ALIAS)
        names.append(f"t{n}")
    reads: Counter[str] = Counter()
    facts, looks = Dataset.facts, made_of.stamp_of

    def counted_facts(self: Dataset, deposit_id: str) -> dict[str, Any]:
        reads[self.id] += 1
        return facts(self, deposit_id)

    def counted_looks(folder: str) -> made_of.Stamp:
        reads[f"look {Path(folder).name}"] += 1
        return looks(folder)

    monkeypatch.setattr(Dataset, "facts", counted_facts)
    monkeypatch.setattr(made_of, "stamp_of", counted_looks)
    every = len(SeenBank(bank, OTHER).datasets())
    assert every == LONG + 1
    assert set(reads) == {*names, *(f"look {name}" for name in names)}
    assert set(reads.values()) == {1}
    reads.clear()
    SeenBank(bank, OTHER).datasets()
    assert reads == Counter({f"look {name}": 1 for name in names})  # nothing changed: nothing is read
