"""Put the model into an image: `python -m runpod_workers.embed.bake FOLDER`, which MODEL_PATH then names.

Fetched and verified as everywhere else. Named by MODEL_PATH, because a worker that is asked for another model then
says so at once, and does not fetch it while its GPU is paid for.
"""

import os
import shutil
import sys
from pathlib import Path

from adapters.model_files import model_files
from adapters.settings import Settings
from doctown.errors import DoctownError


def bake(folder: Path, settings: Settings) -> None:
    """Copy the model of the settings into `folder`. Raises what `model_files` raises."""
    files = model_files(settings, settings.model, lambda *_: None)
    folder.mkdir(parents=True, exist_ok=True)
    for place in (files.config, files.tokenizer, files.weights):
        shutil.copyfile(place, folder / place.name)


if __name__ == "__main__":
    try:
        bake(Path(sys.argv[1]), Settings.from_environment(os.environ))
    except DoctownError as error:
        sys.exit(f"The model cannot be put into {sys.argv[1]}: {error}")
