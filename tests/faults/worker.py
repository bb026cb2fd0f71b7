"""A real worker of the SDK without a model: `python -m tests.faults.worker LOG SECONDS [bug|oversized|nan]`.

It notes in LOG what it begins with, a line a batch, and takes so many seconds for a batch, more or less, by its id.
"""

import json
import os
import sys
import time
from pathlib import Path

from doctown.embed.vectors import result_of
from doctown.steps import EMBED
from runpod_workers.serve import serve
from tests.faults.embedding import ENGINE, MODEL, REVISION, rows_for, wrong


def main(log, seconds, flag=""):
    def work(request, settings, progress):
        line = json.dumps([request.batch_id, [chunk.content for chunk in request.chunks]]) + "\n"
        with Path(log).open("a") as begun:
            begun.write(line)
        time.sleep(float(seconds) * (0.5 + int(request.batch_id[:4], 16) / 65536))
        if flag:
            return wrong(flag, request, settings, progress)
        return result_of(request, rows_for(request), request.model or MODEL, request.revision or REVISION, ENGINE)

    serve(EMBED, work, os.environ)


if __name__ == "__main__":
    main(*sys.argv[1:])
