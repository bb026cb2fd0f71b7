"""Pipelines out of closures and lambdas."""

from functools import partial


def clean(text):
    return text.strip()


def shout(text):
    return text.upper()


def apply(function, text):
    return function(text)


def make_cleaner(suffix):
    def finish(text):
        return text + suffix

    def cleaner(text):
        def again(inner):
            return clean(inner)

        return finish(again(text))

    return cleaner


def sort_words(words):
    words.sort(key=lambda word: clean(word))
    return sorted(words, key=lambda word: (shout(word), lambda: clean(word)))


def pass_on(text):
    return apply(shout, text)


def immediate(text):
    return (lambda value: shout(value))(text)


def recurse(depth):
    def down(left):
        return 0 if left == 0 else down(left - 1)

    return down(depth) if depth else recurse(1)


def later(text):
    call = partial(clean, text)
    return call()


def returned(text):
    return make_cleaner("!")(text)


class Stage:
    def __init__(self, function):
        self.function = function

    def run(self, text):
        step = lambda value: self.prepare(value)
        return self.function(step(text))

    def prepare(self, text):
        def inner():
            return self.label()

        return inner() + clean(text)

    def label(self):
        return "stage:"


STEPS = [clean, shout]
DEFAULT = Stage(lambda text: shout(text))


def run_all(text):
    for step in STEPS:
        text = step(text)
    return DEFAULT.run(text)
