"""Korean sentences of accounts."""

TEXTS: dict[str, str] = {}
