"""English sentences of api."""

TEXTS: dict[str, str] = {}
