"""The embed step: a batch of texts in, their vectors out. The loaded model stays for the next batch of this process."""

from adapters.encoder import Encoder
from adapters.model_files import model_files
from adapters.settings import Settings
from doctown.embed.vectors import result_of
from doctown.errors import EngineMismatch
from doctown.steps import EmbedRequest, EmbedResult, Progress


def embed(request: EmbedRequest, settings: Settings, progress: Progress) -> EmbedResult:
    """Embed the texts of `request` on this machine.

    Raises:
        EngineMismatch: another model or revision is asked for than this place holds.
        ModelUnavailable, ModelInvalid, EngineUnavailable: the model cannot be had or run.
    """
    encoder = loaded(settings, settings.model if settings.model_path else request.model or settings.model, progress)
    files = encoder.files
    for what, asked, held in (("model", request.model, files.model), ("revision", request.revision, files.revision)):
        if asked is not None and asked != held:
            raise EngineMismatch(f"This place holds the {what} {held}, but {asked} was asked for.")
    rows = encoder.encode([chunk.content for chunk in request.chunks], progress)
    return result_of(request, rows, files.model, files.revision, encoder.engine)


_encoders: dict[tuple[Settings, str], Encoder] = {}


def loaded(settings: Settings, name: str, progress: Progress) -> Encoder:
    """The encoder of these settings, loaded once per process."""
    if (settings, name) not in _encoders:
        files = model_files(settings, name, progress)
        _encoders[settings, name] = Encoder(files, settings)
    return _encoders[settings, name]
