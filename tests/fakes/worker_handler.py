"""A real worker of the embed step whose task embeds nothing: texts say what is to happen. Run as a module."""

import os
import sys
import time

import numpy as np

from doctown.embed.vectors import result_of
from doctown.errors import ModelUnavailable
from doctown.steps import EMBED
from runpod_workers.serve import serve


def fake_embed(request, settings, progress):
    """Of "sleep 3", "die once PATH", "die", "ours", "bug", "environment NAME": as they say; else rows of [1, 0]."""
    revision = "1"
    for chunk in request.chunks:
        word, _, rest = chunk.content.partition(" ")
        if word == "sleep":
            time.sleep(float(rest))
        elif word == "die" and not (rest and os.path.exists(rest.removeprefix("once "))):
            if rest:
                open(rest.removeprefix("once "), "x").close()
            os._exit(9)
        elif word == "ours":
            raise ModelUnavailable("The model is nowhere.")
        elif word == "bug":
            raise ValueError("a bug")
        elif word == "environment":
            revision = os.environ.get(rest, "unset")
        elif word == "pid":
            revision = str(os.getpid())
    rows = np.tile(np.array([[1, 0]], np.float32), (len(request.chunks), 1))
    return result_of(request, rows, "m", revision, "fake")


if __name__ == "__main__":
    if "--broken" in sys.argv:
        sys.exit("\x1b[2Jthis worker does not start")
    serve(EMBED, fake_embed, os.environ)
