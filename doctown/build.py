"""What the `build` worker is asked and answers: a whole docpack's making as one job. Pure.

The worker is no Step: it runs all of them. The answer carries the parts of the docpack that people ask for, as far as a
result may be large; what is left out is named and lies in the docpack, for which the answer then has a link.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from doctown.docpack import Docpack
from doctown.errors import ResultTooLarge, UnsupportedRequest
from doctown.steps import Request

HTTPS = "https://"


class BuildRequest(Request):
    """Index the repository at an https URL. `job_id` is the caller's own word for the job."""

    repo_url: str
    git_ref: str = "main"
    job_id: str | None = Field(default=None, max_length=200)


class DocpackLink(BaseModel):
    """Where the docpack can be fetched, until when (ISO 8601, UTC), and what will be found there."""

    model_config = ConfigDict(frozen=True)

    url: str
    sha256: str
    size: int
    expires_at: str


def build_request_of(job_input: Any) -> BuildRequest:
    """The request in a job's `input`. Raises UnsupportedRequest: an unknown field, a wrong type, or no https URL."""
    request = BuildRequest.from_json(job_input if isinstance(job_input, Mapping) else {"input": job_input})
    if not request.repo_url.lower().startswith(HTTPS):
        raise UnsupportedRequest("repo_url: only repositories at https:// URLs are built; give the https address.")
    return request


def build_output_of(job_id: str, pack: Docpack, link: DocpackLink | None, max_bytes: int) -> dict[str, Any]:
    """The job's output, of at most `max_bytes` as JSON; with a `link` the largest parts are left out where they must.

    Raises:
        ResultTooLarge: there is no link, or even without its parts the output is too large.
    """
    embedded = pack.manifest["model"] is not None
    parts = {
        "clusters": _value_of(pack.bytes("clusters.json")) if embedded else None,
        "graph": _value_of(pack.bytes("graph.json")),
        "symbol_contexts": _value_of(b"[%s]" % pack.bytes("contexts.jsonl").rstrip().replace(b"\n", b",")),
    }
    chunks = pack.manifest["counts"]["chunks"]
    output = {
        "status": "success",
        "job_id": job_id,
        "chunks_created": chunks,
        "embeddings_created": chunks if embedded else 0,
        "docpack": link.model_dump() if link else None,
    }
    sizes = {name: json_bytes(part) for name, part in parts.items()}
    left_out: list[str] = []
    while (size := json_bytes(_with(output, parts, left_out)) + _SLACK) > max_bytes:
        kept = [name for name in parts if name not in left_out]
        if link is None or not kept:
            raise ResultTooLarge(
                f"The result has {size:,} bytes and RunPod takes {max_bytes:,}; set DOCTOWN_STORE to a store from which"
                " the docpack can be fetched, or index the repository with doctown index."
            )
        left_out.append(max(kept, key=lambda name: sizes[name]))
    return _with(output, parts, left_out)


def json_bytes(value: Any) -> int:
    """The size of `value` as RunPod's SDK writes it. Raises ValueError: not finite, or half a surrogate pair."""
    return len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())


_SLACK = len('{"output": }')


def _value_of(data: bytes) -> Any:
    """The JSON value; half a surrogate pair, which the SDK cannot send, becomes a question mark."""
    value = json.loads(data)
    if b"\\ud" in data:
        return json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
    return value


def _with(output: Mapping[str, Any], parts: Mapping[str, Any], left_out: list[str]) -> dict[str, Any]:
    omitted = {"omitted": [name for name in parts if name in left_out]} if left_out else {}
    return {**output, **{name: part for name, part in parts.items() if name not in left_out}, **omitted}
