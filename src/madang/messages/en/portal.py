"""English sentences of portal."""

TEXTS: dict[str, str] = {
    "edition_over": "'{dataset}' is not open any more.",
}
