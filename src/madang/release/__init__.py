"""Open editions: what leaves the bank, under which decision."""
