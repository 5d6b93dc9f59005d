"""Deciding what becomes open: the form, the look beforehand, the history, withdrawal."""
