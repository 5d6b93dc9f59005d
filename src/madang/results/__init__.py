"""What a computation found, and the one renderer that shows it. Knows no bank."""
