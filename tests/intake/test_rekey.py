"""Rows are placed anew when areas have changed: from the table itself, and nothing is written where nothing changes."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from intake.made_up_country import (
    CODES,
    boundaries,
    column,
    deposit,
    dong_at,
    live,
    made,
    points,
    projected,
    write,
)
from madang.messages import MadangError
from madang.workspace import Workspace


def spots(folder: Path, crs: int = 4326, name: str = "시설.csv") -> Path:
    header = "번호,위도,경도,이름" if crs == 4326 else "번호,Y좌표,X좌표,이름"
    rows = [f"{n},{y:.7f},{x:.7f},이름{n}" for n, (x, y) in enumerate(projected(points(36), crs))]
    return write(folder, name, [header, *rows])


def renumbered(workspace: Workspace, folder: Path) -> None:
    """The areas with 가람1동 and 가람2동 of other codes, in place of those that were known."""
    path = boundaries(folder, c4191051000="4191061000", c4191052000="4191062000")
    assert deposit(workspace, path).version == 2


NOW = {"4191051000": "4191061000", "4191052000": "4191062000"}


def test_only_the_columns_of_places_change(tmp_path: Path) -> None:
    workspace = made(tmp_path, "boundaries")
    deposit(workspace, spots(tmp_path))
    before = pq.read_table(live(workspace, "시설").files[0])
    renumbered(workspace, tmp_path)
    done = workspace.rekey("시설", by="담당")
    version = live(workspace, "시설")
    assert (done.made, done.version, done.rows, done.changed) == (True, 2, 36, 6)
    assert (version.n, version.kind, version.by) == (2, "rekey", "담당")
    assert column(workspace, "시설", "dong_code") == [NOW.get(c := dong_at(*spot), c) for spot in points(36)]
    after = pq.read_table(version.files[0])
    same = [name for name in before.column_names if name != "dong_code"]
    assert after.select(same).equals(before.select(same))
    assert after.schema == before.schema


def test_facts_and_receipt_tell_the_register(tmp_path: Path) -> None:
    workspace = made(tmp_path, "boundaries")
    deposit(workspace, spots(tmp_path))
    renumbered(workspace, tmp_path)
    workspace.rekey("시설")
    version = live(workspace, "시설")
    register = workspace.registers.version()
    assert version.facts["located"]["register"] == register
    assert version.facts["rekey"] == {"register": register, "of": 1, "changed": 6}
    assert version.receipt["rekey"] == version.facts["rekey"]
    assert (version.receipt["file"], version.receipt["crs"]) == ("시설.csv", "EPSG:4326")


def test_nothing_is_written_where_nothing_changes(tmp_path: Path) -> None:
    workspace = made(tmp_path, "boundaries")
    deposit(workspace, spots(tmp_path))
    deposits = workspace.bank["시설"].deposits()
    done = workspace.rekey("시설")
    assert (done.made, done.version, done.changed) == (False, 1, 0)
    assert workspace.bank["시설"].deposits() == deposits
    renumbered(workspace, tmp_path)
    assert workspace.rekey("시설").made
    assert not workspace.rekey("시설").made


def test_the_file_itself_is_unchanged_after_a_rekey(tmp_path: Path) -> None:
    workspace = made(tmp_path, "boundaries")
    path = spots(tmp_path)
    deposit(workspace, path)
    renumbered(workspace, tmp_path)
    workspace.rekey("시설")
    assert deposit(workspace, path).verdict == "unchanged"


def test_a_rekeyed_table_is_what_a_new_deposit_would_give(tmp_path: Path) -> None:
    """Metres, whose system nothing told before there were areas: rekey decides it as a deposit does."""
    workspace = Workspace.init(tmp_path / "w")
    path = write(
        tmp_path,
        "시설.csv",
        [
            "번호,X좌표,Y좌표,행정동코드",
            *(
                f"{n},{x:.3f},{y:.3f},{dong_at(*spot)}"
                for n, (spot, (x, y)) in enumerate(
                    zip(points(240), projected(points(240), 5186), strict=True)
                )
            ),
        ],
    )
    assert deposit(workspace, path).crs is None
    deposit(workspace, boundaries(tmp_path))
    done = workspace.rekey("시설")
    assert (done.made, done.changed, done.located_share) == (True, 240, 1.0)
    assert live(workspace, "시설").receipt["crs"] == "EPSG:5186"
    assert live(workspace, "시설").receipt["reasons"] == []
    other = tmp_path / "다시"
    other.mkdir()
    again = made(other, "boundaries")
    deposit(again, path)
    for name in ("dong_code", "geo_level", "lon", "lat"):
        assert column(workspace, "시설", name) == column(again, "시설", name)


def test_codes_and_names_are_brought_to_the_areas_of_now(tmp_path: Path) -> None:
    workspace = made(tmp_path, "boundaries")
    rows = [f"{n},{code}" for n, code in enumerate(CODES)]
    deposit(workspace, write(tmp_path, "인구.csv", ["번호,행정동코드", *rows]))
    renumbered(workspace, tmp_path)
    folder = workspace.folder / "content" / "places"
    folder.mkdir(parents=True)
    (folder / "changes.toml").write_text(
        '[[changes]]\nid = "garam"\neffective = "2026-01-01"\nkind = "rename"\nlabel = "가람"\nsource = "시험"\n'
        'pairs = [{ old = "4191051000", new = "4191061000" },'
        ' { old = "4191052000", new = "4191062000" }, { old = "4191052000", new = "4191053000" }]\n',
        encoding="utf-8",
    )
    workspace = Workspace.open(workspace.folder)
    done = workspace.rekey("인구")
    found = column(workspace, "인구", "dong_code")
    assert found == ["4191061000", None, *CODES[2:]]  # the second was split: not guessed
    assert [reason.code for reason in done.reasons] == ["code_split", "places_left"]


@pytest.mark.parametrize(
    ("files", "dataset", "code"),
    [
        (["boundaries"], "비품", "rekey_unplaced"),
        (["boundaries"], "행정동경계", "rekey_unplaced"),
        (["boundaries"], "없음", "dataset_missing"),
        (["nothing"], "시설", "rekey_no_register"),
    ],
)
def test_what_cannot_be_placed_anew_is_told(
    tmp_path: Path, files: list[str], dataset: str, code: str
) -> None:
    workspace = made(tmp_path, *files) if files != ["nothing"] else Workspace.init(tmp_path / "w")
    deposit(workspace, spots(tmp_path))
    deposit(workspace, write(tmp_path, "비품.csv", ["번호,수량", *(f"{n},{n * 3}" for n in range(30))]))
    with pytest.raises(MadangError) as raised:
        workspace.rekey(dataset)
    assert raised.value.code == code
