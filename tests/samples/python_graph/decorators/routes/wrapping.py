"""Decorators of all forms."""

import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        note(function.__name__)
        return function(*arguments)

    return wrapper


def note(text):
    return text


def retry(times):
    check_times(times)

    def decorate(function):
        @functools.wraps(function)
        def wrapper(*arguments):
            for _ in range(times):
                result = function(*arguments)
            return result

        return wrapper

    return decorate


def check_times(times):
    return times > 0


def registered(cls):
    remember(cls.__name__)
    return cls


def remember(name):
    return name


class Router:
    def __init__(self):
        self.handlers = {}

    def route(self, path):
        def decorate(function):
            self.keep(path, function)
            return function

        return decorate

    def keep(self, path, function):
        self.handlers[path] = function

    def default(self, function):
        self.keep("*", function)
        return function
