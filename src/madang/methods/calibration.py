"""Scores to a confidence that can be believed: a temperature, a sigmoid, and how far what is said is from what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logit, logsumexp, softmax


def with_temperature(scores: Any, temperature: float) -> Any:
    """Confidences (letters x classes, rows sum to 1) of scores: softmax of scores / `temperature`."""
    return softmax(np.asarray(scores, float) / temperature, axis=1)


def temperature_of(scores: Any, truth: Any) -> float:
    """The temperature under which held-out `scores` (letters x classes) make `truth` (class numbers) most likely.

    Source: Guo, Pleiss, Sun & Weinberger (2017), On calibration of modern neural networks, section 4.
    """
    scores, rows = np.asarray(scores, float), np.arange(len(truth))

    def unlikely(log_temperature: float) -> float:
        scaled = scores / np.exp(log_temperature)
        return float((logsumexp(scaled, axis=1) - scaled[rows, truth]).mean())

    return float(np.exp(minimize_scalar(unlikely, bounds=(-5, 5), method="bounded").x))


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

        slope, shift = minimize(
            unlikely, [1.0, 0.0], method="L-BFGS-B", bounds=[(0.0, 20.0), (-20.0, 20.0)]
        ).x
        return cls(temperature, float(slope), float(shift))

    def confidence(self, scores: Any) -> Any:
        """How likely the class of the greatest score is right, for each row of scores (letters x classes)."""
        return expit(self.slope * _odds(scores, self.temperature) + self.shift)


def _odds(scores: Any, temperature: float) -> Any:
    return logit(np.clip(with_temperature(scores, temperature).max(axis=1), 1e-9, 1 - 1e-9))


def calibration_error(confidence: Any, right: Any, bins: int = 10) -> float:
    """Expected calibration error: |share right - mean confidence| over bins of equal width, weighted by their letters.

    Source: Naeini, Cooper & Hauskrecht (2015), AAAI.
    """
    confidence, right = np.asarray(confidence, float), np.asarray(right, float)
    bin_ = np.clip(np.ceil(confidence * bins) - 1, 0, bins - 1).astype(np.int64)
    gap = np.abs(np.bincount(bin_, right, bins) - np.bincount(bin_, confidence, bins))
    return float(gap.sum() / len(right))
