"""The embed worker, `python -m runpod_workers.embed.handler`: texts in, vectors out."""

import os

from adapters.settings import Settings
from doctown.steps import EMBED, EmbedRequest, EmbedText
from runpod_workers.serve import serve
from tasks.embed import embed

FIRST = EmbedRequest(batch_id="first", chunks=(EmbedText(chunk_id="first", content="The model is loaded."),))

if __name__ == "__main__":  # the SDK's heartbeat may import this file again, in a process of its own
    serve(EMBED, embed, Settings.from_environment(os.environ), FIRST)
