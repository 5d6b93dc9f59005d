"""Card sales by 행정동, trade and month: what people spend, in seasons, with a shock and a programme planted in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.days import CHUSEOK, SEOLLAL
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.model import Shops
from madang.samplecity.layers.shops.trades import card_trades, kinds
from madang.samplecity.words import words

FEWEST = 3  # shops of a cell whose sales are told


@dataclass(frozen=True)
class Sales:
    """Cells of (dongs, trades, months)."""

    months: Array  # datetime64[M]
    shops: Array  # at the end of the month
    sales_krw: Array
    approvals: Array

    def known(self, delivery: Delivery) -> int:
        """How many months a delivery tells."""
        return int((self.months <= np.datetime64(delivery.day, "M")).sum())


def dongs_named(city: City, names: list[str]) -> Array:
    """Whether each 행정동 is one of `names`, in other 자치구 one in their place."""
    every = city.get(Ground).dongs.name
    mine = [at for at, name in enumerate(every[:21]) if name in names]
    return np.isin(np.arange(len(every)) % 21, mine)


def shock(city: City, months: Array) -> Array:
    """(dongs, months): in the shock or not."""
    told = words("shops_sales")["shock"]
    when = (months >= np.datetime64(told["from"], "M")) & (months <= np.datetime64(told["to"], "M"))
    return dongs_named(city, told["dongs"])[:, None] & when


def programme(city: City, months: Array) -> Array:
    """(dongs, months): in the support programme or not."""
    told = words("shops_sales")["programme"]
    return dongs_named(city, told["dongs"])[:, None] & (months >= np.datetime64(told["from"], "M"))


def season(months: Array) -> Array:
    """(trades, months): season and feasts, as factors."""
    told = words("shops_sales")["trades"]
    month = months.astype(np.int64) % 12
    found = []
    for name in card_trades():
        factor = np.array(told[name]["season"])[month]
        for key, feasts in (("seollal", SEOLLAL), ("chuseok", CHUSEOK)):
            at = np.isin(months, np.array(feasts, "datetime64[M]"))
            factor = np.where(at, factor * told[name][key], factor)
        found.append(factor)
    return np.array(found)


def counts(city: City, months: Array) -> Array:
    """(dongs, trades, months): shops that live on the last day of each month."""
    shops, dongs = city.get(Shops), len(city.get(Ground).dongs)
    names = card_trades()
    trade = np.array([names.index(kind.card) if kind.card else -1 for kind in kinds()])[shops.kind]
    found = []
    for month in months:
        rows = shops.lives.living((month + 1).astype("datetime64[D]") - 1) & (trade >= 0)
        cell = shops.lives.dong[rows] * len(names) + trade[rows]
        found.append(np.bincount(cell, minlength=dongs * len(names)).reshape(dongs, len(names)))
    return np.stack(found, axis=2)


def drift(city: City, dongs: int, months: int) -> Array:
    """(dongs, months): what all trades of a 행정동 go through together, a month like the one before (AR(1)).

    Without it every cell were a witness of its own, and an effect on a few 행정동 would be known far too well.
    """
    told, rng = words("shops_sales")["drift"], city.rng("shops.sales.drift")
    keeps = told["keeps"]
    found = rng.normal(0, told["sd"], (dongs, months))  # as strong in the first month as in all others
    for month in range(1, months):
        found[:, month] = keeps * found[:, month - 1] + np.sqrt(1 - keeps**2) * found[:, month]
    return found


def sales(city: City) -> Sales:
    """The sales of every cell: what its shops usually take, the time of the year, the planted effects, and noise."""
    told, ground, rng = words("shops_sales"), city.get(Ground), city.rng("shops.sales")
    last = np.datetime64(city.deliveries[1].day, "M")
    months = np.arange(last - told["months"], last + 1)
    shops = counts(city, months)
    usual = np.array([told["trades"][name]["month"] * 10_000 for name in card_trades()])
    place = np.array([told["weight"][kind] for kind in ground.dongs.kind])
    base = np.log(np.maximum(shops.mean(axis=2), 0.3) * usual * place[:, None])
    base += rng.normal(0, 0.25, base.shape)
    found = base[:, :, None] + np.log(season(months))[None]
    found = found + told["growth"] / 12 * np.arange(len(months)) + rng.normal(0, told["common"], len(months))
    found = found + rng.normal(0, told["noise"], found.shape)
    found = found + drift(city, len(ground.dongs), len(months))[:, None, :]
    for where, key in ((shock, "shock"), (programme, "programme")):
        found = found + where(city, months)[:, None, :] * np.log(told[key]["factor"])
    amount = np.where(shops > 0, np.exp(found), 0.0)
    ticket = np.array([told["trades"][name]["ticket"] for name in card_trades()])
    approvals = np.maximum(np.round(amount / ticket[:, None]), shops)
    return Sales(months, shops, np.round(amount / 10) * 10, approvals)
