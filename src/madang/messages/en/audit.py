"""English sentences of audit."""

TEXTS: dict[str, str] = {}
