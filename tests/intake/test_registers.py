"""The register of areas: built from what was deposited, kept in the cache, and brought to from older and newer codes."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from intake.made_up_country import (
    CODES,
    DONGS,
    boundaries,
    column,
    deposit,
    legal_dongs,
    live,
    made,
    points,
    relation,
    write,
)
from madang.intake import registers
from madang.intake.registers_known import Known
from madang.workspace import Workspace
from shared_data import shared

CHANGES = """
[[changes]]
id = "{id}"
effective = "{day}"
kind = "{kind}"
label = "{label}"
source = "시험"
{more}
pairs = [{pairs}]
"""


def changed(workspace: Workspace, *changes: str) -> Workspace:
    """The workspace with changes of codes declared, as a new process sees it."""
    folder = workspace.folder / "content" / "places"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "changes.toml").write_text("\n".join(changes), encoding="utf-8")
    return Workspace.open(workspace.folder)


def change(id_: str, day: str, pairs: str, kind: str = "rename", more: str = "") -> str:
    name = "c" + id_.encode().hex()
    return CHANGES.format(id=name, day=day, kind=kind, label=id_, more=more, pairs=pairs)


def known(workspace: Workspace) -> Known:
    found = workspace.registers.known()
    assert found is not None
    return found


def spots(folder: Path, name: str = "정류장.csv") -> Path:
    rows = [f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(points(36))]
    return write(folder, name, ["번호,위도,경도", *rows])


def test_the_register_has_the_codes_and_names_of_the_boundaries(tmp_path: Path) -> None:
    found = known(made(tmp_path))
    assert sorted(found.register.codes.to_pylist()) == sorted(CODES)
    assert found.register.names.to_pylist()[found.register.codes.to_pylist().index("4191051000")] == (
        "경기도 새빛시 가람1동"
    )
    assert set(found.sigungu_names.values()) == {
        "경기도 새빛시", "경기도 한솔군", "서울특별시 다온구", "서울특별시 미르구",
    }  # fmt: skip


def test_a_bank_without_areas_has_no_register(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    deposit(workspace, spots(tmp_path))
    assert workspace.registers.version() == ""
    assert workspace.registers.known() is None


def test_the_shapes_of_a_sigungu_are_those_of_its_dongs(tmp_path: Path) -> None:
    codes, shapes = known(made(tmp_path)).sigungu_shapes
    assert codes.to_pylist() == ["11810", "11830", "41910", "41930"]
    assert [shape.area for shape in shapes] == [pytest.approx(3 * 0.02 * 0.02)] * 4
    assert shapes[2].bounds == pytest.approx((127.0, 37.4, 127.02, 37.46))


def test_a_table_is_read_again_when_the_register_has_changed_and_only_then(tmp_path: Path) -> None:
    workspace = made(tmp_path, "relation")
    path = spots(tmp_path)
    assert deposit(workspace, path).verdict == "accepted"
    assert deposit(workspace, path).verdict == "unchanged"
    deposit(workspace, boundaries(tmp_path))
    assert deposit(workspace, path).version == 2
    assert None not in column(workspace, "정류장", "dong_code")
    assert deposit(workspace, path).verdict == "unchanged"


def test_a_table_that_says_no_place_does_not_care_for_the_register(tmp_path: Path) -> None:
    workspace = made(tmp_path, "relation")
    path = write(tmp_path, "비품.csv", ["번호,품명,수량", *(f"{n},책상{n},{n * 3}" for n in range(30))])
    assert deposit(workspace, path).verdict == "accepted"
    deposit(workspace, boundaries(tmp_path))
    assert deposit(workspace, path).verdict == "unchanged"


def test_what_feeds_the_register_is_unchanged_when_it_is_deposited_again(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    files = [boundaries(tmp_path), relation(tmp_path), legal_dongs(tmp_path)]
    first = [deposit(workspace, path).verdict for path in files]
    assert first == ["accepted"] * 3
    version = workspace.registers.version()
    assert [deposit(workspace, path).verdict for path in files] == ["unchanged"] * 3
    assert workspace.registers.version() == version


def test_a_deleted_cache_is_made_again_the_same(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    before = known(workspace)
    contents = before.register.version
    shutil.rmtree(workspace.folder / "cache")
    registers._loaded.clear()
    after = known(Workspace.open(workspace.folder))
    assert (after.version, after.register.version) == (before.version, contents)


@pytest.mark.parametrize(
    "broken", ["register/dongs.parquet", "register/locator.npz", "legal.parquet", "register/register.json"]
)
@pytest.mark.parametrize("how", ["empty", "cut", "gone"])
def test_a_broken_cache_is_made_again(tmp_path: Path, broken: str, how: str) -> None:
    workspace = made(tmp_path)
    home = known(workspace).folder
    path = home / broken
    data = path.read_bytes()
    path.unlink() if how == "gone" else path.write_bytes(b"" if how == "empty" else data[: len(data) // 2])
    registers._loaded.clear()
    again = known(workspace)
    assert sorted(again.register.codes.to_pylist()) == sorted(CODES)
    assert again.legal_names is not None
    assert again.register.locate([127.01], [37.41])[0] >= 0


def test_of_several_that_need_the_register_at_once_one_builds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = made(tmp_path)
    shutil.rmtree(workspace.folder / "cache")
    built: list[Path] = []
    build = registers.Registers._build
    monkeypatch.setattr(
        registers.Registers, "_build", lambda self, home: (built.append(home), build(self, home))[1]
    )

    def codes(_: int) -> list[str]:
        registers._loaded.clear()
        return sorted(known(Workspace.open(workspace.folder)).register.codes.to_pylist())

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(codes, range(4))) == [sorted(CODES)] * 4
    assert len(built) == 1


def test_what_a_killed_build_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    areas = workspace.folder / "cache" / "areas"
    before = known(workspace).folder
    for number in range(5):
        (areas / f".0123456789abcdef.{number}").mkdir()
    deposit(
        workspace,
        write(
            tmp_path,
            "법정동코드2.csv",
            ["법정동코드,법정동명,폐지여부", "4191010300,경기도 새빛시 다래동,존재"],
        ),
    )
    newest = known(workspace).folder
    assert {before, newest} <= homes(areas)
    assert not [path for path in homes(areas) if path.name.startswith(".")]


def homes(areas: Path) -> set[Path]:
    return {path for path in areas.iterdir() if path.is_dir() and path.name != "sources"}


def test_the_newest_registers_stay_and_older_ones_as_long_as_somebody_may_read_them(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    areas = workspace.folder / "cache" / "areas"
    shutil.rmtree(areas)
    old, lately, before = (areas / name for name in ("a" * 16, "b" * 16, "c" * 16))
    for days, folder in ((3, old), (0.9, lately), (0.5, before)):
        folder.mkdir(parents=True)
        at = time.time() - days * 86_400
        os.utime(folder, (at, at))
    assert homes(areas) == {old, lately, before}
    newest = known(workspace).folder
    assert homes(areas) == {lately, before, newest}


# codes of other days -------------------------------------------------------------------------------------


def test_older_codes_are_brought_forward_and_newer_ones_back(tmp_path: Path) -> None:
    """The boundaries are of 2026-01-01: before a change of July 2026, after one of 2020."""
    workspace = changed(
        made(tmp_path),
        change("옛시", "2020-01-01", '{ old = "41990", new = "41910" }'),
        change(
            "새특별시", "2026-07-01", '{ old = "11810", new = "98110" }, { old = "11830", new = "98130" }'
        ),
    )
    assert str(known(workspace).day) == "2026-01-01"
    codes = ["4199051000", "9811052000", "9813053000", "4191053000", "4199099000"]
    found = known(workspace).dong_now(pa.array(codes)).to_pylist()
    assert found == ["4191051000", "1181052000", "1183053000", "4191053000", None]


def test_without_a_day_of_its_own_a_register_takes_codes_from_both_sides(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    deposit(workspace, boundaries(tmp_path, "행정동경계.geojson"))
    workspace = changed(
        workspace,
        change("옛시", "2020-01-01", '{ old = "41990", new = "41910" }'),
        change("새특별시", "2026-07-01", '{ old = "11810", new = "98110" }'),
    )
    assert known(workspace).day is None
    found = known(workspace).dong_now(pa.array(["4199051000", "9811052000"])).to_pylist()
    assert found == ["4191051000", "1181052000"]


def coded(folder: Path, codes: list[str]) -> Path:
    return write(
        folder, "인구.csv", ["행정동코드,인구", *(f"{code},{n * 31 + 7}" for n, code in enumerate(codes))]
    )


OLD = [("41990" if code.startswith("41910") else code[:5]) + code[5:] for code in CODES]


def test_a_change_from_memory_is_told_and_not_used(tmp_path: Path) -> None:
    workspace = changed(
        made(tmp_path),
        change("기억한 변경", "2020-01-01", '{ old = "41990", new = "41910" }', more="unverified = true"),
    )
    receipt = deposit(workspace, coded(tmp_path, OLD))
    told, _ = receipt.reasons  # the other: places_left
    assert told.code == "code_change_unverified"
    assert (told.params["count"], told.params["changes"]) == ("3", "기억한 변경")
    assert column(workspace, "인구", "dong_code") == [None, None, None, *CODES[3:]]


def test_a_change_from_memory_is_used_and_marked_where_the_settings_allow_it(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    with (workspace.folder / "madang.toml").open("r+", encoding="utf-8") as file:
        text = file.read().replace("trust_unverified_changes = false", "trust_unverified_changes = true")
        file.seek(0)
        file.write(text)
        file.truncate()
    workspace = changed(
        workspace,
        change("기억한 변경", "2020-01-01", '{ old = "41990", new = "41910" }', more="unverified = true"),
    )
    receipt = deposit(workspace, coded(tmp_path, OLD))
    assert [reason.code for reason in receipt.reasons] == ["code_change_trusted"]
    assert column(workspace, "인구", "dong_code") == list(CODES)


def test_a_code_that_was_split_is_told_and_not_guessed(tmp_path: Path) -> None:
    pairs = '{ old = "4191059000", new = "4191051000" }, { old = "4191059000", new = "4191052000" }'
    workspace = changed(made(tmp_path), change("가람동 나뉨", "2020-01-01", pairs, kind="split"))
    receipt = deposit(workspace, coded(tmp_path, ["4191059000", *CODES[2:]]))
    told, _ = receipt.reasons  # the other: places_left
    assert (told.code, told.params["codes"]) == ("code_split", "4191059000")
    assert column(workspace, "인구", "dong_code") == [None, *CODES[2:]]
    assert live(workspace, "인구").facts["located"]["register"] == workspace.registers.version()


def test_names_and_codes_of_the_country_are_those_of_its_lists(tmp_path: Path) -> None:
    found = known(made(tmp_path))
    assert found.relation is not None
    legal = pa.array([dong[2] for dong in DONGS])
    assert found.relation.to_admin(legal).to_pylist() == ["", "", *CODES[2:]]


@pytest.mark.slow
def test_codes_of_july_2026_find_their_dongs_in_the_real_boundaries_of_gwangju(tmp_path: Path) -> None:
    """동구 of 광주 (29110) is 12210 from 2026-07-01, 서구 (29140) 12240 (handbook A1)."""
    workspace = Workspace.init(tmp_path / "w")
    deposit(workspace, shared("boundaries", "hangjeongdong_광주광역시.geojson"))
    old = [code for code in known(workspace).dongs.to_pylist() if code[:5] in ("29110", "29140")]
    new = [{"29110": "12210", "29140": "12240"}[code[:5]] + code[5:] for code in old]
    assert len(old) > 20
    assert known(workspace).dong_now(pa.array(new)).to_pylist() == old
    rows = [f"{code},{n * 31 + 7}" for n, code in enumerate(new)]
    deposit(workspace, write(tmp_path, "인구.csv", ["행정동코드,인구", *rows]))
    assert column(workspace, "인구", "dong_code") == old
