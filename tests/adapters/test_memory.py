"""What memory is left, as the kernel's files say it."""

from adapters.memory import available_bytes


def written(root, **files):
    for name, text in files.items():
        file = root / name.replace("__", "/").replace("_dot_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def test_this_machine_has_some():
    assert available_bytes() > 1_000_000


def test_a_container_may_have_less_than_its_machine_and_cached_files_are_no_use_of_it(tmp_path):
    written(tmp_path, proc__meminfo="MemTotal: 9000 kB\nMemAvailable:    8000 kB\n")
    assert available_bytes(tmp_path) == 8_192_000
    group = "sys__fs__cgroup__memory_dot_"
    limited = {f"{group}max": "5000\n", f"{group}current": "3000\n", f"{group}stat": "anon 1\ninactive_file 500\n"}
    written(tmp_path, **limited)
    assert available_bytes(tmp_path) == 2_500
    written(tmp_path, **{f"{group}max": "max\n"})
    assert available_bytes(tmp_path) == 8_192_000


def test_a_machine_that_does_not_say_is_not_guessed(tmp_path):
    assert available_bytes(tmp_path) is None
