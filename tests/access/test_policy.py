"""Who may do what, said by hand for every role."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from madang.access import ANONYMOUS, ROLES, VERBS, Person, Thing, can, check, of_card, owner, view
from madang.messages import MadangError

POST = "교통과 주차관리팀"
INTERNAL = Thing("dataset", "주차장", steward=POST)
RESTRICTED = Thing("dataset", "체납", access="restricted", steward=POST, readers=frozenset({"감사실"}))


@dataclass
class Column:
    name: str
    privacy: str = "none"


def person(role: str, *, post: str = "", department: str = "") -> Person:
    return Person(
        "kim",
        roles=frozenset({role}),
        posts=frozenset({post} - {""}),
        departments=frozenset({department} - {""}),
    )  # type: ignore[arg-type]


def may(who: Person, thing: Thing) -> set[str]:
    return {verb for verb in VERBS if can(who, verb, thing)}


def test_nobody_in_particular_and_residents_reach_nothing_of_the_bank() -> None:
    public = Thing("dataset", "공원", access="public")
    assert may(ANONYMOUS, public) == may(person("resident"), public) == set()


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        ("official", {"see", "read", "fill"}),
        ("executive", {"see", "read", "fill"}),
        ("analyst", {"see", "read", "fill", "query"}),
        ("steward", {"see", "read", "fill", "create", "open_round"}),
        ("administrator", set(VERBS)),
    ],
)
def test_what_a_role_alone_gives_on_a_table_of_others(role: str, verbs: set[str]) -> None:
    assert may(person(role), INTERNAL) == verbs


def test_the_post_in_charge_deposits_and_edits_and_only_a_steward_opens() -> None:
    assert may(person("official", post=POST), INTERNAL) == {
        "see", "read", "fill", "read_personal", "deposit", "edit", "collect",
    }  # fmt: skip
    assert "release" in may(person("steward", post=POST), INTERNAL)


def test_a_restricted_table_is_for_its_steward_and_named_readers() -> None:
    assert "see" not in may(person("analyst"), RESTRICTED)
    assert may(person("official", department="감사실"), RESTRICTED) == {"see", "read", "fill"}
    with pytest.raises(MadangError) as error:
        check(person("analyst"), "read", RESTRICTED)
    assert error.value.code == "dataset_missing"  # not even that it exists


def test_a_card_with_an_unknown_access_is_restricted() -> None:
    assert of_card("a", {"access": "everybody"}).access == "restricted"
    assert of_card("a", {}).access == "internal"


def test_the_owner_of_the_workspace_may_do_everything() -> None:
    assert may(owner("lee"), RESTRICTED) == set(VERBS)
    assert owner("lee").roles == set(ROLES)


def test_personal_columns_are_masked_unless_asked_for_with_the_right_to() -> None:
    columns = [Column("a"), Column("전화", "personal")]
    assert view(person("official"), INTERNAL, columns).masked == {"전화"}
    assert view(person("official", post=POST), INTERNAL, columns).masked == {"전화"}
    assert view(person("official", post=POST), INTERNAL, columns, personal=True).masked == set()
    with pytest.raises(MadangError, match="권한"):
        view(person("analyst"), INTERNAL, columns, personal=True)


def test_rows_of_ones_own() -> None:
    thing = Thing("dataset", "실적", own_rows="부서", steward=POST)
    assert view(person("official", department="교통과"), thing, []).own_values == ("교통과",)
    assert view(person("official"), thing, []).own_values == ()  # no row at all, not every row
    assert view(person("official", post=POST), thing, []).own_rows == ""
