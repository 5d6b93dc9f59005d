"""Methods of analyses, each with its paper: arrays and frames in, numbers with what is uncertain about them out."""
