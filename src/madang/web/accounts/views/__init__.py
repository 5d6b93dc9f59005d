"""Pages of people: mine, everybody's, departments and posts."""
