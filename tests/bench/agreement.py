"""How long the figures on agreement take, from a project that many labelers have worked in."""

from tests.bench.figures import Outcome, Table, Target, milliseconds, whole
from tests.bench.installation import Installation
from tests.bench.selecting import said
from tests.bench.sizes import Sizes

PROJECT = "lab"
WANTED = 2.0  # seconds, for alpha with its interval
BOARD = 1.0  # seconds, for any board at the 95th percentile
FLOOR = "floor: ratings of each step counted, in SQL"
ALPHA = "alpha with its interval, query and all"


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    said(installation, f"fill({PROJECT!r}, {sizes.annotations})", "labels")
    installation.settle()
    times = {name: float(value) for name, value in said(installation, f"play({PROJECT!r})", "labels")}
    outcome = Outcome()
    count, labels = int(times.pop("annotations")), int(times.pop("labels"))
    outcome.expect("annotations", count, sizes.annotations // 3 * 3)
    outcome.expect("labels", labels, 8 * count)
    rows = [(name, milliseconds(taken), f"{taken / times[FLOOR]:,.1f}") for name, taken in times.items()]
    columns = (f"{whole(count)} annotations, {whole(labels)} labels", "ms", "times the floor")
    outcome.tables.append(Table("Agreement", columns, rows, NOTES))
    what = f"alpha with its interval, {whole(labels)} labels, s"
    outcome.targets.append(Target(what, f"< {WANTED:.0f}", f"{times[ALPHA]:.2f}", times[ALPHA] < WANTED))
    slowest = max(taken for name, taken in times.items() if name.startswith("board: "))
    what = f"the slowest board of {whole(labels)} labels, p95, s"
    outcome.targets.append(Target(what, f"< {BOARD:.0f}", f"{slowest:.2f}", slowest < BOARD))
    return outcome


NOTES = (
    "The median of five; of boards the 95th percentile of 20. Intervals are of 1,000 resamples of solutions.",
    "Floor: one GROUP BY of all labels by solution, step and completion, whose result stays in the database.",
)
