"""The image that does the whole job."""
