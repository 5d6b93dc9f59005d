"""The SQL desk: analysts ask in SQL what they may read; everybody asks the open editions."""
