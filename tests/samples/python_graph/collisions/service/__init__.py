"""A service with modules that are called as the standard library's."""
