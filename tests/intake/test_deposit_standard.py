"""What a recognised standard decides at the door: the provider of the rows, and which columns are personal."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.intake.raw import Override
from madang.workspace import Workspace

MEMBERS = """
id = "members"
version = "1"
label = "회원"
description = "시험"
source = "시험"
key = ["number"]
provider_columns = ["owner"]
columns = [
  { name = "number", label = "회원번호", required = true },
  { name = "joined", label = "가입일", type = "date", required = true },
  { name = "phone", label = "연락처", privacy = "personal", aliases = ["휴대전화"] },
  { name = "owner", label = "운영사무소" },
]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.init(tmp_path / "w")
    (made.folder / "content/standards/members.toml").write_text(MEMBERS, encoding="utf-8")
    return made


def csv(folder: Path, header: str, *rows: str) -> Path:
    path = folder / "표.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def provider(workspace: Workspace) -> str | None:
    live = workspace.bank["표"].latest
    assert live is not None
    return live.facts["provider"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("이름,제공기관명", "북구"),
        ("이름,제공기관코드", "북구"),
        ("이름,관리기관명", None),
        ("이름,개방자치단체코드", None),
    ],
)
def test_only_a_provider_header_names_the_provider(
    workspace: Workspace, tmp_path: Path, header: str, expected: str | None
) -> None:
    workspace.deposit(csv(tmp_path, header, "가,북구", "나,북구"))
    assert provider(workspace) == expected


def test_another_keeper_of_the_same_list_is_no_other_dataset(workspace: Workspace, tmp_path: Path) -> None:
    workspace.deposit(csv(tmp_path, "이름,관리기관명", "가,북구", "나,북구"))
    (second,) = workspace.deposit(csv(tmp_path, "이름,관리기관명", "가,남구", "나,남구"))
    assert (second.verdict, second.version) == ("accepted", 2)


def test_a_standard_says_which_column_names_the_provider(workspace: Workspace, tmp_path: Path) -> None:
    header = "회원번호,가입일,제공기관명,운영사무소"
    rows = ("1,2026-01-01,북구,본점", "2,2026-01-02,남구,본점")
    (receipt,) = workspace.deposit(csv(tmp_path, header, *rows))
    assert receipt.standard == "members"
    assert provider(workspace) == "본점"


def test_headers_of_personal_columns_are_personal_mapped_or_not(workspace: Workspace, tmp_path: Path) -> None:
    header = "회원번호,가입일,연락처,연락처,보호자_휴대전화,대리인_연락처_2,비고"
    path = csv(tmp_path, header, "1,2026-01-01,010-1,010-2,010-3,010-4,가", "2,2026-01-02,010-5,010-6,,,나")
    (receipt,) = workspace.deposit(path, override=Override(standard="members"))
    assert receipt.standard == "members"
    live = workspace.bank["표"].latest
    assert live is not None
    assert [(c.label, c.privacy) for c in live.columns] == [
        ("회원번호", "none"),
        ("가입일", "none"),
        ("연락처", "personal"),
        ("연락처", "personal"),
        ("보호자_휴대전화", "personal"),
        ("대리인_연락처_2", "personal"),
        ("비고", "none"),
    ]


def test_the_last_level_of_a_header_maps_where_nothing_better_does(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = csv(
        tmp_path, "회원번호,가입일,자택_연락처,운영_상태", "1,2026-01-01,010-1,가", "2,2026-01-02,010-2,나"
    )
    workspace.deposit(path)
    live = workspace.bank["표"].latest
    assert live is not None
    assert [(c.name, c.standard) for c in live.columns] == [
        ("number", "number"),
        ("joined", "joined"),
        ("phone", "phone"),
        ("운영_상태", None),
    ]
