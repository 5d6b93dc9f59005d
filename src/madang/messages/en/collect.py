"""English sentences of collect."""

TEXTS: dict[str, str] = {}
