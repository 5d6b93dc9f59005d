"""Korean sentences of runs."""

TEXTS: dict[str, str] = {}
