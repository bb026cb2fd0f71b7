"""Jobs that lean on the world outside of the repository."""

import collections
import json
import os
import subprocess as sp
from argparse import ArgumentParser
from os import path
from threading import Thread
from unittest import TestCase


def fetch_all(urls):
    return [load(url) for url in urls]


def load(url):
    return json.loads(json.dumps(url))


def place(name):
    return path.join(os.getcwd(), path.basename(name))


def external_names(text):
    counts = collections.Counter(text)
    ordered = collections.OrderedDict(counts)
    return len(ordered), os.environ.get("HOME"), sp.list2cmdline(["a"])


class Worker(Thread):
    def __init__(self, urls):
        super().__init__()
        self.urls = urls

    def run(self):
        return fetch_all(self.urls)

    def launch(self):
        self.start()
        self.join()


class Parser(ArgumentParser):
    def parse(self):
        return self.parse_args([])


class Check(TestCase):
    def check(self):
        self.assertEqual(load("x"), "x")

    def fail_softly(self):
        return self.load()

    def load(self):
        return load("y")


def start():
    worker = Worker(["a"])
    worker.launch()
    parser = Parser()
    return parser.parse()


def join(parts):
    return "/".join(parts)


class Reports:
    def most_common(self, number):
        return number

    def parse_known_args(self):
        return None


class Outsiders:
    def __init__(self):
        self.counts = collections.Counter("aab")
        self.parser = ArgumentParser()

    def sorry(self):
        self.parser.parse_known_args([])
        return self.counts.most_common(1)
