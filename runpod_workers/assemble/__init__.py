"""The image that makes docpacks."""
