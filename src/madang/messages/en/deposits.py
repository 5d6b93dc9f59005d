"""English sentences of deposits."""

TEXTS: dict[str, str] = {
    "review_outdated": "Since the review, the file or the way it is read (standards, what was learned, the register of areas) has changed. Read it again and check.",
}
