"""Indicators and declared tables: how they stand, one by one, their targets, measuring again."""
