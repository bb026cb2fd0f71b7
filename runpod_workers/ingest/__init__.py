"""The image that reads repositories."""
