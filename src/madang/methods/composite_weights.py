"""Weights of the indicators of a composite: equal, by entropy, by principal components, by comparing pairs (AHP)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError

Floats = NDArray[np.float64]

# Saaty (1980): mean consistency index of random comparisons of 1, 2, ... 15 things
_RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


@dataclass(frozen=True, eq=False)
class PcaWeights:
    """`weights` (k), of `components` principal components that explain `explained` (0-1) of the variance."""

    weights: Floats
    components: int
    explained: float


@dataclass(frozen=True, eq=False)
class AhpWeights:
    """`weights` (k) and how far the comparisons contradict each other: above 0.1 they should be made again."""

    weights: Floats
    largest_eigenvalue: float
    consistency_index: float
    consistency_ratio: float

    @property
    def consistent(self) -> bool:
        return self.consistency_ratio <= 0.1


def equal_weights(indicators: int) -> Floats:
    return np.full(indicators, 1 / indicators)


def entropy_weights(scaled: ArrayLike) -> Floats:
    """Weights of k indicators by how unevenly they are spread over n areas (Shannon entropy; Zeleny 1982).

    `scaled`: n x k, 0 or more, such as `composite.normalise` gives. An indicator that is the same everywhere has no
    weight; where all are, weights are equal. Raises MadangError (composite_scaled) for values below 0 or missing.
    """
    found = np.asarray(scaled, np.float64)
    if found.ndim != 2 or len(found) < 2 or not (found >= 0).all() or not (found.sum(axis=0) > 0).all():
        raise MadangError("composite_scaled")
    share = found / found.sum(axis=0)
    logarithm = np.log(share, out=np.zeros_like(share), where=share > 0)
    uneven = np.maximum(1 + (share * logarithm).sum(axis=0) / np.log(len(found)), 0.0)
    return uneven / uneven.sum() if uneven.sum() > 1e-12 else equal_weights(found.shape[1])


def pca_weights(values: ArrayLike) -> PcaWeights:
    """Weights of k indicators by how much of them the strong common components hold (OECD/JRC 2008, step 6).

    Principal components of the correlation matrix of `values` (n x k) with an eigenvalue of 1 or more; a weight is the
    sum of the squared loadings on them (which no rotation changes), all made to sum to 1. It says what varies together,
    not what matters. Raises MadangError (composite_scaled) where a value is missing or
    an indicator is the same everywhere.
    """
    found = np.asarray(values, np.float64)
    if (
        found.ndim != 2
        or len(found) < 2
        or not np.isfinite(found).all()
        or (np.ptp(found, axis=0) == 0).any()
    ):
        raise MadangError("composite_scaled")
    size = found.shape[1]
    eigenvalues, vectors = np.linalg.eigh(np.corrcoef(found, rowvar=False).reshape(size, size))
    kept = eigenvalues > 1 - 1e-9
    communality = (vectors[:, kept] ** 2 * eigenvalues[kept]).sum(axis=1)
    return PcaWeights(communality / communality.sum(), int(kept.sum()), float(eigenvalues[kept].sum() / size))


def ahp_weights(comparisons: ArrayLike) -> AhpWeights:
    """Weights of k indicators from comparing pairs (Saaty 1980): the principal eigenvector.

    `comparisons` (k x k): how many times more important the row is than the column, 1/9 to 9; the mirrored entry is its
    inverse. Consistency ratio = (largest eigenvalue - k) / (k - 1) / random index. Raises MadangError (ahp_square) for
    more than 15 or a table that is not square, (ahp_not_inverse) where mirrored entries are not inverse.
    """
    found = np.asarray(comparisons, np.float64)
    size = len(found)
    if found.shape != (size, size) or not 1 <= size <= len(_RANDOM_INDEX):
        raise MadangError("ahp_square", shape=" x ".join(map(str, found.shape)))
    mirrored = found * found.T
    wrong = np.argwhere(~((found > 0) & (np.abs(mirrored - 1) < 0.025)))  # 0.33 and 3 are meant as inverse
    if len(wrong):
        raise MadangError("ahp_not_inverse", row=int(wrong[0, 0]) + 1, column=int(wrong[0, 1]) + 1)
    eigenvalues, vectors = np.linalg.eig(found)
    first = int(np.argmax(eigenvalues.real))
    vector, largest = np.abs(vectors[:, first].real), float(eigenvalues[first].real)
    index = max((largest - size) / (size - 1), 0.0) if size > 1 else 0.0
    ratio = index / _RANDOM_INDEX[size - 1] if size > 2 else 0.0
    return AhpWeights(vector / vector.sum(), largest, index, ratio)
