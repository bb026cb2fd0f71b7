"""The parts of a page: packed, in blocks, never more than they may be, and honest about what was left out."""

import base64
import json
import zlib

from hypothesis import given
from hypothesis import strategies as st

from doctown.model import Chunk, SymbolContext
from doctown.page.parts import packed, parts_of
from tests.fakes.docpacks import HOSTILE, docpack_of


def unpacked(part):
    return json.loads(zlib.decompress(base64.b64decode(part)))


def rows_of(parts):
    return [row for block in parts.blocks for row in unpacked(block)]


@given(st.recursive(st.none() | st.integers() | st.text(st.characters(exclude_categories=())), st.lists, max_leaves=9))
def test_what_is_packed_comes_out_unchanged(value):
    assert unpacked(packed(value)) == value


def test_the_blocks_hold_the_details_of_all_chunks_in_their_order():
    # So many that their text fills more than one block.
    docpack = docpack_of(500)
    parts = parts_of(docpack)
    starts = unpacked(parts.tables)["blocks"]
    assert len(starts) == len(parts.blocks) > 1 and starts[0] == 0
    rows = []
    for first, block in zip(starts, parts.blocks, strict=True):
        assert first == len(rows)
        rows += unpacked(block)
    assert [text for text, _ in rows] == [chunk.text for chunk in docpack.rows("chunks.jsonl", Chunk)]
    assert (parts.about["without_code"], parts.about["without_context"]) == (0, 0)


def test_a_hostile_text_comes_back_out_of_its_block_unchanged():
    docpack = docpack_of(60, hostile=True)
    texts = [text for text, _ in rows_of(parts_of(docpack))]
    assert texts == [chunk.text for chunk in docpack.rows("chunks.jsonl", Chunk)]
    assert any(HOSTILE[0] in text for text in texts)


def test_where_there_is_too_much_the_code_of_the_least_central_chunks_stays_out():
    docpack = docpack_of(500)
    whole = parts_of(docpack)
    most = len(whole.tables) + sum(map(len, whole.blocks)) * 2 // 3
    parts = parts_of(docpack, most=most)
    rows = rows_of(parts)
    assert len(parts.tables) + sum(map(len, parts.blocks)) <= most
    assert 0 < parts.about["without_code"] < 500 and parts.about["without_context"] == 0
    assert parts.about["without_code"] == sum(text is None for text, _ in rows)
    rank = {row.symbol_id: row.centrality for row in docpack.rows("contexts.jsonl", SymbolContext)}
    ranks = [max((rank[name] for name in chunk.symbol_ids), default=0) for chunk in docpack.rows("chunks.jsonl", Chunk)]
    kept = [each for each, (text, _) in zip(ranks, rows, strict=True) if text is not None]
    lost = [each for each, (text, _) in zip(ranks, rows, strict=True) if text is None]
    # The last that fits may stand before a shorter one: the middle of each says it.
    assert sorted(kept)[len(kept) // 2] >= sorted(lost)[len(lost) // 2]


def test_where_there_is_far_too_much_contexts_stay_out_as_well():
    docpack = docpack_of(500)
    whole = parts_of(docpack)
    parts = parts_of(docpack, most=len(whole.tables) + sum(map(len, whole.blocks)) // 4)
    assert parts.about["without_code"] == 500 and parts.about["without_context"] > 0
    assert sum(map(len, parts.blocks)) < sum(map(len, whole.blocks)) // 3
    assert parts_of(docpack, most=0).blocks


def test_the_given_name_is_said_and_else_that_of_the_manifest():
    docpack = docpack_of(1, embedded=False)
    assert parts_of(docpack, "quay").about["name"] == "quay"
    assert parts_of(docpack).about["name"] == "harbour"
