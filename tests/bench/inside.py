"""Where the time of a submit goes: the web server's own work, part by part, in one process without a network."""

from tests.bench import workload
from tests.bench.figures import Outcome, Table, whole
from tests.bench.installation import Installation
from tests.bench.people import make_labelers
from tests.bench.sizes import Sizes

PROJECT = "inside"
SCRIPT = "from tests.bench.dissect import run; run({project!r}, {secret!r}, {cycles})"


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    workload.load(installation, [PROJECT], sizes.queue)
    (labeler,) = make_labelers(installation, [PROJECT], 1, "patient")
    installation.settle()
    cycles = min(sizes.queue // 4, 500)
    script = SCRIPT.format(project=PROJECT, secret=labeler.secret, cycles=cycles)
    said = installation.manage("shell", "--no-imports", "-c", script).output
    rows = [line.split("\t") for line in said.splitlines() if "\t" in line]
    columns = (f"one submit with the next solution, mean of {whole(cycles)}", "times", "ms")
    return Outcome(tables=[Table("Desk: where the time of a submit goes", columns, rows, NOTES)])


NOTES = (
    "Measured in one process through Django's test client: no socket, no HTTP parsing, no waiting for a core.",
    "The rest is Django: middleware, session, form fields, template, answer.",
)
