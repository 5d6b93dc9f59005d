"""English sentences of the web pages."""

TEXTS: dict[str, str] = {
    "port_taken": "Cannot serve on port {port} of {host}: {reason}. Stop what listens there, or use another number with `--port`.",
    "records_damaged": "The records of '{dataset}' are damaged. See with `madang doctor` what is missing and restore it from a backup.",
    "source_withheld": "The file holds resident registration numbers, so its original was not kept or was sealed. See this row in the file you deposited.",
}
