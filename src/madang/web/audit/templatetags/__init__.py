"""Tags of the audit pages."""
