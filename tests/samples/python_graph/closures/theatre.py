"""A stage of another kind."""


class Scene:
    def run(self, text):
        return self.prepare(text)

    def prepare(self, text):
        return self.label()

    def label(self):
        return "scene"

    def clean(self, text):
        return text

    def shout(self, text):
        return text
