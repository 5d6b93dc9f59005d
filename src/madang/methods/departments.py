"""Which department a letter is for: suggested from the letters of the past, with how sure that is, or not at all.

Texts must have been redacted before. A suggestion is help for the person who sorts letters and decides nothing.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from madang.messages import MadangError
from madang.methods.calibration import Calibration, calibration_error, reliability
from madang.methods.features import Counted, Weights, counted, counted_by
from madang.methods.proportions import wilson
from madang.methods.words import Dictionary, WordCounts

Progress = Callable[[int, int, str], None]
FEW = 20  # letters of a department below which its figures say little
_MANY = 2_000_000  # pieces of letters from which other processes are worth starting


@dataclass(frozen=True)
class ByDepartment:
    """How letters of one department fared when they were held out. `recall` of its letters, `precision` of what was
    suggested for it without a threshold (nan where nothing was). `few`: fewer than 20 letters, figures say little."""

    department: str
    letters: int
    recall: float
    precision: float
    few: bool


@dataclass(frozen=True)
class HeldOut:
    """What suggestions are worth, on letters that were not learnt from.

    `accuracy` and `macro_f1` without a threshold; `accuracy_low`, `accuracy_high`: Wilson's 95 % interval;
    `baseline`: accuracy of always naming the largest department. `calibration`: expected calibration error, how far
    the said confidence is from the share that is right, on average. `suggested`: share of letters whose confidence
    reaches the threshold, `right`: share of these that are right. Letters of departments left out count as wrong.
    `reliability`: mean confidence, share right and letters in ten steps of confidence; `confusions`: department, the one
    that was named instead, and how many letters, the most first.
    """

    letters: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    baseline: float
    macro_f1: float
    calibration: float
    suggested: float
    right: float
    departments: tuple[ByDepartment, ...]
    reliability: tuple[tuple[float, float, int], ...]
    confusions: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Suggestion:
    """A department for a letter, or None where it is not sure enough.

    `confidence`: how likely the nearest department is right, 0 to 1. `nearest`: up to three departments, the nearest
    first, whether or not one is suggested. `words`: what in the letter spoke most for the first of them.
    """

    department: str | None
    confidence: float
    nearest: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Suggester:
    """What was learnt. `left_out`: departments with too few letters to learn, and how many they had."""

    departments: tuple[str, ...]
    threshold: float
    held_out: HeldOut
    left_out: tuple[tuple[str, int], ...]
    calibration: Calibration
    _names: tuple[str, ...]
    _weights: Weights
    _model: Any
    _dictionary: Dictionary

    def suggest(self, texts: Sequence[str | None]) -> tuple[Suggestion, ...]:
        """A suggestion for each text, in order (redacted texts; a batch of some thousands at a time).

        A text that has nothing in common with the letters learnt from gets none, with a confidence of 0.
        """
        if not len(texts):
            return ()
        rows = self._weights.rows(counted_by(texts, self._dictionary, self._names))
        scores = _scores(self._model, rows)
        sure = np.where(rows.getnnz(axis=1) > 0, self.calibration.confidence(scores), 0.0).tolist()
        nearest = np.argsort(-scores, axis=1, kind="stable")[:, :3]
        reasons = _reasons(rows, _coefficients(self._model)[nearest[:, 0]], self._weights.names)
        return tuple(
            Suggestion(
                self.departments[order[0]] if chance >= self.threshold else None,
                chance,
                tuple(self.departments[at] for at in order),
                reason,
            )
            for order, chance, reason in zip(nearest.tolist(), sure, reasons, strict=True)
        )


def learn_departments(
    texts: Sequence[str | None],
    departments: Sequence[str],
    *,
    dictionary: Dictionary | None = None,
    words: WordCounts | None = None,
    groups: Any = None,
    threshold: float = 0.5,
    folds: int = 5,
    seed: int = 0,
    workers: int = 2,
    progress: Progress | None = None,
) -> Suggester:
    """Learns from texts and the departments that answered them; figures are of letters held out in `folds` folds.

    Linear support vectors (one department against all others) on TF-IDF of words and of 2 to 4 characters; their
    scores become a confidence by a temperature and a sigmoid, fitted on held-out scores of other folds than it is
    judged on. `words`: the counted words of the texts under `dictionary`, to save counting them again. `groups` (number
    of each letter's issue): letters of one issue are in one fold, else a petition would be known beforehand.
    Departments of fewer letters than folds are left out, and said. Bound: some 20 bytes for each character, and 40 more
    for each of the `workers`, processes that learn folds side by side where the letters are many.
    Raises MadangError("departments_lengths") and ("departments_few").
    """
    if len(texts) != len(departments):
        raise MadangError("departments_lengths", texts=len(texts), departments=len(departments))
    sizes = Counter(departments)
    names = tuple(sorted(name for name, size in sizes.items() if size >= max(folds, 2)))
    if len(names) < 2:
        raise MadangError("departments_few", least=max(folds, 2), count=len(names))
    dictionary = dictionary or Dictionary()
    letters = counted(texts, dictionary, words)
    truth = np.array([names.index(name) if name in names else -1 for name in departments])
    many = letters.pieces.nnz >= _MANY
    scores, fold, weights, model = _learnt(
        letters, truth, len(names), _folds(truth, groups, folds, seed), seed, workers if many else 1, progress
    )
    sure = _confidences(scores, truth, fold, folds)
    held_out = _judged(scores.argmax(axis=1), sure, truth, names, sizes, threshold)
    if progress:
        progress(folds + 1, folds + 1, "departments")
    left_out = tuple(sorted((name, size) for name, size in sizes.items() if name not in names))
    calibration = Calibration.of(scores, truth)
    return Suggester(
        names, threshold, held_out, left_out, calibration, letters.names, weights, model, dictionary
    )


def _folds(truth: Any, groups: Any, folds: int, seed: int) -> list[tuple[Any, Any]]:
    """Letters to learn from and letters held out, for each fold."""
    from sklearn.model_selection import StratifiedGroupKFold

    groups = np.arange(len(truth)) if groups is None else np.asarray(groups)
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")  # those that are left out
        split = list(splitter.split(truth, truth, groups))
    return [(known[truth[known] >= 0], held) for known, held in split]


def _learnt(
    letters: Counted,
    truth: Any,
    count: int,
    split: list[tuple[Any, Any]],
    seed: int,
    workers: int,
    progress: Progress | None,
) -> tuple[Any, Any, Weights, Any]:
    """Scores (letters x departments) of each letter by a model that did not see its fold, the fold, and what all teach."""
    from joblib import Parallel, delayed

    scores, fold = np.full((len(truth), count), -1e3), np.zeros(len(truth), np.int64)
    none = np.zeros(0, np.int64)
    tries = [*split, (np.flatnonzero(truth >= 0), none)]
    side_by_side = Parallel(n_jobs=workers, return_as="generator")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*have been cancelled")  # who stops us knows
        with closing(side_by_side(delayed(_tried)(letters, truth, *each, seed) for each in tries)) as found:
            for number, (_known, held) in enumerate(split):
                model, _weights, said = next(found)
                scores[np.ix_(held, model.classes_)] = said
                fold[held] = number
                if progress:
                    progress(number + 1, len(split) + 1, "departments")
            model, weights, _said = next(found)
    return scores, fold, weights, model


def _tried(letters: Counted, truth: Any, known: Any, held: Any, seed: int) -> tuple[Any, Weights, Any]:
    """A model of the letters `known`, its weights, and its scores of those `held`."""
    weights, model = _fitted(letters.rows(known), truth[known], seed)
    said = _scores(model, weights.rows(letters.rows(held))) if len(held) else None
    return model, weights, said


def _fitted(letters: Counted, truth: Any, seed: int) -> tuple[Weights, Any]:
    from sklearn.svm import LinearSVC

    weights = Weights(letters)
    model = LinearSVC(C=0.5, class_weight="balanced", random_state=seed, max_iter=5000)
    return weights, model.fit(weights.rows(letters), truth)


def _scores(model: Any, rows: Any) -> Any:
    found = model.decision_function(rows)
    return np.stack([-found, found], axis=1) if found.ndim == 1 else found


def _coefficients(model: Any) -> Any:
    return np.concatenate([-model.coef_, model.coef_]) if len(model.coef_) == 1 else model.coef_


def _reasons(rows: Any, weights: Any, names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """For each row the three words that add most to its weights (rows x features, words first)."""
    words, found = rows[:, : len(names)].tocsr(), []
    for row, (start, end) in enumerate(pairwise(words.indptr.tolist())):
        mine = words.indices[start:end]
        gain = words.data[start:end] * weights[row, mine]
        order = np.argsort(-gain, kind="stable")[:3].tolist()
        found.append(tuple(names[mine[at]] for at in order if gain[at] > 0))
    return found


def _confidences(scores: Any, truth: Any, fold: Any, folds: int) -> Any:
    """The confidence in the first choice of each letter, calibrated on the other folds."""
    found = np.zeros(len(truth))
    for number in range(folds):
        mine = fold == number
        found[mine] = Calibration.of(scores[~mine], truth[~mine]).confidence(scores[mine])
    return found


def _judged(
    first: Any, confidence: Any, truth: Any, names: tuple[str, ...], sizes: Counter[str], threshold: float
) -> HeldOut:
    right = first == truth
    per = []
    for at, name in enumerate(names):
        hits, said = int((right & (truth == at)).sum()), int((first == at).sum())
        per.append(
            ByDepartment(
                name,
                sizes[name],
                hits / sizes[name],
                hits / said if said else float("nan"),
                sizes[name] < FEW,
            )
        )
    f1 = [
        2 * (right & (truth == at)).sum() / ((first == at).sum() + (truth == at).sum())
        for at in range(len(names))
    ]
    interval = wilson(right.sum(), len(truth))
    told = confidence >= threshold
    return HeldOut(
        letters=len(truth),
        accuracy=float(right.mean()),
        accuracy_low=float(interval.low),
        accuracy_high=float(interval.high),
        baseline=max(sizes.values()) / len(truth),
        macro_f1=float(np.sum(f1) / len(sizes)),
        calibration=calibration_error(confidence, right),
        suggested=float(told.mean()),
        right=float(right[told].mean()) if told.any() else float("nan"),
        departments=tuple(per),
        reliability=reliability(confidence, right),
        confusions=_confusions(first, truth, names),
    )


def _confusions(first: Any, truth: Any, names: tuple[str, ...]) -> tuple[tuple[str, str, int], ...]:
    wrong = (truth >= 0) & (first != truth)
    pairs, counts = np.unique(np.stack([truth[wrong], first[wrong]]), axis=1, return_counts=True)
    return tuple(
        (names[pairs[0, at]], names[pairs[1, at]], int(counts[at]))
        for at in np.argsort(-counts, kind="stable").tolist()
    )
