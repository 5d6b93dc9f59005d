"""The API for programs: version 1, below /api/v1/."""
