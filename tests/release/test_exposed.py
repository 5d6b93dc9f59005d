"""A column that is found to be personal later is not published, nor left open, wherever it was carried to meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from madang.bank import Version
from madang.bank.bank import Bank
from madang.bank.durable import read_json, write_json
from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError
from madang.release import Decision, Dim, Filter, Measure, OpenBank, Releases, TableRule, Treatment
from madang.release.exposed import exposed
from madang.release.publish import PROBLEMS, ground_of, notices
from madang.workspace import Workspace
from release.city import decision, deposit, made, published

KEEP = Treatment()
ROWS = [(f"가람{n}", 10 * n) for n in range(1, 10)]


def commit(ws: Workspace, dataset: str, of: Version, names: dict[str, str], **facts: Any) -> None:
    """A version of `dataset` that has the columns of another one under new `names`."""
    told = [{**asdict(c), "name": names[c.name], "label": names[c.name]} for c in of.columns]
    with ws.bank.bench() as bench:
        problems, out = bench / "problems.parquet", []
        pq.write_table(PROBLEMS.empty_table(), problems)
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


SHOWS = (
    TableRule((Dim("value", label="other"),), (Measure(""),)),
    TableRule((Dim("value"),), (Measure("value", "amount", contributors="other"),)),
    TableRule((Dim("value"),), (Measure("other"),)),
)


@pytest.mark.parametrize("table", SHOWS)
def test_a_personal_column_names_no_area_and_counts_nobody(table: TableRule) -> None:
    """As the name beside a code, as the number of contributors, as what is summed."""
    other = DatasetColumn("other", "다른 이름", "text", privacy="personal")
    value = DatasetColumn("value", "값", "number")
    assert exposed(decision("가", "가", table=table), [value, other]) == other
    assert exposed(decision("가", "가", table=table), [value, replace(other, privacy="none")]) is None


FINE = [Treatment(how, step) for how in ("band", "round") for step in (0.5, 1, 2, 4.9)]


@pytest.mark.parametrize("how", FINE)
def test_a_personal_number_in_small_steps_is_one_that_is_shown(
    city: tuple[Workspace, Releases], how: Treatment
) -> None:
    """수량 1007 in steps of 1 is 1007."""
    ws, releases = city
    count = ws.bank["명부"].versions[0].columns[1].name
    releases.decide(decision("명부", "명부", columns={count: how}))
    find_personal(ws, "명부", [count])
    assert "명부" not in OpenBank(ws.folder / "open")
    for again in (how, replace(how, step=5)):
        wish = decision("명부", "명부", columns={count: again})
        if again.step < 5:
            with pytest.raises(MadangError) as refused:
                releases.decide(wish)
            assert refused.value.code == "release_personal_step"
        else:
            releases.decide(wish)
    assert "명부" in OpenBank(ws.folder / "open")
    find_personal(ws, "명부", [count])
    assert "명부" in OpenBank(ws.folder / "open")


def test_a_decision_about_another_edition_shuts_what_is_exposed(city: tuple[Workspace, Releases]) -> None:
    """Whoever found the column did not follow up: killed in between."""
    ws, releases = city
    releases.decide(carried())
    kept = {column.name: KEEP for column in ws.bank["명부"].latest.columns if column.name != alias(ws)}
    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(Releases, "follow", lambda *_: [])
        find_personal(ws, "명부", [alias(ws)])
    assert "옮김" in OpenBank(ws.folder / "open")
    releases.decide(decision("명부", "명부", columns=kept))
    assert "옮김" not in OpenBank(ws.folder / "open")
    assert "명부" in OpenBank(ws.folder / "open")


def test_what_the_version_itself_called_personal_was_masked_whole(
    city: tuple[Workspace, Releases],
) -> None:
    """Editions published before `starred` was written down: they are not shut for that."""
    ws, releases = city
    find_personal(ws, "명부", [alias(ws)])
    masked = {alias(ws): Treatment("mask")}
    releases.decide(decision("명부", "명부", columns=masked))
    live = releases.open_bank["명부"].latest
    assert live is not None
    path = live.dataset.deposit_folder(live.deposit_id) / "facts.json"
    told = read_json(path)
    del told["release"]["starred"]
    write_json(path, told)
    releases.follow("명부")
    assert "명부" in OpenBank(ws.folder / "open")


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
