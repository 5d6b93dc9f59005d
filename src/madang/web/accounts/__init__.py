"""People: sign-in, departments, posts, roles, tokens."""
