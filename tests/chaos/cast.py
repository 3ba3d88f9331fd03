"""The projects of a run, with what is to be rated in them, and labelers who are signed in."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench.browser import sign_in
from tests.chaos.history import History
from tests.chaos.labelers import KINDS, Labeler
from tests.growing.trees import node
from tests.processes import Installation

PLAIN, RICH = "chaos", "chaos-rich"
SLUGS = (PLAIN, RICH)
"""Plain solutions; and one with trees, alternatives, critiques, and questions about the first error."""
WANTED = 2
ROOM = 10  # solutions for each second of the run
RICH_SHARE = 2 / 5  # of the labelers

SCRIPT = """
from annotation import people, projects
from annotation.models import Project, Role
asks = dict(asks_progress=True, asks_critique=True, error_categories={kinds!r})
for slug, rules, count in (({plain!r}, {{}}, {some}), ({rich!r}, asks, {others})):
    new = Project(slug=slug, name="Chaos", wanted={wanted}, **rules)
    project = projects.create(actor=None, project=new)
    for number in range(count):
        email = f"l{{number}}@{{slug}}.localhost"
        made = people.add_member(actor=None, project=project, email=email, roles=[Role.LABELER])
        print("secret", slug, people.make_link(user=made.user))
"""


def cast(
    installation: Installation, folder: Path, *, count: int, seconds: float, seed: str, history: History
) -> list[Labeler]:
    others = round(count * RICH_SHARE)
    script = SCRIPT.format(
        plain=PLAIN, rich=RICH, some=count - others, others=others, wanted=WANTED, kinds=list(KINDS)
    )
    made = installation.manage("shell", "--no-imports", "-c", script)
    secrets = re.findall(r"^secret (\S+) (\S+)$", made.stdout, re.MULTILINE)
    assert len(secrets) == count, made.stderr
    solutions = max(100, int(seconds * ROOM))
    rich = [tree(number) if number % 2 else asking(number) for number in range(solutions // 2)]
    files = {PLAIN: [solution(number) for number in range(solutions)], RICH: rich}
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda slug: load(installation, folder, slug, files[slug]), SLUGS))
    return [
        Labeler(
            f"labeler {number}",
            port=installation.port,
            cookie=sign_in(installation.port, secret),
            slug=slug,
            seed=f"{seed}/{number}",
            history=history,
        )
        for number, (slug, secret) in enumerate(secrets)
    ]


def load(installation: Installation, folder: Path, slug: str, lines: list[dict[str, Any]]) -> None:
    path = folder / f"{slug}.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    loaded = installation.manage("load", str(path), "--project", slug)
    assert loaded.returncode == 0, loaded.stderr
    assert " 0 refused" in loaded.stdout, loaded.stdout + loaded.stderr


def solution(number: int) -> dict[str, Any]:
    steps = [f"Step {step} of solution {number}." for step in range(2 + number % 4)]
    return {"problem": f"Problem {number}", "steps": steps}


def asking(number: int) -> dict[str, Any]:
    """Two alternatives and up to two critiques for each step."""
    steps = solution(number)["steps"]
    return {
        "problem": f"Problem {number}",
        "steps": steps,
        "alternatives": [[f"{step} Or so.", f"{step} Or else."] for step in steps],
        "critiques": [[f"Critique {one}" for one in range(step % 3)] for step in range(len(steps))],
    }


def tree(number: int, depth: int = 3) -> dict[str, Any]:
    """Each step with two completions, up to the answer."""

    def branches(step: int) -> list[dict[str, Any]]:
        if step == depth:
            return [node(f"It is {one}.\n\n# Answer\n\n{one}") for one in range(2)]
        return [node(f"Step {step}, way {one}, of tree {number}.", *branches(step + 1)) for one in range(2)]

    return {"problem": f"Problem {number}", "tree": branches(0)}
