"""English sentences about places: coordinate systems, areas, addresses."""

TEXTS: dict[str, str] = {}
