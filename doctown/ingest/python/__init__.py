"""Python: the facts of a file, and what its expressions stand for."""
