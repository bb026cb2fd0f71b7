"""The ingest worker, `python -m runpod_workers.ingest.handler`: a repository's address in, its facts out."""

import os

from adapters.settings import Settings
from doctown.errors import UnsupportedRequest
from doctown.steps import INGEST, IngestRequest, IngestResult, Progress
from runpod_workers.serve import serve_over_store
from tasks.ingest import ingest

HTTPS = "https://"


def ingest_from_afar(request: IngestRequest, settings: Settings, progress: Progress) -> IngestResult:
    """The ingest step, for whoever may call the endpoint: a path would be one of this worker.

    Raises UnsupportedRequest, and what the step raises.
    """
    if not request.repository.lower().startswith(HTTPS):
        raise UnsupportedRequest("repository: only repositories at https:// URLs are read; give the https address.")
    return ingest(request, settings, progress)


if __name__ == "__main__":  # the SDK's heartbeat may import this file again, in a process of its own
    serve_over_store(INGEST, ingest_from_afar, os.environ)
