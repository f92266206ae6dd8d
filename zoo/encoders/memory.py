"""What an encoder takes of this machine's memory, asked before it is loaded: a process that is killed says nothing."""

import re
from pathlib import Path

from zoo.errors import ZooError

BYTES = 4  # of a weight in float32
GROUP = Path("/sys/fs/cgroup")  # of a container, on Linux
# its processes' files that are kept in memory, which it gives up when more is asked for
_GIVEN_UP = re.compile(r"^(?:inactive_file|active_file) (\d+)$", re.MULTILINE)


def require(num_weights: int, name: str) -> None:
    """Raise ZooError if there is less memory than the weights of an encoder take. name: of its checkpoint."""
    needed, left = BYTES * num_weights, available()
    if needed > left:
        raise ZooError(
            f"{name} takes {needed / 1e9:.1f} GB of memory, and {left / 1e9:.1f} GB are free",
            "choose a smaller encoder or a machine with more memory; each worker (execute.workers) loads its own",
        )


def available() -> int:
    """Bytes that a process may still take: what the machine has free, and no more than its container has left."""
    import psutil

    free = int(psutil.virtual_memory().available)
    try:
        limit, used = (int((GROUP / name).read_text()) for name in ("memory.max", "memory.current"))
        files = sum(map(int, _GIVEN_UP.findall((GROUP / "memory.stat").read_text())))
    except (OSError, ValueError):  # no container, or one without a limit
        return free
    return max(0, min(free, limit - used + files))
