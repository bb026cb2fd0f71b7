"""Queries."""

from query.builder import Query, select

__all__ = ["Query", "select"]
