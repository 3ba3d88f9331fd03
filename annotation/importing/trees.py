"""Trees of completions as JSONL: solutions that grow step by step under a labeler's hands (PRM800K phase 1).

A line has `problem` (its text) or `problem_id`, and `tree`: a list of `{"text": ..., "children": [...]}`, the
candidates for the first step, each with those that continue it. It may have `ground_truth_answer,
ground_truth_solution, generator, solution_id`. The same text may stand among siblings several times.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from annotation.corpus.entries import SolutionEntry
from annotation.importing.entries import Entry, Parsed
from annotation.importing.naming import WithProblem, first_id, problem_of
from annotation.records import MAX_COMPLETIONS, RecordError

MOST_DEEP = 200
MOST_IN_TREE = 5_000


class TreeLine(WithProblem):
    tree: Any = None
    generator: str | None = None
    solution_id: str | int | None = None
    id: str | int | None = None


decoder = msgspec.json.Decoder(TreeLine)
KEYS = set(TreeLine.__struct_fields__)
NODE_KEYS = {"text", "children"}

Branch = tuple[dict[str, Any], str, int | None]
"""A completion with its field (the way to it from the line), and the index of the one it continues."""


def matches(keys: dict[str, msgspec.Raw]) -> bool:
    return "tree" in keys and ("problem" in keys or "problem_id" in keys)


def parse(text: bytes) -> Parsed:
    line = decoder.decode(text)
    problem = problem_of(line)
    ignored: set[str] = set()
    levels = list(levels_of(line.tree, ignored))
    solution = SolutionEntry(
        completions=[[node["text"] for node, _, _ in level] for level in levels],
        parents=[[parent for _, _, parent in level] for level in levels],
        external_id=first_id(line.solution_id, line.id),
        pre_generated=False,
        generator=line.generator,
    )
    return Parsed([Entry(problem, solution)], ignored)


def levels_of(tree: Any, ignored: set[str]) -> Iterator[list[Branch]]:
    """The completions of each step, checked; level by level, as a tree may be deeper than the stack."""
    level = list(siblings(tree, "tree", None))
    require(level, "tree", "empty; the first step needs a completion")
    count = 0
    for step in range(MOST_DEEP + 1):
        if not level:
            return
        require(step < MOST_DEEP, level[0][1], f"deeper than {MOST_DEEP} steps")
        count += len(level)
        require(count <= MOST_IN_TREE, "tree", f"more than {MOST_IN_TREE} completions")
        for node, _, _ in level:
            ignored |= {f"tree.{key}" for key in node.keys() - NODE_KEYS}
        yield level
        level = [
            branch
            for index, (node, field, _) in enumerate(level)
            for branch in siblings(node.get("children"), f"{field}.children", index)
        ]


def siblings(nodes: Any, field: str, parent: int | None) -> Iterator[Branch]:
    require(nodes is None or isinstance(nodes, list), field, "must be a list of completions")
    require(len(nodes or []) <= MAX_COMPLETIONS, field, f"more than {MAX_COMPLETIONS} completions of one step")
    for index, node in enumerate(nodes or []):
        here = f"{field}[{index}]"
        require(isinstance(node, dict), here, 'must be an object with "text"')
        require("text" in node, f"{here}.text", "missing")
        require(isinstance(node["text"], str), f"{here}.text", "must be a text")
        require(node["text"].strip(), f"{here}.text", "empty; a completion needs text to be rated")
        yield node, here, parent


def require(condition: object, field: str, reason: str) -> None:
    if not condition:
        raise RecordError(field, reason)
