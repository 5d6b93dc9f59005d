"""Korean sentences of methods."""

TEXTS: dict[str, str] = {}
