"""A file whose columns differ from those of the live version: what is said, what is proposed, what is refused."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from madang.declarations.standard import DatasetColumn
from madang.intake.layout_change import layout_change
from madang.intake.raw import Override
from madang.intake.receipt import Receipt
from madang.messages import Language
from madang.workspace import Workspace

NAMES = ["가나공원", "나라공원", "다솜공원", "라온공원", "마루공원", "바다공원", "사랑공원", "아침공원"]
STANDARD = """
id = "yards"
version = "1"
label = "마당"
key = ["yard_id"]
[[columns]]
name = "yard_id"
label = "관리번호"
required = true
[[columns]]
name = "yard_name"
label = "마당명"
required = true
[[columns]]
name = "area_m2"
label = "마당면적"
type = "number"
[[columns]]
name = "lots"
label = "마당구획수"
type = "integer"
[[rules]]
id = "area_and_lots"
kind = "논리관계"
label = "면적이 있으면 구획수도 있어야 합니다"
violated = "area_m2 IS NOT NULL AND lots IS NULL"
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.init(tmp_path / "w")


def deposit(
    workspace: Workspace, columns: dict[str, list[object]], override: Override | None = None
) -> Receipt:
    rows = zip(*columns.values(), strict=True)
    text = "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)])
    path = workspace.folder.parent / "parks.csv"
    path.write_text(text + "\n", encoding="utf-8")
    (receipt,) = workspace.deposit(path, override=override)
    return receipt


def parks(**more: list[object]) -> dict[str, list[object]]:
    base: dict[str, list[object]] = {
        "공원명": [*NAMES],
        "전화": [f"062-960-{i:04d}" for i in range(8)],
        "면적": [i * 10 + 0.5 for i in range(8)],
        "주소": [f"마당구 마당로 {i}" for i in range(8)],
    }
    return base | more


def said(receipt: Receipt, language: Language = "ko") -> dict[str, str]:
    """What the receipt says, beside that the made-up bank has no boundaries."""
    return {reason.code: reason.text(language) for reason in receipt.reasons if reason.code != "no_register"}


def test_the_same_columns_in_another_order_say_nothing(workspace: Workspace) -> None:
    deposit(workspace, parks())
    again = deposit(workspace, dict(reversed(parks().items())))
    assert (again.verdict, again.version, said(again)) == ("accepted", 2, {})


def test_gone_and_new_columns_are_counted_and_named(workspace: Workspace) -> None:
    deposit(workspace, parks())
    columns = parks(준공년=[1990 + i for i in range(8)])
    del columns["전화"], columns["면적"]
    receipt = deposit(workspace, columns)
    assert receipt.verdict == "accepted_with_problems"
    assert said(receipt) == {
        "layout_gone_and_new": "앞 판과 견주어 열 2개가 사라지고 1개가 생겼습니다. 사라진 열: 전화, 면적. 새 열: 준공년."
    }
    problems = pq.read_table(workspace.bank["parks"].versions[1].problems_path).to_pylist()
    assert [(p["rule"], p["severity"]) for p in problems] == [("layout_gone_and_new", "warning")]


def test_new_columns_alone_are_told_and_are_no_problem(workspace: Workspace) -> None:
    deposit(workspace, parks())
    receipt = deposit(workspace, parks(비고=["x"] * 8))
    assert receipt.verdict == "accepted"
    assert list(said(receipt)) == ["layout_new"]


def test_a_column_under_another_header_is_proposed_by_its_values(workspace: Workspace) -> None:
    deposit(workspace, parks())
    columns = parks(연락처=parks()["전화"])
    del columns["전화"]
    receipt = deposit(workspace, columns)
    assert said(receipt)["layout_likely"].startswith(
        "'전화'가 '연락처'로 바뀐 것 같습니다(머리글 0% 닮음, 값 100% 같음)"
    )
    assert [c.label for c in workspace.bank["parks"].latest.columns] == ["공원명", "면적", "주소", "연락처"]  # type: ignore[union-attr]


def test_columns_of_other_values_are_not_taken_for_each_other(workspace: Workspace) -> None:
    deposit(workspace, parks())
    columns = parks(관리부서=[f"부서{i}" for i in range(8)])
    del columns["전화"]
    assert list(said(deposit(workspace, columns))) == ["layout_gone_and_new"]


def test_another_type_is_told_unless_a_person_wanted_it(workspace: Workspace) -> None:
    deposit(workspace, parks())
    words: list[object] = [f"약 {i}평" for i in range(8)]
    receipt = deposit(workspace, parks(면적=words))
    assert said(receipt) == {
        "layout_types": "자료형이 바뀐 열 1개: 면적(숫자 → 글자). 앞 판과 이어 쓸 수 있는지 확인하십시오."
    }
    workspace.rollback("parks", 1)
    wanted = deposit(workspace, parks(), Override(types={"면적": "text"}))
    assert (wanted.verdict, list(said(wanted))) == ("accepted", ["learned_now"])


def test_an_empty_column_has_no_type_to_compare(workspace: Workspace) -> None:
    deposit(workspace, parks())
    assert "layout_types" not in said(deposit(workspace, parks(면적=[""] * 8)))


def test_a_unit_in_the_header_that_changes_is_told(workspace: Workspace) -> None:
    amounts: list[object] = [i * 1000 for i in range(8)]
    deposit(workspace, {**parks(), "예산(천원)": amounts})
    receipt = deposit(workspace, {**parks(), "예산(원)": amounts})
    assert receipt.verdict == "accepted_with_problems"
    assert said(receipt) == {
        "layout_unit": "'예산'의 단위가 천원에서 원으로 바뀌었습니다. 앞 판과 더하거나 견주기 전에 값을 맞추십시오."
    }
    assert said(deposit(workspace, {**parks(), "예산 (원)": amounts})) == {}


def test_the_unit_above_a_table_is_compared_too(workspace: Workspace) -> None:
    for unit in ("천원", "원"):
        rows = "".join(f"마당{i}동,{i * 10},{i * 7}\n" for i in range(1, 20))
        path = workspace.folder.parent / "budget.csv"
        path.write_text(f"예산 현황,,\n,,(단위: {unit})\n동,예산,집행\n{rows}", encoding="utf-8")
        (receipt,) = workspace.deposit(path)
    assert "'단위: 천원'에서 '단위: 원'으로" in said(receipt)["layout_table_unit"]


@pytest.fixture
def yards(workspace: Workspace) -> Workspace:
    (workspace.folder / "content/standards/yards.toml").write_text(STANDARD, encoding="utf-8")
    return workspace


def yard(**renamed: str) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        "관리번호": [f"A-{i:03d}" for i in range(8)],
        "마당명": [*NAMES],
        "마당면적": [i + 0.5 for i in range(8)],
        "마당구획수": [i * 3 for i in range(8)],
    }
    return {renamed.get(label, label): cells for label, cells in columns.items()}


def test_without_a_column_of_the_key_a_file_is_refused_with_what_to_do(yards: Workspace) -> None:
    assert deposit(yards, yard()).standard == "yards"
    receipt = deposit(yards, yard(관리번호="번호표"))
    assert receipt.verdict == "refused"
    assert yards.bank["parks"].latest.n == 1  # type: ignore[union-attr]
    assert "`--map '번호표=yard_id'`" in said(receipt)["layout_key_gone"]


def test_without_a_column_of_a_rule_it_is_told_what_was_not_checked(yards: Workspace) -> None:
    deposit(yards, yard())
    columns = yard()
    del columns["마당구획수"]
    receipt = deposit(yards, columns)
    assert receipt.verdict == "accepted_with_problems"
    assert said(receipt)["layout_rules_unchecked"] == (
        "열이 사라져(마당구획수) 규칙 1개를 검사하지 못했습니다: 면적이 있으면 구획수도 있어야 합니다"
    )


def test_a_mapped_column_that_was_renamed_is_proposed_as_an_option(yards: Workspace) -> None:
    deposit(yards, yard())
    receipt = deposit(yards, yard(마당면적="마당의 넓이"))
    assert receipt.standard == "yards"
    assert "`--map '마당의 넓이=area_m2'`" in said(receipt)["layout_likely_mapped"]


def test_a_header_is_quoted_in_a_command_to_copy(yards: Workspace) -> None:
    deposit(yards, yard())
    likely = said(deposit(yards, yard(마당면적="마당면적$(touch x)")))["layout_likely_mapped"]
    assert "`--map '마당면적$(touch x)=area_m2'`" in likely
    gone = said(deposit(yards, yard(관리번호="관리번호'; touch x")))["layout_key_gone"]
    assert """`--map '관리번호'"'"'; touch x=yard_id'`""" in gone


def test_a_table_that_no_longer_follows_its_standard_is_told_unless_it_was_wished(yards: Workspace) -> None:
    deposit(yards, yard())
    lost = said(deposit(yards, yard(마당명="간판")))
    assert "`--standard yards`" in lost["layout_standard_lost"]
    assert "layout_standard_lost" not in said(deposit(yards, yard(), Override(standard="generic")))


def column(label: str, kind: str = "text", standard: str | None = None) -> DatasetColumn:
    return DatasetColumn(label, label, kind, standard=standard)  # type: ignore[arg-type]


def test_two_headers_of_one_column_of_the_standard_are_one_column() -> None:
    before, after = [column("전화번호", standard="phone")], [column("연락처", standard="phone")]
    change = layout_change(before, after, lambda a, b: None)
    assert (change.gone, change.new) == ((), ())
    assert [(a.label, b.label) for a, b in change.renamed] == [("전화번호", "연락처")]


def test_each_vanished_column_is_proposed_once_the_likest_first() -> None:
    before = [column("대표자명"), column("대표전화")]
    after = [column("대표자 성명"), column("대표전화번호")]
    change = layout_change(before, after, lambda a, b: None)
    assert {(each.before.label, each.after.label) for each in change.likely} == {
        ("대표자명", "대표자 성명"),
        ("대표전화", "대표전화번호"),
    }


def test_like_headers_over_other_values_are_no_proposal() -> None:
    change = layout_change([column("설치연도")], [column("설치년도")], lambda a, b: 0.0)
    assert change.likely == ()
