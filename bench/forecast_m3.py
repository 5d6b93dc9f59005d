"""M3 monthly series (Makridakis & Hibon 2000): symmetric MAPE and seconds a series of our combination and of its parts.

    .venv/bin/python bench/forecast_m3.py [M3.csv] [--series N]

The file is long: series, t, part (train, test), value; 18 months are foretold. Without one, made-up series stand in. The
published Theta stands at 13.85 over all 1,428 series; for fewer, compare with the Theta of the same run (the standard
model, statsforecast's).

The combination is chosen by what is published, not by a part of M3: over all 3,003 series statsforecast reports 12.63 for
the median of ETS, CES, ARIMA and dynamic Theta (experiments/m3 of its repository), Hyndman 12.76 for Theta, counted anew
(Mcomp, "Forecast comparisons"); ours has the standard Theta beside them. The first 120 monthly series (N1402 to N1521)
are of 50 or 51 months, where ARIMA and CES alone err most; there the median and Theta differ by less than their error.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
from madang.methods.accuracy import smape
from madang.methods.forecast import FIVE, NAIVE, candidates

HORIZON, SEASON = 18, 12
Series = list[tuple[np.ndarray, np.ndarray]]


def read(path: Path) -> Series:
    """Train and test of each series."""
    rows = pd.read_csv(path)
    parts = {key: part["value"].to_numpy(float) for key, part in rows.groupby(["series", "part"], sort=False)}
    names = rows["series"].unique().tolist()
    return [(parts[name, "train"], parts[name, "test"]) for name in names]


def made(number: int, seed: int = 7) -> Series:
    """Trend, season and noise, the same for the same seed."""
    rng, at = np.random.default_rng(seed), np.arange(120)
    found = []
    for _ in range(number):
        trend = 1000 + rng.normal(0, 5) * at + np.cumsum(rng.normal(0, 15, len(at)))
        season = 1 + rng.uniform(0, 0.3) * np.sin(2 * np.pi * (at + rng.integers(12)) / 12)
        whole = np.maximum(trend * season * rng.lognormal(0, 0.08, len(at)), 10)
        found.append((whole[:-HORIZON], whole[-HORIZON:]))
    return found


def theta(train: np.ndarray) -> np.ndarray:
    """The peer: the standard Theta of 2000."""
    from statsforecast.models import Theta

    return np.asarray(Theta(season_length=SEASON).forecast(y=train, h=HORIZON)["mean"])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("path", nargs="?", type=Path)
    asked.add_argument("--series", type=int, default=24)
    told = asked.parse_args()
    series = read(told.path) if told.path else made(told.series)
    theta(series[0][0])  # the library is loaded
    errors: dict[str, list[float]] = {}
    seconds: dict[str, float] = {}
    for train, test in series:
        for name in (NAIVE, *FIVE):
            start = time.perf_counter()
            said = candidates((name,), train, HORIZON, SEASON)[name][0]
            seconds[name] = seconds.get(name, 0) + time.perf_counter() - start
            errors.setdefault(name, []).append(float(smape(test, said)))
            if name == NAIVE:
                parts = []
            else:
                parts.append(said)
        errors.setdefault("five_models", []).append(float(smape(test, np.median(parts, axis=0))))
        start = time.perf_counter()
        errors.setdefault("peer: Theta", []).append(float(smape(test, theta(train))))
        seconds["peer: Theta"] = seconds.get("peer: Theta", 0) + time.perf_counter() - start
    seconds["five_models"] = sum(seconds[name] for name in FIVE)
    print(f"{len(series)} series, {HORIZON} months ahead; sMAPE % (mean over series and months)")
    for name, each in errors.items():
        apart = np.array(each) - np.array(errors["peer: Theta"])
        ratio = np.mean(each) / np.mean(errors["peer: Theta"])
        error = apart.std(ddof=1) / np.sqrt(len(apart)) if len(apart) > 1 else float("nan")
        print(
            f"{name:15} {np.mean(each):7.3f}  of the peer's {ratio:5.3f}  apart {apart.mean():+6.3f} (se {error:.3f})"
            f"  {1000 * seconds[name] / len(series):7.1f} ms a series"
        )


if __name__ == "__main__":
    main()
