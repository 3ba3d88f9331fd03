"""How much is measured: the full run, and a quick one that only shows that the command works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    solutions: tuple[int, int]
    """Loaded and exported, a small and a large corpus."""
    queue: int
    """Open tasks when a queue run begins."""
    seconds: float
    """Length of one queue run."""
    turns: int
    """How often what is compared with the floor is played."""
    first_leases: int
    """Labelers who ask for their first solution, one after another."""
    page_loads: int
    crowd_queue: int
    """Open tasks of the large queue."""
    crowds: tuple[int, ...]
    """Labelers at once, at their own pace."""
    crowd_seconds: float
    presses: int
    """Keys pressed at the desk in Chromium."""
    annotations: int
    """Of eight labels each, that agreement is measured on."""
    labelers: int = 8
    client_processes: int = 2


FULL = Sizes(
    solutions=(10_000, 80_000),
    queue=10_000,
    seconds=10,
    turns=5,
    first_leases=200,
    page_loads=9,
    crowd_queue=1_000_000,
    crowds=(100, 300),
    crowd_seconds=45,
    presses=60,
    annotations=100_000,
)
QUICK = Sizes(
    solutions=(200, 1_000),
    queue=1_000,
    seconds=1,
    turns=2,
    first_leases=20,
    page_loads=1,
    crowd_queue=2_000,
    crowds=(20,),
    crowd_seconds=5,
    presses=10,
    annotations=600,
)
