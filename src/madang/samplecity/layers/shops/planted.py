"""What was planted: rates of closing and what survival they make, effects on sales, every shop, every change."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.lives import rates_of
from madang.samplecity.layers.shops.model import Shops
from madang.samplecity.layers.shops.register import GONE, OPEN, RESTING, STRUCK, mistyped, state_on
from madang.samplecity.layers.shops.sales import Sales, programme, shock
from madang.samplecity.layers.shops.snapshots import shop_ids
from madang.samplecity.layers.shops.trades import AGES, YEAR, kinds, lore, periods, risk, trades
from madang.samplecity.words import words

_STEPS = 60  # months of age over which survival of the records is summed up


def survival(city: City) -> pa.Table:
    """Planted S(1), S(3), S(5) by trade and 행정동 (closing, 폐업, alone; cancellation is another cause).

    `s1` …: without periods. `record_s1` …: what Kaplan–Meier with delayed entry estimates from the whole register of
    the first delivery, the pandemic and the redevelopment in it. Without a 행정동: the trade in the whole city.
    """
    dongs, many = city.get(Ground).dongs, trades()
    factors = risk(dongs.kind)
    base = np.array([[trade.survival] for trade in many]) ** factors[:, :, None]
    cells, whole, counts = _recorded(city)
    rows = []
    for t, trade in enumerate(many):
        rows.append(
            [trade.name, trade.licensed, "", "", "", None, *[None] * 3, *whole[t], int(counts[t].sum())]
        )
        for d in range(len(dongs)):
            rows.append([
                trade.name, trade.licensed, dongs.code[d], dongs.name[d], dongs.kind[d], round(factors[t, d], 4),
                *np.round(base[t, d], 5).tolist(), *cells[t][d], int(counts[t, d]),
            ])  # fmt: skip
    names = ["trade", "licensed", "dong_code", "dong_name", "dong_kind", "risk", "s1", "s3", "s5"]
    names += ["record_s1", "record_s3", "record_s5", "shops_count"]
    return _table(names, rows)


def _recorded(city: City) -> tuple[list[list[list[float | None]]], list[list[float | None]], Array]:
    """Expected survival at AGES from the rates of those at risk: by trade and 행정동, by trade; shops by both."""
    lives, ground = city.get(Shops).lives, city.get(Ground)
    number = len(ground.dongs)
    start = np.datetime64(lore("registry_start"), "D").astype(float)
    last = np.datetime64(city.deliveries[0].day, "D").astype(float)
    opened = lives.opened.astype("datetime64[D]").astype(float)
    ended = np.where(np.isnat(lives.ended), np.inf, lives.ended.astype("datetime64[D]").astype(float))
    seen = opened <= last
    rates = rates_of(lives.trade, lives.dong, opened, ground)
    cell = lives.trade * number + lives.dong
    size = len(trades()) * number
    sums: list[tuple[Array, Array]] = []
    rows = np.arange(len(lives))
    for step in range(_STEPS):
        day = opened + (step + 0.5) / 12 * YEAR
        there = seen & (day >= start) & (day < np.minimum(ended, last))
        rate = rates.rates[rows, (rates.starts <= day[:, None]).sum(axis=1) - 1]
        sums.append((np.bincount(cell[there], minlength=size), np.bincount(cell[there], rate[there], size)))
    risked, spent = (np.array([each[at] for each in sums]).reshape(_STEPS, -1, number) for at in (0, 1))
    counts = np.bincount(cell[seen], minlength=size).reshape(-1, number)
    return (
        [_expected(risked[:, t], spent[:, t]) for t in range(len(trades()))],
        _expected(risked.sum(axis=2), spent.sum(axis=2)),
        counts,
    )


def _expected(risked: Array, spent: Array) -> list[list[float | None]]:
    """Survival at AGES of each column, None where nobody was at risk."""
    with np.errstate(invalid="ignore", divide="ignore"):
        summed = np.cumsum(spent / risked / 12, axis=0)
    at = np.exp(-summed[[round(age * 12) - 1 for age in AGES]]).T
    return [[None if np.isnan(value) else round(float(value), 5) for value in row] for row in at]


def effects(city: City) -> pa.Table:
    """Everything that was planted as one number: what, where, from when to when, how much."""
    sold = words("shops_sales")
    rows: list[list[object]] = [
        ["closing_rate", period.id, period.dong, str(period.first), str(period.last), period.closing]
        for period in periods()
    ]
    rows += [
        ["opening_rate", each.id, each.dong, str(each.first), str(each.last), each.opening]
        for each in periods()
    ]
    rows += [
        ["closing_rate", f"dong_kind:{kind}", "", "", "", factor] for kind, factor in lore("risk").items()
    ]
    rows += [
        ["closing_rate", f"{each['trade']}:{each['kind']}", "", "", "", each["factor"]]
        for each in lore("special")
    ]
    rows += [["rate_per_closing_rate", "cancelled", "", "", "", lore("cancelled")]]
    rows += [["rate_per_year", "succession", "", "", "", lore("succession")["rate"]]]
    rows += [["share_of_successions", "renamed", "", "", "", lore("succession")["renamed"]]]
    rows += [["rate_per_year", "suspension", "", "", "", lore("suspension")["rate"]]]
    told = sold["shock"]
    rows += [["sales", "roadworks", "+".join(told["dongs"]), told["from"], told["to"], told["factor"]]]
    told = sold["programme"]
    rows += [["sales", "programme", "+".join(told["dongs"]), told["from"], "", told["factor"]]]
    return _table(["what", "cause", "dongs", "first", "last", "factor"], rows)


def sales_cells(city: City) -> pa.Table:
    """Shock and programme of every 행정동 and month, as factors of its card sales."""
    found, dongs, told = city.get(Sales), city.get(Ground).dongs, words("shops_sales")
    hit, helped = shock(city, found.months), programme(city, found.months)
    months = np.datetime_as_string(found.months).tolist()
    rows = [
        [months[m], dongs.code[d], dongs.name[d], told["shock"]["factor"] if hit[d, m] else 1.0,
         told["programme"]["factor"] if helped[d, m] else 1.0]
        for m in range(len(months))
        for d in range(len(dongs))
    ]  # fmt: skip
    return _table(["month", "dong_code", "dong_name", "shock_factor", "programme_factor"], rows)


def shops(city: City) -> pa.Table:
    """Every shop of the records: where it truly is, when it opened and ended, and why."""
    found, dongs = city.get(Shops), city.get(Ground).dongs
    lives, every = found.lives, kinds()
    causes = np.array(["", "", "", "closed", "cancelled"])
    return pa.table(
        {
            "shop_id": shop_ids(found),
            "licence_number": list(found.number),
            "trade": [trades()[at].name for at in lives.trade.tolist()],
            "industry_small_code": [every[at].code for at in found.kind.tolist()],
            "dong_code": [dongs.code[at] for at in lives.dong.tolist()],
            "x_epsg5179": np.round(found.x, 2),
            "y_epsg5179": np.round(found.y, 2),
            "opened_on": pa.array(lives.opened.astype("datetime64[D]")),
            "ended_on": pa.array(lives.ended.astype("datetime64[D]")),
            "cause": causes[lives.cause],
            "succeeded_on": pa.array(lives.succeeded.astype("datetime64[D]")),
            "living_delivery_1": lives.living(city.deliveries[0].day),
            "living_delivery_2": lives.living(city.deliveries[1].day),
        }
    )


def changes(city: City) -> pa.Table:
    """What happened to licences between the deliveries."""
    found = city.get(Shops)
    first, second = (np.datetime64(each.day) for each in city.deliveries)
    lives = found.lives
    licensed = np.array([trade.licensed for trade in trades()])[lives.trade]
    before, after = (state_on(found, each.day) for each in city.deliveries)
    old = licensed & (lives.opened <= first)
    renewed = (lives.succeeded > first) & (lives.succeeded <= second)
    kinds_of_change = {
        "opened": licensed & (lives.opened > first) & (lives.opened <= second),
        "closed": old & (before != after) & (after == GONE),
        "cancelled": old & (before != after) & (after == STRUCK),
        "suspended": old & (before == OPEN) & (after == RESTING),
        "reopened": old & (before == RESTING) & (after == OPEN),
        "succeeded": old & renewed,
        "name_corrected": old & mistyped(city, found),
    }
    rows = [[what, found.number[at], trades()[lives.trade[at]].name] for what, where in kinds_of_change.items() for at in np.flatnonzero(where).tolist()]  # fmt: skip
    return _table(["change", "licence_number", "trade"], rows)


def numbers(city: City) -> pa.Table:
    """How many shops there are, and the share of living licences that changed hands."""
    found = city.get(Shops)
    lives = found.lives
    licensed = np.array([trade.licensed for trade in trades()])[lives.trade]
    rows: list[list[object]] = []
    for delivery in city.deliveries:
        living, day = lives.living(delivery.day), np.datetime64(delivery.day)
        mine = living & licensed
        counted = {
            "living": living.sum(), "living_licensed": mine.sum(), "records": (licensed & (lives.opened <= day)).sum(),
            "suspended": (lives.resting(delivery.day) & licensed).sum(),
            "began_before_registry": (licensed & (lives.opened < np.datetime64(lore("registry_start")))).sum(),
            "succession_share": (mine & (lives.succeeded <= day)).sum() / max(int(mine.sum()), 1),
        }  # fmt: skip
        rows += [[delivery.number, name, round(float(value), 5)] for name, value in counted.items()]
    return _table(["delivery", "name", "value"], rows)


def _table(names: list[str], rows: Iterable[Iterable[object]]) -> pa.Table:
    return (
        pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))) if rows else pa.table({})
    )


def truths(city: City) -> dict[str, pa.Table]:
    made = (survival, effects, sales_cells, shops, changes, numbers)
    return {each.__name__: each(city) for each in made}
