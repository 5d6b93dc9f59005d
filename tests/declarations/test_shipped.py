"""The shipped standards carry exactly the headers that the public forms have."""

from __future__ import annotations

import tomllib

import duckdb
import pytest

from madang.declarations.headers import forms, normalise
from madang.declarations.load import SHIPPED, load_standard, load_standards
from madang.declarations.sql import columns_in
from madang.declarations.standard import Standard
from tests.declarations.public_forms import (
    LIBRARY,
    LIBRARY_30,
    LICENCE_NEW,
    LICENCE_NEWEST,
    LICENCE_OLD,
    PARKING,
    TOILET,
    TOILET_OLDER,
    headers,
)

STANDARDS = load_standards(SHIPPED)


def mapped(standard: Standard, header: str) -> str | None:
    known = {normalise(alias): column.name for column in standard.columns for alias in column.aliases}
    return next((known[form] for form in forms(header) if form in known), None)


@pytest.mark.parametrize(
    ("id_", "text", "count"),
    [
        ("library", LIBRARY, 28),
        ("library", LIBRARY_30, 30),
        ("parking", PARKING, 34),
        ("public-toilet", TOILET, 34),
        ("public-toilet", TOILET_OLDER, 21),
        ("licence", LICENCE_OLD, 32),
        ("licence", LICENCE_NEW, 25),
        ("licence", LICENCE_NEWEST, 25),
    ],
)
def test_every_published_header_has_its_column(id_: str, text: str, count: int) -> None:
    found = {header: mapped(STANDARDS[id_], header) for header in headers(text)}
    assert len(found) == count
    assert [header for header, column in found.items() if column is None] == []
    assert len(set(found.values())) == count, "two headers on one column"


def test_old_and_new_licence_headers_meet_in_the_same_columns() -> None:
    licence = STANDARDS["licence"]
    for old, new in [
        ("영업상태구분코드", "영업상태코드"),
        ("소재지전화", "소재지전화번호"),
        ("소재지전체주소", "지번주소"),
        ("도로명전체주소", "도로명주소"),
        ("데이터갱신일자", "데이터갱신시점"),
        ("좌표정보(X)", "좌표X"),
    ]:
        assert mapped(licence, old) == mapped(licence, new) is not None


def test_required_columns_and_keys() -> None:
    assert STANDARDS["library"].key_for(["library_name", "sido_name", "sigungu_name", "road_address"]) == (
        "library_name", "sido_name", "sigungu_name", "road_address",
    )  # fmt: skip
    assert STANDARDS["licence"].key == ("authority_code", "licence_number")
    assert STANDARDS["public-toilet"].key_for(["toilet_name", "road_address"]) == ()
    assert [STANDARDS[id_].public_id for id_ in ("library", "parking", "public-toilet")] == [
        "15013109", "15012896", "15012892",
    ]  # fmt: skip


def test_units_stand_in_the_names() -> None:
    """A quantity that is not a plain count names its unit, so that nobody adds won to thousands of won."""
    for standard in STANDARDS.values():
        for column in standard.columns:
            suffix = {"원": "_krw", "㎡": "_m2", "m": "_m", "명": ("_count", "_persons")}.get(
                column.unit or ""
            )
            assert suffix is None or column.name.endswith(suffix), (standard.id, column.name)


def test_one_name_holds_one_thing_in_all_standards() -> None:
    """The law of names (docs/how-to/add-a-standard.md): one name has one type, one unit and one format everywhere."""
    found: dict[str, dict[tuple[str, str | None, str], list[str]]] = {}
    for standard in STANDARDS.values():
        for column in standard.columns:
            format_ = column.format.replace("_local", "")
            found.setdefault(column.name, {}).setdefault((column.type, column.unit, format_), []).append(
                standard.id
            )
    assert {name: kinds for name, kinds in found.items() if len(kinds) > 1} == {}


def test_a_public_term_is_known_and_means_the_same_type_and_unit() -> None:
    terms = tomllib.loads((SHIPPED.parent / "terms.toml").read_text(encoding="utf-8"))
    used = {c.term: (c.type, c.unit) for s in STANDARDS.values() for c in s.columns if c.term}
    assert {term: (terms[term]["type"], terms[term].get("unit")) for term in used} == used
    assert set(used) <= set(terms)
    assert len({each["abbreviation"] for each in terms.values()}) == len(terms)


def test_places_and_people_are_marked_in_every_standard() -> None:
    """What places and privacy read: no column named as an address, a coordinate or an area name is without its format."""
    wanted = {
        "road_address": "address_road",
        "lot_address": "address_lot",
        "sido_name": "sido_name",
        "sigungu_name": "sigungu_name",
        "dong_name": "dong_name",
        "sigungu_code": "sigungu_code",
        "hjd_code": "hjd_code",
        "bjd_code": "bjd_code",
        "latitude": "latitude",
        "longitude": "longitude",
        "easting_m": "easting",
        "northing_m": "northing",
    }
    for standard in STANDARDS.values():
        for column in standard.columns:
            assert column.format == wanted.get(column.name, column.format), (standard.id, column.name)
            if column.format in ("person_name", "free_text"):
                assert column.privacy != "none", (standard.id, column.name)


@pytest.mark.slow
def test_the_sql_of_every_standard_binds_and_speaks_of_the_columns_it_seems_to() -> None:
    """Shipped standards are not bound at every start: here they are, and DuckDB's own parse referees the words."""
    with duckdb.connect() as con:
        for standard in STANDARDS.values():
            load_standard(SHIPPED / f"{standard.id}.toml", bind=True)
            for rule in standard.rules:
                parsed = columns_in(con, rule.violated)
                names = [column.name for column in standard.columns]
                assert rule.columns == tuple(n for n in names if n in parsed), (standard.id, rule.id)
