"""Neighbours, Moran, Gi* and rates against esda and libpysal, against every permutation there is, and known patterns."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from madang.messages import MadangError
from madang.methods.autocorrelation import getis_ord, global_moran, local_moran
from madang.methods.permutation import conditional_p, false_discoveries
from madang.methods.smoothing import smooth_rates, standardised_rates
from madang.methods.weights import SpatialWeights, contiguity, distance_band, nearest
from tests.shared_data import shared

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of imports that the peers bring along
    import esda
    import geopandas
    import libpysal
    from esda.smoothing import Empirical_Bayes, Spatial_Empirical_Bayes, assuncao_rate

SIDE = 16
COLUMN, ROW = (part.ravel() for part in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
SQUARES = shapely.box(COLUMN * 100.0, ROW * 100.0, COLUMN * 100.0 + 100, ROW * 100.0 + 100)
QUEEN, ROOK = contiguity(SQUARES), contiguity(SQUARES, "rook")


def dice(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


def peer(weights: SpatialWeights, transform: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = libpysal.weights.WSP(scipy.sparse.csr_matrix(weights.binary().matrix)).to_W()
        found.transform = transform
    return found


def quietly(made: Any, *arguments: Any, **named: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return made(*arguments, **named)


def within_chance(one: Any, other: Any, runs: int) -> None:
    """Two estimates of the same probabilities from `runs` draws each: five standard errors apart at most."""
    middle = (one + other) / 2
    assert (np.abs(one - other) <= 5 * np.sqrt(2 * middle * (1 - middle) / runs) + 2 / runs).all()


def neighbours(weights: SpatialWeights) -> dict[int, set[int]]:
    matrix = weights.matrix
    return {
        row: set(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].tolist())
        for row in range(weights.areas)
    }


def peer_neighbours(weights: Any) -> dict[int, set[int]]:
    return {row: set(found) for row, found in weights.neighbors.items()}


# neighbours


def test_a_square_touches_four_by_its_sides_and_eight_with_its_corners() -> None:
    inner = (COLUMN > 0) & (COLUMN < SIDE - 1) & (ROW > 0) & (ROW < SIDE - 1)
    assert set(QUEEN.neighbours[inner]) == {8}
    assert set(ROOK.neighbours[inner]) == {4}
    assert (QUEEN.neighbours[0], ROOK.neighbours[0]) == (3, 2)
    assert_allclose(QUEEN.matrix.sum(axis=1), 1)
    assert set(QUEEN.binary().matrix.data) == {1.0}
    assert len(QUEEN.islands) == 0


@pytest.mark.parametrize("rule", ["queen", "rook"])
def test_cells_that_fill_a_plane_have_the_neighbours_that_libpysal_finds(rule: Any) -> None:
    points = shapely.multipoints(dice().random((150, 2)) * 5_000)
    cells = shapely.get_parts(shapely.voronoi_polygons(points))
    frame = geopandas.GeoDataFrame(geometry=list(cells), crs=5179)
    theirs = libpysal.weights.Queen if rule == "queen" else libpysal.weights.Rook
    found = quietly(theirs.from_dataframe, frame, use_index=False)
    assert neighbours(contiguity(cells, rule)) == peer_neighbours(found)


def test_an_island_is_tied_to_the_nearest_shore_and_told() -> None:
    shapes = [*shapely.box([0, 100, 200], 0, [100, 200, 300], 100), shapely.box(450, 0, 500, 50)]
    found = contiguity(shapes)
    assert found.islands.tolist() == [[3, 2]]
    assert neighbours(found) == {0: {1}, 1: {0, 2}, 2: {1, 3}, 3: {2}}
    assert neighbours(contiguity(shapes[:2] + [shapely.box(900, 0, 1000, 9)]))[1] == {0, 2}


def test_borders_that_were_drawn_apart_meet_within_the_gap() -> None:
    shapes = shapely.box([0, 101, 202, 101], [0, 0, 0, 101], [100, 201, 302, 201], [100, 100, 100, 201])
    assert len(contiguity(shapes).islands) == 4
    assert neighbours(contiguity(shapes, gap_m=2)) == {0: {1, 3}, 1: {0, 2, 3}, 2: {1, 3}, 3: {0, 1, 2}}
    assert neighbours(contiguity(shapes, "rook", gap_m=2)) == {0: {1}, 1: {0, 2, 3}, 2: {1}, 3: {1}}


def test_points_have_the_neighbours_that_libpysal_finds() -> None:
    x, y = dice().random((2, 200)) * 10_000
    points = np.column_stack([x, y])
    assert neighbours(nearest(x, y, 6)) == peer_neighbours(quietly(libpysal.weights.KNN, points, k=6))
    band = distance_band(x, y, 700)
    theirs = peer_neighbours(quietly(libpysal.weights.DistanceBand, points, threshold=700))
    alone = {row for row, found in theirs.items() if not found}
    assert set(band.islands[:, 0]) == alone != set()
    for island, shore in band.islands:
        theirs[island].add(shore)
        theirs[shore].add(island)
        assert np.hypot(*(points - points[island]).T).argsort()[1] == shore
    assert neighbours(band) == theirs


def test_points_on_the_same_spot_are_neighbours_and_none_is_its_own() -> None:
    found = nearest([0, 0, 0, 0, 9], [0, 0, 0, 0, 9], 2)
    assert set(found.neighbours) == {2}
    assert (found.matrix.diagonal() == 0).all()
    assert neighbours(found)[4] <= {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (lambda: contiguity(SQUARES[:1]), "weights_too_few"),
        (lambda: contiguity([*SQUARES[:3], None]), "weights_no_shape"),
        (lambda: nearest([1, 2, 3], [1, 2], 1), "weights_lengths"),
        (lambda: nearest([1, 2, 3], [1, 2, np.nan], 1), "weights_no_shape"),
        (lambda: nearest([1, 2, 3], [1, 2, 3], 3), "weights_too_few"),
        (lambda: local_moran([1.0, 2.0], QUEEN, rng=dice()), "hot_spots_lengths"),
        (lambda: local_moran(np.where(ROW == 3, np.nan, ROW), QUEEN, rng=dice()), "hot_spots_gaps"),
        (lambda: global_moran(np.ones(SIDE**2), QUEEN, rng=dice()), "hot_spots_same"),
        (lambda: getis_ord(ROW - ROW.mean(), QUEEN, rng=dice()), "hot_spots_sum"),
        (lambda: smooth_rates([1, 2], [1]), "rates_lengths"),
        (lambda: smooth_rates([1, -2], [1, 5]), "rates_values"),
        (lambda: smooth_rates([1, 2], [0, 5]), "rates_nobody"),
        (lambda: standardised_rates([0, 2], [0, 5]), "rates_nobody"),
        (lambda: standardised_rates([0, 0], [3, 5]), "hot_spots_same"),
    ],
)
def test_what_has_no_answer_is_said(asked: Any, code: str) -> None:
    with pytest.raises(MadangError) as told:
        asked()
    assert told.value.code == code


# known patterns


def test_a_checkerboard_is_as_unlike_its_neighbours_as_can_be() -> None:
    found = global_moran((COLUMN + ROW) % 2, ROOK, rng=dice())
    assert found.i == pytest.approx(-1)
    assert found.expected == -1 / (SIDE**2 - 1)
    assert (found.p_value, found.areas) == (0.002, 256)  # 2 * (0 + 1) / (999 + 1)
    assert found.z < -10
    squares = local_moran((COLUMN + ROW) % 2, ROOK, rng=dice(), permutations=9_999)
    assert_array_equal(squares.quadrant, np.where((COLUMN + ROW) % 2, "HL", "LH"))
    assert_array_equal(
        squares.label == "", ROOK.neighbours < 5
    )  # 4 of 4 unlike: chance does it once in eight


def test_two_halves_are_high_among_high_and_low_among_low() -> None:
    """Eight of eight alike: once in 128 by chance (two-sided); at an edge, five of five: once in 16, not believed."""
    left = COLUMN < SIDE // 2
    found = local_moran(left * 1.0, QUEEN, rng=dice(), permutations=9_999)
    assert_array_equal(found.quadrant, np.where(left, "HH", "LL"))
    alike = (ROW > 0) & (ROW < SIDE - 1) & np.isin(COLUMN, [*range(1, 7), *range(9, 15)])
    assert_array_equal(found.label, np.where(alike, found.quadrant, ""))
    spots = getis_ord(left * 1.0, QUEEN, rng=dice(), permutations=9_999)
    assert_array_equal(spots.label, np.where(alike, np.where(left, "hot", "cold"), ""))


def test_chance_alone_passes_for_a_pattern_once_in_twenty() -> None:
    rng = dice()
    p = [local_moran(rng.normal(size=SIDE**2), QUEEN, rng=rng).p_value for _ in range(60)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.012)
    whole = [
        global_moran(rng.normal(size=SIDE**2), QUEEN, rng=rng, permutations=99).p_value for _ in range(300)
    ]
    assert np.mean(np.array(whole) <= 0.1) == pytest.approx(0.1, abs=0.06)


# against esda


def test_moran_is_esdas() -> None:
    values = dice().gamma(2, size=SIDE**2) + (COLUMN > 9) * 0.4
    theirs = quietly(esda.Moran, values, peer(QUEEN, "r"))
    mine = global_moran(values, QUEEN, rng=dice(), alternative="directed")
    assert mine.i == pytest.approx(theirs.I, rel=1e-12)
    assert mine.expected == pytest.approx(theirs.EI)
    assert mine.z == pytest.approx(theirs.z_rand, abs=0.4)  # its formula: what permutations tend to
    within_chance(mine.p_value, theirs.p_sim, 999)


@pytest.mark.parametrize("weights", [QUEEN, nearest(COLUMN + ROW * 0.01, ROW, 5)], ids=["queen", "nearest"])
def test_local_moran_is_esdas(weights: SpatialWeights) -> None:
    values = dice().gamma(2, size=SIDE**2) + (COLUMN > 9) * 1.0
    theirs = quietly(esda.Moran_Local, values, peer(weights, "r"), permutations=1999, seed=1)
    mine = local_moran(values, weights, rng=dice(), permutations=1999, alternative="directed")
    assert_allclose(mine.i, theirs.Is, rtol=1e-9, atol=1e-12)
    assert_array_equal(mine.quadrant, np.array(["", "HH", "LH", "LL", "HL"])[theirs.q])
    within_chance(mine.p_value, theirs.p_sim, 1999)
    doubled = local_moran(values, weights, rng=dice(), permutations=1999)
    assert_allclose(doubled.p_value, np.minimum(1, 2 * mine.p_value))


@pytest.mark.parametrize("binary", [True, False])
def test_gi_star_is_esdas(binary: bool) -> None:
    values = dice().gamma(2, size=SIDE**2) + (COLUMN > 9) * 1.0
    weights = QUEEN.binary() if binary else QUEEN
    transform = "B" if binary else "R"
    theirs = quietly(
        esda.G_Local, values, peer(QUEEN, "b"), transform=transform, star=True, permutations=1999, seed=1, n_jobs=1
    )  # fmt: skip
    mine = getis_ord(values, weights, rng=dice(), permutations=1999, alternative="directed")
    assert_allclose(mine.g, theirs.Gs, rtol=1e-9)
    if binary:  # of row-standardised weights esda takes the variance of one area, not of a mean of several
        assert_allclose(mine.z, theirs.Zs, rtol=1e-9)
    assert_allclose(mine.z, getis_ord(values, QUEEN, rng=dice(), permutations=9).z)
    within_chance(mine.p_value, np.asarray(theirs.p_sim, float), 1999)


def test_few_areas_have_the_chances_of_all_their_permutations() -> None:
    """Seven areas in a row: all 720 orders of the other six, area by area."""
    weights, values = nearest(np.arange(7) ** 1.1, np.zeros(7), 3), np.array([1.0, 5, 2, 8, 3, 9, 4])
    found = conditional_p(values, weights.matrix, 40_000, dice(), "directed")
    near = neighbours(weights)
    for area, p in enumerate(found):
        observed = values[list(near[area])].mean()
        others = np.delete(values, area)
        lags = np.array([np.mean(each[:3]) for each in itertools.permutations(others)])
        tail = min((lags >= observed - 1e-9).mean(), (lags <= observed + 1e-9).mean())
        assert p == pytest.approx(tail, abs=4 * (tail * (1 - tail) / 40_000) ** 0.5 + 1e-4)


def test_the_same_dice_and_any_chunks_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    values = dice().gamma(2, size=SIDE**2)
    whole, seen = local_moran(values, QUEEN, rng=dice()), []
    monkeypatch.setattr("madang.methods.permutation._CELLS", 999 * 10)
    chunks = local_moran(values, QUEEN, rng=dice(), progress=lambda *told: seen.append(told))
    assert_array_equal(whole.p_value, chunks.p_value)
    assert seen[0] == (10, 256, "permutations")
    assert seen[-1] == (256, 256, "permutations")


# what to believe


def test_benjamini_and_hochbergs_own_example() -> None:
    """Their paper of 1995, section 4.1: fifteen tests, four are believed where Bonferroni believes three."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
    ]
    p += [0.7590, 1.0000]
    assert false_discoveries(p).sum() == 4
    assert false_discoveries(p)[:4].all()
    assert not false_discoveries([0.5, 0.9]).any()
    assert false_discoveries([]).size == 0


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.01, 0.3))
def test_believed_are_those_at_or_below_the_last_that_passes(p: list[float], share: float) -> None:
    ranked = sorted(p)
    passing = [value for at, value in enumerate(ranked, 1) if value <= at / len(p) * share]
    assert false_discoveries(p, share).tolist() == [bool(passing) and value <= passing[-1] for value in p]


# rates


def test_standardised_rates_are_assuncao_and_reis() -> None:
    events, people = (
        np.array([30, 25, 25, 15, 33, 21, 30, 20]),
        np.array([100, 100, 110, 90, 100, 90, 110, 90]),
    )
    found = standardised_rates(events, people)
    assert_allclose(
        found[:4], [1.03843594, -0.04099089, -0.56250375, -1.73061861], atol=1e-8
    )  # esda's manual
    people = dice().integers(20, 9_000, SIDE**2)
    events = dice().poisson(people * 0.004)
    assert_allclose(standardised_rates(events, people), assuncao_rate(events, people))
    theirs = quietly(esda.moran.Moran_Rate, events, people, peer(QUEEN, "r"), permutations=9)
    mine = global_moran(standardised_rates(events, people), QUEEN, rng=dice())
    assert mine.i == pytest.approx(theirs.I)


def test_smoothed_rates_are_marshalls() -> None:
    rng = dice()
    people = rng.integers(50, 5_000, SIDE**2)
    events = rng.poisson(people * rng.gamma(4, 0.0025, SIDE**2))
    whole = smooth_rates(events, people)
    assert_allclose(whole.rate, Empirical_Bayes(events, people).r.ravel())
    around = smooth_rates(events, people, QUEEN)
    lattice = libpysal.weights.lat2W(SIDE, SIDE, rook=False)
    lattice.id_order = list(range(SIDE**2))
    theirs = quietly(Spatial_Empirical_Bayes, events, people, lattice).r.ravel()
    assert_allclose(around.rate, theirs)
    assert (whole.own_weight[people.argmax()]) > 0.8 > 0.5 > whole.own_weight[people.argmin()]


def test_a_coarse_variance_is_near_the_true_one_and_is_not_moved_by_one_person() -> None:
    rng = dice()
    people = rng.integers(500, 5_000, SIDE**2)
    events = rng.poisson(people * rng.gamma(4, 0.0025, SIDE**2))
    exact, coarse = (smooth_rates(events, people, coarse=how).prior_variance[0] for how in (False, True))
    assert coarse == pytest.approx(exact, rel=2 ** (1 / 8) - 1)
    assert 4 * np.log2(coarse) == pytest.approx(round(4 * np.log2(coarse)))
    people[:2] += [1, -1]
    assert smooth_rates(events, people).prior_variance[0] != exact
    assert smooth_rates(events, people, coarse=True).prior_variance[0] == coarse
    even = smooth_rates([2, 2, 2, 0], [100, 100, 100, 0], coarse=True)
    assert even.prior_variance.tolist() == [0.0] * 4


def test_the_interval_holds_the_true_rate_nineteen_times_in_twenty() -> None:
    rng = dice()
    people = rng.integers(100, 3_000, 4_000)
    true = rng.gamma(5, 0.002, 4_000)
    found = smooth_rates(rng.poisson(people * true), people)
    assert np.mean((found.low <= true) & (true <= found.high)) == pytest.approx(0.95, abs=0.015)
    assert ((found.low < found.rate) & (found.rate < found.high)).all()


def test_where_areas_differ_no_more_than_chance_all_have_the_mean_and_no_interval() -> None:
    even = smooth_rates([2, 2, 2, 0], [100, 100, 100, 0])
    assert_allclose(even.rate, 0.02)
    assert (even.own_weight == 0).all()
    assert np.isnan(even.low).all()
    assert np.isnan(even.raw[3])


# real areas


@pytest.mark.slow
def test_seouls_dongs_have_the_neighbours_that_libpysal_finds() -> None:
    frame = geopandas.read_file(shared("boundaries", "hangjeongdong_서울특별시.geojson")).to_crs(5179)
    found = contiguity(np.array(frame.geometry))
    assert neighbours(found) == peer_neighbours(
        quietly(libpysal.weights.Queen.from_dataframe, frame, use_index=False)
    )
    assert len(found.islands) == 0
    values = np.array(frame.geometry.area)
    theirs = quietly(esda.Moran_Local, values, peer(found, "r"), permutations=0)
    assert_allclose(local_moran(values, found, rng=dice()).i, theirs.Is, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
def test_islands_of_the_country_are_tied_to_the_nearest_shore() -> None:
    path = shared("boundaries", "skorea-submunicipalities-2018-topo.json")
    frame = geopandas.read_file(path).set_crs(4326, allow_override=True).to_crs(5179)
    shapes = np.array(frame.geometry)
    found = contiguity(shapes)
    assert found.areas == 3_504
    assert (found.neighbours > 0).all()
    told = found.islands[:, 0]
    assert {"울릉읍", "흑산면", "백령면"} & set(frame["name"].iloc[told])
    for island, shore in found.islands[::25]:
        away = shapely.distance(shapes[island], shapes)
        away[island] = np.inf
        assert away[shore] == away.min() > 0
