"""English sentences of results."""

TEXTS: dict[str, str] = {}
