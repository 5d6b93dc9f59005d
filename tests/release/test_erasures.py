"""An erasure reaches what is open of a dataset and of all that was made of it; what is left comes back as it was decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from madang.bank.erase import receipt_of, tombstones
from madang.intake.record import Made
from madang.messages import MadangError
from madang.release import OpenBank, Releases, Treatment
from madang.release.publish import notices
from madang.workspace import Workspace
from release.city import decision, deposit, made, published

KEEP = Treatment()
WHO = "가람3"


@pytest.fixture
def city(tmp_path: Path) -> tuple[Workspace, Releases]:
    """명부; 두배 made of it, 네배 of that; 남 of none of them."""
    ws, releases = made(tmp_path / "city")
    deposit(ws, "명부", ["별칭", "수량"], [(f"가람{n}", 1000 + 7 * n) for n in range(1, 10)])
    derive(ws, "두배", "명부", 1)
    derive(ws, "네배", "두배", 1)
    deposit(ws, "남", ["별칭", "수량"], [(f"나{n}", n) for n in range(1, 10)])
    return ws, releases


def derive(ws: Workspace, name: str, of: str, n: int, *, without: str = "") -> None:
    path = ws.folder / "cache" / f"{name}.csv"
    rows = [f"가람{k},{2 * k}" for k in range(1, 10) if f"가람{k}" != without]
    path.write_text("\n".join(["별명,곱", *rows]) + "\n", encoding="utf-8")
    answer = Made("select …", ((of, n),), {"title": name, "made_of": [of]})
    receipts = ws.deposit(path, name, by="t", once=True, made=answer)
    assert receipts[0].verdict == "accepted", receipts


def opened(ws: Workspace, dataset: str, **more: Any) -> None:
    kept = {column.name: KEEP for column in ws.bank[dataset].latest.columns}
    ws.releases.decide(decision(dataset, dataset, columns=kept, **more))


def public(ws: Workspace) -> list[str]:
    return [each.id for each in OpenBank(ws.folder / "open").datasets()]


def alias(ws: Workspace) -> str:
    return str(ws.bank["명부"].versions[0].columns[0].name)


def erase(ws: Workspace) -> Any:
    return ws.erase("명부", column=alias(ws), value=WHO, ground="본인 요청", by="t")


@pytest.mark.parametrize("rhythm", ["automatic", "look"])
def test_what_was_made_of_it_is_shut_until_it_is_made_anew(
    city: tuple[Workspace, Releases], rhythm: str
) -> None:
    ws, releases = city
    for name in ("명부", "두배", "네배", "남"):
        opened(ws, name, rhythm=rhythm)
    stone = erase(ws)
    assert receipt_of(stone)["made_from"] == ("네배", "두배")
    assert tombstones(ws.bank)[0].made_from == ("네배", "두배")
    assert public(ws) == ["남", "명부"]
    assert WHO not in str(published(releases, "명부"))
    assert sorted(each.id for each in releases.open_bank.datasets()) == ["남", "명부"]
    for name, of in (("두배", "명부"), ("네배", "명부")):
        found = releases.edition(name)
        assert found.state == "waiting"
        assert f"({of})" in found.trouble
        with pytest.raises(MadangError) as refused:
            releases.refresh(name)
        assert refused.value.code == "release_input_erased"
    derive(ws, "두배", "명부", 1, without=WHO)
    releases.refresh("두배")
    assert WHO not in str(published(releases, "두배"))
    with pytest.raises(MadangError):
        releases.refresh("네배")  # made of the version of 두배 that still holds her
    derive(ws, "네배", "두배", 2, without=WHO)
    releases.refresh("네배")
    assert public(ws) == ["남", "네배", "두배", "명부"]


def test_made_anew_of_the_same_bytes_it_is_open_again(city: tuple[Workspace, Releases]) -> None:
    """Nothing of the erased rows was in it."""
    ws, _ = city
    opened(ws, "두배", rhythm="automatic")
    erase(ws)
    assert public(ws) == []
    derive(ws, "두배", "명부", 1)
    assert public(ws) == ["두배"]


@pytest.mark.parametrize("change", ["rollback", "edit"])
def test_what_was_made_before_stays_shut_under_a_new_number(
    city: tuple[Workspace, Releases], change: str
) -> None:
    from madang.intake.round_trip import Edits, merge
    from madang.intake.round_trip_commit import commit_edits

    ws, releases = city
    if change == "rollback":
        derive(ws, "두배", "명부", 1, without="가람1")
    opened(ws, "두배", rhythm="automatic")
    erase(ws)
    if change == "rollback":
        ws.rollback("두배", 1, by="t")
    else:
        live = ws.bank["두배"].latest
        merged = merge(live, live, Edits(live.n, {0: {live.columns[0].name: "바뀜"}}, [], []))
        lines = {line.id for line in merged.lines}
        commit_edits(
            ws.bank, "두배", merged, lines, standards=ws.standards, registers=None, by="t", why="w", at=ws.clock()
        )  # fmt: skip
        ws.renewed("두배")
    assert public(ws) == []


def test_of_an_input_erased_whole_nothing_stays_open(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    for name in ("두배", "네배", "남"):
        opened(ws, name, rhythm="automatic", restricted_ground="따로 정함")
    ws.erase("명부", ground="보유 기간이 지남", by="t")
    assert public(ws) == ["남"]
    assert releases.edition("두배").state == "waiting"
    assert [each["edition"] for each in notices(releases.open_bank)] == ["네배", "두배"]


@pytest.mark.parametrize("rhythm", ["automatic", "look"])
def test_an_erasure_that_finds_nothing_leaves_everything_open(
    city: tuple[Workspace, Releases], rhythm: str
) -> None:
    ws, releases = city
    for name in ("명부", "두배"):
        opened(ws, name, rhythm=rhythm)
    with pytest.raises(MadangError) as error:
        ws.erase("명부", column=alias(ws), value="없는이", ground="요청", by="t")
    assert error.value.code == "erase_nothing"
    assert public(ws) == ["두배", "명부"]
    assert [releases.edition(name).trouble for name in ("명부", "두배")] == ["", ""]


@pytest.mark.parametrize("rhythm", ["automatic", "look"])
def test_a_version_nobody_has_looked_at_is_not_opened_by_an_erasure(
    city: tuple[Workspace, Releases], rhythm: str
) -> None:
    """What is looked at first comes back as the version that the public had, without her."""
    ws, releases = city
    opened(ws, "명부")
    deposit(ws, "명부", ["별칭", "수량"], [(f"가람{n}", 5) for n in range(1, 21)])
    opened(ws, "두배", rhythm=rhythm)
    assert releases.edition("명부").state == "behind"
    erase(ws)
    rows = published(releases, "명부")
    assert len(rows) == 8
    assert WHO not in str(rows)
    found = releases.edition("명부")
    assert (found.state, found.of_version, found.trouble) == ("behind", 1, "")
    assert len(releases.refresh("명부")) == 1
    assert len(published(releases, "명부")) == 19


def test_what_was_waiting_to_be_looked_at_is_not_opened_by_an_erasure(
    city: tuple[Workspace, Releases],
) -> None:
    ws, releases = city
    opened(ws, "명부")
    (ws.folder / "open").rename(ws.folder / "gone")  # as after a restore
    erase(ws)
    assert public(ws) == []
    assert releases.edition("명부").state == "waiting"
    releases.refresh("명부")
    assert public(ws) == ["명부"]


def test_an_erasure_killed_before_the_editions_came_back_says_so(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    from madang.release import erasures

    ws, releases = city
    opened(ws, "명부")

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(erasures, "after_erasure", killed)
        with pytest.raises(Killed):
            erase(ws)
    assert public(ws) == []
    found = releases.edition("명부")
    assert found.state == "waiting"
    assert "파기하면서" in found.trouble


def test_after_a_restore_what_was_made_of_erased_rows_is_not_opened(
    city: tuple[Workspace, Releases], tmp_path: Path
) -> None:
    ws, _ = city
    opened(ws, "두배", rhythm="automatic")
    erase(ws)
    ws.backup(tmp_path / "backup.tar")
    other = Workspace.init(tmp_path / "other", "여울구")
    other.restore(tmp_path / "backup.tar")
    with pytest.raises(MadangError) as refused:
        other.releases.refresh("두배")
    assert refused.value.code == "release_input_erased"
    assert public(other) == []
