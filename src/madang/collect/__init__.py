"""Connectors: bytes fetched from elsewhere, on a rhythm."""
