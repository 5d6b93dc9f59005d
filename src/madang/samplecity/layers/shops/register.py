"""The register of licences as it stands on a day: what is known then of each licensed shop, as texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.model import CANCELLED, CLOSED, Shops
from madang.samplecity.layers.shops.names import authorities
from madang.samplecity.layers.shops.trades import kinds, trades
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.map_paper import projected

OPEN, RESTING, GONE, STRUCK = 0, 1, 2, 3
STATES = (("01", "영업/정상"), ("02", "휴업"), ("03", "폐업"), ("04", "취소/말소/만료/정지/중지"))
_DETAILS = (("0000", "정상"), ("0001", "휴업"), ("0002", "폐업"), ("0004", "직권말소"))
_FOOD_DETAILS = (("01", "영업"), ("03", "휴업"), ("02", "폐업"), ("07", "직권말소"))
_ROADS = np.datetime64("2012-01-01")  # what closed before has no road address
_LOADED = np.datetime64("2018-08-31")  # when the register was loaded: older rows carry that day
_TYPOS = 0.004  # names that a correction mends before the second delivery
NAT = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Register:
    """Rows of one trade on one day, by licence number; dates NaT where nothing happened by then."""

    rows: Array  # numbers of shops
    state: Array  # OPEN, RESTING, GONE, STRUCK
    opened: Array
    closed: Array
    cancelled: Array
    rest_from: Array
    rest_to: Array
    reopened: Array
    modified: list[str]
    kind: list[str]  # 데이터갱신구분
    updated: list[str]
    texts: dict[str, list[str]]  # authority, number, names, phone, area, addresses, x, y …

    def __len__(self) -> int:
        return len(self.rows)


def state_on(shops: Shops, day: date) -> Array:
    """State of every shop on a day."""
    lives, when = shops.lives, np.datetime64(day)
    gone = lives.ended <= when
    found = np.where(lives.resting(day), RESTING, OPEN)
    found = np.where(gone & (lives.cause == CLOSED), GONE, found)
    return np.where(gone & (lives.cause == CANCELLED), STRUCK, found)


def details(form: str) -> tuple[tuple[str, str], ...]:
    """Codes and names of 상세영업상태, in the order of STATES."""
    return _FOOD_DETAILS if form == "food" else _DETAILS


def mistyped(city: City, shops: Shops) -> Array:
    """Shops whose name stands wrong in the first delivery and is corrected in the second."""
    first = city.deliveries[0].day
    old = shops.lives.opened < np.datetime64(first) - 60
    licensed = np.array([trade.licensed for trade in trades()])[shops.lives.trade]
    drawn = city.rng("shops.typos").random(len(shops))
    found: Array = (drawn < _TYPOS) & old & licensed & (state_on(shops, city.deliveries[1].day) == OPEN)
    return found


def stirred(city: City, shops: Shops, trade: int) -> bool:
    """Whether anything happened in the register of a trade between the deliveries."""
    first, second = (np.datetime64(each.day) for each in city.deliveries)
    lives = shops.lives
    days = [lives.opened, lives.ended, lives.suspended_from, lives.suspended_to + 1, lives.succeeded]
    happened = mistyped(city, shops).copy()
    for day in days:
        happened |= (day > first) & (day <= second)
    return bool((happened & (lives.trade == trade)).any())


def register(city: City, shops: Shops, trade: int, day: date) -> Register:
    """The register of a trade at the end of `day`."""
    lives, when = shops.lives, np.datetime64(day)
    rows = np.flatnonzero((lives.trade == trade) & (lives.opened <= when))
    rows = rows[np.argsort(np.array(shops.number)[rows], kind="stable")]
    state = state_on(shops, day)[rows]
    opened, ended = lives.opened[rows], lives.ended[rows]
    begun = lives.suspended_from[rows] <= when
    rest_from, rest_to = (
        np.where(begun, each[rows], NAT) for each in (lives.suspended_from, lives.suspended_to)
    )
    reopened = np.where(rest_to < when, rest_to + 1, NAT)
    succeeded = np.where(lives.succeeded[rows] <= when, lives.succeeded[rows], NAT)
    past = np.where(ended <= when, ended, NAT)
    mended = np.where(mistyped(city, shops)[rows] & (day == city.deliveries[1].day), when - 12, NAT)
    events = np.array([opened, rest_from, reopened, succeeded, past, mended])
    last = np.fmax.reduce(events)
    loaded = last <= _LOADED
    seconds = city.rng("shops.clock").integers(9 * 3600, 18 * 3600, len(shops))[rows]
    modified = np.datetime_as_string(last.astype("datetime64[s]") + seconds)
    updated = np.datetime_as_string(np.where(loaded, _LOADED, np.minimum(last + 2, when)))
    clock = np.where(loaded, "23:59:59", "02:40:00")
    return Register(
        rows, state, opened, np.where(state == GONE, past, NAT), np.where(state == STRUCK, past, NAT),
        rest_from, rest_to, reopened,
        [text.replace("T", " ") for text in modified.tolist()],
        np.where(loaded | (last == opened), "I", "U").tolist(),
        [f"{a} {b}" for a, b in zip(updated.tolist(), clock.tolist(), strict=True)],
        _texts(city, shops, rows, past, day),
    )  # fmt: skip


def _texts(city: City, shops: Shops, rows: Array, past: Array, day: date) -> dict[str, list[str]]:
    buildings = city.get(Streets).buildings
    districts = city.get(Ground).dongs.district[shops.lives.dong[rows]].tolist()
    every = authorities(city)
    names = shops.names(day)
    wrong = mistyped(city, shops) & (day == city.deliveries[0].day)
    number = rows.tolist()
    building = shops.building[rows].tolist()
    old = (past < _ROADS).tolist()
    chance = city.rng("shops.points").random(len(shops))[rows]
    x, y = projected(shops.x[rows], shops.y[rows], 5174)
    absent = (chance < np.where(past < _ROADS, 0.12, 0.03)).tolist()
    where = [
        detail(floor, unit, at % 3)
        for floor, unit, at in zip(shops.floor[rows].tolist(), shops.unit[rows].tolist(), number, strict=True)
    ]
    road, lot, post = buildings.road_address, buildings.lot_address, buildings.postcode
    return {
        "authority": [every[at] for at in districts],
        "number": [shops.number[at] for at in number],
        "name": [_written(names[at], shops.branch[at], bool(wrong[at])) for at in number],
        "phone": [shops.phone[at] for at in number],
        "area": [f"{area:g}" if chance > 0.04 else "0" for area, chance in zip(shops.area_m2[rows].tolist(), chance.tolist(), strict=True)],
        "lot": [f"{lot[at]} {inner}".rstrip() for at, inner in zip(building, where, strict=True)],
        "road": ["" if gone else inserted(road[at], inner) for at, inner, gone in zip(building, where, old, strict=True)],
        "postcode": ["" if gone else post[at] for at, gone in zip(building, old, strict=True)],
        "type": [kinds()[at].type for at in shops.kind[rows].tolist()],
        "x": ["" if none else digits(at) for at, none in zip(x.tolist(), absent, strict=True)],
        "y": ["" if none else digits(at) for at, none in zip(y.tolist(), absent, strict=True)],
    }  # fmt: skip


def detail(floor: int, unit: int, style: int) -> str:
    """Where in the building: as people write it, or not at all."""
    level = "지하1층" if floor < 0 else f"{floor}층"
    room = f"{'B' if floor < 0 else ''}{abs(floor)}{unit:02d}호"
    return ("", level, f"{level} {room}")[style]


def inserted(address: str, inner: str) -> str:
    """A road address with what follows the number: "버들로 12, 1층 (버들동)"."""
    head, bracket, tail = address.partition(" (")
    return f"{head}, {inner}{bracket}{tail}" if inner else address


def digits(metres: float) -> str:
    """Coordinates with the digits that a conversion leaves."""
    return f"{metres:.9f}".rstrip("0")


def _written(name: str, branch: str, wrong: bool) -> str:
    """The name on the licence; a wrong one is torn apart by a blank."""
    if wrong:
        name = f"{name[:-2]} {name[-2:]}"
    return f"{name} {branch}" if branch else name
