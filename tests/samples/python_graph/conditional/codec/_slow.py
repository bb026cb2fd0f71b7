"""Slow, but always there."""


def crunch(data):
    return data[::-1]


def squeeze(data):
    return data.replace(b"  ", b" ")
