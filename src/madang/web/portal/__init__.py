"""Public pages: what is open, without signing in. They open ``open/`` of the workspace and nothing else."""
