"""A narrower decision closes what was open before it; a withdrawal shuts every door before it removes anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from madang.bank import Bank
from madang.messages import MadangError
from madang.release import (
    Decision,
    Dim,
    Filter,
    Measure,
    OpenBank,
    Releases,
    TableRule,
    Treatment,
    editions,
    keys,
    publish,
)
from madang.release.bundle import pack
from madang.release.erasures import after_erasure, before_erasure
from madang.release.opened import version_closed
from madang.release.receive import receive
from madang.workspace import Workspace
from release.city import SAID, decision, deposit, made, published

KEEP, MASK, DROP = Treatment(), Treatment("mask"), Treatment("drop")
NAMES = {"이름": KEEP, "전화": KEEP, "면적": KEEP}
SECRET = "비밀상호"


def of(**more: Any) -> Decision:
    return decision("가", "가", **more)


TABLE = TableRule((Dim("동"),), (Measure("수"),))
WIDER = [  # (before, after): nothing that was out has to go
    (of(columns=NAMES), of(columns=NAMES, title="다른 제목", licence="kogl-4", until="2030-01-01")),
    (of(columns={"이름": MASK}), of(columns=NAMES)),
    (of(columns={"이름": KEEP, "전화": DROP}), of(columns={"이름": KEEP})),
    (of(columns=NAMES, places="500"), of(columns=NAMES, places="keep")),
    (of(columns=NAMES, rows=(Filter("이름", ("a",)),)), of(columns=NAMES)),
    (
        of(columns=NAMES, rows=(Filter("이름", ("a",)),)),
        of(columns=NAMES, rows=(Filter("이름", ("a", "b")),)),
    ),
    (of(columns=NAMES, quasi=("이름",)), of(columns=NAMES)),
    (of(table=TABLE), of(table=TABLE, document="다른 문서-2")),
]
NARROWER = [
    (of(columns=NAMES), of(columns={**NAMES, "전화": MASK})),
    (of(columns=NAMES), of(columns={"이름": KEEP, "면적": KEEP})),
    (of(columns=NAMES), of(columns={**NAMES, "전화": DROP})),
    (of(columns=NAMES), of(columns={**NAMES, "면적": Treatment("band", 10)})),
    (of(columns={"면적": Treatment("band", 10)}), of(columns={"면적": Treatment("band", 50)})),
    (of(columns=NAMES, places="keep"), of(columns=NAMES, places="100")),
    (of(columns=NAMES, places="100"), of(columns=NAMES, places="drop")),
    (of(columns=NAMES), of(columns=NAMES, rows=(Filter("이름", ("a",)),))),
    (of(columns=NAMES, rows=(Filter("이름", ("a", "b")),)), of(columns=NAMES, rows=(Filter("이름", ("a",)),))),
    (of(columns=NAMES, rows=(Filter("이름", ("a",)),)), of(columns=NAMES, rows=(Filter("전화", ("a",)),))),
    (of(columns=NAMES), of(columns=NAMES, quasi=("이름",))),
    (of(columns=NAMES, quasi=("이름",)), of(columns=NAMES, quasi=("이름",), anonymity=10)),
    (of(columns=NAMES), of(table=TABLE)),
    (of(table=TABLE), of(columns=NAMES)),
    (of(table=TABLE), of(table=replace(TABLE, least=10))),
    (of(table=TABLE), of(table=TABLE, rows=(Filter("동", ("a",)),))),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), WIDER)
def test_what_lets_out_as_much_covers(before: Decision, after: Decision) -> None:
    assert after.covers(before)


@pytest.mark.parametrize(("before", "after"), NARROWER)
def test_what_lets_out_less_does_not_cover(before: Decision, after: Decision) -> None:
    assert not after.covers(before)


@pytest.fixture
def city(tmp_path: Path) -> tuple[Workspace, Releases]:
    """Shops with a text that a later decision leaves out; two versions of the edition are open."""
    ws, releases = made(tmp_path / "city")
    for count in (3, 4):
        deposit(ws, "가게", ["상호", "메모"], [(f"가게{n}", f"{SECRET}{count}{n}") for n in range(count)])
        if count == 3:
            releases.decide(decision("가게", "가게", columns=wide(ws), rhythm="automatic"))
    assert [v.n for v in releases.open_bank["가게"].versions] == [1, 2]
    return ws, releases


def wide(ws: Workspace) -> dict[str, Treatment]:
    return {column.name: Treatment() for column in ws.bank["가게"].latest.columns}


def narrow(ws: Workspace, **more: Any) -> Decision:
    return decision("가게", "가게", columns=dict(list(wide(ws).items())[:1]), rhythm="automatic", **more)


def in_files(folder: Path) -> bool:
    """Whether the text that was left out is in any file, as Parquet has it or as it stands."""
    import pyarrow.parquet as pq

    for path in folder.rglob("*"):
        if path.is_file() and SECRET.encode() in path.read_bytes():
            return True
        if path.suffix == ".parquet" and SECRET in str(pq.read_table(path).to_pylist()):
            return True
    return False


def test_a_narrower_decision_takes_the_earlier_versions_out(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    assert in_files(ws.folder / "open")
    releases.decide(narrow(ws))
    dataset = OpenBank(ws.folder / "open")["가게"]
    assert [v.n for v in dataset.versions] == [3]
    assert len(published(releases, "가게")) == 4
    assert not in_files(ws.folder / "open")
    assert len(list((dataset.folder / "cards").iterdir())) == 1
    assert releases.edition("가게").state == "open"
    assert version_closed(dataset, 2).code == "edition_version_closed"
    assert version_closed(dataset, 4).code == "version_missing"
    deposit(ws, "가게", ["상호", "메모"], [("하나", "둘")])
    assert [v.n for v in releases.open_bank["가게"].versions] == [3, 4]


def test_a_wider_decision_leaves_them(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    releases.decide(decision("가게", "가게", columns=wide(ws), title="새 제목"))
    assert [v.n for v in releases.open_bank["가게"].versions] == [1, 2, 3]


def test_the_outer_half_loses_them_with_the_next_bundle(
    city: tuple[Workspace, Releases], tmp_path: Path
) -> None:
    ws, releases = city
    outer = tmp_path / "outer"
    keys.trust(outer / "keys", keys.make(ws.folder / "keys"))
    pack(releases.open_bank, releases.decisions, ws.folder / "keys", tmp_path / "1.tar")
    receive(outer, tmp_path / "1.tar", outer / "keys")
    assert in_files(outer)
    releases.decide(narrow(ws))
    pack(releases.open_bank, releases.decisions, ws.folder / "keys", tmp_path / "2.tar", since=1)
    receive(outer, tmp_path / "2.tar", outer / "keys")
    assert [v.n for v in OpenBank(outer / "open")["가게"].versions] == [3]
    assert not in_files(outer)


class Full(OSError):
    pass


def full(*_: object, **__: object) -> None:
    raise Full(28, "No space left on device")


@pytest.mark.parametrize("step", ["_committed", "rebuild", "fsync_folder", "forget_copies"])
def test_stopped_half_way_it_is_shut_and_the_next_refresh_finishes(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str
) -> None:
    ws, releases = city
    keys.make(ws.folder / "keys")
    with monkeypatch.context() as broken:
        broken.setattr(publish, step, full)
        with pytest.raises((Full, MadangError)):
            releases.decide(narrow(ws))
    assert "가게" not in OpenBank(ws.folder / "open")
    assert "가게" not in [each.id for each in OpenBank(ws.folder / "open").datasets()]
    assert releases.edition("가게").state == "waiting"
    manifest = pack(releases.open_bank, releases.decisions, ws.folder / "keys", tmp_path / "1.tar")
    assert manifest.editions == ()
    releases.refresh("가게")
    assert [v.n for v in OpenBank(ws.folder / "open")["가게"].versions] == [3]
    assert not in_files(ws.folder / "open")


@pytest.mark.parametrize("step", ["publish", "tell_narrowing", "keep"])
def test_killed_around_the_writing_of_the_decision_nobody_reads_what_it_leaves_out(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Before the notice nothing is decided, and the wide edition stays; from then on it is shut."""
    ws, releases = city
    wish = narrow(ws, mark="asked once")
    with monkeypatch.context() as broken:
        broken.setattr(editions.Decisions if step == "keep" else editions, step, full)
        with pytest.raises(Full):
            releases.decide(wish)
    decided = len(releases.decisions.history("가게"))
    found = releases.edition("가게")
    if step == "tell_narrowing":
        assert (decided, found.state) == (1, "open")
    else:
        assert "가게" not in OpenBank(ws.folder / "open")
        assert (decided, found.state) == (2 if step == "publish" else 1, "waiting")
    if step == "keep":
        assert (found.half_withdrawn, "덜 열기로" in found.trouble) == (True, True)
        deposit(ws, "가게", ["상호", "메모"], [("하나", "둘")])  # followed by itself
        releases.refresh("가게")
        assert "가게" not in OpenBank(ws.folder / "open")
    releases.decide(wish)
    assert len(releases.decisions.history("가게")) == 2
    assert [v.n for v in OpenBank(ws.folder / "open")["가게"].versions] == [3]
    assert not in_files(ws.folder / "open")


def test_a_narrowing_killed_before_it_was_published_is_finished_by_the_next_version(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, releases = city
    with monkeypatch.context() as broken:
        broken.setattr(editions, "publish", full)
        with pytest.raises(Full):
            releases.decide(narrow(ws))
    releases.follow("가게")
    assert [v.n for v in OpenBank(ws.folder / "open")["가게"].versions] == [3]
    assert not in_files(ws.folder / "open")


def test_a_narrowing_stopped_before_it_was_written_is_withdrawn_like_any_other(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, releases = city
    with monkeypatch.context() as broken:
        broken.setattr(editions.Decisions, "keep", full)
        with pytest.raises(Full):
            releases.decide(narrow(ws))
    releases.withdraw("가게", **WITHDRAWN)
    assert releases.edition("가게").state == "withdrawn"
    assert not in_files(ws.folder / "open")


WITHDRAWN = {"by": "이담당", "post": "위생과", "document": "위생과-9", "ground": "오류가 있어 거둠"}


def test_a_withdrawal_stopped_half_way_is_shut_and_travels(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ws, releases = city
    keys.make(ws.folder / "keys")
    with monkeypatch.context() as broken:
        broken.setattr(editions, "erase", full)
        with pytest.raises(Full):
            releases.withdraw("가게", **WITHDRAWN)
    assert "가게" in Bank(ws.folder / "open")  # its data are still there
    with pytest.raises(MadangError) as error:
        OpenBank(ws.folder / "open")["가게"]
    assert error.value.code == "edition_over"
    manifest = pack(releases.open_bank, releases.decisions, ws.folder / "keys", tmp_path / "1.tar")
    assert (manifest.editions, [each["edition"] for each in manifest.notices]) == ((), ["가게"])
    releases.refresh("가게")
    assert not in_files(ws.folder / "open")


def half_withdrawn(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(editions.Decisions, "keep", full)
        with pytest.raises(Full):
            releases.withdraw("가게", **WITHDRAWN)


def test_the_notice_is_written_before_the_decision_and_no_refresh_opens_it_again(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, releases = city
    half_withdrawn(releases, monkeypatch)
    deposit(ws, "가게", ["상호", "메모"], [("하나", "둘")])  # followed by itself
    releases.refresh("가게")
    after_erasure(releases, "가게", before_erasure(releases, "가게", ground="지움", whole=False))
    assert "가게" not in OpenBank(ws.folder / "open")
    found = releases.edition("가게")
    assert (found.state, found.trouble[:6]) == ("waiting", "'가게'를 ")
    assert releases.withdraw("가게", **WITHDRAWN).verdict == "withdraw"
    assert releases.edition("가게").state == "withdrawn"


def test_a_new_decision_opens_what_was_half_withdrawn(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, releases = city
    half_withdrawn(releases, monkeypatch)
    releases.decide(decision("가게", "가게", columns=wide(ws), rhythm="automatic"))
    assert [v.n for v in OpenBank(ws.folder / "open")["가게"].versions] == [3]


@pytest.mark.parametrize("step", ["_committed", "rebuild", "forget_copies"])
def test_after_a_stop_only_what_was_to_be_closed_is_closed(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Version 3 is by a decision as narrow as the one that is stopped: it may stay."""
    ws, releases = city
    first = list(wide(ws))[0]
    small = decision("가게", "가게", columns={first: MASK})
    releases.decide(small)  # closes 1 and 2
    releases.decide(decision("가게", "가게", columns=wide(ws)))
    assert [v.n for v in releases.open_bank["가게"].versions] == [3, 4]
    with monkeypatch.context() as broken:
        broken.setattr(publish, step, full)
        with pytest.raises((Full, MadangError)):
            releases.decide(narrow(ws))  # closes 4
    releases.refresh("가게")
    assert [v.n for v in OpenBank(ws.folder / "open")["가게"].versions] == [3, 5]
    assert not in_files(ws.folder / "open")


def test_what_was_to_be_closed_is_closed_by_a_wider_decision_too(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, releases = city
    with monkeypatch.context() as broken:
        broken.setattr(publish, "_committed", full)
        with pytest.raises((Full, MadangError)):
            releases.decide(narrow(ws))
    releases.decide(decision("가게", "가게", columns=wide(ws), title="다시 넓게"))
    assert [v.n for v in OpenBank(ws.folder / "open")["가게"].versions] == [3]


def test_what_was_taken_back_does_not_come_again_with_a_new_decision(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The withdrawal was stopped before its data went; then the edition is decided about anew."""
    ws, releases = city
    with monkeypatch.context() as broken:
        broken.setattr(editions, "erase", full)
        with pytest.raises(Full):
            releases.withdraw("가게", **WITHDRAWN)
    releases.decide(decision("가게", "가게", columns=wide(ws)))
    assert [v.n for v in OpenBank(ws.folder / "open")["가게"].versions] == [3]


def test_after_a_restore_the_ordinary_refresh_makes_the_open_half_again(
    city: tuple[Workspace, Releases], tmp_path: Path
) -> None:
    ws, releases = city
    releases.decide(narrow(ws))
    deposit(ws, "주차장", ["주차장명", "면수"], [("하나", 1)])
    columns = {column.name: Treatment() for column in ws.bank["주차장"].latest.columns}
    releases.decide(decision("주차장", "주차장", columns=columns))
    releases.withdraw("주차장", **WITHDRAWN)
    before = published(releases, "가게")
    ws.backup(tmp_path / "backup.tar")
    other = Workspace.init(tmp_path / "other", "여울구")
    other.restore(tmp_path / "backup.tar")
    assert not (other.folder / "open").exists()
    for name in sorted(
        {each.decision.dataset for each in other.releases.editions()}
    ):  # `madang release refresh`
        other.releases.refresh(name)
    assert published(other.releases, "가게") == before
    with pytest.raises(MadangError) as error:
        OpenBank(other.folder / "open")["주차장"]
    assert error.value.code == "edition_over"


def test_a_restricted_input_makes_what_was_made_of_it_restricted(city: tuple[Workspace, Releases]) -> None:
    """The card of the made table says internal; one of its inputs was closed since."""
    ws, releases = city
    card = {k: v for k, v in ws.bank["가게"].card.items() if k not in ("by", "at")}
    deposit(ws, "옮긴가게", ["상호"], [("하나",)])
    ws.write_card("옮긴가게", {"title": "옮긴 가게", "made_of": ["가게"]})
    columns = {column.name: Treatment() for column in ws.bank["옮긴가게"].latest.columns}
    wish = Decision("옮긴가게", "옮긴가게", **SAID, columns=columns)
    releases.preview(wish)
    ws.write_card("가게", {**card, "access": "restricted"})
    with pytest.raises(MadangError) as error:
        releases.decide(wish)
    assert error.value.code == "release_restricted"
