"""English sentences of access."""

TEXTS: dict[str, str] = {
    "access_denied": "You may not do this with {thing}. If you need to, ask the department in charge or an administrator. (right: {verb})",
}
