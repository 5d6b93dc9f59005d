"""Making the city: whole or written anew, the same setting the same bytes, plants and truths beside it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from madang.messages import MadangError
from madang.samplecity import Made, Setting, found, make_city
from madang.samplecity.city import ORIGIN, SCALES, City, deliveries, month_end
from madang.samplecity.layers import layers
from madang.samplecity.map_paper import projected
from madang.samplecity.score import Score, planted
from samplecity.toy import toy_layers


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madang.samplecity.make.layers", toy_layers)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_written(tmp_path: Path) -> None:
    made = make_city(tmp_path / "city", Setting())
    assert sorted(bytes_of(tmp_path / "city")) == [
        "delivery-1/나무/나무_20260930.csv",
        "delivery-1/행정구역/행정동경계_20260930.geojson",
        "delivery-2/나무/나무_20261031.csv",
        "truth/README.md",
        "truth/city.json",
        "truth/defects.csv",
        "truth/trees/counts.csv",
    ]
    assert (made.files, made.defects) == ((2, 1), 2)


def test_a_defect_in_the_list_is_the_cell_of_the_file(tmp_path: Path) -> None:
    make_city(tmp_path / "city", Setting())
    with (tmp_path / "city/truth/defects.csv").open(encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert (first["delivery"], first["layer"], second["delivery"]) == ("1", "trees", "2")
    lines = (tmp_path / "city/delivery-1" / first["file"]).read_bytes().decode("cp949").splitlines()
    assert lines[int(first["row"]) - 1].split(",")[1] == first["value"] == "2021-13-05"


def test_the_same_setting_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_city(tmp_path / name, Setting(seed=seed))
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")
    assert bytes_of(tmp_path / "a")["delivery-1/나무/나무_20260930.csv"] != bytes_of(tmp_path / "c")["delivery-1/나무/나무_20260930.csv"]  # fmt: skip


def test_a_city_that_is_there_stays(tmp_path: Path) -> None:
    city = tmp_path / "city"
    first = make_city(city, Setting())
    (city / "delivery-1/나무/나무_20260930.csv").write_text("untouched")
    assert make_city(city, Setting()) == first == found(city)
    assert (city / "delivery-1/나무/나무_20260930.csv").read_text() == "untouched"


def test_another_setting_and_a_taken_folder_are_refused(tmp_path: Path) -> None:
    make_city(tmp_path / "city", Setting())
    with pytest.raises(MadangError) as refused:
        make_city(tmp_path / "city", Setting(seed=2))
    assert (refused.value.code, refused.value.params["seed"]) == ("sample_other_city", 1)
    (tmp_path / "mine/delivery-1").mkdir(parents=True)
    (tmp_path / "mine/delivery-1/thesis.hwp").write_text("years of work")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("a file")
    for taken in ("mine", "link", "file"):
        with pytest.raises(MadangError, match="다른 것"):
            make_city(tmp_path / taken, Setting())
    assert bytes_of(tmp_path / "mine") == {"delivery-1/thesis.hwp": b"years of work"}
    assert not list((tmp_path / "elsewhere").iterdir())


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    assert make_city(tmp_path / "city", Setting()) == found(tmp_path / "city")


def test_a_run_that_was_stopped_leaves_nothing_in_the_folder_nor_in_the_next_city(tmp_path: Path) -> None:
    make_city(tmp_path / "whole", Setting())

    def stop(kind: str, what: str, done: int, of: int) -> None:
        if (kind, what) == ("writing", "나무"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_city(tmp_path / "cut", Setting(until=date(2026, 3, 31)), stop)
    assert not (tmp_path / "cut").exists()
    make_city(tmp_path / "cut", Setting())
    assert bytes_of(tmp_path / "cut") == bytes_of(tmp_path / "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut", "whole"]


def test_steps_are_told(tmp_path: Path) -> None:
    said: list[tuple[str, str, int, int]] = []
    make_city(tmp_path / "city", Setting(), lambda *step: said.append(step))
    assert said == [("building", "땅", 0, 2), ("building", "나무", 1, 2), ("writing", "땅", 0, 2), ("writing", "나무", 1, 2)]  # fmt: skip


@pytest.mark.parametrize("scale", [0.0, 0.01, 21.0, float("nan")])
def test_a_scale_beyond_the_possible(scale: float) -> None:
    with pytest.raises(MadangError, match="규모"):
        Setting(scale=scale)


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"until": date(2026, 10, 5)}])
def test_a_setting_that_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="seed"):
        Setting(**wrong)


def test_the_biggest_city_lies_in_the_open_sea() -> None:
    """West of 상왕등도 (126.11 E), the first island on its way; east of 124.5, where Korea's box begins."""
    biggest = City(Setting(scale=SCALES[1]))
    west, south = ORIGIN
    width_m = 9_800.0 * biggest.setting.districts
    lon, _ = projected(np.array([west, west + width_m]), np.array([south, south]), 4326)
    assert lon[0] > 124.6
    assert lon[1] < 126.05


def test_deliveries_end_with_their_months() -> None:
    first, second = deliveries(Setting(until=date(2026, 3, 31)))
    assert (first.day, second.stamp) == (date(2026, 2, 28), "20260331")
    assert month_end(date(2024, 2, 5)) == date(2024, 2, 29)


def test_randomness_goes_by_name() -> None:
    """A draw more under one name changes nothing under another."""
    city, other = City(Setting()), City(Setting())
    other.rng("shops").random(7)
    assert city.rng("people").random() == other.rng("people").random()
    assert city.rng("people").random() != city.rng("shops").random()


def test_layers_come_after_what_they_need() -> None:
    names = [name for name, _ in layers()]
    assert {"ground", "streets", "people", "facilities", "shops", "voices", "weather", "streams"} <= set(
        names
    )
    for name, layer in layers():
        assert all(names.index(need) < names.index(name) for need in layer.NEEDS)
    assert {name for name, _ in layers("streets")} == {"ground", "streets"}


def test_score_counts_what_was_planted_and_nothing_else(tmp_path: Path) -> None:
    made: Made = make_city(tmp_path / "city", Setting())
    first, second = sorted(planted(made))
    assert first == ("나무_20260930.csv", 5, "cell_no_such_month")
    score = Score(planted(made), frozenset({first, ("나무_20260930.csv", 9, "key_duplicate")}))
    assert (score.recall, score.precision) == (0.5, 0.5)
    assert (score.missed, score.extra) == ([second], [("나무_20260930.csv", 9, "key_duplicate")])


def test_a_notice_is_not_counted(tmp_path: Path) -> None:
    """Planted notices (information) need not be told of: half of the plants here are some."""
    made = make_city(tmp_path / "city", Setting())
    path = tmp_path / "city/truth/defects.csv"
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([first, rest[0].replace(",error,", ",info,"), *rest[1:]]), encoding="utf-8")
    assert len(planted(made)) == 1
