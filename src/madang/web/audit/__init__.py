"""Who did what, when, from where and why; each entry carries the hash of the one before."""
