"""SIGKILL at ten moments: the next run gives the bytes of a quiet one and embeds nothing again that was finished."""

import itertools
import json
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.end_to_end.runs import Workplace, commit_folder, kill

# Where the blow falls: when standard error has said this for the n-th time, and so many seconds after.
BLOWS = [
    ("ingesting", 1, 0.0),
    ("ingesting", 3, 0.1),
    ("embedding", 1, 0.3),
    ("embedding", 2, 0.6),
    ("embedding", 4, 0.1),
    ("assembling", 1, 0.5),
    ("assembling", 2, 0.2),
    ("assembling", 4, 0.0),
    ("packing", 1, 0.0),
    ("packing", 2, 0.0),
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    package = Path(find_spec("httpx").origin).parent
    return commit_folder(package, tmp_path_factory.mktemp("repository") / "httpx")


@pytest.fixture(scope="module")
def quiet(repository, model_cache, tmp_path_factory) -> tuple[bytes, int]:
    workplace = Workplace(tmp_path_factory.mktemp("quiet"), model_cache)
    summary = workplace.index(repository)
    return workplace.pack(), summary["texts"]


def finished_texts(workplace: Workplace) -> list[str]:
    """The keys of every vector that was kept, as often as it was."""
    segments = (workplace.cache / "store").glob("vectors/**/*.seg")
    return list(itertools.chain(*(json.loads(path.read_bytes().split(b"\n", 1)[0])["keys"] for path in segments)))


def struck(workplace: Workplace, repository: Path, word: str, nth: int, delay_s: float) -> str:
    """Start a run and kill it at that moment; what it said last."""
    process = workplace.start("index", str(repository), "--out", str(workplace.out))
    drain = threading.Thread(target=process.stdout.read, daemon=True)
    drain.start()
    said, seen = "", 0
    for line in process.stderr:
        if line.startswith(word + ":"):
            said, seen = line.strip(), seen + 1
            if seen == nth:
                time.sleep(delay_s)
                assert process.poll() is None, f"the run was over before the blow at {said}"
                break
    else:
        pytest.fail(f"the run never said {word} for the {nth}. time")
    kill(process)
    return said


def check_after_blows(workplace, repository, quiet, blows):
    pack, texts = quiet
    for word, nth, delay_s in blows:
        said = struck(workplace, repository, word, nth, delay_s)
        workplace.wait_until_alone()
        print(f"killed {delay_s} s after '{said}': {len(set(finished_texts(workplace)))} of {texts} texts finished")
        assert not list(workplace.out.glob("*.docpack")) or workplace.pack() == pack
        if list(workplace.out.glob("*")):
            assert {path.suffix for path in workplace.out.iterdir()} <= {".docpack", ".html"}
    before = set(finished_texts(workplace))
    summary = workplace.index(repository)
    assert summary["embedded"] == texts - len(before)
    assert workplace.pack() == pack
    assert len(finished_texts(workplace)) == len(set(finished_texts(workplace))) == texts
    workplace.wait_until_alone()


SMALL_BATCHES = {"DOCTOWN_BATCH_TOKENS": "2000"}


def test_a_run_killed_while_it_embeds_is_taken_up_by_the_next(repository, quiet, model_cache, tmp_path):
    check_after_blows(Workplace(tmp_path, model_cache, SMALL_BATCHES), repository, quiet, [("embedding", 3, 0.2)])


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_ten_blows_cost_nothing_that_was_finished(repository, quiet, model_cache, tmp_path):
    check_after_blows(Workplace(tmp_path, model_cache, SMALL_BATCHES), repository, quiet, BLOWS)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("blow", BLOWS, ids=lambda blow: f"{blow[0]}-{blow[1]}")
def test_one_blow_on_an_empty_cache_is_mended_by_the_next_run(blow, repository, quiet, model_cache, tmp_path):
    check_after_blows(Workplace(tmp_path, model_cache, SMALL_BATCHES), repository, quiet, [blow])
