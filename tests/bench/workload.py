"""The workload: PRM800K-like solutions without labels, 5 to 15 steps each, 10 on average.

It is made by a script that lies beside the checkout and is not part of the project.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench.installation import CODE, Installation
from tests.bench.processes import run


def generator() -> Path:
    """Where the script is, or would be; `STEPMARK_SHARED` names the folder that has `bench/gen.py`."""
    shared = Path(os.environ.get("STEPMARK_SHARED", CODE.parent / "shared"))
    return shared.resolve() / "bench" / "gen.py"


def solutions(installation: Installation, count: int) -> Path:
    """A JSONL file with the first `count` solutions; the same ones each time."""
    file = installation.folder / f"solutions-{count}.jsonl"
    if not file.exists():
        run([sys.executable, str(generator()), str(count), str(file)], installation.environment, CODE)
    return file


def load(installation: Installation, projects: Sequence[str], count: int) -> None:
    """Load that file into each of the projects that is not there yet."""
    with installation.connect() as connection:
        found = {slug for (slug,) in connection.execute("SELECT slug FROM annotation_project")}
    missing = [project for project in projects if project not in found]
    if missing:
        file = solutions(installation, count)
        script = f"from tests.bench.cast import load; load({str(file)!r}, {missing!r})"
        installation.manage("shell", "--no-imports", "-c", script)
