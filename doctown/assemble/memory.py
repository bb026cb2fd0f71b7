"""How much memory assembly takes, and the sentence for a machine that has less. What there is, is asked elsewhere."""

from doctown.errors import LimitExceeded

START_BYTES = 300_000_000
CHUNK_BYTES = 25_000
"""Texts, symbols, edges and their JSON beside the vectors; measured at 50,000 chunks (decision 0009)."""


def bytes_for(chunks: int, dimensions: int) -> int:
    """About how many bytes of memory the assembly of so many chunks takes at its peak."""
    return START_BYTES + chunks * (CHUNK_BYTES + 8 * dimensions)


def refuse_without_memory(chunks: int, dimensions: int, available: int | None) -> None:
    """Raise LimitExceeded where `available` bytes (None: not known) cannot be enough."""
    if available is not None and available < (needed := bytes_for(chunks, dimensions)):
        raise LimitExceeded(
            f"Assembling {chunks:,} chunks takes about {needed / 1e9:.1f} GB of memory, and this machine has "
            f"{available / 1e9:.1f} GB left: free some, index a part with --path, or name a larger "
            "place with --assemble-at."
        )
