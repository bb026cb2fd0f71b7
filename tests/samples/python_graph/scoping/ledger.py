"""Entries of a ledger. The same few names mean one thing here and another there."""


def total(entries):
    return sum(entries)


def rate():
    return 2


def parse(text):
    return [int(part) for part in text.split(",")]


def plain(entries):
    return total(entries) * rate()


def by_parameter(total, entries):
    return total(entries)


def by_local(entries):
    total = max
    return total(entries)


def by_loop(functions, entries):
    for total in functions:
        entries = [total(entries)]
    return entries


def by_walrus(text):
    if (rate := text.count) is not None:
        return rate(",")
    return 0


def by_unpacking(pair, entries):
    parse, total = pair
    return parse(entries), total(entries)


def by_with(opener):
    with opener as parse:
        return parse("1,2")


def by_except(entries):
    try:
        return total(entries)
    except TypeError as rate:
        return rate.with_traceback(None)


def by_import(entries):
    from math import fsum as total

    return total(entries)


def after_a_comprehension(functions, entries):
    each = [total(entries) for total in functions]
    return each, total(entries)


def in_a_comprehension(texts):
    return {text: total(parse(text)) for text in texts}


def outer(text):
    def parse(text):
        return text.upper()

    def nearest():
        return parse(text)

    def outermost():
        global parse
        return parse("1,2")

    return nearest(), outermost()


def counter():
    count = 0

    def step():
        return rate()

    def advance():
        nonlocal count
        count += step()
        return count

    advance()
    return advance()


def with_default(entries=total([1, 2]), scale=lambda: rate()):
    return entries * scale()


class Account:
    rate = 3

    def default_label(owner):
        return f"account of {owner}"

    label = default_label("nobody")

    def total(self):
        return 0

    def report(self, entries):
        return total(entries) + rate()

    def own(self):
        return self.total()

    def nested(self, entries):
        def inside():
            return total(entries)

        return inside() + self.own()


opening = plain([1, 2])
