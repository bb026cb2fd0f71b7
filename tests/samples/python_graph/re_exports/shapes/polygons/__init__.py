"""Shapes with corners."""

from .square import Square, unit_square
from .triangle import Triangle

__all__ = ["Square", "Triangle", "unit_square"]
