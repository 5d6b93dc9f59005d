"""Korean sentences of rows."""

TEXTS: dict[str, str] = {}
