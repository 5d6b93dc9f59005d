"""How much a choice of sites hangs on what nobody knows exactly: asked again under changed conditions, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from madang.messages import MadangError
from madang.methods.siting_evidence import Chosen
from madang.methods.siting_swap import Floats, Ints


@dataclass(frozen=True)
class Changed:
    """What came of one changed condition. `sites` is None where it cannot be met, or its turn did not come in time."""

    condition: str
    sites: Ints | None


@dataclass(frozen=True)
class Stability:
    """`share[k]`: in which share of `answered` conditions site k of the choice was chosen again; `changed`: each of them."""

    share: Floats
    answered: int
    changed: tuple[Changed, ...]


def stability(
    sites: ArrayLike,
    conditions: Sequence[tuple[str, Callable[[float], Chosen]]],
    seconds: float,
    progress: Callable[[int, int, str], None] = lambda done, whole, what: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Stability:
    """Ask again under every condition: each is a name and a question that is told how many seconds it has.

    What is left of `seconds` is shared evenly by the conditions that are left. A condition that cannot be met (it raises
    MadangError) does not count.
    """
    chosen = np.asarray(sites, dtype=np.int64)
    end = clock() + seconds
    changed: list[Changed] = []
    for done, (name, ask) in enumerate(conditions):
        progress(done, len(conditions), "sensitivity")
        left = (end - clock()) / (len(conditions) - done)
        try:
            changed.append(Changed(name, np.asarray(ask(left).sites) if left > 0 else None))
        except MadangError:
            changed.append(Changed(name, None))
    kept = [np.isin(chosen, each.sites) for each in changed if each.sites is not None]
    share = np.mean(kept, axis=0) if kept else np.full(len(chosen), np.nan)
    return Stability(share, len(kept), tuple(changed))
