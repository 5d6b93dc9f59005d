"""Sessions: bounded, quiet, offline."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from madang.engine import duck
from madang.messages import MadangError


def setting(con: duckdb.DuckDBPyConnection, name: str) -> object:
    found = con.execute("SELECT current_setting(?)", [name]).fetchone()
    assert found
    return found[0]


def test_a_session_is_bounded_and_fetches_nothing(tmp_path: Path) -> None:
    con = duck.connect(temp_dir=tmp_path, threads=1, memory_limit="64MB")
    assert setting(con, "threads") == 1
    assert setting(con, "memory_limit") == "61.0 MiB"
    assert setting(con, "temp_directory") == str(tmp_path)
    assert setting(con, "autoinstall_known_extensions") is False
    assert setting(con, "autoload_known_extensions") is False
    assert setting(con, "enable_progress_bar") is False


@pytest.mark.parametrize("ordered", [True, False])
def test_order_is_kept_where_it_is_asked_for(tmp_path: Path, ordered: bool) -> None:
    assert setting(duck.connect(temp_dir=tmp_path, ordered=ordered), "preserve_insertion_order") is ordered


def test_the_excel_extension_comes_from_its_wheel(tmp_path: Path) -> None:
    con = duck.connect(temp_dir=tmp_path)
    duck.load_excel(con)
    assert con.execute(
        "SELECT loaded FROM duckdb_extensions() WHERE extension_name = 'excel'"
    ).fetchone() == (True,)


def test_a_missing_extension_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duck, "find_spec", lambda name: None)
    with pytest.raises(MadangError, match="excel"):
        duck.load_excel(duck.connect(temp_dir=tmp_path))
