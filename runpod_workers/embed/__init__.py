"""The image that embeds."""
