"""One SELECT of a database, streamed into a Parquet file: as text where the database has no fixed types (SQLite)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.parquet as pq

from madang.collect.address import checked, parts_of
from madang.collect.fetched import Evidence, Fetched, Means, Retry
from madang.collect.origin import Origin
from madang.collect.placeholders import filled
from madang.messages import MadangError

_MOST_ROWS = 50_000_000
_BATCH_BYTES = 8 * 2**20
_FORBIDDEN = ("Insert", "Update", "Delete", "Merge", "Into", "Command", "Create", "Drop", "Alter", "Copy", "Lock", "Set", "Attach", "Pragma")  # fmt: skip
_TRANSIENT = ("could not connect", "connection refused", "server closed", "timeout expired", "starting up", "shutting down", "too many clients", "database is locked")  # fmt: skip
_LATE = ("statement timeout", "canceling statement", "interrupted")


def fetch(origin: Origin, means: Means) -> list[Fetched]:
    """The rows that an origin's query gives, in one Parquet file.

    Raises MadangError: collect_query, collect_sql, collect_slow, collect_superuser, collect_too_large,
    collect_file_outside and those of an address; Retry where the database is away.
    """
    query = filled(origin.query, means.clock())
    is_sqlite = origin.address.startswith("sqlite:")
    check_query(query, "sqlite" if is_sqlite else "postgres")
    path = means.place / f"{origin.dataset}.parquet"
    opened = _sqlite(origin, means) if is_sqlite else _postgresql(origin, means)
    with _told(origin), opened as connection, connection.cursor() as cursor:
        if is_sqlite:
            query = _as_text(cursor, query)
        elif _is_superuser(cursor):
            raise MadangError("collect_superuser")
        with _deadline(origin, connection):
            rows = _written(cursor, query, path, origin, means)
    shown = origin.address if is_sqlite else _shown(origin)
    return [Fetched(path, Evidence(url=shown, at=means.clock(), size=path.stat().st_size))] if rows else []


def check_query(query: str, dialect: str) -> None:
    """Raises MadangError("collect_query") for anything but one SELECT. The connection is read-only besides."""
    import sqlglot
    from sqlglot import exp

    try:
        found = sqlglot.parse(query, read=dialect)
    except sqlglot.errors.SqlglotError as error:
        raise MadangError("collect_query", reason=str(error).splitlines()[0][:200]) from error
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise MadangError("collect_query", reason="SELECT")
    kinds = tuple(getattr(exp, name) for name in _FORBIDDEN if hasattr(exp, name))
    if bad := found[0].find(*kinds):
        raise MadangError("collect_query", reason=type(bad).__name__.upper())


def _postgresql(origin: Origin, means: Means) -> Any:
    """A read-only session on the address that was checked; the name is for the certificate only."""
    from adbc_driver_postgresql import dbapi

    split, _, _ = parts_of(origin.address, ("postgresql",))
    place = checked(origin.address, means.allowed, schemes=("postgresql",), resolve=means.resolve)
    password = origin.secret.value(means.environment, origin.address) if origin.secret else ""
    seconds = min(15, origin.timeout_s)
    settings = f"-c default_transaction_read_only=on -c statement_timeout={origin.timeout_s * 1000} -c lock_timeout=10000"
    given = {  # after what the address says, so that they count
        "host": place.host,
        "port": str(place.port),
        "hostaddr": place.ip,
        "connect_timeout": str(seconds),
        "options": settings,
        "application_name": "madang",
    }
    options = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())
    who = quote(unquote(split.username or ""), safe="")
    who = f"{who}:{quote(password, safe='')}@" if password else (f"{who}@" if who else "")
    query = f"{split.query}&" if split.query else ""
    host = f"[{place.host}]" if ":" in place.host else place.host
    uri = f"postgresql://{who}{host}:{place.port}{split.path}?{query}{options}"
    return _connected(lambda: dbapi.connect(uri), origin)


def _sqlite(origin: Origin, means: Means) -> Any:
    """A read-only connection to a file in one of the folders that files may be taken from."""
    from adbc_driver_sqlite import dbapi

    said = Path(origin.address.removeprefix("sqlite:"))
    path = (said if said.is_absolute() else means.allowed.inbox / said).resolve()
    if not means.allowed.folder(path.parent):
        raise MadangError("collect_file_outside", file=said)
    if not path.is_file():
        raise MadangError("collect_file_missing", file=said)
    return _connected(lambda: dbapi.connect(f"file:{quote(str(path))}?mode=ro"), origin)


@contextmanager
def _connected(connect: Any, origin: Origin) -> Iterator[Any]:
    with connect() as connection:
        yield connection


@contextmanager
def _told(origin: Origin) -> Iterator[None]:
    """What the database says, as a sentence; never with the address, which may hold a password."""
    from adbc_driver_manager import Error

    try:
        yield
    except (Error, pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of our own disk
        said = " ".join(str(error).split())
        lower = said.lower()
        host = _shown(origin)
        if any(each in lower for each in _LATE):
            raise Retry("collect_slow", host=host) from error
        if any(each in lower for each in _TRANSIENT):
            raise Retry("collect_unreachable", host=host) from error
        raise MadangError("collect_sql", host=host, reason=_reason(said)) from error


def _reason(said: str) -> str:
    """The database's own words, without those of the driver."""
    for mark in ("ERROR: ", "FATAL: ", "sqlite3_prepare_v2: ", "Failed to "):
        if mark in said:
            return said[said.index(mark) :][:300]
    return said[:300]


def _shown(origin: Origin) -> str:
    """The address without who asks."""
    head, _, tail = origin.address.partition("://")
    return f"{head}://{tail.rpartition('@')[2].partition('?')[0]}" if tail else origin.address


def _is_superuser(cursor: Any) -> bool:
    """Whether the account could do anything on the server: read its files, say, from within a SELECT."""
    cursor.execute("SELECT current_setting('is_superuser')")
    return bool(cursor.fetchone()[0] == "on")


def _as_text(cursor: Any, query: str) -> str:
    """The same rows with every column as text: a column of SQLite may hold numbers in one row and words in the next."""
    bare = query.strip().rstrip(";")
    cursor.execute(f"SELECT * FROM ({bare}) LIMIT 0")
    names = ['"' + name.replace('"', '""') + '"' for name in cursor.fetch_arrow_table().column_names]
    return f"SELECT {', '.join(f'CAST({name} AS TEXT) AS {name}' for name in names)} FROM ({bare})"


@contextmanager
def _deadline(origin: Origin, connection: Any) -> Iterator[None]:
    """Tell the database to stop when the time is over; PostgreSQL ends by itself, SQLite does not."""
    over = threading.Event()

    def cut() -> None:
        over.set()
        with suppress(Exception):  # it may be over already
            connection.adbc_cancel()

    timer = threading.Timer(origin.timeout_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if over.is_set():
        raise Retry("collect_slow", host=_shown(origin))


def _written(cursor: Any, query: str, path: Path, origin: Origin, means: Means) -> int:
    """Write what the query gives to `path`, batch by batch; how many rows."""
    cursor.adbc_statement.set_options(**_streaming(origin))
    cursor.execute(query)
    reader = cursor.fetch_record_batch()
    rows, most = 0, origin.most_mb * 2**20
    with pq.ParquetWriter(path, _plain(reader.schema), compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(_cast(batch))
            rows += batch.num_rows
            means.tell(rows, None, "")
            if rows > _MOST_ROWS or path.stat().st_size > most:
                raise MadangError("collect_too_large", host=_shown(origin), most=f"{origin.most_mb:,}")
    return rows


def _streaming(origin: Origin) -> dict[str, str]:
    if origin.address.startswith("sqlite:"):
        return {"adbc.sqlite.query.batch_rows": "20000"}
    return {"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)}


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema without types that Parquet does not know: numerics of PostgreSQL are text with a mark."""
    fields = [
        pa.field(
            each.name, each.type.storage_type if isinstance(each.type, pa.BaseExtensionType) else each.type
        )
        for each in schema
    ]
    return pa.schema(fields)


def _cast(batch: pa.RecordBatch) -> pa.RecordBatch:
    schema = _plain(batch.schema)
    columns = [
        column.storage if isinstance(column, pa.ExtensionArray) else column for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
