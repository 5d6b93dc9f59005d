"""Analyses and their runs: asked with a form, shown with the answer first, every number followed back to its rows."""
