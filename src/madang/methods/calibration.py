"""Scores to confidences that can be believed: a temperature, and how far said confidence is from what is right."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax


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


def calibration_error(confidence: Any, right: Any, bins: int = 10) -> float:
    """Expected calibration error: |share right - mean confidence| over bins of equal width, weighted by their letters.

    Source: Naeini, Cooper & Hauskrecht (2015), AAAI.
    """
    confidence, right = np.asarray(confidence, float), np.asarray(right, float)
    bin_ = np.clip(np.ceil(confidence * bins) - 1, 0, bins - 1).astype(np.int64)
    gap = np.abs(np.bincount(bin_, right, bins) - np.bincount(bin_, confidence, bins))
    return float(gap.sum() / len(right))
