"""The assemble worker, `python -m runpod_workers.assemble.handler`: facts and vectors in, a docpack out."""

import os

from doctown.steps import ASSEMBLE
from runpod_workers.serve import serve_over_store
from tasks.assemble import assemble

if __name__ == "__main__":  # the SDK's heartbeat may import this file again, in a process of its own
    serve_over_store(ASSEMBLE, assemble, os.environ)
