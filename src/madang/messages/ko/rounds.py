"""Korean sentences of rounds."""

TEXTS: dict[str, str] = {}
