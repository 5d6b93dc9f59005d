"""The index as a server asks it: made anew when the bank has moved on, and once for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from madang.bank import Bank
from madang.find import served as module
from madang.find.index import Doc, Index
from madang.find.served import served


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often it was made."""
    count: list[int] = []
    rebuild = Index.rebuild

    def counted(index: Index, docs: Any) -> int:
        count.append(1)
        return rebuild(index, docs)

    monkeypatch.setattr(Index, "rebuild", counted)
    return count


def test_a_dataset_that_cannot_be_put_in_has_it_made_once_for_each_change(
    tmp_path: Path, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two live ones the records of one are broken: the index never knows it."""
    version = 1
    monkeypatch.setattr(module, "docs_of", lambda *_: [Doc("나", "나루", version=version)])

    def ask(**live: int) -> list[str]:
        index = served(
            Bank(tmp_path), tmp_path / "search.db", tmp_path / "synonyms.toml", {}, live, live.keys()
        )
        return [hit.id for hit in index.search("나루")]

    for _ in range(3):
        assert ask(가=1, 나=1) == ["나"]
    assert len(made) == 1
    version = 2
    for _ in range(3):
        assert ask(가=1, 나=2) == ["나"]
    assert len(made) == 2
    Index(tmp_path / "search.db").put(Doc("다", "다리", version=1))  # somebody else wrote into it
    for _ in range(3):
        assert ask(가=1, 나=2) == ["나"]
    assert len(made) == 3


def test_a_city_without_data_is_searched_in_vain_and_without_an_error(tmp_path: Path) -> None:
    index = served(Bank(tmp_path), tmp_path / "search.db", tmp_path / "none.toml", {}, {}, ())
    assert index.search("나루") == []
