"""Streets and buildings of the sample city: one network, numbers by the rule, everything where its codes say."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow.compute as pc
import pytest
import shapely

from madang.places.address import parse
from madang.samplecity.city import City, Setting
from madang.samplecity.layers import grown
from madang.samplecity.layers.ground.model import COVERS, Ground
from madang.samplecity.layers.streets.find import of_use, pick
from madang.samplecity.layers.streets.graph import components, turns, ways_to_end
from madang.samplecity.layers.streets.model import USES, Streets
from madang.samplecity.layers.streets.titles import more
from madang.samplecity.words import words


@cache
def city() -> City:
    return grown(Setting(seed=7, scale=0.05), "streets")


def parts() -> tuple[Ground, Streets]:
    return city().get(Ground), city().get(Streets)


def reached(count: int, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Nodes that can be driven to from node 0, by plain widening."""
    seen = np.zeros(count, bool)
    seen[0] = True
    while True:
        more = np.zeros(count, bool)
        more[end[seen[start]]] = True
        if not (more & ~seen).any():
            return seen
        seen |= more


def test_every_node_can_be_driven_to_and_from() -> None:
    _, streets = parts()
    links, many = streets.links, len(streets.nodes.id)
    both = ~links.one_way
    start, end = np.r_[links.start, links.end[both]], np.r_[links.end, links.start[both]]
    assert reached(many, start, end).all()
    assert reached(many, end, start).all()
    assert links.one_way.any()


def test_links_join_their_nodes_and_are_as_long_as_they_are_drawn() -> None:
    _, streets = parts()
    nodes, links = streets.nodes, streets.links
    ends = shapely.get_coordinates(links.shape).reshape(-1, 2, 2)
    assert np.array_equal(ends[:, 0], np.column_stack([nodes.x, nodes.y])[links.start])
    assert np.array_equal(ends[:, 1], np.column_stack([nodes.x, nodes.y])[links.end])
    assert links.length_m == pytest.approx(shapely.length(links.shape), abs=0.06)
    for ids in (nodes.id, links.id):
        assert len(set(ids)) == len(ids)
        assert {len(each) for each in ids} == {10}


def test_no_road_runs_through_the_river_but_over_bridges() -> None:
    ground, streets = parts()
    wet = shapely.intersects(ground.river, streets.links.shape)
    assert not (wet & ~streets.links.bridge).any()
    assert wet.any()
    assert (streets.links.rank[wet] < 3).all()


def test_wider_roads_are_faster_and_have_more_lanes() -> None:
    _, streets = parts()
    links = streets.links
    speed = [links.max_speed_kmh[links.rank == rank] for rank in (1, 2, 3)]
    lanes = [links.lanes[links.rank == rank] for rank in (1, 2, 3)]
    assert speed[0].min() > speed[1].max() > speed[1].min() > speed[2].max()
    assert lanes[0].min() > lanes[1].max() >= lanes[2].max()
    assert np.array_equal(streets.roads.rank[links.road], links.rank)


def test_names_of_roads_end_by_their_width_and_codes_begin_with_the_district() -> None:
    ground, streets = parts()
    roads = streets.roads
    for name, rank, code, district in zip(roads.name, roads.rank, roads.code, roads.district, strict=True):
        assert name.endswith({1: ("대로",), 2: ("로",), 3: ("길",)}[int(rank)])
        assert len(code) == 12
        assert code[:5] == ground.districts.code[district]
    assert len(set(roads.code)) == len(roads.code)
    assert len(set(zip(roads.name, roads.district.tolist(), strict=True))) == len(roads.name)


def _places(ground: Ground) -> dict[str, np.ndarray]:
    """The 행정동 that the beginning of a name may mean: a dong (버들1동: 버들), a 법정동, a landmark."""
    found: dict[str, set[int]] = {}
    for number, name in enumerate(ground.dongs.name):
        found.setdefault(re.sub(r"\d*동$", "", name), set()).add(number)
    for number, legal in ground.legal.pairs.tolist():
        found.setdefault(re.sub(r"동$", "", ground.legal.name[legal]), set()).add(number)
    for name, mark in ground.landmarks.items():
        found.setdefault(name, set()).add(mark.dong)
    return {name: np.isin(np.arange(len(ground.dongs)), list(dongs)) for name, dongs in found.items()}


def _astray(ground: Ground, streets: Streets) -> list[str]:
    """Main roads named after a place of which they never touch the dong, or mostly run beyond the dongs beside it."""
    found, links, shapes = [], streets.links, ground.dongs.shape
    name_of = np.array(streets.roads.name)[links.road]  # a road that goes on in the next 구 keeps its name
    for name in np.unique(name_of[links.rank < 3]).tolist():
        lines = links.shape[name_of == name]
        meant = [place for word, place in _places(ground).items() if name.startswith(word)]
        for place in meant:
            near = place | shapely.dwithin(shapes, shapely.union_all(shapes[place]), 1)
            length = shapely.length(shapely.intersection(lines, shapely.union_all(shapes[near]))).sum()
            touches = shapely.intersects(lines, shapely.union_all(shapes[place])).any()
            if not touches or length < 0.5 * shapely.length(lines).sum():
                found.append(name)
    return found


def test_roads_named_after_a_place_run_there() -> None:
    ground, streets = parts()
    assert _astray(ground, streets) == []
    named = {name for name in streets.roads.name if name.startswith(tuple(_places(ground)))}
    assert any(name.endswith("로") for name in named)
    elsewhere = replace(streets.roads, name=tuple("장터로" for _ in streets.roads.name))
    assert _astray(ground, replace(streets, roads=elsewhere))  # the question can be answered with no


def test_names_that_suit_any_place_begin_with_none() -> None:
    ground, _ = parts()
    said = words("streets")
    anywhere = [*more(said["avenues"]), *more(said["streets"])]
    assert [name for name in anywhere if name.startswith(tuple(_places(ground)))] == []
    assert len({*anywhere, *(each["name"] for each in said["placed"])}) == len(anywhere) + len(said["placed"])
    assert {dong for each in said["placed"] for dong in each["at"]} <= set(ground.dongs.name)


def test_buildings_stand_where_their_codes_say_and_dry() -> None:
    ground, streets = parts()
    buildings = streets.buildings
    points = shapely.points(buildings.x, buildings.y)
    assert shapely.contains(ground.dongs.shape[buildings.dong], points).all()
    assert shapely.contains(ground.legal.shape[buildings.legal], points).all()
    assert shapely.contains(ground.tongs.shape[buildings.tong], points).all()
    assert np.array_equal(np.asarray(ground.tongs.dong)[buildings.tong], buildings.dong)
    assert not shapely.intersects(ground.river, points).any()
    row, column = ground.grid.cells(buildings.x, buildings.y)
    assert (ground.cover[row, column] != COVERS.index("물")).all()
    away = shapely.distance(points, streets.links.shape[buildings.link])
    assert away.min() > 5
    assert away[buildings.complex < 0].max() < 60


def test_homes_make_the_people_of_each_dong() -> None:
    ground, streets = parts()
    buildings = streets.buildings
    standing = buildings.standing(city().deliveries[0].day)
    homes = np.bincount(buildings.dong[standing], buildings.households[standing], len(ground.dongs))
    size = np.asarray(ground.dongs.people) / homes
    assert (size > 1.7).all()
    assert (size < 2.7).all()
    lived_in = np.isin(buildings.use, [USES.index(use) for use in ("house", "villa", "apartment", "farm")])
    assert (buildings.households[lived_in] > 0).all()


def test_addresses_are_each_of_one_building_and_read_as_addresses() -> None:
    ground, streets = parts()
    buildings = streets.buildings
    for texts in (buildings.id, buildings.road_address, buildings.lot_address):
        assert len(set(texts)) == len(texts)
    assert {len(each) for each in buildings.id} == {25}
    assert all(len(each) == 5 and each.startswith("09") for each in buildings.postcode)
    found = parse(_arrow(buildings.road_address))
    assert set(found["kind"].to_pylist()) == {"road"}
    assert found["road"].to_pylist() == [streets.roads.name[at] for at in buildings.road.tolist()]
    assert found["building_main"].to_pylist() == buildings.main.tolist()
    assert found["building_sub"].to_pylist() == buildings.sub.tolist()
    lots = parse(_arrow(buildings.lot_address))
    assert lots["lot_main"].to_pylist() == buildings.lot_main.tolist()
    assert lots["san"].to_pylist() == buildings.hill_lot.tolist()
    assert pc.all(pc.equal(lots["sigungu"], "여울구")).as_py()


def _arrow(texts: tuple[str, ...]) -> object:
    import pyarrow as pa

    return pa.array(texts)


def test_numbers_rise_along_the_road_odd_on_the_left() -> None:
    """From the building to its road: on a link that runs as its road does, odd numbers lie to the left."""
    _, streets = parts()
    buildings, links, nodes = streets.buildings, streets.links, streets.nodes
    plain = np.flatnonzero(buildings.complex < 0)
    link = buildings.link[plain]
    start = np.column_stack([nodes.x, nodes.y])[links.start[link]]
    way = np.column_stack([nodes.x, nodes.y])[links.end[link]] - start
    to = np.column_stack([buildings.x, buildings.y])[plain] - start
    left = way[:, 0] * to[:, 1] - way[:, 1] * to[:, 0] > 0
    along = np.sum(way * to, axis=1) / np.hypot(*way.T)
    odd = buildings.main[plain] % 2 == 1
    for number in np.unique(link):
        here = link == number
        same = odd[here] == left[here]
        assert same.all() or not same.any()  # the whole link runs with its road, or against it
        forward = bool(same.all())
        for side in (True, False):
            there = here & (left == side)
            order = np.argsort(along[there] if forward else -along[there])
            main = buildings.main[plain][there][order]
            assert (np.diff(main) >= 0).all()
            assert (np.diff(main) % 2 == 0).all()


def test_the_complex_of_the_second_delivery_is_the_last() -> None:
    ground, streets = parts()
    buildings = streets.buildings
    first, second = city().deliveries
    new = ~buildings.standing(first.day)
    assert 3 <= new.sum() <= 5
    assert new[-int(new.sum()) :].all()
    assert buildings.standing(second.day).all()
    assert {ground.dongs.name[at] for at in buildings.dong[new].tolist()} == {"새솔3동"}
    assert [buildings.block[at] for at in np.flatnonzero(new)]
    assert len({buildings.name[at] for at in np.flatnonzero(new)}) == 1


def test_the_same_seed_makes_the_same_streets_and_another_others() -> None:
    again = grown(Setting(seed=7, scale=0.05), "streets").get(Streets)
    other = grown(Setting(seed=8, scale=0.05), "streets").get(Streets)
    _, streets = parts()
    assert again.buildings.road_address == streets.buildings.road_address
    assert np.array_equal(again.buildings.x, streets.buildings.x)
    assert other.buildings.road_address != streets.buildings.road_address


def test_questions_of_other_layers() -> None:
    _, streets = parts()
    buildings = streets.buildings
    rng = np.random.default_rng(1)
    shops = pick(rng, streets, 40, use=("shop",))
    assert len(set(shops.tolist())) == 40
    assert of_use(streets, "shop")[shops].all()
    by_dong = np.zeros(21)
    by_dong[[1, 4]] = (1.0, 3.0)
    drawn = pick(rng, streets, 4_000, by_dong=by_dong, again=True)
    assert np.mean(buildings.dong[drawn] == 4) == pytest.approx(0.75, abs=0.04)


def test_parts_and_chains_of_graphs() -> None:
    assert components(6, np.array([0, 4, 2]), np.array([1, 3, 1])).tolist() == [0, 0, 0, 3, 3, 5]
    # a chain 0 -> 1 -> 2 of lengths 3, 4, 5 and a circle 3 -> 4 -> 3
    way, last = ways_to_end(np.array([1, 2, 2, 4, 3]), np.array([3.0, 4.0, 5.0, 1.0, 1.0]))
    assert way[:3].tolist() == [12.0, 9.0, 5.0]
    assert last.tolist() == [2, 2, 2, -1, -1]
    # at one node: two ends straight opposite, a third across
    a, b = turns(np.array([7, 7, 7]), np.array([0.0, np.pi / 2, np.pi]), np.zeros(3), np.radians(30))
    assert {*a.tolist(), *b.tolist()} == {0, 2}


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "scale"), [(1, 0.03), (2, 0.3), (3, 1.5)])
def test_cities_of_other_sizes(seed: int, scale: float) -> None:
    made = grown(Setting(seed=seed, scale=scale), "streets")
    ground, streets = made.get(Ground), made.get(Streets)
    links, buildings = streets.links, streets.buildings
    assert (components(len(streets.nodes.id), links.start, links.end) == 0).all()
    assert len(set(buildings.road_address)) == len(set(buildings.id)) == len(buildings)
    people = np.bincount(buildings.dong, buildings.households, len(ground.dongs))
    assert (people > 0).all()
    assert _astray(ground, streets) == []
    code = [streets.roads.code[at][:5] for at in buildings.road.tolist()]
    assert code == [ground.legal.code[at][:5] for at in buildings.legal.tolist()]
