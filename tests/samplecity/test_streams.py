"""Rain, river, roads and car parks as they stand in the files: what was planted can be found there by other means."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from madang.samplecity.city import City, Setting, deliveries
from madang.samplecity.layers import grown, streams, weather
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streams import river
from madang.samplecity.layers.streams.model import Streams
from madang.samplecity.layers.streams.papers import minutes
from madang.samplecity.layers.streams.sites import column, minute_of, signals_of
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.layers.weather.model import Weather

SETTING = Setting(seed=7, scale=0.05)
FAULTS = (-9999.0, -990.0, -1.0)
Files = Callable[[int, str], list[dict[str, str]]]


@pytest.fixture(scope="module")
def city() -> City:
    return grown(SETTING, "streams")


@pytest.fixture(scope="module")
def folder(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams")
    for delivery in city.deliveries:
        for paper in streams.papers(city, delivery):
            paper.write(folder / str(delivery.number))
    return folder


@pytest.fixture(scope="module")
def files(folder: Path) -> Files:
    encodings = {
        "강우_1분": "cp949",
        "하천수위_1분": "cp949",
        "교통소통_1분": "utf-8-sig",
        "주차장_실시간": "utf-8",
    }

    def read(delivery: int, name: str) -> list[dict[str, str]]:
        path = next((folder / str(delivery)).rglob(f"{name}_*.csv"))
        with path.open(encoding=encodings.get(name, "cp949"), newline="") as file:
            return list(csv.DictReader(file))

    return read


def series(
    rows: list[dict[str, str]], when: str, site: str, value: str, start: str, steps: int, every: int = 1
) -> Any:
    """Rows as an array (steps, sites) with nan where there is none or a fault; sites in the order of their codes."""
    codes = sorted({row[site] for row in rows})
    found = np.full((steps, len(codes)), np.nan)
    begin = datetime.fromisoformat(start)
    for row in rows:
        at = int((datetime.fromisoformat(row[when]) - begin).total_seconds()) // 60 // every
        number = float(row[value])
        if 0 <= at < steps and number not in FAULTS:
            found[at, codes.index(row[site])] = number
    return found


def levels(files: Files, delivery: int, start: str) -> Any:
    found = series(files(delivery, "하천수위_1분"), "관측일시", "수위관측소코드", "수위(m)", start, 4320)
    found[found == 0] = np.nan
    return found


def rain(files: Files, delivery: int, start: str) -> Any:
    return series(files(delivery, "강우_1분"), "관측일시", "우량관측소코드", "강우량(mm)", start, 4320)


def table(city: City, name: str) -> list[dict[str, Any]]:
    return streams.truths(city)[name].to_pylist()


@pytest.mark.slow
def test_minutes_of_rain_add_up_to_the_day_of_the_weather(city: City, files: Files) -> None:
    known = city.get(Weather)
    for delivery, first in ((1, "2026-09-28"), (2, "2026-10-29")):
        told = rain(files, delivery, first)
        days = np.datetime64(first) + np.arange(3)
        missing = np.isnan(told[:, 0]).reshape(3, 1440)
        sums = np.nansum(told[:, 0].reshape(3, 1440), axis=1)
        for at, day in enumerate(known.rain_mm[known.at(days)].tolist()):
            assert sums[at] <= day + 0.05
            assert sums[at] >= day - 0.05 - 1.5 * missing[at].sum()
    assert np.nansum(told, axis=0).min() > 30


@pytest.mark.slow
def test_the_water_comes_later_further_down_the_river(city: City, files: Files) -> None:
    """The lag at which two gauges agree best is the planted one, to five minutes."""
    level = levels(files, 1, "2026-09-28")
    codes = sorted({row["수위관측소코드"] for row in files(1, "하천수위_1분")})

    def lag(upper: int, lower: int) -> int:
        one, other = level[720:3600, upper], level[:, lower]
        agreed = []
        for wait in range(121):
            moved = other[720 + wait : 3600 + wait]
            both = ~np.isnan(one) & ~np.isnan(moved)
            agreed.append(np.corrcoef(one[both], moved[both])[0, 1])
        return int(np.argmax(agreed))

    planted = [row for row in table(city, "delays") if row["behind"]]
    assert len(planted) == 2
    for row in planted:
        found = lag(codes.index(row["behind"]), codes.index(row["station_code"]))
        assert abs(found - row["behind_min"]) <= 5
    waits = [row["delay_min"] for row in table(city, "delays") if row["stream"] == "여울강"]
    assert waits == sorted(waits)


@pytest.mark.slow
def test_the_flood_passes_its_levels_in_their_order_when_the_truth_says(city: City, files: Files) -> None:
    codes = sorted({row["수위관측소코드"] for row in files(1, "하천수위_1분")})
    order = {"관심": 0, "주의보": 1, "경보": 2, "심각": 3}
    passed: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for row in table(city, "flood"):
        start = ("2026-09-28", "2026-10-29")[row["delivery"] - 1]
        level = levels(files, row["delivery"], start)[:, codes.index(row["station_code"])]
        first = int(np.flatnonzero(level >= row["level_m"])[0])
        told = (
            datetime.fromisoformat(row["passed_at"]) - datetime.fromisoformat(start)
        ).total_seconds() // 60
        assert 0 <= first - told <= 4  # a fault may hide the minute itself
        passed.setdefault((row["delivery"], row["station_code"]), []).append(
            (order[row["threshold"]], row["passed_at"])
        )
    assert {key for key in passed if key[0] == 1} == {(1, code) for code in codes}
    for (delivery, _), steps in passed.items():
        assert [at for at, _ in steps] == [0, 1, 2] if delivery == 1 else [0]
        assert [when for _, when in steps] == sorted(when for _, when in steps)


@pytest.mark.slow
def test_levels_stay_above_the_bed_and_stand_in_the_list_of_sites(city: City, files: Files) -> None:
    low = np.nanmin(levels(files, 1, "2026-09-28"), axis=0)
    assert (low > 0.2).all()
    sites = {row["관측지점코드"]: row for row in files(1, "관측지점")}
    assert len(sites) == 3 + 4 + 30 + 12
    for row in table(city, "flood"):
        assert float(sites[row["station_code"]][f"{row['threshold']}수위(m)"]) == row["level_m"]


def test_sites_lie_where_they_belong(city: City) -> None:
    ground, streets, found = city.get(Ground), city.get(Streets), city.get(Streams)
    for kind in ("rain", "river", "traffic", "parking"):
        places = getattr(found, kind)
        assert (ground.dongs_at(places.x, places.y) >= 0).all()
    lines = [stream.shape for stream in ground.streams]
    for x, y in zip(found.river.x, found.river.y, strict=True):
        assert min(line.distance(shapely.Point(x, y)) for line in lines) < 1.0
    assert len(set(found.link)) == 30
    number = {id_: at for at, id_ in enumerate(streets.links.id)}
    assert {int(streets.links.rank[number[id_]]) for id_ in found.link} <= {1, 2}


@pytest.mark.slow
def test_rain_slows_the_traffic_as_planted(city: City, files: Files) -> None:
    """Speeds of the wet Tuesday over those of the dry Monday, at hours without crowds, against the rain of 15 minutes."""
    speed = series(files(1, "교통소통_1분"), "생성일시", "구간ID", "속도(km/h)", "2026-09-28", 4320, 1)
    minutes = np.nan_to_num(rain(files, 1, "2026-09-28")[:, 0])
    ratio = np.nanmean(np.log(speed[1440:2880] / speed[:1440]), axis=1)
    sums = np.concatenate([[0.0], np.cumsum(minutes)])
    wet = np.array([4 * (sums[t] - sums[t - 15]) for t in range(1440, 2880)])
    noon = slice(10 * 60, 16 * 60)
    slope = np.polyfit(np.minimum(wet, 50)[noon], ratio[noon], 1)[0]
    planted = next(row["value"] for row in table(city, "effects") if row["effect"] == "speed_per_mm_h")
    assert slope == pytest.approx(planted, abs=0.004)


@pytest.mark.slow
def test_the_incident_is_the_slowest_hour_of_its_road(city: City, files: Files) -> None:
    planted = [row for row in table(city, "incidents") if row["planted"]]
    assert [row["delivery"] for row in planted] == [1, 2]
    for row in planted:
        start = ("2026-09-26", "2026-10-27")[row["delivery"] - 1]
        rows = files(row["delivery"], "교통소통_1분")
        speed = series(rows, "생성일시", "구간ID", "속도(km/h)", start, 7200, 1)
        codes = sorted({each["구간ID"] for each in rows})
        line = speed[:, codes.index(row["section_code"])]
        begin = (datetime.fromisoformat(row["begin"]) - datetime.fromisoformat(start)).total_seconds() // 60
        end = (datetime.fromisoformat(row["end"]) - datetime.fromisoformat(start)).total_seconds() // 60
        inside = line[int(begin) + 10 : int(end) + 1]
        assert np.nanmedian(inside) < 12
        assert abs(int(np.nanargmin(line)) - (begin + end) / 2) < (end - begin)


@pytest.mark.slow
def test_market_days_fill_the_roads_to_the_market(city: City, files: Files) -> None:
    """27 October is a market day and a Tuesday, the 28th a Wednesday that is none."""
    vehicles = series(files(2, "교통소통_1분"), "생성일시", "구간ID", "교통량(대)", "2026-10-27", 2880, 1)
    sections = sorted(table(city, "sections"), key=lambda row: row["section_code"])
    more = np.nansum(vehicles[600:780], axis=0) / np.nansum(vehicles[2040:2220], axis=0)
    near = np.array([row["kind"] == "market" for row in sections])
    assert more[near].mean() > 1.25
    assert abs(more[~near].mean() - 1) < 0.1


@pytest.mark.slow
def test_cars_never_exceed_the_spaces_but_where_it_is_planted(city: City, files: Files) -> None:
    planted = {
        (row["code"], row["begin"])
        for row in table(city, "faults")
        if row["kind"] == "parking" and row["fault"] == "more_than_spaces"
    }
    for delivery in (1, 2):
        rows = files(delivery, "주차장_실시간")
        over = [row for row in rows if int(row["현재주차대수"]) > int(row["총주차면수"])]
        starts = {(row["주차장관리번호"], row["갱신일시"]) for row in over}
        assert starts
        assert starts >= {each for each in planted if each[1] in {row["갱신일시"] for row in rows}}
        fine = [row for row in rows if row not in over and int(row["현재주차대수"]) >= 0]
        assert all(
            int(row["현재주차대수"]) + int(row["가용주차면수"]) == int(row["총주차면수"]) for row in fine
        )
        assert {row["운영상태"] for row in rows} <= {"운영중", "만차", "마감"}


@pytest.mark.slow
def test_every_plant_and_nothing_else_is_reported(city: City, tmp_path: Path) -> None:
    from madang.workspace import Workspace

    workspace = Workspace.init(tmp_path / "w")
    planted, reported = set(), set()
    for delivery in city.deliveries:
        for paper in [*streams.papers(city, delivery), *weather.papers(city, delivery)]:
            planted |= {
                (each.file, each.row, each.rule) for each in paper.write(tmp_path / str(delivery.number))
            }
            for receipt in workspace.deposit(tmp_path / str(delivery.number) / paper.path):
                assert receipt.standard is not None, paper.path
                file = workspace.bank[receipt.dataset].version(receipt.version).problems_path
                for each in pq.read_table(file).to_pylist() if file.exists() else ():
                    if each["severity"] != "info":
                        reported.add((paper.path, each["row"], each["rule"]))
    assert planted == reported


@pytest.mark.slow
def test_the_same_setting_gives_the_same_bytes(city: City, folder: Path, tmp_path: Path) -> None:
    again = grown(SETTING, "streams")
    for paper in streams.papers(again, again.deliveries[0]):
        paper.write(tmp_path)
        assert (tmp_path / paper.path).read_bytes() == (folder / "1" / paper.path).read_bytes()


@pytest.mark.slow
def test_the_smallest_city_has_the_same_sites() -> None:
    found = grown(Setting(seed=3, scale=0.03), "streams").get(Streams)
    assert len(found.traffic.code) == len(set(found.link)) == 30


def test_the_flood_is_planted_whatever_the_seed() -> None:
    """경보 at every gauge in the first delivery and never 심각; 관심 alone in the second."""
    limits = column("river", "thresholds")
    for seed in range(6):
        setting = Setting(seed=seed, scale=0.05)
        for delivery, passed in zip(deliveries(setting), (3, 1), strict=True):
            top = river.level_m(signals_of(setting), minutes("river", delivery)).max(axis=0)
            assert ((top[:, None] >= limits).sum(axis=1) == passed).all()


def test_years_of_levels_stay_between_the_bed_and_what_a_river_can_do() -> None:
    """Twelve days of every month of a year, at odd minutes: above the base, no jumps of half a metre in ten minutes."""
    signals = signals_of(SETTING)
    starts = [minute_of(f"2025-{month:02d}-{day:02d} 00:00") for month in range(1, 13) for day in (3, 14, 26)]
    for start in starts:
        level = river.level_m(signals, start + np.arange(1500))
        assert (level >= column("river", "base_m")).all()
        assert np.abs(level[10:] - level[:-10]).max() < 0.5
        assert level.max() < 9


@pytest.mark.slow
def test_hours_agree_with_the_days(city: City, files: Files) -> None:
    """Rain of the hours from 01:00 to 00:00 is that of the day; the temperature at 06 and 15 is its lowest and highest."""
    known = city.get(Weather)
    for delivery in city.deliveries:
        rows = files(delivery.number, "시간별기상")
        days = delivery.day.day
        assert len(rows) == 24 * days
        sums = [
            sum(float(row["강수량(mm)"]) for row in rows[24 * at + 1 : 24 * at + 25])
            for at in range(days - 1)
        ]
        first = known.at(np.array([delivery.day.replace(day=1)], "datetime64[D]"))[0]
        assert sums == pytest.approx(known.rain_mm[first : first + days - 1].tolist(), abs=0.01)
        wrong = [row for row in rows if float(row["기온(°C)"]) > 45]
        assert len(wrong) == 1
        for hour, told in ((6, known.low_c), (15, known.high_c)):
            for at in range(days):
                row = rows[24 * at + hour]
                assert row in wrong or float(row["기온(°C)"]) == told[first + at]
