"""What a person says of a header or of the coordinate system: obeyed, or told why it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.intake.raw import Override
from madang.intake.receipt import Receipt
from madang.messages import MadangError
from madang.workspace import Workspace

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
name = "lots"
label = "마당구획수"
type = "integer"
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.init(tmp_path / "w")
    (made.folder / "content/standards/yards.toml").write_text(STANDARD, encoding="utf-8")
    return made


def deposit(workspace: Workspace, header: str, **wishes: object) -> Receipt:
    path = workspace.folder.parent / "yards.csv"
    more = ",가" * (header.count(",") - 2)
    rows = "".join(f"A-{i},마당{i},{i * 3}{more}\n" for i in range(1, 9))
    path.write_text(f"{header}\n{rows}", encoding="utf-8")
    (receipt,) = workspace.deposit(path, override=Override(**wishes))  # type: ignore[arg-type]
    return receipt


def columns(workspace: Workspace) -> dict[str, tuple[str | None, str, str]]:
    live = workspace.bank["yards"].latest
    assert live is not None
    return {c.label: (c.standard, c.type, c.because) for c in live.columns}


def test_a_header_goes_to_the_column_that_was_told(workspace: Workspace) -> None:
    receipt = deposit(workspace, "관리번호,간판,구획", mapping={"간판": "yard_name", "구획": "lots"})
    assert receipt.standard == "yards"
    assert columns(workspace)["간판"] == ("yard_name", "text", "사람이 정함")
    assert columns(workspace)["구획"] == ("lots", "integer", "사람이 정함")


def test_a_header_told_to_be_none_of_the_standard_is_none(workspace: Workspace) -> None:
    deposit(workspace, "관리번호,마당명,마당구획수", mapping={"마당구획수": ""})
    assert columns(workspace)["마당구획수"][0] is None


def test_what_was_told_goes_before_the_alias(workspace: Workspace) -> None:
    deposit(workspace, "관리번호,마당명,이름", standard="yards", mapping={"이름": "yard_name"})
    assert columns(workspace)["이름"][0] == "yard_name"
    assert columns(workspace)["마당명"][0] is None


def test_a_header_that_is_not_there_is_told_with_those_that_are(workspace: Workspace) -> None:
    receipt = deposit(workspace, "관리번호,마당명,이름", mapping={"성명": "yard_name"})
    assert receipt.verdict == "refused"
    assert receipt.reasons[0].text() == (
        "표준 열을 정한 '성명' 열이 yards.csv에 없습니다. 있는 열: 관리번호, 마당명, 이름."
    )


def test_a_column_that_no_standard_has_is_told_with_like_ones(workspace: Workspace) -> None:
    with pytest.raises(MadangError) as error:
        deposit(workspace, "관리번호,마당명,이름", mapping={"이름": "yard_nam"})
    assert error.value.code == "mapping_target_unknown"
    assert "yard_name(마당명)" in str(error.value)
    with pytest.raises(MadangError, match=r"yard_id\(관리번호\), yard_name\(마당명\), lots\(마당구획수\)"):
        deposit(workspace, "관리번호,마당명,이름", standard="yards", mapping={"이름": "library_name"})


def test_two_headers_cannot_be_one_column(workspace: Workspace) -> None:
    with pytest.raises(MadangError, match="'이름', '마당명'"):
        deposit(workspace, "관리번호,마당명,이름", mapping={"이름": "yard_name", "마당명": "yard_name"})


def test_without_a_standard_a_mapping_says_to_name_one(workspace: Workspace) -> None:
    receipt = deposit(workspace, "번,이,수", mapping={"이": "yard_name"})
    assert [reason.code for reason in receipt.reasons] == ["mapping_needs_standard"]
    named = deposit(workspace, "번,이,수", standard="yards", mapping={"이": "yard_name", "번": "yard_id"})
    assert named.accepted
    with pytest.raises(MadangError, match="--text"):
        deposit(workspace, "번,이,수", text=True, mapping={"이": "yard_name"})


def test_a_column_of_another_standard_is_told_with_those_of_this_one(workspace: Workspace) -> None:
    receipt = deposit(workspace, "관리번호,마당명,마당구획수,비고", mapping={"비고": "library_name"})
    (reason,) = receipt.reasons
    assert reason.code == "mapping_other_standard"
    assert "lots(마당구획수)" in reason.text()


@pytest.mark.parametrize("crs", ["EPSG:5174", "EPSG:5179", "EPSG:4326", "EPSG:2097"])
def test_coordinate_systems_of_maps_are_taken(workspace: Workspace, crs: str) -> None:
    assert deposit(workspace, "관리번호,마당명,마당구획수", crs=crs).accepted


@pytest.mark.parametrize("crs", ["EPSG:99999", "TM", "5174", "EPSG:4978", "EPSG:5714", "+proj=tmerc", ""])
def test_what_is_no_system_of_maps_is_told(workspace: Workspace, crs: str) -> None:
    """EPSG:4978 counts metres from the middle of the Earth, EPSG:5714 heights."""
    with pytest.raises(MadangError) as error:
        deposit(workspace, "관리번호,마당명,마당구획수", crs=crs)
    assert error.value.code == "crs_unusable"
