"""What touches the world. One file per outside thing; each maps that thing's errors to ours."""
