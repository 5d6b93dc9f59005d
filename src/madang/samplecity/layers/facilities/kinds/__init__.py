"""The kinds of facilities by theme: adding one means adding its `Kind` to the list of its theme, and its words."""
