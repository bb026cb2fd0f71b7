"""Ranking over arrays it is given; where they lie is left to others."""
