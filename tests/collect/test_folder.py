"""The drop folder: only files that stopped growing, each moved on with its receipt."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from madang.collect import folder
from madang.collect.fetched import Means
from madang.collect.origin import Origin
from madang.messages import MadangError

Make = Callable[..., Origin]


@pytest.fixture
def drop(means: Means) -> Path:
    found = means.allowed.inbox / "stores"
    found.mkdir()
    return found


def names(files: list[Any]) -> list[str]:
    return [file.path.name for file in files]


def test_a_file_that_stopped_growing_is_taken_out_of_the_way(origin: Make, means: Means, drop: Path) -> None:
    (drop / "가게.csv").write_text("a,b\n1,2\n")
    (found,) = folder.fetch(origin("stores", "folder"), means)
    assert found.path == drop / ".taking" / "가게.csv"
    assert found.path.read_text() == "a,b\n1,2\n"
    assert (found.evidence.url, found.evidence.size) == (str(drop / "가게.csv"), 8)


def test_a_file_that_grows_while_it_is_watched_waits(
    origin: Make, means: Means, drop: Path, clock: Any
) -> None:
    (drop / "done.csv").write_text("a\n")
    growing = drop / "growing.csv"
    growing.write_text("a\n")

    def sleep(seconds: float) -> None:
        assert seconds == 10
        growing.write_text("a\nb\n")
        (drop / "fresh.csv").write_text("a\n")  # came meanwhile: not watched yet

    assert names(folder.fetch(origin("stores", "folder"), replace(means, sleep=sleep))) == ["done.csv"]
    assert growing.exists()


def test_what_is_not_a_finished_file_is_left_alone(
    origin: Make, means: Means, drop: Path, tmp_path: Path
) -> None:
    for name in ("a.csv.part", "b.tmp", ".hidden", "~$c.xlsx", "d.crdownload", "Thumbs.db"):
        (drop / name).write_text("x")
    (drop / "sub").mkdir()
    (tmp_path / "secret").write_text("geheim")
    (drop / "link.csv").symlink_to(tmp_path / "secret")
    os.mkfifo(drop / "pipe.csv")
    assert folder.fetch(origin("stores", "folder"), means) == []
    assert len(list(drop.iterdir())) == 9


def test_a_shapefile_is_taken_with_its_parts_when_it_is_whole(origin: Make, means: Means, drop: Path) -> None:
    for name in ("dong.shp", "dong.shx", "dong.prj"):
        (drop / name).write_text("x")
    assert folder.fetch(origin("stores", "folder"), means) == []
    (drop / "dong.dbf").write_text("x")
    (found,) = folder.fetch(origin("stores", "folder"), means)
    assert (found.path.name, sorted(part.name for part in found.parts)) == ("dong.shp", ["dong.dbf", "dong.prj", "dong.shx"])  # fmt: skip
    folder.put_away(found, [], True, means.clock())
    assert sorted(each.name for each in (drop / "done" / "2026-11-22").iterdir()) == [
        "dong.dbf", "dong.prj", "dong.shp", "dong.shp.receipt.json", "dong.shx",
    ]  # fmt: skip


def test_what_was_done_and_what_was_refused_lie_apart_with_their_receipts(
    origin: Make, means: Means, drop: Path
) -> None:
    for name, accepted, place in (("a.csv", True, "done"), ("b.csv", False, "refused")):
        (drop / name).write_text("x")
        (found,) = folder.fetch(origin("stores", "folder"), means)
        folder.put_away(found, [{"verdict": "…"}], accepted, means.clock())
        assert (drop / place / "2026-11-22" / name).read_text() == "x"
        receipt = drop / place / "2026-11-22" / f"{name}.receipt.json"
        assert json.loads(receipt.read_text()) == [{"verdict": "…"}]


def test_a_name_that_came_before_is_kept_beside_it(origin: Make, means: Means, drop: Path) -> None:
    for said in ("one", "two"):
        (drop / "a.csv").write_text(said)
        (found,) = folder.fetch(origin("stores", "folder"), means)
        folder.put_away(found, [], True, means.clock())
    done = drop / "done" / "2026-11-22"
    assert {(done / "a.csv").read_text(), (done / "a_2.csv").read_text()} == {"one", "two"}


def test_what_a_killed_run_left_behind_is_taken_again(origin: Make, means: Means, drop: Path) -> None:
    (drop / "a.csv").write_text("x")
    folder.fetch(origin("stores", "folder"), means)  # and killed here
    assert names(folder.fetch(origin("stores", "folder"), means)) == ["a.csv"]


def test_a_trial_leaves_the_folder_as_it_is(origin: Make, means: Means, drop: Path) -> None:
    (drop / "a.csv").write_text("x")
    (found,) = folder.fetch(origin("stores", "folder"), replace(means, trial=True))
    assert found.path.parent == means.place
    assert (drop / "a.csv").exists()


@pytest.mark.parametrize("address", ["/etc", "..", "../..", "stores/../../bank"])
def test_folders_that_nobody_allowed(origin: Make, means: Means, drop: Path, address: str) -> None:
    with pytest.raises(MadangError) as caught:
        folder.fetch(origin(address, "folder"), means)
    assert caught.value.code == "collect_folder_outside"


def test_a_link_out_of_the_inbox_is_no_way_out(origin: Make, means: Means) -> None:
    (means.allowed.inbox / "etc").symlink_to("/etc")
    with pytest.raises(MadangError) as caught:
        folder.fetch(origin("etc", "folder"), means)
    assert caught.value.code == "collect_folder_outside"


def test_a_folder_that_is_not_there(origin: Make, means: Means) -> None:
    with pytest.raises(MadangError) as caught:
        folder.fetch(origin("nowhere", "folder"), means)
    assert caught.value.code == "collect_folder_missing"
