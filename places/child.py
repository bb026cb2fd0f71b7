"""The process in which the local backend runs a step: `python -m places.child REQUESTS ANSWERS` (file descriptors).

It reads the settings, then requests, and answers each with progress and a result or an error. A thread watches the
pipe: when the parent is gone, however it went, this process ends at once, even inside long native code.
"""

import importlib
import os
import sys
import threading
import traceback
from queue import SimpleQueue
from typing import Any

from adapters.liveness import die_with_parent
from adapters.settings import Settings
from doctown.errors import DoctownError
from doctown.steps import STEPS
from places.frames import frame_of, next_frame


def _answer_of(message: dict[str, Any], settings: Settings, answers: int) -> dict[str, Any]:
    def progress(what: str, done: int, total: int) -> None:
        _write(answers, {"progress": [what, done, total]})

    try:
        step = STEPS[message["step"]]
        task = getattr(importlib.import_module(f"tasks.{step.name}"), step.name)
        return {"result": task(step.request.from_json(message["request"]), settings, progress).to_json()}
    except DoctownError as error:
        return {"error": str(error), "error_kind": error.kind}
    except MemoryError:
        return {"error": "There is not enough memory on this machine for the step.", "error_kind": "StepFailed"}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}


def _write(descriptor: int, message: dict[str, Any]) -> None:
    data = memoryview(frame_of(message))
    while data:
        data = data[os.write(descriptor, data) :]


def main(requests: int, answers: int, parent: int) -> None:
    """Serve until the pipe ends."""
    die_with_parent(parent)
    waiting: SimpleQueue[dict[str, Any]] = SimpleQueue()
    with os.fdopen(requests, "rb") as stream:
        first = next_frame(stream)
        if first is None:
            return
        settings = Settings.from_environment(first["settings"])

        def watch() -> None:
            while (message := next_frame(stream)) is not None:
                waiting.put(message)
            os._exit(0)

        threading.Thread(target=watch, daemon=True).start()
        while True:
            _write(answers, _answer_of(waiting.get(), settings, answers))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
