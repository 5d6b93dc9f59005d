"""Work that takes longer than a page may: jobs in the database, done by runner processes beside the server."""
