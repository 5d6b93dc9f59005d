"""Mixed-integer programmes of siting, handed to HiGHS and brought back with their bound."""

from __future__ import annotations

from dataclasses import dataclass, field

import highspy
import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.methods.siting_swap import Floats

_SIZE = 1e4  # the objective is scaled to about this: HiGHS works with absolute tolerances too


@dataclass(frozen=True)
class Answer:
    """`values` is None where nothing feasible was found; `bound` holds for every solution of the programme."""

    values: Floats | None
    bound: float
    infeasible: bool


@dataclass(frozen=True)
class Prices:
    """Of the relaxation: a solution (None: none in time), a bound that holds whatever the prices are, and by column what
    it costs to raise it from its lower limit (below 0: to lower it from its upper limit)."""

    values: Floats | None
    bound: float
    reduced: Floats
    infeasible: bool = False


@dataclass
class Programme:
    """Minimise `cost @ x` with `low <= A x <= high` and bounds; rows are added in blocks."""

    cost: Floats
    integer: NDArray[np.bool_]
    lower: Floats
    upper: Floats
    rows: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    height: int = 0

    def add(
        self, row: ArrayLike, column: ArrayLike, value: ArrayLike, low: ArrayLike, high: ArrayLike
    ) -> None:
        """A block of rows, numbered from 0 within it; `low` and `high` as long as the block has rows."""
        lows, highs = np.atleast_1d(np.asarray(low, float)), np.atleast_1d(np.asarray(high, float))
        columns = np.asarray(column, np.int64)
        values = np.broadcast_to(np.asarray(value, float), columns.shape)
        self.rows.append((np.asarray(row, np.int64) + self.height, columns, values))
        self.low.append(lows)
        self.high.append(highs)
        self.height += len(lows)

    def solve(
        self,
        seconds: float,
        start: Floats | None = None,
        relaxed: bool = False,
        enough: float = -np.inf,
    ) -> Answer:
        """At most `seconds` on one thread, from the feasible `start` where one is given; `relaxed`: fractions allowed.

        A solution that costs no more than `enough` is not improved.
        """
        scale = _SIZE / max(
            float(np.abs(self.cost).sum()) if start is None else float(self.cost @ start), 1e-12
        )
        highs = _silent(seconds)
        highs.setOptionValue("objective_target", float(enough * scale))
        highs.passModel(self._model(scale, relaxed))
        if start is not None and not relaxed:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            highs.setSolution(solution)
        highs.run()
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Answer(None, np.inf, True)
        info = highs.getInfo()
        done = status == highspy.HighsModelStatus.kOptimal
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        bound = info.objective_function_value if relaxed and done else info.mip_dual_bound
        values = np.array(highs.getSolution().col_value) if found else None
        return Answer(
            values, bound / scale if np.isfinite(bound) and (done or not relaxed) else -np.inf, False
        )

    def prices(self, seconds: float) -> Prices:
        """The relaxation by an interior point; its prices are near the best, and the bound is reckoned from them anew."""
        scale = _SIZE / max(float(np.abs(self.cost).sum()), 1e-12)
        highs = _silent(seconds)
        highs.setOptionValue("solver", "ipm")
        highs.setOptionValue("run_crossover", "off")
        highs.passModel(self._model(scale, relaxed=True))
        highs.run()
        status = highs.getModelStatus()
        none = np.zeros(len(self.cost))
        if status != highspy.HighsModelStatus.kOptimal:
            return Prices(None, -np.inf, none, status == highspy.HighsModelStatus.kInfeasible)
        solution = highs.getSolution()
        low, high = np.concatenate(self.low), np.concatenate(self.high)
        price = np.array(solution.row_dual) / scale
        price = np.where(np.isfinite(low), price, np.minimum(price, 0))
        price = np.where(np.isfinite(high), price, np.maximum(price, 0))
        paid = np.where(price > 0, low, high)
        reduced = self.cost - self._matrix().T @ price
        bound = float(price[price != 0] @ paid[price != 0])
        bound += float(np.minimum(reduced * self.lower, reduced * self.upper).sum())
        return Prices(np.array(solution.col_value), bound, reduced)

    def _matrix(self) -> scipy.sparse.csr_matrix:
        row, column, value = (np.concatenate(part) for part in zip(*self.rows, strict=True))
        return scipy.sparse.csr_matrix((value, (row, column)), shape=(self.height, len(self.cost)))

    def _model(self, scale: float, relaxed: bool) -> highspy.HighsLp:
        matrix = self._matrix()
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), self.height
        model.col_cost_ = self.cost * scale
        model.col_lower_, model.col_upper_ = self.lower, self.upper
        model.row_lower_, model.row_upper_ = np.concatenate(self.low), np.concatenate(self.high)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        if not relaxed:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[int(whole)] for whole in self.integer]
        return model


def _silent(seconds: float) -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("time_limit", float(max(seconds, 0.01)))
    highs.setOptionValue("mip_rel_gap", 1e-7)
    highs.setOptionValue("mip_detect_symmetry", False)
    highs.setOptionValue("mip_allow_restart", False)
    return highs


def all_closed(
    within: NDArray[np.bool_], group: NDArray[np.int64], seed: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Demand points told apart by the set of candidates `within` reach (candidates x demand) and by `group`.

    Returns the kind of each point, one point of each kind, and the cells (kind, candidate) of the sets. Sets are told
    apart by sums of random 64-bit numbers.
    """
    key = np.random.default_rng(seed).integers(0, 1 << 63, len(within), dtype=np.uint64)
    name = np.zeros(within.shape[1], dtype=np.uint64)
    for one, row in zip(key, within, strict=True):
        name[row] += one
    mixed = name * np.uint64(0x9E3779B97F4A7C15) + group.astype(np.uint64)
    _, chosen, kind = np.unique(mixed, return_index=True, return_inverse=True)
    which, candidate = np.nonzero(within[:, chosen].T)
    return kind, chosen, which, candidate
