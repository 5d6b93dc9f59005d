"""What all pages share: the frame, error pages, words, and the door to the workspace."""
