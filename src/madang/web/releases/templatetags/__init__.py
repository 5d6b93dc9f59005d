"""Tags of the pages of runs."""
