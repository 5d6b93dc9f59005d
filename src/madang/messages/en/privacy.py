"""English sentences about personal data found at the door."""

TEXTS: dict[str, str] = {}
