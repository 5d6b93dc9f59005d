"""What is declared about places, shipped and by a workspace."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from madang.declarations.places import SHIPPED, load_places
from madang.messages import MadangError

CHANGE = """
[[changes]]
id = "{id}"
effective = "2027-01-01"
kind = "split"
label = "나뉜 구"
source = "조례"
pairs = [{{ old = "11110", new = "11111", weight = 3 }}, {{ old = "11110", new = "11112", weight = 1 }}]
"""


def test_the_shipped_table_has_every_sido_in_both_systems() -> None:
    sidos = {sido.short: sido for sido in load_places(SHIPPED).sidos}
    assert len(sidos) == 19  # 17, the one that 광주 and 전남 became, and the one of the sample city
    assert (sidos["부산"].mois, sidos["부산"].sgis) == ("26", "21")
    assert (sidos["울산"].mois, sidos["울산"].sgis) == ("31", "26")
    assert sidos["전남광주"].since == date(2026, 7, 1)


def test_a_workspace_adds_its_own_changes(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(CHANGE.format(id="ours"), encoding="utf-8")
    history = load_places(SHIPPED, tmp_path, tmp_path / "absent").history
    found = history.rekey(pa.array(["11110"]), date(2026, 12, 31), date(2027, 1, 1))
    assert found.code.to_pylist() == ["11111", "11112"]
    assert found.weight.tolist() == [0.75, 0.25]


def test_a_workspace_corrects_a_shipped_change_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(CHANGE.format(id="michuhol_2018"), encoding="utf-8")
    changes = load_places(SHIPPED, tmp_path).history.changes
    assert not [change for change in changes if change.old == "28170"]
    assert [change.new for change in changes if change.old == "11110"] == ["11111", "11112"]


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('effective = "2027-01-01"', 'effective = "2027-13-01"', "effective"),
        ('kind = "split"', 'kind = "sprit"', "kind"),
        ('new = "11111"', 'new = "1111a"', "new"),
        ('new = "11111"', 'new = "111110"', "new"),
        ("weight = 3", "weight = -3", "weight"),
        ('label = "나뉜 구"', "", "label"),
        ('source = "조례"', 'source = "조례"\nsauce = "고추장"', "sauce"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, before: str, after: str, key: str) -> None:
    (tmp_path / "ours.toml").write_text(CHANGE.format(id="ours").replace(before, after), encoding="utf-8")
    with pytest.raises(MadangError) as error:
        load_places(tmp_path)
    assert str(error.value.params["key"]).split(".")[-1].startswith(key)
