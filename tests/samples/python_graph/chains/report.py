"""A report from chained calls."""

import query
from query import Query, select
from query.builder import CountQuery, make_query


def first():
    return select("users").where("name").order("age").run().first_row().show()


def direct():
    return Query("users").limit(3).run().count_rows()


def by_steps():
    narrowed = query.select("users").where("name")
    result = narrowed.run()
    row = result.first_row()
    return row.show()


def counting():
    return CountQuery("users").run().count_rows() + CountQuery("users").only_count()


def made(counting):
    return make_query("users", counting)


def text_chain(text):
    return text.strip().lower().show()
