"""Door: a person at a terminal."""
