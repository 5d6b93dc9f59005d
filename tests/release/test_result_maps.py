"""Maps of open results: the borders that they need go along and no others, and nothing hidden can be read from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from madang.messages import MadangError
from madang.release import OpenBank
from madang.release.result_story import Story
from madang.results.map_picture import Area, maps_of
from madang.results.report import map_figure
from madang.workspace import Workspace
from release import found
from release.found import decision, people, results


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    return found.city(tmp_path, monkeypatch)


@pytest.fixture
def borders(monkeypatch: pytest.MonkeyPatch) -> dict[str, Area]:
    return found.borders(monkeypatch)


def opened(ws: Workspace, **more: Any) -> Story:
    """As the public has it: of the open bank alone."""
    results(ws).decide(decision(ws.run("dong-people", by="lee"), **more))
    live = OpenBank(ws.folder / "open")["동의-사람"].latest
    assert live is not None
    return Story.from_json(json.loads(json.dumps(live.facts["result"])))


def drawn(told: Story) -> list[str]:
    maps = maps_of(told.result, told.borders, hidden=told.hidden)
    return [map_figure(each).svg(880, "wide") for each in maps]


def test_the_borders_of_its_areas_go_along_simplified(ws: Workspace, borders: dict[str, Area]) -> None:
    told = opened(ws)
    assert sorted(told.borders) == sorted(found.PEOPLE)
    raw = OpenBank(ws.folder / "open")["동의-사람"].latest.facts["result"]["borders"]  # type: ignore[union-attr]
    for code, area in told.borders.items():
        assert area.name == borders[code].name
        assert (
            len(shapely.get_coordinates(area.shape)) < 10 < len(shapely.get_coordinates(borders[code].shape))
        )
        assert shapely.hausdorff_distance(area.shape, borders[code].shape) < 0.0005
        assert raw[code]["shape"] == shapely.to_wkt(area.shape, rounding_precision=5)
    assert len(drawn(told)) == 2


def test_the_map_is_the_same_whatever_the_hidden_number_is(ws: Workspace, borders: dict[str, Area]) -> None:
    """3 people or 2, and with the same total 7 or 8 of the other who is hidden: nothing of the picture changes."""
    counts = {**found.PEOPLE, "9911051000": 3, "9911055000": 8}
    people(ws, counts)
    first = opened(ws)
    people(ws, {**counts, "9911051000": 2, "9911055000": 9})
    second = opened(ws)
    assert _hidden(first) == {"9911051000", "9911055000"} == _hidden(second)
    assert drawn(first) == drawn(second)
    for picture in drawn(first):
        assert picture.count("비공개") >= 3  # of both, and in the key
        assert picture.count('class="hatch"') == 3


def _hidden(told: Story) -> set[str]:
    rows = told.result.table("dongs").rows.column("dong_code").to_pylist()
    return {rows[n] for n in told.hidden["dongs"]}


def test_a_table_that_stays_inside_takes_its_layers_and_their_borders_along(
    ws: Workspace, borders: dict[str, Area]
) -> None:
    told = opened(ws, without=("dongs",))
    assert (told.result.layers, dict(told.borders)) == ((), {})


def test_borders_of_few_stay_inside(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    known = found.borders(monkeypatch)
    first, second, *_ = found.PEOPLE
    known[first] = Area("가", known[first].shape, "cafes@1")
    known[second] = Area("나", known[second].shape, "없어진-경계@1")
    ws.write_card("cafes", {"title": "카페", "access": "restricted", "steward": "위생과"})
    told = opened(ws, restricted_ground="동의를 받음")
    assert set(told.borders) == set(found.PEOPLE) - {first, second}


def test_a_story_from_before_maps_still_opens(ws: Workspace, borders: dict[str, Area]) -> None:
    told = opened(ws).to_json()
    del told["borders"]
    told["result"]["layers"] = []
    assert drawn(Story.from_json(told)) == []
    with pytest.raises(MadangError) as refused:
        Story.from_json({**opened(ws).to_json(), "borders": {"9911051000": {"name": "가", "shape": "POINT (1 2)"}}})  # fmt: skip
    assert refused.value.code == "release_result_unreadable"


def test_points_that_are_hidden_are_not_drawn(ws: Workspace, borders: dict[str, Area]) -> None:
    """A place is made of numbers: where those of a row are hidden, so is its place."""
    code = ws.folder.parent / "shipped" / "dong-people" / "analysis.py"
    told = code.read_text("utf-8")
    told = told.replace("persons * 2.0 AS twice", "127.0 + persons / 1000 AS lon, 37.05 AS lat")
    told = told.replace('Column("twice", "두 배", "number")', 'Column("lon", "경도", "number"), Column("lat", "위도", "number")')  # fmt: skip
    told = told.replace('Layer("동마다 두 배", "dongs", "areas", "twice")', 'Layer("사람", "dongs", "points", "people")')  # fmt: skip
    code.write_text(told, encoding="utf-8")
    (points, _areas) = maps_of((story := opened(ws)).result, story.borders, hidden=story.hidden)
    places = [round(each, 3) for each in np.array(points.places[0])[points.drawn].tolist()]
    assert sorted(places) == [127.0 + n / 1000 for n in (40, 50, 60)]
    assert "비공개인 2행은 지도에 없습니다." in points.notes


@pytest.mark.parametrize("meaning", ["", ', meaning="verdict"'])
def test_words_of_hidden_numbers_are_crossed_out_and_make_no_class(
    ws: Workspace, borders: dict[str, Area], meaning: str
) -> None:
    """Both of the fewest are hidden; the word that one of them alone has is on no map, nor in its table, whether or not the
    column says that it is a verdict."""
    code = ws.folder.parent / "shipped" / "dong-people" / "analysis.py"
    told = code.read_text("utf-8")
    told = told.replace(
        "persons * 2.0 AS twice",
        "CASE WHEN persons < 5 THEN '아주 적음' WHEN persons > 45 THEN '많음' ELSE '' END AS twice",
    )
    told = told.replace('Column("twice", "두 배", "number")', f'Column("twice", "판정"{meaning})')
    code.write_text(told, encoding="utf-8")
    (words, _counts) = maps_of((story := opened(ws)).result, story.borders, hidden=story.hidden)
    assert [(each.words, each.count) for each in words.classes.each] == [("많음", 2), ("어느 판정도 아님", 1)]
    assert words.without == [("withheld", "비공개", 2)]
    assert "아주 적음" not in json.dumps(story.to_json(), ensure_ascii=False)
    assert map_figure(words).svg(880, "wide").count('class="hatch"') == 3


def test_who_told_the_borders_is_erased_and_the_result_shut(ws: Workspace, borders: dict[str, Area]) -> None:
    for code in found.PEOPLE:
        borders[code] = Area("가", borders[code].shape, "경계@1")
    found.deposit(ws, "경계", ["가", "나"], [("1", "2")])
    assert opened(ws).borders
    assert results(ws).decisions.latest("동의-사람").borders == ("경계",)
    ws.erase("경계", ground="잘못 올림", by="kim")
    assert results(ws).result("동의-사람").state == "waiting"
    results(ws).refresh()
    assert results(ws).result("동의-사람").state == "open"
    assert b"POLYGON" not in b"".join(path.read_bytes() for path in (ws.folder / "open").rglob("*") if path.is_file())  # fmt: skip
