import os
import resource
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.files import check_writable, file_name_of, opened_docpack, write_files
from doctown.errors import DocpackInvalid, OutputNotWritable


@given(st.text(max_size=300))
def test_any_repository_name_gives_a_file_name_that_stays_in_its_folder(name):
    found = file_name_of(name)
    assert found == os.path.basename(found)
    assert found not in {"", ".", ".."}
    assert not found.startswith((".", "-")) and found.isascii() and len(found) <= 100


def test_an_ordinary_name_stays_as_it_is():
    assert file_name_of("python-3.11_x") == "python-3.11_x"


def test_files_are_written_together(tmp_path):
    paths = write_files(tmp_path / "new" / "folder", {"a": b"1", "b": b"2"})
    assert [path.read_bytes() for path in paths] == [b"1", b"2"]
    assert sorted(os.listdir(tmp_path / "new" / "folder")) == ["a", "b"]


def test_a_folder_that_is_a_file_is_refused_before_any_work(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputNotWritable, match="--out"):
        check_writable(tmp_path / "out")
    with pytest.raises(OutputNotWritable, match="--out"):
        check_writable(tmp_path / "out" / "below")


def limited_to(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_disk_that_fills_in_the_middle_leaves_nothing(tmp_path):
    # The limit on a file's size stands for the full disk: the kernel refuses the write in the same place.
    code = f"""
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from pathlib import Path
from cli.files import write_files
from doctown.errors import OutputNotWritable
try:
    write_files(Path({str(tmp_path)!r}), {{"a": b"x" * 10, "b": b"x" * 100_000}})
except OutputNotWritable as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], preexec_fn=lambda: limited_to(1000), capture_output=True, text=True, check=True
    )
    assert "cannot be written" in done.stdout
    assert os.listdir(tmp_path) == []


def test_an_older_file_stays_whole_when_writing_fails(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(OutputNotWritable):
        write_files(tmp_path, {"a": b"new", "below/b": b""})
    assert (tmp_path / "a").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_docpack_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(DocpackInvalid, match="No such file"), opened_docpack(str(tmp_path / "x.docpack")):
        pass


def test_what_a_killed_run_has_left_in_the_folder_goes_and_nothing_else(tmp_path):
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    (tmp_path / f".doctown-{int(dead.stdout)}-0a").write_bytes(b"half")
    (tmp_path / f".doctown-{os.getpid()}-0b").write_bytes(b"of another that still writes")
    (tmp_path / ".doctown-notes").write_bytes(b"somebody's")
    check_writable(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [f".doctown-{os.getpid()}-0b", ".doctown-notes"]


def test_files_take_the_place_of_older_ones_and_leave_nothing_beside_them(tmp_path):
    for data in (b"first", b"second"):
        write_files(tmp_path, {"a": data, "b": data})
        assert {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)} == {"a": data, "b": data}
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644
