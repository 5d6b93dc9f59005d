"""English sentences of sources."""

TEXTS: dict[str, str] = {
    "origin_exists": "There is a source '{id}' already. Choose another name.",
    "source_parameter": "The parameter '{line}' cannot be read. Write one name=value on each line.",
    "notice_collect_failed": "Collecting '{title}' failed. {reason}",
}
