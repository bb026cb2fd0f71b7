"""Functions picked from a table."""


def start(name):
    return f"start {name}"


def stop(name):
    return f"stop {name}"


def unknown(name):
    return f"what is {name}"


COMMANDS = {"start": start, "stop": stop}


def run(command, name):
    return COMMANDS.get(command, unknown)(name)


def run_strictly(command, name):
    return COMMANDS[command](name)


def run_by_name(command, name):
    return globals()[command](name)


class Handler:
    def on_start(self):
        return start("handler")

    def handle(self, event):
        return getattr(self, f"on_{event}")()
