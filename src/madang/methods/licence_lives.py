"""From licences to lives: when each could first be seen, how long it lasted, how it ended, and what is left out and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError

Days = NDArray[np.datetime64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

OPEN, CLOSED, CANCELLED = 0, 1, 2  # of Lives.cause
LIVING, GONE, STRUCK = ("01", "02"), "03", ("04", "05")  # 영업, 휴업 · 폐업 · 취소/말소, 제외/전출
DAY = np.timedelta64(1, "D")


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
