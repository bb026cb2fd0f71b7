"""The embed worker, `python -m runpod_workers.embed.handler`: texts in, vectors out."""

import os

from adapters.settings import Settings
from doctown.embed.vectors import rows_of_result
from doctown.steps import EMBED, EmbedRequest, EmbedResult, EmbedText, Progress
from runpod_workers.serve import serve
from tasks.embed import embed

FIRST = EmbedRequest(batch_id="first", chunks=(EmbedText(chunk_id="first", content="The model is loaded."),))


def checked_embed(request: EmbedRequest, settings: Settings, progress: Progress) -> EmbedResult:
    """The vectors, looked at as a client will: those that are not finite are not handed over, base64 or not.

    As this is done with FIRST as well, a GPU or a model that computes nonsense never takes a job.
    """
    result = embed(request, settings, progress)
    rows_of_result(request, result)
    return result


if __name__ == "__main__":  # the SDK's heartbeat may import this file again, in a process of its own
    serve(EMBED, checked_embed, os.environ, FIRST)
