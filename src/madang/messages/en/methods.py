"""English sentences of methods."""

TEXTS: dict[str, str] = {}
