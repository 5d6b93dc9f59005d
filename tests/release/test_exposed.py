"""A column that is found to be personal later is not published, nor left open, wherever it was carried to meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from madang.bank import Version
from madang.bank.bank import Bank
from madang.messages import MadangError
from madang.release import Decision, Dim, Filter, Measure, OpenBank, Releases, TableRule, Treatment
from madang.release.publish import _PROBLEMS, ground_of, notices
from madang.workspace import Workspace
from release.city import decision, deposit, made, published

KEEP = Treatment()
ROWS = [(f"가람{n}", 10 * n) for n in range(1, 10)]


def commit(ws: Workspace, dataset: str, of: Version, names: dict[str, str], **facts: Any) -> None:
    """A version of `dataset` that has the columns of another one under new `names`."""
    told = [{**asdict(c), "name": names[c.name], "label": names[c.name]} for c in of.columns]
    with ws.bank.bench() as bench:
        problems, out = bench / "problems.parquet", []
        pq.write_table(_PROBLEMS.empty_table(), problems)
        for number, path in enumerate(of.files):
            table = pq.read_table(path)
            table = table.rename_columns([names.get(name, name) for name in table.column_names])
            pq.write_table(table, bench / f"{number}.parquet")
            out.append(bench / f"{number}.parquet")
        kept = {k: v for k, v in of.receipt.items() if k not in ("deposit", "version", "dataset")}
        facts = {"columns": told, **facts}
        card = None if dataset in ws.bank else {"title": dataset, "made_of": [of.dataset.id]}
        ws.bank.commit(
            dataset, out, receipt=kept, facts=facts, problems=problems, by="t", at=ws.clock(), card=card
        )


def find_personal(ws: Workspace, dataset: str, names: Collection[str]) -> None:
    """A new version of `dataset` says of its columns `names` that they are personal; editions follow."""
    version = ws.bank[dataset].latest
    assert version is not None
    told = [{**asdict(c), "privacy": "personal" if c.name in names else c.privacy} for c in version.columns]
    same = {c.name: c.name for c in version.columns}
    commit(ws, dataset, version, same, columns=told)
    ws.releases.follow(dataset)


@pytest.fixture
def city(tmp_path: Path) -> tuple[Workspace, Releases]:
    """명부 with 별칭, and 옮김, made of it, in which that is called other."""
    ws, releases = made(tmp_path / "city")
    deposit(ws, "명부", ["별칭", "값"], ROWS)
    first = ws.bank["명부"].latest
    assert first is not None
    assert [c.privacy for c in first.columns] == ["none", "none"]
    alias, value = (c.name for c in first.columns)
    commit(
        ws, "옮김", first, {alias: "other", value: "value"}, inputs=[{"dataset": "명부", "version": first.n}]
    )
    return ws, releases


def carried(**more: Any) -> Decision:
    said = {"columns": {"other": KEEP, "value": KEEP}, "restricted_ground": "따로 정함"}
    return decision("옮김", "옮김", **{**said, **more})


def alias(ws: Workspace) -> str:
    return str(ws.bank["명부"].versions[0].columns[0].name)


TABLE = TableRule((Dim("other"),), (Measure(""),))


@pytest.mark.parametrize(
    "more", [{}, {"columns": {"value": KEEP}, "rows": (Filter("other", ("가람1",)),)}, {"columns": {}, "table": TABLE}]
)  # fmt: skip
def test_a_column_found_personal_later_is_not_decided_open_under_another_name(
    city: tuple[Workspace, Releases], more: dict[str, Any]
) -> None:
    ws, releases = city
    releases.preview(carried())
    find_personal(ws, "명부", [alias(ws)])
    with pytest.raises(MadangError) as refused:
        releases.decide(carried(**more))
    assert refused.value.code == "release_personal_column"
    assert "옮김" not in releases.open_bank


@pytest.mark.parametrize("rhythm", ["automatic", "look"])
def test_an_open_edition_that_shows_it_is_shut(city: tuple[Workspace, Releases], rhythm: str) -> None:
    ws, releases = city
    releases.decide(carried(rhythm=rhythm))
    deposit(ws, "주차장", ["주차장명", "면수"], [("하나", 1)])
    kept = {column.name: KEEP for column in ws.bank["주차장"].latest.columns}
    releases.decide(decision("주차장", "주차장", columns=kept))
    assert len(published(releases, "옮김")) == len(ROWS)
    find_personal(ws, "명부", [alias(ws)])
    assert "옮김" not in OpenBank(ws.folder / "open")
    assert "옮김" not in Bank(ws.folder / "open")  # its data are gone
    assert "주차장" in OpenBank(ws.folder / "open")
    told = notices(releases.open_bank)
    assert [(each["edition"], each["kind"]) for each in told] == [("옮김", "personal")]
    assert "개인정보" in ground_of(told[0])
    assert "personal data" in ground_of(told[0], "en")
    found = releases.edition("옮김")
    assert (found.state, "개인정보" in found.trouble) == ("waiting", True)
    with pytest.raises(MadangError) as refused:
        releases.refresh("옮김")
    assert refused.value.code == "release_personal_column"
    releases.decide(carried(columns={"other": Treatment("mask")}))
    assert "가람" not in str(published(releases, "옮김"))
    assert [v.n for v in OpenBank(ws.folder / "open")["옮김"].versions] == [2]


def test_the_dataset_itself_is_looked_at_in_every_version(city: tuple[Workspace, Releases]) -> None:
    """Nothing of the edition is by the version that says so."""
    ws, releases = city
    kept = {column.name: KEEP for column in ws.bank["명부"].latest.columns}
    releases.decide(decision("명부", "명부", columns=kept))
    find_personal(ws, "명부", [alias(ws)])
    assert "명부" not in OpenBank(ws.folder / "open")


@pytest.mark.parametrize("rhythm", ["automatic", "look"])
def test_what_was_masked_as_harmless_is_masked_whole(city: tuple[Workspace, Releases], rhythm: str) -> None:
    """Before it is known to be personal only numbers and names in it are starred."""
    ws, releases = city
    releases.decide(carried(columns={"other": Treatment("mask")}, rhythm=rhythm))
    assert "가람" in str(published(releases, "옮김"))
    find_personal(ws, "명부", [alias(ws)])
    assert "옮김" not in Bank(ws.folder / "open")
    releases.refresh("옮김")
    assert "가람" not in str(published(releases, "옮김"))
    live = OpenBank(ws.folder / "open")["옮김"].latest
    releases.follow("명부")
    releases.refresh("옮김")
    again = OpenBank(ws.folder / "open")["옮김"].latest
    assert live is not None
    assert again is not None
    assert (live.n, live.deposit_id) == (again.n, again.deposit_id)
