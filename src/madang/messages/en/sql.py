"""English sentences of sql."""

TEXTS: dict[str, str] = {}
