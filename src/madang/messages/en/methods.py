"""English sentences of methods."""

TEXTS: dict[str, str] = {
    # survival, districts, coverage
    "lengths_differ": "{names} have different lengths. Every row needs one value of each.",
    "level_outside": "{level} is not between 0 and 1.",
    "share_impossible": "In {count} places the count is below 0 or above its base. Check whether the two were exchanged.",
    "times_impossible": "{count} rows have a time that is missing, below 0, or ends before it was watched. Leave such rows out first and tell how many.",
}
