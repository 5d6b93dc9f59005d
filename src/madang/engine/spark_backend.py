"""Ibis on Spark as Madang needs it. Imported only where pyspark is installed."""

from __future__ import annotations

import logging
from typing import Any

import pyarrow as pa
from ibis.backends.pyspark import Backend
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.logger import PySparkLogger

from madang.messages import MadangError

PySparkLogger.getLogger("SQLQueryContextLogger").setLevel(
    logging.CRITICAL
)  # told by the error: no pages of Java


class SparkBackend(Backend):  # type: ignore[misc]
    """Answers as Arrow from Spark itself: by way of pandas, a whole number beside a null would become a float."""

    def to_pyarrow(
        self, expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any
    ) -> pa.Table | pa.Array | pa.Scalar:
        """What `expr` is, in the types that Ibis tells. Raises MadangError("spark_failed")."""
        table = expr.as_table()
        self._run_pre_execute_hooks(table)
        query = self.compile(table, params=params, limit=limit)
        try:
            found = self._session.sql(query).toArrow()
        except (PySparkException, Py4JError, OSError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise MadangError("spark_failed", reason=reason) from error
        return expr.__pyarrow_result__(found.cast(table.schema().to_pyarrow()))
