"""From licences to lives: when each could first be seen, how long it lasted, how it ended, and what is left out and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError

Days = NDArray[np.datetime64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

OPEN, CLOSED, CANCELLED = 0, 1, 2  # of Lives.cause
LIVING, GONE, STRUCK = ("01", "02"), "03", ("04", "05")  # 영업, 휴업 · 폐업 · 취소/말소, 제외/전출
DAY = np.timedelta64(1, "D")
_SURE = (
    20.0  # twice the log-likelihood that a start must gain over none: one in 100,000 at a month given before
)


@dataclass(frozen=True)
class Lives:
    """Lives of those licences that can be judged: `rows` says which of the rows given they are."""

    rows: Ints  # ascending
    entry: Ints  # days of age at the first day of the register, 0 where licensed since
    leave: Ints  # days of age at the end or at the day of the extract
    cause: NDArray[np.int8]  # OPEN (also suspended), CLOSED, CANCELLED
    left_out: dict[str, int]  # why -> how many rows; each row for the first reason that fits

    @property
    def closed(self) -> Bools:
        """Ended by closing (폐업); a cancelled licence (직권말소) only ceases to be watched."""
        found: Bools = self.cause == CLOSED
        return found

    @property
    def ended(self) -> Bools:
        """Ended by whatever cause."""
        found: Bools = self.cause != OPEN
        return found


def lives(
    licensed_on: ArrayLike,
    closed_on: ArrayLike,
    cancelled_on: ArrayLike,
    status_code: ArrayLike,
    *,
    extract_on: object,
    register_since: object,
) -> Lives:
    """The lives of licences (LOCALDATA: 인허가일자, 폐업일자, 인허가취소일자, 영업상태구분코드).

    Dates as datetime64[D] (rows), NaT where empty; `status_code` texts "01" … "05". A suspended shop (02) is still at risk.
    Closed (03) ends on `closed_on`; cancelled, struck off or moved away (04, 05) is another cause and ends on
    `cancelled_on`, else on `closed_on`. What ends after `extract_on` has not happened yet. A life of less than a day counts
    as one. `register_since`: the first day whose closings the register knows; ages before it are not watched.

    Left out and counted in `left_out`: "no_licence_date", "opened_later" (after the extract), "unknown_status",
    "no_end_date" (03 to 05 without any), "ends_before_it_opens", "before_register" (ended before it began).
    Raises MadangError("lengths_differ").
    """
    opened, closed, cancelled = (
        np.asarray(each, "datetime64[D]") for each in (licensed_on, closed_on, cancelled_on)
    )
    status = np.asarray(status_code).astype(str)
    if not len(opened) == len(closed) == len(cancelled) == len(status):
        raise MadangError("lengths_differ", names="licensed_on, closed_on, cancelled_on, status_code")
    last, since = (np.datetime64(str(each), "D") for each in (extract_on, register_since))
    gone, struck = status == GONE, np.isin(status, STRUCK)
    end = np.where(gone, closed, np.where(np.isnat(cancelled), closed, cancelled))
    past = (gone | struck) & (end <= last)
    until = np.where(past, np.maximum(end, opened + DAY), last + DAY)
    reasons = {
        "no_licence_date": np.isnat(opened),
        "opened_later": opened > last,
        "unknown_status": ~(gone | struck | np.isin(status, LIVING)),
        "no_end_date": (gone | struck) & np.isnat(end),
        "ends_before_it_opens": (gone | struck) & (end < opened),
        "before_register": until <= since,
    }
    why = np.select(list(reasons.values()), list(range(len(reasons))), default=-1)
    counts = np.bincount(why[why >= 0], minlength=len(reasons)).tolist()
    rows = np.flatnonzero(why < 0)
    cause = np.where(past, np.where(gone, CLOSED, CANCELLED), OPEN).astype(np.int8)
    return Lives(
        rows,
        np.maximum((since - opened[rows]).astype(np.int64), 0),
        (until[rows] - opened[rows]).astype(np.int64),
        cause[rows],
        dict(zip(reasons, counts, strict=True)),
    )


@dataclass(frozen=True)
class RegisterStart:
    """From when a register knows closings. Rates are closings per shop and year, as far as the register tells."""

    day: np.datetime64  # the first of a month; where no start is evident, the day of the first licence
    evident: bool
    closings_before: int
    rate_before: float
    rate_after: float


def register_start(
    licensed_on: ArrayLike, closed_on: ArrayLike, *, extract_on: object, much_less: float = 0.25
) -> RegisterStart:
    """The month from which closings are told in earnest: single older ones that somebody typed in later are no start.

    Registers were loaded in the 2000s with the shops that still lived; taking the oldest closing as the beginning makes
    survival look better than it is (5 points at 5 years for the country's animal hospitals). The month is the most likely
    one of a single change in the rate of closing per shop (Poisson), among those before which the rate is at most
    `much_less` of that after and which chance does not explain. Give registers of one system together: a small one alone
    may not show its start. Dates as datetime64[D] (rows), NaT where empty: rows without a licence date, and rows after
    `extract_on`, say nothing. Raises MadangError: "lengths_differ", "no_licence_dates".
    """
    opened, closed = (np.asarray(each, "datetime64[D]") for each in (licensed_on, closed_on))
    last = np.datetime64(str(extract_on), "D")
    if len(opened) != len(closed):
        raise MadangError("lengths_differ", names="licensed_on, closed_on")
    real = opened <= last
    if not real.any():
        raise MadangError("no_licence_dates")
    opened, closed = opened[real], closed[real]
    first = opened.min().astype("datetime64[M]")
    months = int((last.astype("datetime64[M]") - first).astype(np.int64)) + 1
    gone = closed[closed <= last]
    came = np.bincount((opened.astype("datetime64[M]") - first).astype(np.int64), minlength=months)
    went = np.bincount(
        np.maximum((gone.astype("datetime64[M]") - first).astype(np.int64), 0), minlength=months
    )
    years = (np.cumsum(came) - np.cumsum(went) + went / 2 - came / 2) / 12  # that shops spent in each month
    few, spent = (np.concatenate([[0.0], np.cumsum(each)[:-1]]) for each in (went, years))
    many, rest = went.sum() - few, years.sum() - spent
    before, after = (a / np.where(b > 0, b, np.nan) for a, b in ((few, spent), (many, rest)))
    likely = _log_likelihood(few, before) + _log_likelihood(many, after)
    alike = _log_likelihood(*(np.array(each) for each in (went.sum(), went.sum() / max(years.sum(), 1e-9))))
    fits = (spent > 0) & (rest > 0) & (many > 0) & (before <= much_less * after)
    fits &= 2 * (likely - alike) > _SURE
    if not fits.any():
        rate = float(many[0] / max(rest[0], 1e-9))
        return RegisterStart(opened.min(), False, 0, float("nan"), rate)
    at = int(np.argmax(np.where(fits, likely, -np.inf)))
    day = (first + at).astype("datetime64[D]")
    return RegisterStart(day, True, int(few[at]), float(before[at]), float(after[at]))


def _log_likelihood(count: Floats, rate: Floats) -> Floats:
    """Of Poisson counts, but for what all rates have in common."""
    happened = count > 0
    found: Floats = np.where(happened, count * np.log(np.where(happened, rate, 1.0)), 0.0)
    return found
