"""How long it takes to preview and to draw a generation, from a pool of scored and graded solutions."""

from tests.bench.figures import Outcome, Table, Target, milliseconds, whole
from tests.bench.installation import Installation
from tests.bench.sizes import Sizes

PROJECT = "pool"
WANTED = 10.0  # seconds, for a preview and for a draw
SCRIPT = "from tests.bench import {module}; {module}.{does}"
PICKED = 2_000
FLOOR = "floor: the best scores alone"


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    """The pool is as large as the crowd's queue."""
    count = sizes.crowd_queue
    said(installation, f"fill({PROJECT!r}, {count})")
    installation.settle()
    times = {name: float(seconds) for name, seconds in said(installation, f"play({PROJECT!r})")}
    outcome = Outcome()
    outcome.expect("solutions in the pool", int(times.pop("pool")), count)
    outcome.expect("tasks drawn", int(times.pop("tasks")), min(PICKED, count))
    floor = times[FLOOR]
    rows = [(name, milliseconds(taken), f"{taken / floor:,.1f}") for name, taken in times.items()]
    columns = (f"{whole(min(PICKED, count))} of {whole(count)} solutions", "ms", "times the floor")
    outcome.tables.append(Table("A generation: preview and draw", columns, rows, NOTES))
    slowest = max(times, key=lambda name: times[name])
    measured = f"{times[slowest]:.1f} at most ({slowest})"
    outcome.targets.append(
        Target(
            f"generation from {whole(count)} scored solutions, s",
            f"< {WANTED:.0f}",
            measured,
            times[slowest] < WANTED,
        )
    )
    return outcome


def said(installation: Installation, does: str, module: str = "pool") -> list[list[str]]:
    """What a script of the installation says, by line and tab."""
    output = installation.manage("shell", "--no-imports", "-c", SCRIPT.format(module=module, does=does)).output
    return [line.split("\t") for line in output.splitlines() if "\t" in line]


NOTES = (
    "Floor: SELECT ... ORDER BY product DESC LIMIT over the scores alone, whether or not they may be picked.",
    "A preview also counts why solutions are left out, and has two histograms of the whole pool.",
)
