"""Cells as people write them: which characters are blank, which stand for others, which mean "no value"."""

from __future__ import annotations

# Blanks of a cell: space, tab, line ends, no-break space, ideographic space, zero-width characters, byte order mark.
BLANKS = " \t\n\r\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"

_FULL = "０１２３４５６７８９．，－＋％：／（）～"
_HALF = "0123456789.,-+%:/()~"
_MINUS = "−–—―"  # U+2212 and the dashes people type for a minus
_SPACES = "\u00a0\u3000"
_NOTHING = "\u200b\u200c\u200d\u2060\ufeff"

# What a lone token says, by kind. "-", "X", "*", "…", an empty cell and 0 are six different things.
TOKENS: dict[str, tuple[str, ...]] = {
    "dash": ("-", "--", "---"),  # no data, or zero, by the legend of the source
    "suppressed": ("X", "x"),  # 비밀보호
    "masked": ("*", "**", "***"),  # a small value hidden by the source
    "not_available": (
        "…",
        "⋯",
        "...",
        "..",
        "N/A",
        "n/a",
        "NA",
        "#N/A",
        "NULL",
        "null",
        "NaN",
        "nan",
        "미상",
    ),
    "not_applicable": ("해당없음", "해당 없음", "해당사항없음", "해당사항 없음", "해당무"),
}


def quote(text: str) -> str:
    """`text` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def literals(tokens: tuple[str, ...]) -> str:
    """`tokens` as the inside of a SQL list: 'a', 'b'."""
    return ", ".join(quote(token) for token in tokens)


def plain(x: str) -> str:
    """SQL: the text `x` with full-width digits and signs as ASCII and without zero-width characters."""
    source = _FULL + _MINUS + _SPACES + _NOTHING
    target = _HALF + "-" * len(_MINUS) + " " * len(_SPACES)
    other = f"translate({x}, {quote(source)}, {quote(target)})"
    return f"CASE WHEN strlen({x}) = length({x}) THEN {x} ELSE {other} END"  # ASCII needs no translation


def first_of(quick: list[str], slow: str | None) -> str:
    """SQL: the first WHEN branch of `quick` that applies, else `slow` (null where only quick forms are wanted)."""
    return f"CASE {' '.join(quick)} END" if slow is None else f"CASE {' '.join(quick)} ELSE {slow} END"


def matches(x: str, pattern: str) -> str:
    """SQL: the whole of `x` matches the RE2 `pattern`."""
    return f"regexp_full_match({x}, {quote(pattern)})"


def rewrite(x: str, pattern: str, target: str) -> str:
    """SQL: `x`, which matches `pattern`, rewritten to `target` (\\1 is the first group)."""
    return f"regexp_replace({x}, {quote('^(?:' + pattern + ')$')}, {quote(target)})"
