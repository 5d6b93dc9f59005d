"""The desk: the pages of the data officer. For now a catalogue that only reads."""
