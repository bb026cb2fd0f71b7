"""Weather of stations."""
