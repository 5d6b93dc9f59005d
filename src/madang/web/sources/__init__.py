"""Pages of the sources on a rhythm: how each stands, its runs, and what is fetched from where."""
