"""Tables on Apache Spark: a session as large as was asked for, over files that every worker can read; nothing is fetched.

Workers need Java and the files under the same path, and no Python: an expression becomes SQL, which Spark itself runs.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from subprocess import TimeoutExpired, run
from tempfile import TemporaryDirectory
from threading import RLock
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from madang.engine.tables import DuckTables
from madang.messages import MadangError

if TYPE_CHECKING:
    import ibis

_JAVA = 17  # the oldest that Spark 4 runs on
_END_S = 10.0  # that its process may take to end
_HERE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}


class SparkTables:
    """Tables of a session on the Spark at `master`, as ``madang.toml`` names it. It starts with the first table."""

    def __init__(self, master: str) -> None:
        self._master = master
        self._backend: Any = None
        self._engine = DuckTables.engine

    @property
    def engine(self) -> str:
        return self._engine

    def __call__(self, files: Sequence[Path]) -> ibis.Table:
        """Raises MadangError: spark_missing, spark_java, spark_start, spark_other."""
        if self._backend is None:
            session = _process.session(self._master)
            from madang.engine.spark_backend import SparkBackend

            backend = SparkBackend()
            backend.register_options()
            self._backend = backend.connect(session)
            self._engine = f"Spark {session.version}"
        return self._table([Path(path).resolve() for path in files])

    def _table(self, files: list[Path]) -> Any:
        from ibis.util import gen_name
        from pyspark.sql.pandas.types import from_arrow_schema

        # the schema is told, else Spark starts a job for it
        schema = from_arrow_schema(pq.read_schema(files[0]), prefer_timestamp_ntz=True)
        read = self._backend._session.read.schema(schema)
        name = gen_name("version")
        read.parquet(*map(_address, files)).createOrReplaceTempView(name)
        return self._backend.table(name)

    def close(self) -> None:
        if self._backend is not None:
            self._backend = None
            _process.leave()


class _Process:
    """The one Java process that this one may have: begun by the first session, ended with the last."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._sessions = 0
        self._first: Any = None
        self._gateway: Any = None
        self._master = ""
        self._folder: TemporaryDirectory[str] | None = None

    def session(self, master: str) -> Any:
        """A session with tables of its own."""
        with self._lock:
            if self._sessions and master != self._master:
                raise MadangError("spark_other", spark=master, other=self._master)
            if not self._sessions:
                self._begin(master)
            self._sessions += 1
            return self._first.newSession()

    def leave(self) -> None:
        with self._lock:
            self._sessions -= 1
            if not self._sessions:
                self._end()

    def _begin(self, master: str) -> None:
        _check_installed()
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkException
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession

        self._folder = TemporaryDirectory(prefix="madang-spark-")
        log = Path(self._folder.name) / "log"
        conf = (
            SparkConf()
            .setMaster(master)
            .setAppName("Madang")
            .setAll(_settings(master, self._folder.name).items())
        )
        try:
            with open(log, "wb") as out, _bound_here(master):
                self._gateway = launch_gateway(conf, {"stdout": out, "stderr": out})
                self._first = SparkSession(SparkContext(conf=conf, gateway=self._gateway))
        except (PySparkException, OSError, RuntimeError, _py4j_error()) as error:
            reason = _reason(error, log)
            self._end()
            raise MadangError("spark_start", spark=master, reason=reason) from error
        self._master = master

    def _end(self) -> None:
        """Stop Spark and its process: a session that nobody uses holds half a gigabyte."""
        from pyspark import SparkContext

        if self._gateway is not None:
            with suppress(Exception):  # its process may be gone
                if self._first is not None:
                    self._first.stop()
                self._gateway.shutdown()
            self._gateway.proc.stdin.close()
            with suppress(TimeoutExpired):
                self._gateway.proc.wait(_END_S)
            self._gateway.proc.kill()
            SparkContext._gateway = SparkContext._jvm = None
        self._first = self._gateway = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


_process = _Process()


def _address(file: Path) -> str:
    """Of a file on disk, whatever is in its name: Spark takes some signs for patterns."""
    return "file://" + re.sub(r"([\\{}\[\]*?])", r"\\\1", str(file))


def _settings(master: str, folder: str) -> dict[str, str]:
    """What must be so, over what ``spark-defaults.conf`` says."""
    told = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",  # a number that does not fit is an error, as in DuckDB, and not a null
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": folder,
    }
    return told | (_HERE | {"spark.local.dir": folder} if master.startswith("local") else {})


@contextmanager
def _bound_here(master: str) -> Iterator[None]:
    """A cluster on this machine listens on this machine only."""
    if not master.startswith("local") or "SPARK_LOCAL_IP" in os.environ:
        yield
        return
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    try:
        yield
    finally:
        del os.environ["SPARK_LOCAL_IP"]


def _check_installed() -> None:
    """Raises MadangError: spark_missing, spark_java."""
    if find_spec("pyspark") is None:
        raise MadangError("spark_missing")
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home) / "bin" / "java") if home else "java")
    if java is None:
        raise MadangError("spark_java", found="-")
    asked = run([java, "-version"], capture_output=True, text=True, errors="replace", check=False)
    told = re.search(r'version "(\d+)', asked.stderr + asked.stdout)
    if told is None or int(told[1]) < _JAVA:
        lines = (asked.stderr + asked.stdout).strip().splitlines()
        raise MadangError("spark_java", found=lines[0] if lines else java)


def _py4j_error() -> type[Exception]:
    from py4j.protocol import Py4JError

    found: type[Exception] = Py4JError
    return found


def _reason(error: Exception, log: Path) -> str:
    """The line that tells most: why a cluster gave up, else what Java threw, else the last line of the log."""
    said = str(error).splitlines()
    logged = log.read_text("utf-8", "replace").strip().splitlines() if log.is_file() else []
    thrown = [line.strip(" :") for line in [*logged, *said] if "Exception:" in line or "Error:" in line]
    given_up = [line.split("Reason: ", 1)[1] for line in logged if "Reason: " in line]
    return (given_up or thrown or logged[-1:] or said[:1] or [type(error).__name__])[-1].rstrip(".")
