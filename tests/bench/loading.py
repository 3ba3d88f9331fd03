"""How fast `manage.py load` takes solutions in, whether its memory stays flat, and what bare COPY does."""

import time
from dataclasses import dataclass

from tests.bench import workload
from tests.bench.copying import copy_in, copy_out
from tests.bench.figures import Outcome, Table, Target, megabytes, one, whole
from tests.bench.installation import Installation
from tests.bench.sizes import Sizes

WANTED = 5_000  # solutions/s
COLUMNS = (
    "solutions", "steps", "file MB", "command s", "**command solutions/s**", "loading itself solutions/s",
    "peak MB", "floor solutions/s", "share of the floor",
)  # fmt: skip

LOADED = """
    SELECT r.solutions, r.refused, extract(epoch FROM r.ended_at - r.created_at)::float,
           (SELECT count(*) FROM annotation_completion c JOIN annotation_solution s ON s.id = c.solution_id
            WHERE s.project_id = p.id),
           (SELECT count(*) FROM annotation_task t WHERE t.project_id = p.id AND t.is_open)
    FROM annotation_loadrun r JOIN annotation_project p ON p.id = r.project_id
    WHERE p.slug = %s AND r.state = 'done'
"""
DUMP = """
    COPY (SELECT c.* FROM annotation_completion c JOIN annotation_solution s ON s.id = c.solution_id
          WHERE s.project_id = (SELECT max(id) FROM annotation_project)
          ORDER BY c.solution_id, c.step, c.index) TO STDOUT (FORMAT BINARY)
"""


@dataclass(frozen=True)
class Loaded:
    """Times in seconds, memory in bytes."""

    solutions: int
    steps: int
    size: int
    command: float
    loading: float
    peak_rss: int
    floor: float

    @property
    def rate(self) -> float:
        """Solutions a second, from starting the command to its end."""
        return self.solutions / self.command


def project_of(count: int) -> str:
    return f"corpus-{count}"


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    outcome = Outcome()
    loads = [load(installation, count, outcome) for count in sizes.solutions]
    outcome.tables.append(table(loads))
    measured = "; ".join(
        f"{whole(one.solutions / one.loading)} with {whole(one.solutions)} (whole command {whole(one.rate)})"
        for one in loads
    )
    is_met = all(one.solutions / one.loading >= WANTED for one in loads)
    outcome.targets.append(Target("load, solutions/s", f">= {whole(WANTED)}", measured, is_met))
    return outcome


def load(installation: Installation, count: int, outcome: Outcome) -> Loaded:
    """Load `count` solutions into a new project by the command, then copy their steps bare."""
    file = workload.solutions(installation, count)
    project = project_of(count)
    installation.settle()
    finished = installation.manage("load", str(file), "--project", project, "--no-progress")
    new, refused, seconds, steps, tasks = installation.fetch(LOADED, project)
    outcome.expect(f"solutions loaded of {count}", new, count)
    outcome.expect(f"refused lines of {count}", refused, 0)
    outcome.expect(f"open tasks after loading {count}", tasks, count)
    floor = copy_bare(installation, steps, outcome)
    size = file.stat().st_size
    return Loaded(count, steps, size, finished.seconds, seconds, finished.peak_rss, floor)


def copy_bare(installation: Installation, steps: int, outcome: Outcome) -> float:
    """Seconds to COPY the completions of the newest project into a table with the primary key alone."""
    file = installation.folder / "completions.copy"
    with installation.connect() as connection:
        copy_out(connection, DUMP, file)
        connection.execute("CREATE TABLE bench_completion (LIKE annotation_completion INCLUDING INDEXES)")
        connection.execute("CHECKPOINT")
        began = time.perf_counter()
        copied = copy_in(connection, "COPY bench_completion FROM STDIN (FORMAT BINARY)", file)
        seconds = time.perf_counter() - began
        connection.execute("DROP TABLE bench_completion")
    outcome.expect("rows of the bare copy", copied, steps)
    file.unlink()
    return seconds


def table(loads: list[Loaded]) -> Table:
    rows = [
        (
            whole(one_.solutions), whole(one_.steps), megabytes(one_.size), one(one_.command),
            f"**{whole(one_.rate)}**", whole(one_.solutions / one_.loading), megabytes(one_.peak_rss),
            whole(one_.solutions / one_.floor), f"{one_.floor / one_.command:.0%}",
        )
        for one_ in loads
    ]  # fmt: skip
    return Table("Load: `manage.py load`", COLUMNS, rows, NOTES)


NOTES = (
    "The command includes starting Python; the loading itself is the time from the run's row to its end.",
    "Floor: COPY of the same step texts, ready-made bytes, into one bare table with the same primary key.",
    "The product also checks each line, finds what is loaded already, and fills five more tables.",
)
