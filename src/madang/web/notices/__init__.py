"""What people and posts are told: a line each, with where to go."""
