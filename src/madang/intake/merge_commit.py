"""The merged table as the next version of a dataset, with what was wrong in each contribution and where it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from madang.access.thing import narrowed
from madang.bank import Bank, Version
from madang.bank.erase import brought_back
from madang.bank.ids import file_name
from madang.declarations import Card, DatasetColumn, Standard
from madang.declarations.sql import literal, quote
from madang.engine.duck import connect
from madang.intake.merge import PLACES, Piece, conflicts, gather, merged_columns, write_merged
from madang.intake.place_digest import PlaceDigest
from madang.intake.problems import SCHEMA, ProblemSink
from madang.intake.quality import check
from madang.intake.raw import Override
from madang.intake.reading import Reading
from madang.intake.receipt import Receipt
from madang.messages import MadangError

_KEPT_SHARE = 0.5  # of the live version's columns, below which the target is taken for another dataset
_EACH_ONCE = f"""SELECT {", ".join(quote(name) for name in SCHEMA.names)}
FROM (SELECT *, 0 AS late FROM carried UNION ALL SELECT *, 1 FROM again)
QUALIFY row_number() OVER (
  PARTITION BY "row", "column", rule, CASE WHEN "row" IS NULL THEN detail END ORDER BY late) = 1
ORDER BY "row" NULLS FIRST"""
_COUNTED = ("levels", "points", "left", "missing")


@dataclass(frozen=True)
class Merge:
    """What is merged into what: `title` names the file that the merged table is kept as, `told` goes into the facts
    as it is (which round, which contributions), `card` is the first card of a new dataset; where it says that everybody
    sees only the own rows, a dataset that is there becomes as closed as that."""

    dataset: str
    standard: Standard
    pieces: tuple[Piece, ...]
    title: str
    told: Mapping[str, Any]
    card: Card


def merge(
    bank: Bank, wanted: Merge, decisions: Mapping[str, str], *, by: str, at: datetime, threads: int = 2
) -> tuple[Version, bool]:
    """Commit the rows of all pieces as one version of kind "merge"; the version and whether it is new.

    The same pieces and decisions again make no new version. Raises MadangError: merge_nothing (no rows at all),
    merge_undecided (a key that several handed in, not decided), merge_other_dataset, erased_again, conflict_moved.
    """
    start = perf_counter()
    live = bank[wanted.dataset].latest if wanted.dataset in bank else None
    _check_target(live, wanted)
    most = wanted.card.to_json() if wanted.card.own_rows else None
    if live and _identity(live.facts.get("merged") or {}) == _identity(_told(wanted, decisions)):
        if most is not None:
            bank.change_card(wanted.dataset, lambda card: narrowed(card, most), by=by, at=at)
        return live, False
    with bank.bench() as place:
        con = connect(temp_dir=place, threads=threads)
        try:
            gather(con, wanted.pieces, wanted.standard)
            open_ = [each for each in conflicts(con, wanted.standard) if each.key not in decisions]
            if open_:
                raise MadangError("merge_undecided", count=len(open_), first=" · ".join(open_[0].values))
            csv = place / file_name(f"{wanted.title}.csv")
            rows = write_merged(con, wanted.standard, decisions, place / "part-0.parquet", csv)
            if not rows:
                raise MadangError("merge_nothing", dataset=wanted.dataset)
            if back := brought_back(con, bank, wanted.dataset, [place / "part-0.parquet"]):
                stone, again = back
                raise MadangError("erased_again", rows=again, at=stone.at[:10], ground=stone.ground)
            columns = _as_private(merged_columns(wanted.pieces, wanted.standard), live)
            problems, quality = _checked(con, wanted, columns, place, at)
        finally:
            con.close()
        facts = _facts(wanted, columns, rows, problems, quality, place / "part-0.parquet", decisions)
        sha256 = bank.snapshots.put(csv)
        receipt = _receipt(wanted, rows, len(columns), problems, sha256, facts, perf_counter() - start)
        version = bank.commit(
            wanted.dataset,
            [place / "part-0.parquet"],
            receipt={**receipt.to_stored(), "by": by, "at": at.isoformat()},
            facts={**facts, "file": csv.name, "sha256": sha256},
            problems=problems.path,
            by=by,
            at=at,
            kind="merge",
            card=wanted.card.to_json(),
            most=most,
            live_n=live.n if live else 0,
        )
    return version, True


def _as_private(columns: list[DatasetColumn], live: Version | None) -> list[DatasetColumn]:
    """The columns; what is personal in the live version stays so, also where nothing personal was found in these rows."""
    before = {column.name: column.privacy for column in live.columns} if live else {}
    return [
        replace(column, privacy=before.get(column.name, "none")) if column.privacy == "none" else column
        for column in columns
    ]


def _check_target(live: Version | None, wanted: Merge) -> None:
    if live is None:
        return
    before = {column.label for column in live.columns}
    kept = before & {column.label for column in wanted.standard.columns}
    if len(kept) < _KEPT_SHARE * len(before) - 3:  # the three that merging adds
        raise MadangError("merge_other_dataset", dataset=wanted.dataset, before=len(before), kept=len(kept))


def _told(wanted: Merge, decisions: Mapping[str, str]) -> dict[str, Any]:
    pieces = [
        {
            "contributor": piece.contributor,
            "contribution": piece.contribution,
            "table": piece.version.dataset.id,
            "version": piece.version.n,
            "deposit": piece.version.deposit_id,
            "sha256": piece.version.receipt["sha256"],
            "rows": piece.rows,
        }
        for piece in wanted.pieces
    ]
    decided = [{"key": key, "keeps": keeps} for key, keeps in sorted(decisions.items())]
    return {**wanted.told, "contributions": pieces, "decisions": decided}


def _identity(told: Mapping[str, Any]) -> Any:
    pieces = [(p["table"], p["version"], p["contributor"], p["rows"]) for p in told.get("contributions", ())]
    return told.get("round"), pieces, told.get("decisions")


def _checked(
    con: duckdb.DuckDBPyConnection, wanted: Merge, columns: Sequence[DatasetColumn], place: Path, at: datetime
) -> tuple[ProblemSink, Any]:
    """What was listed in the contributions, at the rows of the merged table, and what only shows in all of them together."""
    found = ProblemSink(place / "found.parquet")
    quality = check(
        [place / "part-0.parquet"], columns, wanted.standard, con, found, today=at.date(), rhythm_days=None
    )
    found.close()
    every = ProblemSink(place / "problems.parquet")
    carried = [_carried(con, number, piece) for number, piece in enumerate(wanted.pieces)]
    con.register("carried", pa.concat_tables([SCHEMA.empty_table(), *carried]))
    con.register("again", pq.read_table(found.path))
    every.add_table(con.execute(_EACH_ONCE).to_arrow_table())
    every.close()
    return every, quality


def _carried(con: duckdb.DuckDBPyConnection, number: int, piece: Piece) -> pa.Table:
    """The problems of the rows of a piece that are in the merged table, columns by the names of the standard."""
    path = piece.version.problems_path
    if not path.exists():
        return SCHEMA.empty_table()
    names = [(own.name, standard) for standard, own in piece.mapped.items()]
    con.register("names", pa.table({"own": [n for n, _ in names], "name": [s for _, s in names]},
                                   schema=pa.schema([("own", pa.string()), ("name", pa.string())])))  # fmt: skip
    found = con.execute(
        f'SELECT merged.source_row AS "row", names.name AS "column", p.label, p.value, p.rule, p.severity, p.detail '
        f'FROM read_parquet({literal(str(path))}) AS p JOIN names ON names.own = p."column" '
        f'JOIN merged ON merged.piece = {number} AND merged.piece_row = p."row"'
    ).to_arrow_table()
    con.unregister("names")
    return found.cast(SCHEMA)


def _facts(
    wanted: Merge,
    columns: Sequence[DatasetColumn],
    rows: int,
    problems: ProblemSink,
    quality: Any,
    parquet: Path,
    decisions: Mapping[str, str],
) -> dict[str, Any]:
    standard = wanted.standard
    return {
        "base_id": wanted.dataset,
        "file_tables": [wanted.dataset],
        "reading": Reading(Override(standard=standard.id), "", register=_register(wanted.pieces)).to_json(),
        "rows": rows,
        "columns": [asdict(column) for column in columns],
        "standard": {"id": standard.id, "version": standard.version},
        "key": list(standard.key),
        "encoding": "utf-8",
        "delimiter": ",",
        "header_rows": [1],
        "sheet": None,
        "hidden": False,
        "member": None,
        "places": {column.name: place for place, column in enumerate(columns)},
        "evidence": [],
        "runners_up": [],
        "left_out": [],
        "left_out_counts": {},
        "problems_by_rule": dict(sorted(problems.by_rule.items())),
        "provider": None,
        "located": _located(wanted.pieces, rows, parquet),
        "feeds_register": False,
        "personal_data": _personal(wanted.pieces),
        "personal_policy": {},
        "quality": quality.to_json(),
        "merged": _told(wanted, decisions),
    }


def _register(pieces: Sequence[Piece]) -> str:
    said = [str((piece.version.facts.get("located") or {}).get("register") or "") for piece in pieces]
    return next((each for each in said if each), "")


def _located(pieces: Sequence[Piece], rows: int, parquet: Path) -> dict[str, Any] | None:
    """How the rows were placed: counted anew where the table says it, else summed over the pieces."""
    each = [piece.version.facts["located"] for piece in pieces if piece.version.facts.get("located")]
    if not each:
        return None
    table = pq.read_table(parquet, columns=["source_row", *PLACES])
    digest = PlaceDigest()
    digest.add(table)
    summed: dict[str, dict[str, int]] = {name: {} for name in _COUNTED}
    for located in each:
        for name in _COUNTED:
            for what, count in (located.get(name) or {}).items():
                summed[name][what] = summed[name].get(what, 0) + count
    levels = {row["values"] or "": row["counts"] for row in table["geo_level"].value_counts().to_pylist()}
    dongs = rows - table["dong_code"].null_count
    return {**each[0], **summed, "rows": rows, "dongs": dongs, "levels": levels, "digest": str(digest)}


def _personal(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """What personal data the contributions hold, by column and kind, counts summed."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for piece in pieces:
        standard = {column.name: column.standard for column in piece.version.columns}
        for each in piece.version.facts.get("personal_data") or ():
            name = standard.get(each["column"])
            if name is None:
                continue
            known = found.get((name, each["kind"]))
            count = each["count"] + (known["count"] if known else 0)
            found[name, each["kind"]] = {**(known or each), "column": name, "count": count}
    return list(found.values())


def _receipt(
    wanted: Merge,
    rows: int,
    columns: int,
    problems: ProblemSink,
    sha256: str,
    facts: dict[str, Any],
    seconds: float,
) -> Receipt:
    located = facts["located"]
    personal: dict[str, int] = {}
    for each in facts["personal_data"]:
        personal[each["kind"]] = personal.get(each["kind"], 0) + each["count"]
    receipt = Receipt(
        file=f"{wanted.title}.csv",
        member=None,
        sha256=sha256,
        dataset=wanted.dataset,
        verdict="accepted_with_problems" if problems.count else "accepted",
        rows=rows,
        columns=columns,
        problems=problems.count,
        standard=wanted.standard.id,
        encoding="utf-8",
        delimiter=",",
        header_rows=(1,),
        personal_data=personal,
        seconds=round(seconds, 3),
    )
    share = round(located["dongs"] / rows, 4) if located and rows else None
    return replace(receipt, located_share=share, crs=located["crs"] if located else None)
