"""Standards are read strictly: every mistake in a TOML file is named with file, key and what to do."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from madang.declarations.headers import forms, normalise
from madang.declarations.load import SHIPPED, load_standard, load_standards
from madang.messages import MadangError

BENCH = """
id = "bench"
version = "1"
label = "벤치"
key = ["bench_id"]
as_of_column = "checked_on"
columns = [
  { name = "bench_id", label = "벤치번호", required = true, aliases = ["관리번호"] },
  { name = "seats_count", label = "좌석수", type = "integer", unit = "석" },
  { name = "checked_on", label = "점검일", type = "date" },
]
[[rules]]
id = "has_seats"
kind = "논리관계"
label = "좌석이 없습니다"
violated = "seats_count = 0"
"""


def bench(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in BENCH
    file = folder / "bench.toml"
    file.write_text(BENCH.replace(old, new) if old else BENCH, encoding="utf-8")
    return file


def test_a_declaration_becomes_a_standard(tmp_path: Path) -> None:
    standard = load_standard(bench(tmp_path))
    assert standard.key == ("bench_id",)
    assert standard.column("bench_id").aliases == ("벤치번호", "관리번호")
    assert standard.column("seats_count").type == "integer"
    assert standard.rules[0].columns == ("seats_count",), "taken from the expression"


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ('unit = "석"', 'unti = "석"', "standard_key_unknown", "columns[2].unti"),
        ('label = "벤치"', "", "standard_key_missing", "label"),
        ('version = "1"', "version = 1", "standard_type", "version"),
        ('type = "date"', 'type = "day"', "standard_choice", "columns[3].type"),
        ('name = "seats_count"', 'name = "좌석"', "standard_name", "columns[2].name"),
        ('name = "seats_count"', 'name = "lat"', "standard_name_reserved", "columns[2].name"),
        ('name = "seats_count"', 'name = "bench_id"', "standard_name_twice", "columns[2].name"),
        ('label = "점검일"', 'label = "관리 번호"', "standard_alias_twice", "columns[3].aliases"),
        ('key = ["bench_id"]', 'key = ["bench_no"]', "standard_column_unknown", "key"),
        ('as_of_column = "checked_on"', 'as_of_column = "day"', "standard_column_unknown", "as_of_column"),
        (
            'violated = "seats_count = 0"',
            'violated = "seat = 0"',
            "standard_rule_sql",
            "rules.has_seats.violated",
        ),
        ("seats_count = 0", "seats_count = ", "standard_rule_sql", "rules.has_seats.violated"),
        ("seats_count = 0", "seats_count + 1", "standard_rule_sql", "rules.has_seats.violated"),
        ("seats_count = 0", "sum(seats_count) = 0", "standard_rule_sql", "rules.has_seats.violated"),
        ("seats_count = 0", "seats_count > (SELECT 1)", "standard_rule_sql", "rules.has_seats.violated"),
        (
            "seats_count = 0",
            "1=1)); DROP TABLE standard; --",
            "standard_rule_sql",
            "rules.has_seats.violated",
        ),
        ('kind = "논리관계"', 'kind = "논리"', "standard_choice", "rules[1].kind"),
        ('id = "bench"', 'id = "desk"', "standard_id", "id"),
        ("columns = [", "columns = [ 3,", "standard_type", "columns"),
        ("columns = [", "columns = ]", "standard_toml", "-"),
    ],
)
def test_every_mistake_is_named(tmp_path: Path, old: str, new: str, code: str, key: str) -> None:
    file = bench(tmp_path, old, new)
    with pytest.raises(MadangError) as caught:
        load_standard(file)
    assert (caught.value.code, caught.value.params["key"]) == (code, key)
    assert str(file) in str(caught.value)


def test_a_misspelt_key_is_answered_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(MadangError) as caught:
        load_standard(bench(tmp_path, "required", "requierd"))
    assert caught.value.params["known"] == "required"


WIDE = """
id = "wide"
version = "1"
label = "넓은 표"
columns = [{ name = "month", label = "달" }, { name = "n", label = "수", type = "integer" }]
[unpivot]
pattern = '(?P<y>[0-9]{4})년_(?P<what>.+)'
into = { month = "{y}" }
value = "n"
cases = [{ of = "what", match = '(?P<k>[0-9]+)세', set = { month = "{k}" } }]
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("{y}", "{year}", "standard_group_unknown", "unpivot.into.month"),
        ('"what", match', '"that", match', "standard_group_unknown", "unpivot.cases[1].of"),
        ('"{k}"', '"{j}"', "standard_group_unknown", "unpivot.cases[1].set.month"),
        ('value = "n"', 'value = "m"', "standard_column_unknown", "unpivot.value"),
        ("[0-9]+)세", "[0-9+)세", "standard_pattern", "unpivot.cases[1].match"),
    ],
)
def test_mistakes_of_a_wide_table_are_named(tmp_path: Path, old: str, new: str, code: str, key: str) -> None:
    file = tmp_path / "wide.toml"
    file.write_text(WIDE, encoding="utf-8")
    load_standard(file)
    file.write_text(WIDE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MadangError) as caught:
        load_standard(file)
    assert (caught.value.code, caught.value.params["key"]) == (code, key)


def test_the_workspace_overrules_the_package(tmp_path: Path) -> None:
    (tmp_path / "library.toml").write_text(BENCH.replace('"bench"', '"library"'), encoding="utf-8")
    assert load_standards(SHIPPED, tmp_path)["library"].label == "벤치"
    assert load_standards(SHIPPED, tmp_path / "absent")["library"].label == "전국도서관표준데이터"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("남성용-대변기수", "남성용 대변기수\n"),
        ("좌표정보(X)", "좌표정보（x）"),
        ("시설면적(㎡)", "시설면적(m2)"),
        ("WGS84위도", "WGS８４ 위도"),
        ("구·군", "구ㆍ군"),
        ("도서관명", unicodedata.normalize("NFD", "도서관명")),  # as macOS writes it
        ("도로명_주소", "도로명\u200b주소"),
    ],
)
def test_headers_are_compared_as_people_do(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_a_unit_in_brackets_may_be_set_aside_but_not_a_meaning() -> None:
    assert forms("부지면적(㎡)") == ("부지면적m2", "부지면적")
    assert forms("자료수(도서)") == ("자료수도서",)
    assert forms("(단위: 명)") == ("단위명",)
