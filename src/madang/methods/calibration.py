"""Scores and probabilities to a confidence that can be believed, and how far what is said is from what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

_SURE = 1e-5  # nothing is said to be surer than this


def with_temperature(scores: Any, temperature: float) -> Any:
    """Confidences (letters x classes, rows sum to 1) of scores: softmax of scores / `temperature`."""
    return scipy.special.softmax(np.asarray(scores, float) / temperature, axis=1)


def temperature_of(scores: Any, truth: Any) -> float:
    """The temperature under which held-out `scores` (letters x classes) make `truth` (class numbers) most likely.

    Source: Guo, Pleiss, Sun & Weinberger (2017), On calibration of modern neural networks, section 4.
    """
    scores, rows = np.asarray(scores, float), np.arange(len(truth))

    def unlikely(log_temperature: float) -> float:
        scaled = scores / np.exp(log_temperature)
        return float((scipy.special.logsumexp(scaled, axis=1) - scaled[rows, truth]).mean())

    return float(np.exp(scipy.optimize.minimize_scalar(unlikely, bounds=(-5, 5), method="bounded").x))


@dataclass(frozen=True)
class Calibration:
    """How sure a first choice is: the sigmoid of `slope` x log-odds of its softmax under `temperature` + `shift`."""

    temperature: float
    slope: float
    shift: float

    @classmethod
    def of(cls, scores: Any, truth: Any) -> Calibration:
        """Fitted to held-out `scores` (letters x classes) and the true classes (-1: none of them, so never right).

        The sigmoid is Platt's (1999) with his smoothed targets, so that a perfect record does not make it certain.
        """
        scores, truth = np.asarray(scores, float), np.asarray(truth)
        known = truth >= 0
        temperature = temperature_of(scores[known], truth[known])
        odds, right = _odds(scores, temperature), scores.argmax(axis=1) == truth
        target = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))

        def unlikely(line: Any) -> float:
            value = line[0] * odds + line[1]
            return float((np.logaddexp(0, value) - target * value).mean())

        slope, shift = scipy.optimize.minimize(
            unlikely, [1.0, 0.0], method="L-BFGS-B", bounds=[(0.0, 20.0), (-20.0, 20.0)]
        ).x
        return cls(temperature, float(slope), float(shift))

    def confidence(self, scores: Any) -> Any:
        """How likely the class of the greatest score is right, for each row of scores (letters x classes)."""
        return scipy.special.expit(self.slope * _odds(scores, self.temperature) + self.shift)


def _odds(scores: Any, temperature: float) -> Any:
    return scipy.special.logit(np.clip(with_temperature(scores, temperature).max(axis=1), 1e-9, 1 - 1e-9))


@dataclass(frozen=True)
class Mending:
    """Probabilities mended by what came: log-odds = `low` ln p - `high` ln(1 - p) + the shift of the group.

    Beta calibration: Kull, Silva Filho & Flach (2017), AISTATS 54. It never turns the order around, and mends the high end
    apart from the low one, where nearly all cases lie. `cases` and `events` it was learnt from. What is said above `top`
    counts as `top`: nothing higher has been tried often enough.
    """

    low: float
    high: float
    shifts: tuple[float, ...]
    top: float
    cases: int
    events: int

    @classmethod
    def of(cls, said: Any, came: Any, group: Any, groups: int, tried: int = 20) -> Mending:
        """From probabilities `said` (n), whether it `came` (n), and the `group` of each (n, numbers below `groups`).

        A normal prior of one unit draws it to leaving what was said as it is, so that few cases change little. `tried`:
        how often so high a probability has to have been said to be believed.
        """
        said, came, group = np.asarray(said, float), np.asarray(came, float), np.asarray(group)
        design = np.column_stack([*_ends(said), np.eye(groups)[group]])
        prior = np.r_[1.0, 1.0, np.zeros(groups)]

        def unlikely(line: Any) -> tuple[float, Any]:
            value, apart = design @ line, line - prior
            cost = (np.logaddexp(0, value) - came * value).sum() + 0.5 * apart @ apart
            return float(cost), design.T @ (scipy.special.expit(value) - came) + apart

        bounds = [(0.0, 20.0)] * 2 + [(-20.0, 20.0)] * groups
        least = scipy.optimize.minimize(unlikely, prior, jac=True, method="L-BFGS-B", bounds=bounds)
        found = least.x.tolist()
        top = float(np.partition(said, -tried)[-tried]) if len(said) >= tried else 0.0
        return cls(found[0], found[1], tuple(found[2:]), top, len(said), int(came.sum()))

    def mended(self, said: Any, group: Any) -> Any:
        """What is to be believed of probabilities `said`, with the group of each (any shapes that go together)."""
        low, high = _ends(np.minimum(said, self.top))
        return scipy.special.expit(self.low * low + self.high * high + np.asarray(self.shifts)[group])


def _ends(said: Any) -> tuple[Any, Any]:
    kept = np.clip(said, _SURE, 1 - _SURE)
    return np.log(kept), -np.log1p(-kept)


def calibration_error(confidence: Any, right: Any, bins: int = 10) -> float:
    """Expected calibration error: |share right - mean confidence| over bins of equal width, weighted by their letters.

    Source: Naeini, Cooper & Hauskrecht (2015), AAAI.
    """
    confidence, right = np.asarray(confidence, float), np.asarray(right, float)
    bin_ = np.clip(np.ceil(confidence * bins) - 1, 0, bins - 1).astype(np.int64)
    gap = np.abs(np.bincount(bin_, right, bins) - np.bincount(bin_, confidence, bins))
    return float(gap.sum() / len(right))


def reliability(said: Any, came: Any, steps: int = 10) -> tuple[tuple[float, float, int], ...]:
    """Of each step of probability that was said at all: the mean that was said, the share that came, and the cases."""
    said, came = np.asarray(said, float).ravel(), np.asarray(came, float).ravel()
    step = np.minimum((said * steps).astype(np.int64), steps - 1)
    count = np.bincount(step, minlength=steps)
    mean, share = (np.bincount(step, each, steps) / np.maximum(count, 1) for each in (said, came))
    return tuple((float(mean[at]), float(share[at]), int(count[at])) for at in range(steps) if count[at])
