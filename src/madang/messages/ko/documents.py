"""Korean sentences about documents and archives: HWPX, HWP, ZIP."""

TEXTS: dict[str, str] = {}
