"""Numbers of persons in texts: of the right shape, of nobody.

010-1ddd-dddd is given to nobody, plates begin with 00, mail goes to example.kr, resident numbers are of people to be born in 2031.
"""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import City
from madang.samplecity.layers.voices.model import Personal
from madang.samplecity.layers.voices.topics import common

SHARES = {"mobile": 0.018, "email": 0.006, "vehicle": 0.02, "account": 0.0015}
_PLATE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주"
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def with_personal(
    city: City, file: str, bodies: list[str], resident: int = 0, plates: list[bool] | None = None
) -> list[Personal]:
    """Put numbers into some of `bodies` (in place): what was put where. `resident`: so many resident numbers, too."""
    rng = city.rng(f"voices.personal.{file}")
    told, found = common().told["personal"], []
    draw, picks = rng.random(len(bodies)), rng.integers(0, 10**8, (len(bodies), 3))
    edges = np.cumsum(list(SHARES.values()))
    for row in np.flatnonzero(draw < edges[-1]).tolist():
        kind = list(SHARES)[int(np.searchsorted(edges, draw[row], side="right"))]
        if kind == "vehicle" and not (plates and plates[row]):
            kind = "mobile"
        first, second, third = picks[row].tolist()
        value = number(kind, first, second)
        bodies[row] += ("\n" if third % 4 == 0 else " ") + told[kind][third // 7 % len(told[kind])].format(
            value
        )
        found.append(Personal(file, row, kind, value))
    taken = {each.row for each in found}
    for at in range(resident):
        row = (len(bodies) // 3 + at * max(1, len(bodies) // 4)) % len(bodies)
        while row in taken:
            row = (row + 1) % len(bodies)
        taken.add(row)
        value = number("rrn", at + 5, 31_000 + at * 517)
        bodies[row] += "\n" + told["rrn"][at % len(told["rrn"])].format(value)
        found.append(Personal(file, row, "rrn", value))
    return sorted(found, key=lambda each: each.row)


def number(kind: str, first: int, second: int) -> str:
    """A number of a kind out of two random ones."""
    if kind == "mobile":
        parts = ("010", f"1{first % 1000:03d}", f"{second % 10000:04d}")
        return ("-".join(parts), "".join(parts), ".".join(parts), "-".join(parts))[first // 1000 % 4]
    if kind == "vehicle":
        return f"00{_PLATE[first % len(_PLATE)]}{' ' * (first // 50 % 2)}{second % 10000:04d}"
    if kind == "email":
        names = common().told["personal"]["mail_names"]
        return f"{names[first % len(names)]}{second % 1000}@example.kr"
    if kind == "account":
        return f"{301 + first % 50}-{second % 10**6:06d}-{first % 10**5:05d}"
    digits = f"31{1 + first % 12:02d}{1 + second % 28:02d}{3 + first % 2}{second % 10**5:05d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return f"{digits[:6]}-{digits[6:]}{(11 - total % 11) % 10}"
