"""Korean sentences of portal."""

TEXTS: dict[str, str] = {}
