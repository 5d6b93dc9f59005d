"""Depositing by hand: files that are uploaded and reviewed, copies that come back edited, tables kept in the browser."""
