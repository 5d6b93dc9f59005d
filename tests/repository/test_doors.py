"""What decides who may read a dataset is asked in one place: a card alone does not know what the dataset is made of."""

from __future__ import annotations

import ast

from repository_files import files, named

MAY_READ_CARDS = {
    "src/madang/access/thing.py",  # where it is
    "src/madang/access/__init__.py",
    "src/madang/bank/made_of.py",  # with what it is made of
    "src/madang/web/desk/known.py",  # keeps what the card says, and asks made_of for the rest
}


def test_nobody_takes_the_access_of_a_card_for_that_of_its_dataset() -> None:
    guilty = [
        named(path)
        for path in files(".py", under="src/madang/")
        if named(path) not in MAY_READ_CARDS
        and any(
            "of_card" in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", ""))
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
        )
    ]
    assert guilty == []


def test_nobody_looks_up_the_word_of_access_on_a_card() -> None:
    """`dataset.card["access"]` or `.get("access")`: what a table is made of may be stricter."""
    guilty = [
        f"{named(path)}:{node.lineno}"
        for path in files(".py", under="src/madang/")
        if named(path) not in MAY_READ_CARDS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Subscript | ast.Call)
        and ast.unparse(node).endswith((".card['access']", ".card.get('access')"))
    ]
    assert guilty == []
