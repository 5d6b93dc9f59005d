"""Korean sentences of release."""

TEXTS: dict[str, str] = {}
