"""What was planted: who was born, died and moved, who works where, how strong each effect is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from madang.samplecity.city import City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.people import rates
from madang.samplecity.layers.people.events import EVENTS, by_year, events
from madang.samplecity.layers.people.grid import cell_names
from madang.samplecity.layers.people.households import alone_percent
from madang.samplecity.layers.people.model import SEXES, People


def truths(city: City) -> Mapping[str, pa.Table]:
    return {
        "dongs": _dongs(city),
        "events": _events(city),
        "moves": _moves(city),
        "commuters": _commuters(city),
        "grid": _grid(city),
        "effects": _effects(),
    }


def _dongs(city: City) -> pa.Table:
    """What kind of people live in each 행정동, and since when there are new apartments."""
    people, dongs = city.get(People), city.get(Ground).dongs
    first, known = 0, people.at(f"{city.deliveries[0].day:%Y-%m}")
    now = people.residents[known]
    old, women = now[:, :, 65:].sum(axis=(1, 2)), now[:, 1, 20:40].sum(axis=1)
    alone = people.households[known]
    return pa.table(
        {
            "dong_code": dongs.code,
            "dong_name": dongs.name,
            "profile": people.profile,
            "opened_year": pa.array([year or None for year in people.opened.tolist()], pa.int64()),
            "residents_at_first": people.residents[first].sum(axis=(1, 2), dtype=np.int64),
            "residents": now.sum(axis=(1, 2), dtype=np.int64),
            "over_65_pct": np.round(100 * old / now.sum(axis=(1, 2)), 2),
            "extinction_index": np.round(women / np.maximum(old, 1), 3),
            "households": alone.sum(axis=1),
            "one_person_pct": np.round(100 * alone[:, 0] / alone.sum(axis=1), 2),
            "one_person_aimed_pct": np.round(alone_percent(people.profile, people.months)[known], 2),
            "foreigners": people.foreigners.sum(axis=(1, 2)),
        }
    )


def _events(city: City) -> pa.Table:
    """Births, deaths and moves of every 행정동, sex and step from one known month end to the next."""
    people, dongs = city.get(People), city.get(Ground).dongs
    table = events(people)
    step, dong, sex = (axis.ravel() for axis in np.indices(table.shape[:3]))
    months = np.datetime_as_string(people.months)
    columns = {
        "from_month_end": months[:-1][step],
        "to_month_end": months[1:][step],
        "dong_code": np.array(dongs.code)[dong],
        "sex": np.array(SEXES)[sex],
    }
    names = dict(zip(EVENTS, ("births", "deaths", "arrived", "left"), strict=True))
    columns |= {names[event]: table[..., at].ravel() for at, event in enumerate(EVENTS)}
    return pa.table(columns)


def _moves(city: City) -> pa.Table:
    """Moves of the whole years by origin and destination; an empty code is outside the city."""
    people, dongs = city.get(People), city.get(Ground).dongs
    found = by_year(people, people.changes.moved, city.setting.until)
    years = np.array(sorted(found))
    table = np.stack([found[year] for year in years.tolist()])
    year, origin, to, sex = np.nonzero(table)
    codes = np.array([*dongs.code, ""])
    return pa.table(
        {
            "year": years[year],
            "from_dong_code": codes[origin],
            "to_dong_code": codes[to],
            "sex": np.array(SEXES)[sex],
            "persons": table[year, origin, to, sex],
        }
    )


def _commuters(city: City) -> pa.Table:
    """Workers by home and place of work; an empty code is outside the city. Who works in the own 행정동 is not told."""
    table, dongs = city.get(People).commuting.workers, city.get(Ground).dongs
    home, work = np.nonzero(table)
    codes = np.array([*dongs.code, ""])
    return pa.table(
        {"home_dong_code": codes[home], "work_dong_code": codes[work], "workers": table[home, work]}
    )


def _grid(city: City) -> pa.Table:
    """The cells of 100 m unmasked, divided where a border runs through them."""
    grid, dongs = city.get(People).grid, city.get(Ground).dongs
    return pa.table(
        {
            "cell_id": cell_names(grid.west, grid.south),
            "dong_code": np.array(dongs.code)[grid.dong],
            "residents": grid.ages.sum(axis=1),
            **{name: grid.ages[:, at] for at, name in enumerate(("age_0_14", "age_15_64", "age_65_over"))},
            "households": grid.households,
        }
    )


def _effects() -> pa.Table:
    """How strong the market, the river bank, weekends and feasts are in the people present."""
    said = rates.said()["present"]
    rows = [
        ("market_day_share", "장날 10~13시 장터동: 주민 수에 대해 더 있는 사람", said["market"]),
        ("park_weekend_share", "쉬는 날 15~16시 강가 동: 주민 수에 대해 더 있는 사람", said["park"]),
        ("saturday_attendance", "토요일에 일하러 가는 몫", said["saturday"]),
        ("sunday_attendance", "일요일과 공휴일에 일하러 가는 몫", said["sunday"]),
        ("outside_share", "역이 있는 동 말고: 시 밖에서 일하는 몫", said["outside_share"]),
        (
            "outside_share_station",
            "역이 있는 동: 시 밖에서 일하는 몫",
            round(said["outside_share"] * said["outside_station"], 4),
        ),
        *((f"feast_{name}", "설과 추석 사흘의 증감", value) for name, value in said["feast"].items()),
    ]
    name, meaning, value = zip(*rows, strict=True)
    return pa.table({"effect": name, "meaning": meaning, "value": pa.array(map(float, value))})
