"""English sentences of sources."""

TEXTS: dict[str, str] = {}
