"""Korean sentences of work."""

TEXTS: dict[str, str] = {}
