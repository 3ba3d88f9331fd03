"""The command: measure the subjects, print, write docs/figures.md. Ends with 1 when a result was wrong."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from annotation.embedded import EmbeddedError
from tests.bench import (
    agreement,
    asking,
    crowd,
    desk,
    exporting,
    grading,
    inside,
    keypress,
    loading,
    machine,
    page,
    peers,
    report,
    selecting,
    workload,
)
from tests.bench.figures import Outcome, Table
from tests.bench.installation import CODE, Installation, fresh_installation
from tests.bench.processes import BenchError
from tests.bench.sizes import FULL, QUICK, Sizes
from tests.bench.surroundings import Surroundings

# The page comes first: after minutes of full load the machine itself is slower.
SUBJECTS: dict[str, Callable[[Installation, Sizes], Outcome]] = {
    "page": page.measure,
    "load": loading.measure,
    "export": exporting.measure,
    "queue": desk.measure,
    "crowd": crowd.measure,
    "keys": keypress.measure,
    "inside": inside.measure,
    "grading": grading.measure,
    "selecting": selecting.measure,
    "asking": asking.measure,
    "agreement": agreement.measure,
}
FIGURES = CODE / "docs" / "figures.md"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that all of it works")
    parser.add_argument("--only", type=subjects, default=list(SUBJECTS), help=f"some of {','.join(SUBJECTS)}")
    parser.add_argument("--seconds", type=float, help="length of each queue run")
    parser.add_argument("--no-write", dest="write", action="store_false", help="leave docs/figures.md alone")
    return parser.parse_args()


def subjects(value: str) -> list[str]:
    names = value.split(",")
    if unknown := set(names) - set(SUBJECTS):
        raise argparse.ArgumentTypeError(f"no subject {', '.join(sorted(unknown))}")
    return [name for name in SUBJECTS if name in names]


def main() -> int:
    given = options()
    if not workload.generator().is_file():
        print(f"bench: no workload generator at {workload.generator()}; name its folder in STEPMARK_SHARED",
              file=sys.stderr)  # fmt: skip
        return 2
    sizes = QUICK if given.quick else FULL
    try:
        return measure(given, replace(sizes, seconds=given.seconds or sizes.seconds))
    except (BenchError, EmbeddedError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def measure(given: argparse.Namespace, sizes: Sizes) -> int:
    with fresh_installation() as installation:
        surroundings: dict[str, str] = {}
        outcomes = [measure_one(name, installation, sizes, surroundings) for name in given.only]
        about = machine.describe(installation, surroundings)
    tables = report.tables_of(about, outcomes, peers.TABLE)
    print(report.text(tables))
    wrong = [sentence for outcome in outcomes for sentence in outcome.wrong]
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    if given.write:
        write(tables, is_good=not (given.quick or wrong or given.only != list(SUBJECTS)))
    return 1 if wrong else 0


def measure_one(name: str, installation: Installation, sizes: Sizes, surroundings: dict[str, str]) -> Outcome:
    """What the subject found; one that cannot be measured does not take the rest with it.

    The time of Chromium's helpers cannot be told from that of other work once Chromium has ended.
    """
    print(f"bench: {name} ...", file=sys.stderr, flush=True)
    around = Surroundings(installation.postmaster)
    try:
        outcome = SUBJECTS[name](installation, sizes)
    except BenchError as error:
        outcome = Outcome(wrong=[f"{name} is not measured: {error}"])
    surroundings[name] = around.describe(knows_others=name != "page")
    return outcome


def write(tables: Sequence[Table], *, is_good: bool) -> None:
    if is_good:
        FIGURES.write_text(report.markdown(tables), encoding="utf-8")
    else:
        print("docs/figures.md is written by a full run without wrong results only.")


if __name__ == "__main__":
    sys.exit(main())
