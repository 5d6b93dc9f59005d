"""What the truths say follows from the files that are handed over, counted again the long way."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pyogrio.raw
import pyproj
import pytest
import shapely

from madang.samplecity import City, Setting
from madang.samplecity.layers import ground, grown, people
from madang.samplecity.layers.ground.model import COVERS, Ground
from madang.samplecity.layers.shops import sales
from madang.samplecity.layers.streets.model import Streets
from madang.workspace import Workspace
from tests.samplecity.facility_files import Files, written

pytestmark = pytest.mark.slow

STEMS = {
    "library": ("도서관", "경도", "위도", 4326),
    "parking": ("주차장", "경도", "위도", 4326),
    "free-wifi": ("무료와이파이", "WGS84경도", "WGS84위도", 4326),
    "cctv": ("CCTV", "WGS84경도", "WGS84위도", 4326),
    "security-light": ("보안등", "경도", "위도", 4326),
}


@dataclass
class Held:
    """The first delivery of facilities, ground and cells, and the cells as their file has them (EPSG:5179, people)."""

    files: Files
    cells: Any  # (n, 3): x, y, people
    names: list[str]

    @property
    def folder(self) -> Path:
        return self.files.folder / "1"

    def points(self, kind: str) -> Any:
        """(n, 2): where the facilities of a kind stand by their file; where a slip is in a row, by `places`."""
        stem, east, north, epsg = STEMS[kind]
        rows = self.files.clean(stem)
        told = {int(str(row["row"])): row for row in self.files.truth("places", kind=kind, since=1)}
        numbers = {number for number, _ in rows}
        wrong = [row for at, row in sorted(told.items()) if at - 1 not in numbers]
        lon, lat = ([*(float(row[name]) for _, row in rows), *(float(str(row[key])) for row in wrong)]
                    for name, key in ((east, "lon"), (north, "lat")))  # fmt: skip
        return np.column_stack(metres(lon, lat, epsg))


def metres(lon: Any, lat: Any, epsg: int = 4326) -> tuple[Any, Any]:
    x, y = pyproj.Transformer.from_crs(epsg, 5179, always_xy=True).transform(lon, lat)
    return np.asarray(x), np.asarray(y)


def away(points: Any, others: Any) -> Any:
    """(points, others): how far each is from each."""
    return np.hypot(points[:, None, 0] - others[None, :, 0], points[:, None, 1] - others[None, :, 1])


@pytest.fixture(scope="module", params=[7, 2])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Held:
    files = written(tmp_path_factory.mktemp("held"), Setting(seed=request.param, scale=0.05))
    first = files.city.deliveries[0]
    wrong: set[tuple[int | None, str]] = set()
    for paper in (*people.papers(files.city, first), *ground.papers(files.city, first)):
        if any(
            name in str(vars(paper).get("path"))
            for name in ("격자인구", "행정동경계", "하천구역", "토지피복")
        ):
            defects = paper.write(files.folder / "1")
            wrong |= {(each.row, each.column) for each in defects if "격자인구" in each.file}
    whole: dict[str, int] = {}
    for row in people.truths(files.city)["grid"].to_pylist():
        whole[row["cell_id"]] = whole.get(row["cell_id"], 0) + row["residents"]
    cells, names = [], []
    with files.path("격자인구_100m").open(encoding="cp949", newline="") as file:
        for number, cell in enumerate(csv.DictReader(file), 2):
            name, said = cell["격자코드"], cell["총인구수"]
            masked = said == "N/A" or (number, "총인구수") in wrong  # of these only the truth knows
            if name not in names:
                count = whole[name] if masked else int(said)
                assert count == whole[name]
                cells.append((int(cell["격자중심X"]), int(cell["격자중심Y"]), count))
                names.append(name)
    return Held(files, np.array(cells, float), names)


def sites(held: Held) -> tuple[list[dict[str, str]], Any, list[dict[str, Any]]]:
    """The rows of the candidate sites, where they are, and what the truth says, best first."""
    rows = held.files.rows("공공시설_후보지")  # no slip in it touches what is used here
    points = metres([float(row["경도"]) for row in rows], [float(row["위도"]) for row in rows])
    return rows, np.column_stack(points), held.files.truth("best_library_sites")


def reached(held: Held) -> tuple[Any, Any]:
    """(sites, cells): which cells without a library each site reaches; people of the cells."""
    _, points, told = sites(held)
    reach = float(told[0]["radius_m"])
    served = (away(held.cells, held.points("library")) <= reach).any(axis=1)
    return (away(points, held.cells) <= reach) & ~served, held.cells[:, 2]


def test_gains_of_all_sites_are_counted_from_the_files(held: Held) -> None:
    rows, _, told = sites(held)
    hits, many = reached(held)
    counted = {row["후보지번호"]: int(many[hit].sum()) for row, hit in zip(rows, hits, strict=True)}
    assert {row["site"]: row["gain"] for row in told} == counted
    fit = ("제1종일반주거지역", "제2종일반주거지역", "준주거지역", "일반상업지역")
    good = {row["후보지번호"] for row in rows if float(row["면적(㎡)"]) >= 1000 and row["용도지역"] in fit}
    assert {row["site"] for row in told if row["qualifies"]} == good
    assert {row["site"] for row in told if row["rank"] is not None} == good
    assert [row["rank"] for row in told[: len(good)]] == list(range(1, len(good) + 1))
    assert max(counted.values()) > 0
    assert {(row["site"], row["area_m2"], row["zoning"]) for row in told} == {
        (row["후보지번호"], float(row["면적(㎡)"]), row["용도지역"]) for row in rows
    }


def test_in_turn_nobody_is_counted_twice(held: Held) -> None:
    rows, _, told = sites(held)
    hits, many = reached(held)
    number = {row["후보지번호"]: at for at, row in enumerate(rows)}
    taken = np.zeros(len(many), bool)
    free = [number[row["site"]] for row in told if row["qualifies"]]
    for row in (row for row in told if row["qualifies"]):
        adds = {at: int(many[hits[at] & ~taken].sum()) for at in free}
        assert row["gain_in_turn"] == adds[number[row["site"]]] == max(adds.values())
        free.remove(number[row["site"]])
        taken |= hits[number[row["site"]]]
    assert any(row["gain_in_turn"] < 0.5 * row["gain"] for row in told if row["qualifies"])


def test_the_two_best_sites_are_the_best_of_all_pairs_and_well_ahead(held: Held) -> None:
    """One in each gap; the third adds much less, and of the same gap none that qualifies comes near."""
    rows, points, told = sites(held)
    hits, many = reached(held)
    number = {row["후보지번호"]: at for at, row in enumerate(rows)}
    good = [number[row["site"]] for row in told if row["qualifies"]]
    pairs = {pair: many[hits[list(pair)].any(axis=0)].sum() for pair in combinations(sorted(good), 2)}
    assert set(max(pairs, key=lambda pair: pairs[pair])) == set(good[:2])
    assert told[2]["gain_in_turn"] * 1.15 <= told[1]["gain_in_turn"] <= told[0]["gain_in_turn"]
    gaps = held.files.truth("coverage_gaps", kind="library")
    middle = np.column_stack(metres([gap["lon"] for gap in gaps], [gap["lat"] for gap in gaps]))
    inside = away(points, middle) <= [float(str(gap["radius_m"])) for gap in gaps]
    gain = {number[row["site"]]: row["gain"] for row in told}
    for at in range(len(gaps)):
        own = sorted((gain[site] for site in good if inside[site, at]), reverse=True)
        best = [site for site in good[:2] if inside[site, at]]
        assert [gain[site] for site in best] == own[:1]
        assert all(other * 1.15 <= own[0] for other in own[1:])
        small = [site for site in gain if site not in good and inside[site, at]]
        assert any(gain[site] >= own[0] for site in small), "what reaches most is too small"


def test_gaps_say_how_many_people_nothing_reaches(held: Held) -> None:
    """Cells by the 행정동 of their centre; 30 cm are left to the digits of the files."""
    city = held.files.city.get(Ground)
    dong = city.dongs_at(held.cells[:, 0], held.cells[:, 1])
    for gap in held.files.truth("coverage_gaps"):
        reach, radius = float(str(gap["reach_m"])), float(str(gap["radius_m"]))
        far = away(held.cells, held.points(str(gap["kind"]))).min(axis=1)
        own = dong == city.dongs.code.index(str(gap["dong_code"]))
        low, high = (held.cells[own & (far > reach + add), 2].sum() for add in (0.3, -0.3))
        assert low <= int(str(gap["people_uncovered"])) <= high
        assert high > 0
        middle = np.column_stack(metres([gap["lon"]], [gap["lat"]]))
        deep = away(held.cells, middle)[:, 0]
        low, high = (held.cells[deep <= radius - reach + add, 2].sum() for add in (-0.3, 0.3))
        assert low <= int(str(gap["people"])) <= high
        assert (far[deep <= radius - reach - 0.3] > reach).all()


def test_candidate_sites_could_be_built_on(held: Held) -> None:
    """None in water, on river ground, in a wood, where another building stands."""
    _, points, _ = sites(held)
    spots = shapely.points(np.column_stack(metres_to_5186(points)))
    river = layer(held.folder / "지형", "하천구역")[1]
    assert len(river) > 1
    assert shapely.distance(shapely.union_all(river), spots).min() > 5
    fields, cover = layer(held.folder / "지형", "토지피복")
    town = np.isin([str(code)[:1] for code in fields["L1_CODE"]], ["1", "2", "4"])
    at, _ = shapely.STRtree(cover[town]).query(spots, predicate="within")
    assert set(at.tolist()) == set(range(len(points)))
    city = held.files.city.get(Ground)
    kinds = {COVERS[number] for number in city.cover[city.grid.cells(points[:, 0], points[:, 1])].tolist()}
    assert kinds <= {"시가지", "논", "밭", "풀밭"}
    houses = held.files.city.get(Streets).buildings
    far = away(points, np.column_stack([houses.x, houses.y])) - np.sqrt(
        np.asarray(houses.footprint_m2) / np.pi
    )
    assert far.min() > 3


def metres_to_5186(points: Any) -> Any:
    return pyproj.Transformer.from_crs(5179, 5186, always_xy=True).transform(points[:, 0], points[:, 1])


def layer(folder: Path, stem: str) -> tuple[dict[str, Any], Any]:
    """Columns and shapes of a Shapefile."""
    (path,) = folder.glob(f"{stem}_*.shp")
    meta, _, shapes, fields = pyogrio.raw.read(path)
    return dict(zip(meta["fields"].tolist(), fields, strict=True)), shapely.from_wkb(shapes)


def test_a_cell_is_in_the_dong_of_its_centre_when_it_is_deposited(held: Held, tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    for name in ("행정동경계", "격자인구_100m"):
        (receipt,) = workspace.deposit(held.files.path(name))
    assert receipt.standard == "grid-population"
    latest = workspace.bank[receipt.dataset].latest
    assert latest is not None
    table = pq.read_table(latest.files[0]).to_pydict()
    city = held.files.city.get(Ground)
    given = dict(zip(table["grid_code"], table["dong_code"], strict=True))
    dong = city.dongs_at(held.cells[:, 0], held.cells[:, 1])
    expected = [None if at < 0 else city.dongs.code[at] for at in dong.tolist()]
    assert [given[name] for name in held.names] == expected
    corner = city.dongs_at(held.cells[:, 0] - 50, held.cells[:, 1] - 50)
    of_corner = dict(zip(held.names, (city.dongs.code[at] if at >= 0 else None for at in corner.tolist()), strict=True))  # fmt: skip
    assert right(held, given) > right(held, of_corner)


def right(held: Held, given: dict[str, str | None]) -> int:
    """People whom a cell puts into their own 행정동."""
    rows = people.truths(held.files.city)["grid"].to_pylist()
    return sum(row["residents"] for row in rows if given[row["cell_id"]] == row["dong_code"])


Panel = tuple[Any, Any, Any, Any]
ERRORS_95 = 2.18  # of 13 행정동 that are left alone: 12 degrees of freedom
SEEDS = range(40)


@pytest.fixture(scope="module")
def panels() -> list[Panel]:
    """Logarithms of the sales of many cities with the same shops, whose sales alone are drawn anew: (행정동, trades, months),
    the months, which 행정동 are in the programme and which are left alone."""
    shops_of = grown(Setting(seed=11, scale=0.3), "shops")
    counts = sales.counts(shops_of, shops_of.get(sales.Sales).months)
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sales, "counts", lambda city, months: counts)
        for seed in SEEDS:
            city = City(Setting(seed=seed, scale=0.3), shops_of._parts)
            made = sales.sales(city)
            log = np.where(
                (counts >= 3).all(axis=2, keepdims=True), np.log(np.maximum(made.sales_krw, 1)), np.nan
            )
            helped = sales.programme(city, made.months)[:, -1]
            alone = ~helped & ~sales.shock(city, made.months).any(axis=1)
            found.append((log, made.months, helped, alone))
    return found


def effect(panel: Panel) -> tuple[float, float, float]:
    """Difference of differences of the programme, its error by whole 행정동, and by cells as if each were a witness."""
    log, months, helped, alone = panel
    after = months >= np.datetime64("2025-09")
    told = ~np.isnan(log).any(axis=2)
    change = log[:, :, after].mean(axis=2) - log[:, :, ~after].mean(axis=2)
    change = change - np.array([column[alone & use].mean() if (alone & use).any() else np.nan
                                for column, use in zip(change.T, told.T, strict=True)])  # fmt: skip
    mean = np.array([row[use & ~np.isnan(row)].mean() for row, use in zip(change, told, strict=True)])
    error = mean[alone].std(ddof=1) * np.sqrt(1 / alone.sum() + 1 / helped.sum())
    cells = [change[rows][told[rows] & ~np.isnan(change[rows])] for rows in (helped, alone)]
    naive = np.sqrt(sum(each.var() / len(each) for each in cells))
    return float(mean[helped].mean() - mean[alone].mean()), float(error), float(naive)


def test_an_honest_interval_holds_the_programme_and_a_careless_one_does_not(panels: list[Panel]) -> None:
    found = np.array([effect(panel) for panel in panels])
    off = np.abs(found[:, 0] - np.log(1.07))
    assert (off < ERRORS_95 * found[:, 1]).mean() > 0.85  # of 40, 95 % give or take
    assert abs(found[:, 0].mean() - np.log(1.07)) < 3 * found[:, 0].std() / np.sqrt(len(found))
    assert (off < 1.96 * found[:, 2]).mean() < 0.8, "cells of a 행정동 go up and down together"
    scores = found[:, 0] / found[:, 1]
    assert 4 < np.median(scores) < 15, "found, but not beyond all doubt"


def test_what_a_dong_goes_through_lasts_into_the_next_month(panels: list[Panel]) -> None:
    """By the months before the programme, without what all 행정동 share: about 2.5 %, of which a half remains.

    What shows of the half is less, as 23 months know their own mean and cells have noise of their own."""
    own = []
    for log, months, _, alone in panels:
        told = (~np.isnan(log[alone]).any(axis=2)).sum(axis=0) >= 5
        quiet = log[alone][:, told][:, :, months < np.datetime64("2025-09")]
        rest = quiet - quiet.mean(axis=2, keepdims=True)
        own.append(np.nanmean(rest - np.nanmean(rest, axis=0), axis=1))
    here = np.array(own)
    again = (here[..., 1:] * here[..., :-1]).mean() / here.var()
    assert 0.2 < again < 0.4  # -0.04 if months knew nothing of each other
    assert 0.022 < here.std() < 0.032
