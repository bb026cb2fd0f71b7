"""How much memory assembly takes, said before it is taken."""

import pytest

from doctown.assemble.memory import bytes_for, refuse_without_memory
from doctown.errors import LimitExceeded


def test_a_hundred_thousand_chunks_in_one_gigabyte_are_refused_in_a_sentence_that_says_what_to_do():
    with pytest.raises(LimitExceeded, match=r"100,000 chunks takes about 3\.1 GB.*1\.0 GB left.*--path.*--assemble-at"):
        refuse_without_memory(100_000, 384, 1_000_000_000)


def test_enough_memory_and_memory_that_is_not_known_are_not_refused():
    refuse_without_memory(100_000, 384, None)
    refuse_without_memory(100_000, 384, bytes_for(100_000, 384))
    refuse_without_memory(5, 384, 400_000_000)
