"""English sentences of the web pages."""

TEXTS: dict[str, str] = {
    "port_taken": "Cannot serve on port {port} of {host}: {reason}. Stop what listens there, or use another number with `--port`.",
}
