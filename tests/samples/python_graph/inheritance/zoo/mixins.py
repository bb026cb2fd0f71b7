"""Behaviour to mix in."""


class LoudMixin:
    def louder(self, text):
        return text.upper()


class TaggedMixin:
    def tag(self):
        return "tag"

    def move(self):
        return "walk"
