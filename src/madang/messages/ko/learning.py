"""Korean sentences about what was learnt of a source, and layouts that changed."""

TEXTS: dict[str, str] = {}
