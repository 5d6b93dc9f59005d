"""English sentences of deposits."""

TEXTS: dict[str, str] = {}
