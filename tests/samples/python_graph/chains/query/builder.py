"""Queries that are built in a chain."""

from __future__ import annotations

from typing import Self

from query.result import Result


class Query:
    def __init__(self, table: str):
        self.table = table
        self.conditions: list[Condition] = []

    def where(self, name: str) -> Query:
        self.conditions.append(Condition(name))
        return self

    def order(self, name: str) -> "Query":
        return self.where(name)

    def limit(self, number: int) -> Self:
        return self

    def run(self) -> Result:
        return Result([condition.text() for condition in self.conditions])


class CountQuery(Query):
    def run(self) -> Result:
        return Result([])

    def only_count(self):
        return self.limit(1).run().count_rows()


class Condition:
    def __init__(self, name):
        self.name = name

    def text(self):
        return f"{self.name} is set"


def select(table: str) -> Query:
    return Query(table)


def make_query(table: str, counting: bool):
    if counting:
        return CountQuery(table)
    return Query(table)
