"""What memory this machine has left for us: the kernel's own estimate, and less where a container sets a limit."""

from pathlib import Path


def available_bytes(root: Path = Path("/")) -> int | None:
    """Bytes that can be taken without swapping; None where the machine does not say. `root` holds proc and sys."""
    found = [left for left in (_machine(root), *_containers(root)) if left is not None]
    return max(0, min(found)) if found else None


def _machine(root: Path) -> int | None:
    try:
        lines = (root / "proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), None)


def _containers(root: Path) -> list[int | None]:
    folder = root / "sys/fs/cgroup"
    return [
        _left(folder, "memory.max", "memory.current", "memory.stat", "inactive_file"),
        _left(
            folder / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat", "total_inactive_file"
        ),
    ]


def _left(folder: Path, limit: str, used: str, statistics: str, idle: str) -> int | None:
    """The limit less what is used, cached files that the kernel would give up not counted."""
    try:
        most, taken = (int((folder / name).read_text()) for name in (limit, used))  # "max" is no number: no limit
        lines = (folder / statistics).read_text().splitlines()
    except (OSError, ValueError):
        return None
    return most - taken + sum(int(line.split()[1]) for line in lines if line.split()[0] == idle)
